# SPDX-License-Identifier: MIT
"""Replay of recordings that nobody here made; they are not part of the project and may be absent."""

import pytest
import real_recordings as real

from rolltools.replay import replay

pytestmark = pytest.mark.usefixtures("shared_data")


def test_a_walk_without_force_is_no_stroke():
    walks = real.walks(0.0)
    assert len(walks) >= 2
    for recording in walks:
        answer = replay(recording)
        assert answer["strokes"] == []
        assert answer["overpressure"] == []
        assert answer["session"]["contact_s"] == 0.0


def test_strums_run_through():
    takes = real.strums(3.0)
    assert len(takes) == 10
    assert sum(len(true) for _, true in takes) == 590
    for recording, _ in takes:
        answer = replay(recording)
        assert recording.force_as_is
        assert any("outside 50-416" in text for text in recording.warnings)
        assert answer["session"]["contact_s"] == pytest.approx(answer["session"]["duration_s"], abs=0.2)
        assert all(stroke["mean_n"] == 3.0 for stroke in answer["strokes"])
