# SPDX-License-Identifier: MIT
"""The motor is off in every way out of the app, and whenever the samples stay away."""

import sys

import pytest
from fakes.app_rig import pressed
from fakes.board_rig import HaltError

from rollcore.engine import Engine

# Pressed too hard from 3 s on; `BUZZ_S` is in the middle of the first pulse of the alarm.
HARD = [(2.0, 0.0), (0.5, 5.0), (4.0, 14.0), (1.0, 5.0), (1.0, 0.0)]
BUZZ_S = 3.14
TASKS = ("_sample_task", "_log_task", "_upkeep_task")


def off_after(rig, t_s):
    """Return how many s after `t_s` the motor stopped for good; it must have been on at `t_s`."""
    spans = rig.motor_spans()
    assert any(start <= t_s <= end + 1e-6 for start, end in spans), spans  # the clock has whole us
    assert not rig.motor_driven()
    return spans[-1][1] - t_s


def test_the_alarm_buzzes_where_these_tests_cut_it(make_rig):
    rig = make_rig(pressed(HARD))
    rig.run(5.0)
    assert any(start < BUZZ_S < end - 0.02 for start, end in rig.motor_spans())
    assert len(rig.motor_spans()) > 5


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_dies_stops_the_motor_and_the_session_says_so(make_rig, task):
    rig = make_rig(pressed(HARD))

    def die(name):
        if name == task and rig.clock.now_us() > BUZZ_S * 1e6:
            raise RuntimeError("injected into " + name)

    rig.asyncio.on_sleep = die
    rig.run(9.0)
    assert "injected into " + task in str(rig.error)
    assert off_after(rig, BUZZ_S) < 0.06
    session = rig.session()
    assert session.state == "complete"
    assert "task" in [fault.code for fault in session.faults]
    assert len(session.overpressure) == 1


def test_ctrl_c_at_any_time_stops_the_motor_and_keeps_the_session(make_rig):
    for step in range(0, 80):
        t_s = step * 0.073
        rig = make_rig(pressed(HARD))
        rig.run(t_s)
        assert rig.error is None
        assert not rig.motor_driven()
        assert all(end < t_s + 0.003 for _, end in rig.motor_spans()), t_s
        assert not any(rig.written_with_motor)
        for session in rig.sessions():
            assert (session.state, session.faults, session.gaps) == ("complete", [], []), t_s
            assert len(session.overpressure) == (t_s > 3.12)
        assert len(rig.sessions()) == (t_s > 2.49), t_s  # the drain that sees the touch ends at 2.485


def test_ctrl_c_between_any_two_lines_of_the_firmware(make_rig):
    """From the touch on, through the alarm to the page on the flash: wherever it strikes, the motor ends off."""
    for nth in range(0, 21000, 350):
        rig = make_rig(pressed([(0.6, 0.0), (0.3, 30.0), (10.0, 0.0)]))
        struck = strike(rig, nth)
        rig.run(2.5)
        sys.settrace(None)
        assert rig.error is None, nth
        assert not rig.motor_driven(), nth
        assert not any(rig.written_with_motor), nth
        for session in rig.sessions():
            assert session.state in ("complete", "truncated"), nth
        assert struck or nth > 15000, nth


def strike(rig, nth):
    """Raise KeyboardInterrupt at the `nth` line of the shell or a driver that runs after 1 s."""
    struck = []
    left = [nth]

    def line(frame, event, _argument):
        if event == "line" and not struck:
            left[0] -= 1
            if left[0] < 0:
                struck.append(frame.f_lineno)
                raise KeyboardInterrupt
        return line

    def call(frame, _event, _argument):
        if struck or "/firmware/" not in frame.f_code.co_filename or frame.f_code.co_name in ("stop", "close"):
            return None
        return None if "/rollcore/" in frame.f_code.co_filename else line

    rig.at(1.0, lambda: sys.settrace(call))
    return struck


def test_a_dead_bus_in_a_cue_stops_the_motor_at_once(make_rig):
    rig = make_rig(pressed(HARD))
    rig.at(BUZZ_S, lambda: setattr(rig.world, "bus_fault", lambda address, reg, length, is_write: 116))
    rig.run(20.0)
    assert rig.error is None
    assert off_after(rig, BUZZ_S) < 0.05
    session = rig.session()
    assert session.state == "complete"
    assert "imu" in [fault.code for fault in session.faults]


def test_samples_that_stay_away_without_an_error_stop_the_motor(make_rig):
    """The IMU answers, but its FIFO stays empty."""
    rig = make_rig(pressed(HARD))
    imu = rig.world.chips["imu"]
    rig.at(BUZZ_S, lambda: setattr(imu, "update", lambda now_us: imu._fifo.clear()))
    rig.run(5.0)
    assert off_after(rig, BUZZ_S) < 0.085


def test_the_motor_comes_back_when_the_bus_does(make_rig):
    rig = make_rig(pressed(HARD))
    rig.at(BUZZ_S, lambda: setattr(rig.world, "bus_fault", lambda address, reg, length, is_write: 116))
    rig.at(BUZZ_S + 0.1, lambda: setattr(rig.world, "bus_fault", None))
    rig.run(9.0)
    session = rig.session()
    spans = [(start - BUZZ_S, end - BUZZ_S) for start, end in rig.motor_spans()]
    assert not any(0.05 < start < 0.1 for start, _ in spans)
    assert any(0.1 < start < 0.3 for start, _ in spans)
    assert (session.gaps, session.faults) == ([], [])  # the FIFO held what came meanwhile
    assert session.over_s == pytest.approx(4.0, abs=0.15)


