# SPDX-License-Identifier: MIT
"""The routine: its rules for files, its steps by time of rolling, and what it changes in the engine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strokes import Plan, of_type, run, samples

from rollcore.engine import Engine
from rollcore.events import CUE, MARK, OVER_ON, SESSION_STOP, STEP
from rollcore.fields import CUE_NAMES
from rollcore.routine import Routine, check_steps
from rollcore.settings import Settings

BLOCK_MS = 20
LEFT = {"name": "left cheek", "seconds": 10, "side": "left"}
RIGHT = {"name": "right cheek", "seconds": 20, "side": "right", "over_limit_n": 5}
BROW = {"name": "brow", "seconds": 5}


def routine(*steps, settings=None):
    return Routine(check_steps({"steps": list(steps)}, settings or Settings()))


def changes(made, touches):
    """Let blocks pass; `touches` are (ms, in contact) in turn. Return (ms, number, cue) of every change."""
    t_ms, found = 0, []
    for span_ms, in_contact in touches:
        for _ in range(span_ms // BLOCK_MS):
            t_ms += BLOCK_MS
            if made.block(t_ms, in_contact):
                found.append((t_ms, made.number, CUE_NAMES[made.cue] if made.cue >= 0 else ""))
    return found


# -- files ---------------------------------------------------------------------------------------------------------


def test_a_step_has_its_own_limits_and_the_settings_for_the_rest():
    rows = check_steps({"steps": [LEFT, RIGHT]}, Settings({"over_limit_n": 8.0, "band_low_n": 2.0}))
    assert [row[:2] for row in rows] == [(0, 0), (10000, 1), (20000, 2)]
    assert [(row[2], row[4]) for row in rows] == [(2000, 8000), (2000, 8000), (2000, 5000)]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "give 1 to 12"),
        ([BROW] * 13, "give 1 to 12"),
        ([5], "step 1 is no object"),
        ([LEFT, {"seconds": 9}], "step 2 has no name"),
        ([{"name": "x" * 25, "seconds": 9}], "1 to 24 characters"),
        ([{"name": "x", "seconds": 9.5}], "whole number, 5 to 600"),
        ([{"name": "x", "seconds": True}], "whole number"),
        ([{"name": "x", "seconds": 4}], "5 to 600"),
        ([{"name": "x", "seconds": 601}], "5 to 600"),
        ([{"name": "x", "seconds": 9, "side": "top"}], "left or right"),
        ([{"name": "x", "seconds": 9, "over_limit": 5}], "'over_limit'"),
        ([{"name": "x", "seconds": 9, "over_limit_n": 99}], "step 1: over_limit_n"),
        ([{"name": "x", "seconds": 9, "band_low_n": 12}], "step 1: band_low_n"),
    ],
)
def test_what_is_no_routine_is_refused_with_its_cause(steps, said):
    with pytest.raises(ValueError, match=said):
        check_steps({"steps": steps}, Settings())


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5), st.lists, max_leaves=5)
)
def test_any_other_json_is_refused_as_well(value):
    for given_routine in (value, {"steps": value}, {"steps": [value]}, {"steps": [{**BROW, "side": value}]}):
        try:
            rows = check_steps(given_routine, Settings())
        except ValueError as error:
            assert len(str(error)) > 10
        else:
            assert value == ""
            assert len(rows) == 2


# -- steps ---------------------------------------------------------------------------------------------------------


def test_the_hand_is_led_from_step_to_step_and_to_the_end():
    found = changes(routine(LEFT, RIGHT, BROW), [(1000, False), (60000, True)])
    assert found == [(1020, 1, ""), (11020, 2, "switch"), (31020, 3, "move_on"), (36020, 0, "done")]


def test_time_in_the_air_counts_for_two_seconds_only():
    found = changes(routine(LEFT), [(20, True), (4000, True), (8000, False), (10000, True)])
    assert found == [(20, 1, ""), (16040, 0, "done")]


def test_a_gap_is_no_rolling():
    made = routine(LEFT)
    made.block(20, True)
    assert not made.block(60000, True)
    assert made.number == 1


def test_a_step_on_the_same_side_is_no_other_side():
    found = changes(routine(LEFT, {**LEFT, "name": "left jaw"}), [(30000, True)])
    assert [cue for _, _, cue in found] == ["", "move_on", "done"]


@given(
    st.lists(st.tuples(st.integers(0, 4000), st.booleans()), max_size=40),
    st.lists(st.integers(5, 8), min_size=1, max_size=4),
)
def test_every_step_comes_once_and_lasts_its_time_of_rolling(touches, seconds):
    made = routine(*({"name": "x", "seconds": s} for s in seconds))
    found = changes(made, touches)
    assert [number for _, number, _ in found] == [*range(1, len(seconds) + 1), 0][: len(found)]
    for (before_ms, _, _), (after_ms, _, _), wanted_s in zip(found, found[1:], seconds, strict=False):
        assert after_ms - before_ms >= 1000 * wanted_s - BLOCK_MS


# -- in the engine -------------------------------------------------------------------------------------------------


def led(plan, *steps, press_ms=()):
    made = routine(*steps)
    pressed = set()

    def each(t_ms, engine):
        for at_ms in press_ms:
            if t_ms >= at_ms and at_ms not in pressed:
                pressed.add(at_ms)
                engine.press(t_ms)

    return run(samples(plan), engine=Engine(Settings(), made), each=each), made


def held(force_n, seconds):
    """Return a plan: two seconds in the air, then a force that is held."""
    return Plan().rest(2.0).press(0, force_n).rest(seconds, force_n)


def test_a_step_sets_the_limit_and_its_end_gives_the_settings_back():
    found, _ = led(held(6.0, 40.0), LEFT, RIGHT)
    steps = [(event["step"], event["side"], event["over_limit_mn"]) for event in of_type(found, STEP)]
    assert steps == [(1, 1, 10000), (2, 2, 5000), (0, 0, 10000)]
    (alarm,) = of_type(found, OVER_ON)  # 6 N are too much for the right cheek alone
    assert 100 <= alarm["t_ms"] - of_type(found, STEP)[1]["t_ms"] <= 130
    (stop,) = of_type(found, SESSION_STOP)
    assert stop["over_ms"] == pytest.approx(20000, abs=100)
    cues = [CUE_NAMES[event["cue"]] for event in of_type(found, CUE)]
    assert cues[:2] == ["switch", "over"]
    assert cues[-1] == "done"


def test_the_end_of_a_step_is_felt_after_the_alarm_that_played_then():
    found, _ = led(held(12.0, 9.0).press(12.0, 3.0).rest(6.0, 3.0), LEFT, BROW)
    (_, changed) = of_type(found, STEP)[:2]
    ended = next(event for event in of_type(found, CUE) if CUE_NAMES[event["cue"]] == "move_on")
    assert ended["t_ms"] - changed["t_ms"] < 3000


def test_a_session_that_is_ended_gives_the_limits_back():
    engine = Engine(Settings(), routine(RIGHT))
    run(samples(held(3.0, 5.0)), engine=engine)
    assert engine._routine.number == 0
    assert engine._pressure.limit_mn == 10_000


def test_the_button_goes_on_and_marks_once_the_routine_is_done():
    found, _ = led(held(3.0, 8.0), LEFT, BROW, press_ms=(3000, 4000, 6000))
    assert [event["step"] for event in of_type(found, STEP)] == [1, 2, 0]
    assert [event["t_ms"] // 1000 for event in of_type(found, STEP)[1:]] == [3, 4]
    assert len(of_type(found, MARK)) == 1


def test_a_new_session_begins_the_routine_anew():
    plan = held(3.0, 3.0).press(3.0, 0).rest(70.0).press(0, 3.0).rest(3.0, 3.0)
    found, made = led(plan, LEFT)
    assert [event["step"] for event in of_type(found, STEP)] == [1, 1]
    assert made.number == 0, "it waits again, when all has ended"
