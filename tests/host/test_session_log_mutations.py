# SPDX-License-Identifier: MIT
"""Damaged logs by the thousand: no exception, no page lost that is whole, no value that was never written."""

import log_mutations
import pytest


@pytest.mark.parametrize("count", [3600, pytest.param(log_mutations.MILLION, marks=pytest.mark.exhaustive)])
def test_damage_never_raises_and_never_changes_a_value(count):
    outcomes = log_mutations.run(count)
    assert sum(outcome.mutations for outcome in outcomes.values()) >= count
    for kind, outcome in outcomes.items():
        assert outcome.intact > count // 20, f"{kind}: nothing was left to be found"
    assert {kind: outcome for kind, outcome in outcomes.items() if not outcome.is_clean} == {}