def test_a_failed_read_in_a_long_pulse_interrupts_it_and_does_not_end_it(make_rig):
    """The ceiling's pulse lasts 400 ms: the level asked for is the same before and after the failure."""
    rig = make_rig(pressed([(2.0, 0.0), (0.5, 5.0), (3.0, 35.0), (1.0, 0.0)]))
    at_s = 3.12
    rig.at(at_s, lambda: setattr(rig.world, "bus_fault", lambda address, reg, length, is_write: 116))
    rig.at(at_s + 0.03, lambda: setattr(rig.world, "bus_fault", None))
    rig.run(5.0)
    spans = [(start - at_s, end - at_s) for start, end in rig.motor_spans()]
    assert any(start < -0.05 and 0 < end < 0.03 for start, end in spans), spans
    assert any(0.03 < start < 0.08 and end - start > 0.05 for start, end in spans), spans


def test_ctrl_c_in_a_cue_outside_a_session(make_rig):
    """Nothing is to be written then: stopping the motor is all there is to do."""
    rig = make_rig(pressed([(6.0, 0.0)]))
    rig.world.chips["force"].present = False
    rig.run(2.0)
    start, end = rig.motor_spans()[0]  # without a force sensor the hand is told at the start
    for at_s in (start + 0.005, (start + end) / 2):
        rig = make_rig(pressed([(6.0, 0.0)]))
        rig.world.chips["force"].present = False
        rig.run(at_s)
        assert off_after(rig, at_s) < 0.003
        assert rig.sessions() == []


def test_a_page_that_must_be_written_in_an_alarm_stops_the_motor_first(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (45.0, 14.0), (1.0, 0.0)]), {"trace": "full"})
    rig.run(56.0)
    assert len([1 for start, _ in rig.motor_spans() if start < 27]) > 20
    assert len(rig.written_with_motor) > 6 and not any(rig.written_with_motor)
    assert (rig.session().state, rig.session().gaps) == ("complete", [])


def test_a_hung_task_is_a_reset_after_two_seconds(make_rig):
    rig = make_rig(pressed(HARD))
    hung = []

    def hang(name):
        if rig.clock.now_us() > BUZZ_S * 1e6 and not hung:
            hung.append(name)
            while True:
                rig.clock.wait(1000)

    rig.asyncio.on_sleep = hang
    reset, at_s = rig.world.power.reset, []

    def note_and_reset(cause):
        at_s.append(rig.clock.now_us() / 1e6)
        reset(cause)

    rig.world.power.reset = note_and_reset
    rig.run(9.0)
    assert rig.error.args == ("reset", 3)
    assert at_s == [pytest.approx(BUZZ_S + 2.0, abs=0.05)]


def test_a_dead_task_leaves_the_watchdog_to_start_the_board_again(make_rig):
    rig = make_rig(pressed(HARD))

    def die(name):
        if rig.clock.now_us() > BUZZ_S * 1e6:
            raise RuntimeError("injected")

    rig.asyncio.on_sleep = die
    rig.run(9.0)
    assert "injected" in str(rig.error)
    with pytest.raises(HaltError, match="reset"):
        rig.sleep_ms(2001)


def test_ctrl_c_leaves_the_host_all_the_time_it_wants(make_rig):
    rig = make_rig(pressed(HARD))
    rig.run(BUZZ_S)
    rig.sleep_ms(6 * 3600 * 1000)
    assert rig.error is None


def test_a_cell_that_is_nearly_empty_is_spared_the_motor(make_rig):
    """The cues are decided and logged all the same, as silent ones, and no alarm claims that it was felt."""
    rig = make_rig(pressed(HARD))
    rig.world.chips["gauge"].millivolts = 3250
    rig.run(9.0)
    session = rig.session()
    assert rig.motor_spans() == []
    assert [(cue.cue, cue.played) for cue in session.cues] == [("low_battery", False), ("over", False)]
    assert [alarm.t_told_s for alarm in session.overpressure] == [None]
    assert "low_battery" in [fault.code for fault in session.faults]


def test_a_cell_that_runs_low_has_the_session_on_the_flash_at_once(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (80.0, 5.0)]))
    rig.at(10.0, lambda: setattr(rig.world.chips["gauge"], "millivolts", 3250))
    written = []
    rig.at(55.0, lambda: written.append(len(rig.written_with_motor)))
    rig.at(66.0, lambda: written.append(len(rig.written_with_motor)))
    rig.run(67.0)
    assert written[0] == 0, "nothing is written in contact"
    assert written[1] > 0


def test_a_cell_that_recovers_has_its_motor_back(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (64.0, 5.0), (4.0, 14.0), (1.0, 0.0)]))
    rig.world.chips["gauge"].millivolts = 3250
    rig.at(30.0, lambda: setattr(rig.world.chips["gauge"], "millivolts", 3900))
    rig.run(72.0)
    assert 66 < rig.motor_spans()[0][0] < 67
    assert rig.session().overpressure[0].t_told_s is not None


def test_a_cell_that_runs_low_in_an_alarm_stops_the_motor(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (0.5, 5.0), (70.0, 14.0)]))
    rig.at(10.0, lambda: setattr(rig.world.chips["gauge"], "millivolts", 3250))
    rig.run(70.0)
    assert 60 < rig.motor_spans()[-1][1] < 63


def test_stop_ends_everything_even_when_the_engine_cannot(make_rig, monkeypatch):
    rig = make_rig(pressed(HARD))

    def no_end(self, t_ms):
        raise ArithmeticError("injected")

    monkeypatch.setattr(Engine, "finish", no_end)
    rig.run(BUZZ_S)
    assert isinstance(rig.error, ArithmeticError)
    assert off_after(rig, BUZZ_S - 0.001) < 0.01
    assert rig.session().state == "truncated"
    assert rig.session().cues
