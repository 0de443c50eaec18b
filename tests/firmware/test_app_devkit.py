# SPDX-License-Identifier: MIT
"""The app on the bench board: alarms, a motor that is off in every way out, and sensors that fail."""

import pytest
from fakes.app_rig import pressed

HARD = [(2.0, 1.5), (0.5, 6.5), (4.0, 17.0), (1.0, 6.5), (1.0, 1.5)]


@pytest.fixture
def devkit(make_rig):
    def make(**options):
        return make_rig(pressed(HARD), board_name="devkit_fsr", **options)

    return make


@pytest.fixture
def buzz_s(devkit):
    """Return a time in the middle of a pulse of the alarm."""
    rig = devkit()
    rig.run(5.0)
    start, end = rig.motor_spans()[2]
    return (start + end) / 2


def off_after_ms(rig, t_s):
    """Return how many ms after `t_s` the motor stopped for good; it must have been on at `t_s`."""
    spans = rig.motor_spans()
    assert any(start <= t_s <= end for start, end in spans), spans
    assert not rig.motor_driven()
    return (spans[-1][1] - t_s) * 1000


def test_too_much_pressure_is_told_and_kept(devkit):
    rig = devkit()
    rig.run(16.0)
    session = rig.session()
    assert (session.state, session.faults, session.gaps) == ("complete", [], [])
    assert len(session.overpressure) == 1
    assert session.overpressure[0].peak_n == pytest.approx(15.5, rel=0.25)
    assert session.settings["force_sensor"] == "fsr"
    assert session.battery == []
    assert len(rig.motor_spans()) > 3
    assert not any(rig.written_with_motor)


def test_ctrl_c_in_a_cue_stops_the_motor(devkit, buzz_s):
    rig = devkit()
    rig.run(buzz_s)
    assert off_after_ms(rig, buzz_s) < 3
    assert rig.session().state == "complete"


@pytest.mark.parametrize("task", ["_sample_task", "_log_task", "_upkeep_task"])
def test_a_task_that_dies_stops_the_motor(devkit, buzz_s, task):
    rig = devkit()

    def die(name):
        if name == task and rig.clock.now_us() > buzz_s * 1e6:
            raise RuntimeError("injected into " + name)

    rig.asyncio.on_sleep = die
    rig.run(20.0)
    assert isinstance(rig.error, RuntimeError)
    assert off_after_ms(rig, buzz_s) < 100


def test_a_dead_bus_in_a_cue_stops_the_motor(devkit, buzz_s):
    """Nothing of the motor hangs on the bus here; but without samples nobody knows when to stop."""
    rig = devkit()
    rig.at(buzz_s, lambda: setattr(rig.world, "bus_fault", lambda address, reg, length, is_write: 116))
    rig.run(20.0)
    assert rig.error is None
    assert off_after_ms(rig, buzz_s) < 50
    assert "imu" in [fault.code for fault in rig.session().faults]


def test_samples_that_stay_away_without_an_error_stop_the_motor(devkit, buzz_s):
    rig = devkit()
    imu = rig.world.chips["imu"]
    rig.at(buzz_s, lambda: setattr(imu, "update", lambda now_us: imu.forget()))
    rig.run(5.0)
    assert off_after_ms(rig, buzz_s) < 85


def test_a_short_of_the_sensor_ends_the_alarm_and_is_told(devkit, buzz_s):
    """A short reads as more than any press: it must be unknown, not the strongest alarm of all."""
    rig = devkit()
    rig.at(buzz_s, lambda: setattr(rig.world.chips["force"], "shorted", True))
    rig.run(16.0)
    (over,) = rig.session().overpressure
    assert over.t_off_s - over.t_on_s == pytest.approx(buzz_s - rig.motor_spans()[0][0], abs=0.1)
    assert over.peak_n < 20
    assert "force" in [fault.code for fault in rig.session().faults]


def test_an_overflow_of_the_fifo_is_a_gap_and_not_a_jolt(devkit):
    """The processor stood still for 0.6 s: what the FIFO has kept of it begins anywhere, and is thrown away."""
    rig = devkit()
    rig.at(2.2, lambda: rig.clock.charge(600000))
    rig.run(16.0)
    session = rig.session()
    assert session.state == "complete"
    assert sum(gap.lost_s for gap in session.gaps) == pytest.approx(0.6, abs=0.06)
    assert session.strokes == []
    assert len(session.overpressure) == 1
