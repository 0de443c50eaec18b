# SPDX-License-Identifier: MIT
"""Real recordings of hands that do not roll: no stroke without a force, and none of them stops the engine."""

import pytest
import real_recordings as real

from rolltools.replay import replay

NEEDS_DATA = pytest.mark.usefixtures("shared_data")
LOADERS = pytest.mark.parametrize("load", [real.walks, real.brushes, real.others])


@NEEDS_DATA
@LOADERS
def test_there_is_no_stroke_without_a_force(load):
    recordings = load(0.0)
    assert recordings
    for recording in recordings:
        assert replay(recording)["strokes"] == [], recording.name


@NEEDS_DATA
@LOADERS
def test_what_is_found_under_a_force_is_within_reason(load):
    for recording in load(3.0):
        found = replay(recording)["strokes"]
        assert all(0 < stroke["length_cm"] <= 25 for stroke in found)
        assert all(stroke["mean_n"] == 3.0 for stroke in found)


@NEEDS_DATA
@pytest.mark.parametrize("load", [real.walks, real.others])
def test_a_hand_that_presses_and_does_not_roll_makes_one_stroke_a_minute_at_most(load):
    assert real.strokes_a_minute(load(3.0))[1] <= 1.0


def test_a_strum_is_hit_once_and_within_a_tenth_of_a_second():
    assert real.hits([1.0, 2.0, 2.1, 3.0], [0.95, 2.05, 3.11]) == 2
    assert real.hits([1.0, 1.05], [0.9, 1.0]) == 2
    found = [{"dir": 1, "t_start": 0.8, "t_end": 1.2}, {"dir": 1, "t_start": 1.5, "t_end": 1.7}]
    assert real.f1_of_strums([(found, [(1.05, "D"), (1.6, "U")])], "D", real.middle) == {
        "D": (0.5, 1.0, pytest.approx(2 / 3)),
        "U": (0.0, 0.0, 0.0),
    }
