# SPDX-License-Identifier: MIT
"""The RAM ring never overflows in a long contact with the trace on, though every write stops everything for a while."""

import pytest
import trace_ring


@pytest.mark.parametrize("trace", trace_ring.TRACES)
@pytest.mark.parametrize("seconds", [40, pytest.param(trace_ring.MINUTES_10, marks=pytest.mark.exhaustive)])
def test_nothing_is_dropped_in_one_long_contact(tmp_path, trace, seconds):
    held = trace_ring.measure(tmp_path, trace, seconds)
    assert held.contact_s > seconds - 2
    assert held.writes > 3, "it was to be written in contact"
    assert (held.dropped, held.kept) == (0, held.offered)
    assert held.offered > (seconds - 2) * 208
    assert held.capacity / 2 < held.most < held.capacity
