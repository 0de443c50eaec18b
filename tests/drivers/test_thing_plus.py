# SPDX-License-Identifier: MIT
"""The reference board over the models of its chips."""

from array import array

import pytest
from fakes.board_rig import HaltError, Rig, moving_rows, sample_file

from rollcore.calibration import Calibration
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR, MOTOR_OWN


def started(rig, **options):
    board = rig.board(**options)
    board.start()
    return board


def collect(rig, board, ms):
    taken = []
    rig.run(board, ms, lambda sample: taken.append(list(sample)))
    return taken


def still(force_mn, count=2):
    return sample_file([[0, 0, 1000000, 0, 0, 0, force_mn]] * count)


def fail_only(address):
    return lambda at, reg, length, is_write: 19 if at == address else None


def test_healthy_board_has_no_faults_and_is_up_within_a_second():
    rig = Rig()
    board = started(rig)
    assert board.faults == []
    assert rig.clock.now_us() < 1000000
    assert board.period_us == 4808


def test_samples_carry_motion_and_force_in_mn():
    rig = Rig(still(4321))
    last = collect(rig, started(rig), 200)[-1]
    assert last[:6] == [0, 0, 8197, 0, 0, 0]
    assert last[FORCE] == pytest.approx(4321, abs=4)
    assert last[MOTOR] == MOTOR_OWN


def test_calibration_is_the_one_given():
    rig = Rig(still(4000))
    board = started(rig, calibration=Calibration(zero_counts=43800, counts_per_n=21900))
    assert collect(rig, board, 100)[-1][FORCE] == pytest.approx(6000, abs=6)


def test_force_of_the_samples_between_two_readings_lies_on_the_line_between_them():
    """The newest sample of a fetch has the newest force, those before it lie evenly between it and the one before."""
    rows = [[0, 0, 1000000, 0, 0, 0, k * 10] for k in range(600)]
    rig = Rig(sample_file(rows))
    board = started(rig)
    sample = array("i", [0] * 8)
    last = None
    for _ in range(50):
        rig.sleep_ms(20)
        forces = []
        for i in range(board.fetch()):
            board.sample(i, sample)
            forces.append(sample[FORCE])
        assert len(forces) >= 4
        if last is not None:
            line = [last + (forces[-1] - last) * (i + 1) / len(forces) for i in range(len(forces))]
            assert forces == pytest.approx(line, abs=1)
        last = forces[-1]
    assert last > 2000


def test_force_is_not_from_the_future_and_not_old():
    """At every sample the force lies between the world's 25 ms before it and the world's at it."""
    rows = [[k * 5000, 0, 1000000, 0, 1, 0, k * 10] for k in range(400)]  # x and force both tell the row
    rig = Rig(sample_file(rows))
    moving = [s for s in collect(rig, started(rig), 1200) if 1000 < s[0] < 15000]
    assert len(moving) > 200
    for sample in moving:
        behind_rows = sample[0] * 122 / 5000 - sample[FORCE] / 10
        assert -1 <= behind_rows <= 25 / 4.8


@pytest.mark.parametrize("missing", ["imu", "force", "haptic", "gauge"])
def test_missing_chip_is_named_and_the_rest_works(missing):
    rig = Rig(still(1000))
    rig.world.chips[missing].present = False
    board = started(rig)
    assert board.faults == [missing]
    samples = collect(rig, board, 100)
    assert bool(samples) == (missing != "imu")
    if missing == "force":
        assert samples[-1][FORCE] == FORCE_UNKNOWN
    board.motor(100)
    assert rig.world.motor == (0 if missing == "haptic" else 100)
    board.motor_off()
    assert rig.world.motor == 0
    assert (board.battery() is None) == (missing == "gauge")
    assert isinstance(board.button(), bool)
    assert board.overrun is False


def test_empty_bus_raises_nothing():
    rig = Rig()
    for chip in rig.world.chips.values():
        chip.present = False
    board = started(rig)
    assert sorted(board.faults) == ["force", "gauge", "haptic", "imu"]
    assert board.fetch() == 0


def test_double_scale_is_a_fault_at_start():
    rig = Rig(imu={"double_scale": True})
    assert started(rig).faults == ["imu_scale"]


def test_self_test_names_what_failed():
    rig = Rig()
    board = rig.board()
    assert board.self_test() == []
    rig = Rig(imu={"double_scale": True})
    assert rig.board().self_test() == ["imu_scale"]


def test_dead_bus_raises_in_fetch_and_the_motor_stops_all_the_same():
    rig = Rig(still(1000))
    board = started(rig)
    board.motor(60)
    rig.world.bus_fault = lambda address, reg, length, is_write: 116
    with pytest.raises(OSError, match="116"):
        board.fetch()
    board.motor_off()
    assert rig.world.motor == 0


