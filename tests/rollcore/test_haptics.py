# SPDX-License-Identifier: MIT
"""The cue player: patterns, their longest duration, their rhythms, which cue replaces which, caps and silence."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore import haptics
from rollcore.fields import CUE_NAMES
from rollcore.haptics import CUE_CEILING, CUE_LIGHT, CUE_MARK, CUE_OVER, CUE_SENSOR, Haptics, over_urge

CUE_NEXT, CUE_SWITCH, CUE_DONE, CUE_BATTERY, CUE_ERROR = range(CUE_LIGHT + 1, len(CUE_NAMES))
LONGEST_MS = {CUE_OVER: 3000, CUE_CEILING: 3000, CUE_SENSOR: 1200, CUE_MARK: 200}
LONGEST_MS |= dict.fromkeys((CUE_LIGHT, CUE_NEXT, CUE_SWITCH, CUE_BATTERY, CUE_ERROR), 1200) | {CUE_DONE: 2000}
LOOK_MS = 1200  # a hand has understood by then
FELT_ALIKE = 1.4  # pulses and pauses whose lengths differ by less than this factor


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


def pattern(cue):
    """Return whether a cue repeats, its longest duration in ms, and its pulses and pauses in ms."""
    _, _, repeats, longest_ms, _, steps = haptics._CUES[cue]
    return repeats, longest_ms, steps


def rhythm(cue):
    """Return the lengths in ms of the first pulses and pauses in turn, whatever their level."""
    repeats, _, steps = pattern(cue)
    lengths = list(steps)
    while repeats and sum(lengths) < LOOK_MS:
        lengths += steps
    return lengths


def feel_alike(a, b):
    return len(a) == len(b) and all(max(x, y) / min(x, y) < FELT_ALIKE for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize(("one", "other"), list(combinations(range(len(CUE_NAMES)), 2)))
def test_cues_differ_by_rhythm_not_by_level_alone(one, other):
    assert not feel_alike(rhythm(one), rhythm(other))


@pytest.mark.parametrize("cue", range(len(CUE_NAMES)))
def test_every_pattern_is_pulses_with_pauses_that_a_motor_can_follow(cue):
    repeats, longest_ms, steps = pattern(cue)
    assert all(ms >= 40 for ms in steps), "an LRA takes 15 to 25 ms to start"
    assert sum(steps) <= longest_ms
    assert len(steps) % 2 == (0 if repeats or cue == CUE_ERROR else 1), "a pause ends what goes on"


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


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, len(CUE_NAMES) - 1)), max_size=60))
def test_whatever_is_asked_for_no_cue_outlives_its_maximum(asked):
    player, t_ms, running, since_ms = Haptics(80), 0, -1, 0
    for wait_ms, cue in [*asked, (4000, CUE_MARK)]:
        for _ in range(wait_ms // 5):
            t_ms += 5
            player.step(t_ms)
            assert player.cue == -1 or t_ms - since_ms < LONGEST_MS[running]
        if player.start(cue, t_ms):
            running, since_ms = cue, t_ms


@pytest.mark.parametrize("cue", range(len(CUE_NAMES)))
def test_a_muted_player_decides_the_same_and_never_drives_the_motor(cue):
    loud, muted = Haptics(80), Haptics(80, silent=True)
    assert muted.start(cue, 0) == loud.start(cue, 0) > 0
    assert (loud.silent, muted.silent) == (False, True)
    for t_ms in range(0, 4000, 5):
        loud.step(t_ms)
        muted.step(t_ms)
        assert muted.cue == loud.cue
        assert muted.level == 0


def on_times(player, cue, every_ms, until_ms, urgent=()):
    """Ask for a cue again and again; return the ms in which the motor ran."""
    on = []
    for t_ms in range(until_ms):
        if t_ms % every_ms == 0:
            player.start(urgent[0] if urgent and t_ms % (10 * every_ms) == 0 else cue, t_ms)
        player.step(t_ms)
        if player.level:
            on.append(t_ms)
    return on


def test_the_motor_never_runs_longer_in_any_minute_than_the_cap():
    on = on_times(Haptics(80, cue_s_per_min=5), CUE_OVER, 3100, 180000)
    starts = sorted({max(0, t - 59999) for t in on[::50]})
    assert max(sum(1 for t in on if start <= t < start + 60000) for start in starts) <= 5000
    assert len(on) > 10000, "the cap gives the time back"


def test_the_motor_never_runs_longer_in_a_session_than_the_cap_and_the_next_starts_anew():
    player = Haptics(80, cue_s_per_min=60, cue_s_per_session=10)
    assert 9800 <= len(on_times(player, CUE_OVER, 3100, 60000)) <= 10000
    player.stop(CUE_OVER)
    assert player.start(CUE_OVER, 60000) > 0
    assert player.silent
    player.stop(CUE_OVER)
    player.begin()
    player.start(CUE_OVER, 130000)
    assert not player.silent


@pytest.mark.parametrize("cue", [CUE_CEILING, CUE_SENSOR, CUE_ERROR])
def test_ceiling_and_faults_play_whatever_the_caps_say(cue):
    player = Haptics(80, cue_s_per_min=1, cue_s_per_session=10)
    on_times(player, CUE_OVER, 3100, 20000)
    player.stop(CUE_OVER)
    assert player.start(cue, 20000) > 0
    assert player.level > 0


def test_the_alarm_escalates_while_ignored_up_to_full_strength():
    urges = [over_urge(t_ms, 2000, 2000, True) for t_ms in range(0, 6000, 500)]
    assert all(a <= b for a, b in pairwise(urges))
    assert urges[0] < urges[-1] == 100


def test_the_alarm_fades_as_the_user_improves_and_is_stronger_while_the_hand_moves():
    assert over_urge(1000, 900, 2000, False) < over_urge(1000, 2000, 2000, False) < over_urge(1000, 2000, 2000, True)


def test_an_urge_holds_from_the_next_pulse_on_for_the_cue_that_plays():
    player = Haptics(100)
    assert player.start(CUE_OVER, 0, 60) == 60
    player.urge(CUE_CEILING, 10)
    player.urge(CUE_OVER, 90)
    levels = set()
    for t_ms in range(0, 400, 5):
        player.step(t_ms)
        levels.add(player.level)
    assert levels == {60, 0, 90}


def test_who_is_muted_decides_and_plays_nothing_and_says_whether_that_is_new():
    player = Haptics(80)
    player.start(CUE_OVER, 0)
    assert player.mute(True) and not player.mute(True)
    assert player.level == 0
    player.stop(CUE_OVER)
    assert player.start(CUE_OVER, 100) > 0
    assert (player.level, player.silent) == (0, True)
    player.stop(CUE_OVER)
    assert player.mute(False)
    player.start(CUE_OVER, 200)
    assert player.level > 0


def test_cues_that_are_off_stay_off():
    player = Haptics(80, silent=True)
    assert not player.mute(True) and not player.mute(False)
    player.start(CUE_OVER, 0)
    assert player.level == 0
