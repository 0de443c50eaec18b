# SPDX-License-Identifier: MIT
"""Each condition of the alarm by itself, in steps of 5 ms: limit 10 N, hysteresis 0.5 N, hold 100 ms, ceiling 25 N."""

import pytest

from rollcore.pressure import Pressure

STEP_MS = 5
UNKNOWN = None


def told(*pieces):
    """Return the alarm after (ms, mN) pieces, and [ms, what it told]."""
    pressure, now_ms, found = Pressure(10_000, 500, 100, 25_000), 0, []
    for span_ms, force_mn in pieces:
        for _ in range(span_ms // STEP_MS):
            now_ms += STEP_MS
            known = force_mn is not UNKNOWN
            said = pressure.step(now_ms, 1000 * STEP_MS, force_mn if known else 99_000, known)
            names = [name for name in ("began", "again", "ended") if getattr(pressure, name)]
            assert said == bool(names)
            found += [[now_ms, name] for name in names]
    return pressure, found


def test_an_alarm_begins_after_the_hold_time_and_ends_below_the_hysteresis():
    pressure, found = told((50, 5000), (200, 12_000), (100, 9_600), (50, 9_400))
    assert found == [[155, "began"], [355, "ended"]]
    assert (pressure.cross_ms, pressure.on_ms, pressure.by_ceiling, pressure.alarm) == (55, 155, False, False)


def test_the_limit_and_the_release_belong_to_what_is_allowed():
    assert told((500, 10_000))[1] == []
    assert told((200, 12_000), (500, 9_500))[1] == [[105, "began"]]


def test_what_was_between_release_and_limit_before_the_alarm_is_no_dip_of_it():
    assert told((200, 9_800), (400, 12_000))[1] == [[305, "began"]]


def test_a_force_that_is_not_known_is_none_and_ends_the_alarm():
    assert told((500, UNKNOWN))[1] == []
    assert told((200, 12_000), (50, UNKNOWN))[1] == [[105, "began"], [205, "ended"]]


def test_a_moment_below_the_limit_begins_the_hold_time_anew():
    assert told((90, 12_000), (5, 9_900), (90, 12_000), (5, 9_900))[1] == []


@pytest.mark.parametrize(("span_ms", "found"), [(20, []), (30, [[25, "began"]])])
def test_above_the_ceiling_20_ms_are_enough(span_ms, found):
    pressure, seen = told((span_ms, 26_000), (50, 5000))
    assert [[ms, what] for ms, what in seen if what == "began"] == found
    assert pressure.by_ceiling == bool(found)


@pytest.mark.parametrize("between_mn", [24_000, 9_900])
def test_two_moments_above_the_ceiling_are_not_one(between_mn):
    pressure, found = told((15, 26_000), (5, between_mn), (15, 26_000), (5, 9_000))
    assert found == []
    assert not pressure.by_ceiling


def test_an_alarm_that_reaches_the_ceiling_is_told_again_once():
    pressure, found = told((200, 12_000), (300, 26_000), (50, 12_000), (100, 26_000))
    assert found == [[105, "began"], [225, "again"]]
    assert pressure.by_ceiling


def test_the_next_alarm_has_its_own_times_peak_and_sum():
    pressure, _ = told((200, 20_000), (50, 5000), (200, 12_000))
    assert (pressure.cross_ms, pressure.on_ms, pressure.peak_mn) == (255, 355, 12_000)
    assert pressure.impulse_mns == pytest.approx(2000 * 0.2, abs=15)


def test_the_peak_and_the_sum_are_of_the_whole_alarm():
    pressure, _ = told((50, 11_000), (100, 18_000), (60, 9_800), (150, 12_000))
    assert pressure.peak_mn == 18_000
    assert pressure.impulse_mns == pytest.approx(1000 * 0.05 + 8000 * 0.1 + 2000 * 0.15, abs=15)


def test_after_a_dip_within_the_hysteresis_the_next_rise_is_told_again_after_its_own_hold_time():
    pressure, found = told((200, 12_000), (40, 9_700), (300, 12_000))
    assert found == [[105, "began"], [345, "again"]]
    assert (pressure.cross_ms, pressure.on_ms) == (245, 105)


@pytest.mark.parametrize("dips", [[(15, 9_900)], [(15, 9_900), (50, 12_000), (15, 9_900)]])
def test_what_dips_for_less_than_20_ms_is_noise(dips):
    assert told((200, 12_000), *dips, (300, 12_000))[1] == [[105, "began"]]


def test_a_rise_that_is_shorter_than_the_hold_time_is_not_told():
    assert told((200, 12_000), (40, 9_700), (90, 12_000), (40, 9_700), (90, 12_000))[1] == [[105, "began"]]


def test_an_alarm_after_an_alarm_with_a_dip_is_not_told_twice():
    _, found = told((200, 12_000), (40, 9_700), (50, 5000), (400, 12_000))
    assert found == [[105, "began"], [245, "ended"], [395, "began"]]


def test_who_asks_for_the_end_hears_whether_there_was_an_alarm():
    pressure, _ = told((200, 12_000))
    assert [pressure.end(), pressure.end(), pressure.alarm, pressure.state] == [True, False, False, 0]
