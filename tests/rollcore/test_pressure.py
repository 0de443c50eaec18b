# SPDX-License-Identifier: MIT
"""Over-pressure: when the alarm comes, when it must not, when it ends, and what it says of itself."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strokes import of_type

from rollcore.engine import Engine
from rollcore.events import CUE, CUE_SILENT, OVER_AGAIN, OVER_OFF, OVER_ON, new_row
from rollcore.fields import FIELDS
from rollcore.haptics import CUE_CEILING, CUE_OVER
from rollcore.sample import MOTOR_OWN
from rollcore.settings import Settings


def press(profile, rate_hz=208, **given_settings):
    """Run an engine over (seconds, mN) pieces at rest; return events and the level of the motor at every sample."""
    settings = Settings.from_dict({"rate_hz": rate_hz, **given_settings})
    settings.force_as_is = True
    engine, row, found, levels = Engine(settings), new_row(), [], []
    sample = array("i", [0, 0, 8197, 0, 0, 0, 0, MOTOR_OWN])
    step = 0
    for seconds, force_mn in profile:
        for _ in range(round(seconds * rate_hz)):
            sample[6] = force_mn
            engine.step(step * 1000 // rate_hz, 1000000 // rate_hz, sample)
            levels.append(engine.motor_level)
            while engine.events.pop(row):
                found.append({"type": row[0], "t_ms": row[1], **dict(zip(FIELDS[row[0]], row[2:], strict=False))})
            step += 1
    return found, levels


@given(st.floats(0.02, 0.098), st.integers(10200, 24900), st.sampled_from([50, 104, 208, 416]))
def test_spans_under_100_ms_never_alarm(seconds, force_mn, rate_hz):
    found, levels = press([(0.3, 5000), (seconds, force_mn), (0.3, 5000)], rate_hz)
    assert of_type(found, OVER_ON) == []
    assert max(levels) == 0


@given(st.floats(0.15, 0.6), st.integers(10100, 24900), st.sampled_from([50, 104, 208, 416]))
def test_spans_of_150_ms_always_alarm_within_130_ms(seconds, force_mn, rate_hz):
    found, levels = press([(0.3, 5000), (seconds + 1 / rate_hz, force_mn), (0.3, 5000)], rate_hz)
    (on,) = of_type(found, OVER_ON)
    assert on["t_ms"] - on["cross_ms"] in range(100, 130)
    assert on["ceiling"] == 0
    assert len(of_type(found, OVER_OFF)) == 1
    assert levels[-1] == 0


def test_the_hold_time_is_a_setting():
    found, _ = press([(0.3, 5000), (0.5, 12000)], over_hold_ms=300)
    (on,) = of_type(found, OVER_ON)
    assert on["t_ms"] - on["cross_ms"] in range(300, 306)


def test_the_alarm_ends_below_limit_less_hysteresis():
    found, _ = press([(0.3, 5000), (0.3, 12000), (0.3, 9600), (0.2, 12000), (0.3, 9400)])
    (on,), (off,) = of_type(found, OVER_ON), of_type(found, OVER_OFF)
    assert off["on_ms"] == on["t_ms"]
    assert off["t_ms"] == pytest.approx(1100, abs=6)
    assert off["peak_mn"] == 12000
    assert off["impulse_mns"] == pytest.approx(2000 * 0.5, rel=0.05)


def test_a_span_after_a_dip_within_the_hysteresis_is_told_again_as_a_new_one_would_be():
    dips = (0.03, 0.08, 0.15)
    profile = [(0.3, 5000), (0.3, 12000)]
    for dip in dips:
        profile += [(dip, 9700), (0.3, 12000)]
    found, _ = press([*profile, (0.3, 5000)])
    (on,) = of_type(found, OVER_ON)
    again = of_type(found, OVER_AGAIN)
    rises = [600 + 300 * i + 1000 * sum(dips[: i + 1]) for i in range(3)]
    assert [a["cross_ms"] for a in again] == pytest.approx(rises, abs=12)
    assert all(100 <= a["t_ms"] - a["cross_ms"] < 130 and a["on_ms"] == on["t_ms"] for a in again)


@pytest.mark.parametrize(
    "after",
    [[(0.08, 12000)], [(0.005, 9900), (0.3, 12000)], [(0.05, 9700), (0.08, 12000), (0.05, 9700)]],
    ids=["no dip", "noise", "a short span"],
)
def test_what_is_no_new_over_pressure_is_not_told_again(after):
    found, _ = press([(0.3, 5000), (0.3, 12000), *after, (0.3, 5000)])
    assert len(of_type(found, OVER_ON)) == 1
    assert of_type(found, OVER_AGAIN) == []


def test_an_alarm_that_reaches_the_ceiling_is_told_again_with_its_cue():
    found, _ = press([(0.3, 5000), (0.5, 12000), (0.3, 27000), (0.3, 5000)])
    (again,) = of_type(found, OVER_AGAIN)
    assert (again["ceiling"], again["t_ms"]) == (1, pytest.approx(820, abs=8))
    assert [c["cue"] for c in of_type(found, CUE)] == [CUE_OVER, CUE_CEILING]


def test_with_cues_off_the_alarm_is_decided_and_recorded_and_the_motor_stays_off():
    profile = [(0.3, 5000), (7.0, 12000), (0.5, 5000)]
    loud, _ = press(profile)
    silent, levels = press(profile, cues="off")
    assert max(levels) == 0
    told = [(c["t_ms"], c["cue"]) for c in of_type(loud, CUE)]
    assert [(c["t_ms"], c["cue"]) for c in of_type(silent, CUE_SILENT)] == told != []
    assert of_type(silent, CUE) == of_type(loud, CUE_SILENT) == []
    assert of_type(silent, OVER_ON) == of_type(loud, OVER_ON)


def test_two_short_spans_are_not_one_long():
    found, _ = press([(0.3, 5000), (0.08, 12000), (0.02, 9800), (0.08, 12000), (0.3, 5000)])
    assert of_type(found, OVER_ON) == []


def test_the_ceiling_alarms_after_20_ms():
    found, levels = press([(0.3, 5000), (0.06, 26000), (0.3, 5000)])
    (on,) = of_type(found, OVER_ON)
    assert on["ceiling"] == 1
    assert on["t_ms"] - on["cross_ms"] in range(20, 30)
    assert [c["cue"] for c in of_type(found, CUE)] == [CUE_CEILING]
    assert max(levels) > 0
    found, _ = press([(0.3, 5000), (0.014, 26000), (0.3, 5000)])
    assert of_type(found, OVER_ON) == []


def test_an_ignored_alarm_stops_buzzing_and_is_told_again():
    found, levels = press([(0.3, 5000), (12.0, 12000), (0.5, 5000)])
    cues = of_type(found, CUE)
    assert [c["cue"] for c in cues] == [CUE_OVER] * 3
    assert cues[1]["t_ms"] - cues[0]["t_ms"] == pytest.approx(5000, abs=25)
    assert max(levels[int(3.6 * 208) : int(5.2 * 208)]) == 0
    assert len(of_type(found, OVER_ON)) == 1


def test_the_motor_level_follows_the_command_in_one_step():
    found, levels = press([(0.3, 5000), (0.3, 12000), (0.3, 5000)])
    (on,), (off,) = of_type(found, OVER_ON), of_type(found, OVER_OFF)
    first = next(i for i, level in enumerate(levels) if level)
    assert first * 1000 // 208 == on["t_ms"]
    assert all(level == 0 for i, level in enumerate(levels) if i * 1000 // 208 >= off["t_ms"])


def test_a_session_that_ends_in_an_alarm_turns_the_motor_off():
    settings = Settings()
    settings.force_as_is = True
    engine, row = Engine(settings), new_row()
    sample = array("i", [0, 0, 8197, 0, 0, 0, 12000, MOTOR_OWN])
    for step in range(40):
        engine.step(step * 1000 // 208, 4808, sample)
    assert engine.motor_level > 0
    engine.finish(200)
    kinds = []
    while engine.events.pop(row):
        kinds.append(row[0])
    assert engine.motor_level == 0
    assert OVER_OFF in kinds
    assert not engine.in_session