def test_pin_falls_even_when_the_haptic_chip_was_never_found():
    rig = Rig()
    rig.world.chips["haptic"].present = False
    board = rig.board()
    rig.world.net(4).from_esp(1)
    board.motor_off()
    assert rig.world.level(4) == 0


def test_lost_force_sensor_becomes_unknown_within_60_ms_and_the_imu_goes_on():
    rig = Rig(still(1000))
    board = started(rig)
    assert collect(rig, board, 50)[-1][FORCE] > 900
    rig.world.bus_fault = fail_only(0x2A)
    samples = collect(rig, board, 60)
    assert len(samples) > 10
    assert samples[-1][FORCE] == FORCE_UNKNOWN
    assert board.faults == ["force"]
    rig.world.bus_fault = None
    assert collect(rig, board, 30)[-1][FORCE] > 900


def test_broken_ready_wire_costs_nothing_but_a_transfer():
    rig = Rig(still(1000))
    board = started(rig)
    rig.world.chips["force"]._drdy = type("Cut", (), {"from_chip": lambda self, level: None})()
    rig.world.net(26).from_chip(0)
    assert collect(rig, board, 100)[-1][FORCE] == pytest.approx(1000, abs=2)


def test_overrun_is_told_once():
    rig = Rig(sample_file(moving_rows(1000)))
    board = started(rig)
    board.fetch()
    assert not board.overrun
    rig.sleep_ms(3000)
    board.fetch()
    assert board.overrun
    assert not board.overrun


@pytest.mark.parametrize("rate_hz", [49, 417])
def test_rate_out_of_range(rate_hz):
    with pytest.raises(ValueError, match=str(rate_hz)):
        Rig().board(rate_hz)


def test_button_and_lights():
    rig = Rig()
    board = rig.board()
    assert not board.button()
    rig.world.press(True)
    assert board.button()
    rig.world.press(False)
    assert not board.button()
    board.led(True)
    board.rgb(1, 2, 3)
    assert [note[1:] for note in rig.notes[-2:]] == [("led", 1), ("rgb", (1, 2, 3))]


def test_battery():
    rig = Rig()
    rig.world.chips["gauge"].millivolts = 3512
    millivolts, percent_x10 = rig.board().battery()
    assert (millivolts, percent_x10) == (pytest.approx(3512, abs=1), 780)
    assert rig.board().battery_rate_x10() == pytest.approx(-60, abs=3)


def test_identity_and_cause():
    board = Rig().board()
    assert board.unique_id() == "246f28524c01"
    assert board.reset_cause() == "power on"


def test_int1_is_never_pulled_up():
    """A pull-up there makes the IMU come up on I3C, deaf to the bus."""
    rig = Rig()
    started(rig)
    assert rig.world.net(25)._weak is None
    assert rig.world.net(25).pull == 0


def test_starved_watchdog_resets():
    rig = Rig()
    board = started(rig)
    dog = board.watchdog(2000)
    for _ in range(5):
        rig.sleep_ms(1500)
        dog.feed()
    rig.sleep_ms(2100)
    with pytest.raises(HaltError) as halt:
        board.fetch()
    assert halt.value.args == ("reset", 3)


@pytest.mark.parametrize(("shaken", "reason"), [(True, 3), (False, 2)])
def test_deep_sleep_ends_with_motion_or_the_button(shaken, reason):
    rest = [[0, 0, 1000000, 0, 0, 0, 0]] * 1040
    rig = Rig(sample_file(rest + [[k // 4 % 2 * 700000 * shaken, 0, 1000000, 0, 0, 0, 0] for k in range(2000)]))
    board = started(rig)
    board.fetch()
    start_us = rig.clock.now_us()
    board.motor(100)
    if not shaken:
        wait = rig.clock.wait

        def press_later(us):
            wait(us)
            rig.world.press(rig.clock.now_us() > start_us + 6000000)

        rig.clock.wait = press_later
    with pytest.raises(HaltError) as halt:
        board.deep_sleep()
    slept_s = (halt.value.args[1] - start_us) / 1e6
    assert rig.world.motor == 0
    assert rig.world.wake_reason == reason
    assert slept_s == pytest.approx(5.1 if shaken else 6.0, abs=0.2)
    assert rig.world.save()["cause"] == 4


def test_motor_calibration_survives_in_the_settings():
    rig = Rig()
    results = rig.board().calibrate_motor()
    rig.board().restore_motor(results)
    assert rig.i2c().readfrom_mem(0x5A, 0x18, 2) == bytes(results[:2])
