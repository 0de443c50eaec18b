# SPDX-License-Identifier: MIT
"""The cue player: patterns, their longest duration, and which cue replaces which."""

import pytest

from rollcore.haptics import CUE_CEILING, CUE_MARK, CUE_NAMES, CUE_OVER, CUE_SENSOR, Haptics

LONGEST_MS = {CUE_OVER: 3000, CUE_CEILING: 3000, CUE_SENSOR: 1200, CUE_MARK: 200}


def played(cue, for_ms=6000, strength=80):
    player = Haptics(strength)
    player.start(cue, 0)
    levels = []
    for t_ms in range(0, for_ms, 5):
        player.step(t_ms)
        levels.append(player.level)
    return levels


@pytest.mark.parametrize("cue", range(len(CUE_NAMES)))
def test_no_cue_outlives_its_maximum(cue):
    levels = played(cue)
    assert levels[0] > 0
    assert not any(levels[LONGEST_MS[cue] // 5 :])


def test_cues_differ_by_rhythm():
    rhythms = {tuple(level > 0 for level in played(cue, 1000)) for cue in range(len(CUE_NAMES))}
    assert len(rhythms) == len(CUE_NAMES)


def test_strength_scales_the_level():
    assert max(played(CUE_OVER, strength=50)) == 50


def test_urgent_cues_replace_others_but_not_the_reverse():
    player = Haptics(80)
    player.start(CUE_MARK, 0)
    assert player.start(CUE_OVER, 10) > 0
    assert player.start(CUE_MARK, 20) == 0
    assert player.start(CUE_CEILING, 30) > 0
    assert player.start(CUE_OVER, 40) == 0
    player.stop(CUE_OVER)
    assert player.cue == CUE_CEILING
    player.stop(CUE_CEILING)
    assert player.level == 0
