# SPDX-License-Identifier: MIT
"""After a fault at any transfer of the bus, in any state, the app goes on, and only strokes in its gap are others."""

from collections import Counter

import bus_sweep
import pytest


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return bus_sweep.plain(tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("stride", [101, pytest.param(7, marks=pytest.mark.exhaustive)])
def test_a_fault_at_any_transfer_of_any_state(known, tmp_path, stride):
    counts = Counter()
    done = bus_sweep.sweep(tmp_path, bus_sweep.every(known.states, stride, counts), known.strokes)
    assert set(counts) == set(known.states) and min(counts.values()) > 150
    assert {name: outcome.wrong for name, outcome in done.outcomes.items() if outcome.wrong} == {}
    assert {name: o.lost for name, o in done.outcomes.items() if o.lost and name != "brown-out of all"} == {}
    assert done.outcomes["brown-out of all"].lost <= 3 * done.outcomes["brown-out of all"].points // 100
    assert min(outcome.points for outcome in done.outcomes.values()) >= 1000 // stride
    assert 6.0 < done.outcomes["SDA held"].worst_free_ms < bus_sweep.FREE_MS
    assert done.outcomes["brown-out of all"].gaps > 0, "what the log tells of"


def test_a_stroke_outside_of_the_gap_counts_as_lost_and_one_in_it_does_not():
    made = [(1.0, 2.0, 1), (3.0, 4.0, -1), (5.0, 6.0, 1)]
    assert bus_sweep.lost(made, made, (0.0, 0.0), 9.0) == 0
    assert bus_sweep.lost(made, made[:1], (0.0, 0.0), 9.0) == 2
    assert bus_sweep.lost(made, made[:1], (3.5, 3.6), 9.0) == 1
    assert bus_sweep.lost(made, made[:1], (0.0, 0.0), 5.5) == 1
    assert bus_sweep.lost(made, [(1.0, 2.0, -1), (3.0, 4.4, -1), (5.0, 7.1, 1)], (0.0, 0.0), 9.0) == 2
