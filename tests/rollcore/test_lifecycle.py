# SPDX-License-Identifier: MIT
from hypothesis import given
from hypothesis import strategies as st

from rollcore.fields import STATE_NAMES, TRANSITION_NAMES
from rollcore.lifecycle import ASLEEP, SESSION, TRANSITIONS, Lifecycle
from rollcore.sample import new_sample

SLEEP_S = 30
AWAKE = STATE_NAMES.index("awake")


def test_every_state_and_transition_has_a_name_and_every_name_is_used():
    states = {state for row in TRANSITIONS for state in (row[0], row[2])}
    assert states == set(range(len(STATE_NAMES)))
    assert {row[1] for row in TRANSITIONS} == set(range(len(TRANSITION_NAMES)))


def test_no_state_goes_two_ways_for_one_reason_and_all_but_safe_mode_are_left():
    assert len({row[:2] for row in TRANSITIONS}) == len(TRANSITIONS)
    assert {row[0] for row in TRANSITIONS} == set(range(len(STATE_NAMES))) - {STATE_NAMES.index("safe mode")}


def test_it_sleeps_when_nothing_went_on_for_long_enough():
    life = Lifecycle(SLEEP_S)
    assert not life.step(1000, False, True, False)
    assert not life.step(1000 + SLEEP_S * 1000 - 1, False, False, False)
    assert life.step(1000 + SLEEP_S * 1000, False, False, False)
    assert life.state == ASLEEP


def test_a_session_never_sleeps_by_itself_and_its_end_starts_the_wait():
    life = Lifecycle(SLEEP_S)
    assert life.step(0, True, False, False) and life.state == SESSION
    assert not life.step(SLEEP_S * 9000, True, False, False)
    assert life.step(SLEEP_S * 9000 + 50, False, False, False) and life.state == AWAKE
    assert not life.step(SLEEP_S * 10000 - 1, False, False, False)
    life.step(SLEEP_S * 10000, False, False, False)
    assert life.state == ASLEEP


def test_an_empty_cell_sleeps_at_once_even_in_a_session_and_while_it_is_busy():
    for in_session in (False, True):
        life = Lifecycle(SLEEP_S)
        life.step(0, in_session, True, False)
        assert life.step(50, in_session, True, True) and life.state == ASLEEP


def test_asleep_is_left_by_a_start_anew_only():
    life = Lifecycle(SLEEP_S)
    life.step(0, False, False, True)
    for inputs in ((True, True, False), (False, False, False), (False, True, True)):
        assert not life.step(10**6, *inputs)
        assert life.state == ASLEEP


@given(st.lists(st.tuples(st.integers(1, 40000), st.booleans(), st.booleans(), st.booleans()), max_size=60))
def test_whatever_happens_it_goes_by_the_table_and_is_right_about_sessions(turns):
    life = Lifecycle(SLEEP_S)
    ways = {(row[0], row[2]) for row in TRANSITIONS}
    t_ms = idle_ms = 0
    for passed_ms, in_session, busy, empty in turns:
        t_ms += passed_ms
        before = life.state
        changed = life.step(t_ms, in_session, busy, empty)
        idle_ms = 0 if in_session or busy else idle_ms + passed_ms
        assert changed == (life.state != before)
        assert not changed or (before, life.state) in ways
        if before != ASLEEP:
            tired = not in_session and before != SESSION and idle_ms >= SLEEP_S * 1000
            assert life.state == (ASLEEP if empty or tired else SESSION if in_session else AWAKE)


def test_motion_is_a_change_of_the_acceleration_and_not_its_size():
    life = Lifecycle(SLEEP_S)
    sample = new_sample()
    sample[2] = 8192
    assert life.moved(sample)  # against nothing, at the first look
    assert not life.moved(sample)
    for axis in range(3):
        sample[axis] += 500
        assert not life.moved(sample)
        sample[axis] -= 520
        assert life.moved(sample)
