# SPDX-License-Identifier: MIT
"""The bench board over the models of its parts, and what it shares with the reference board."""

import pytest
from fakes.board_rig import HaltError, Rig, machine, sample_file

from rollcore.calibration import Calibration
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR, MOTOR_OWN


def started(force_mn=0, **options):
    rig = Rig(sample_file([[0, 0, 1000000, 0, 0, 0, force_mn]] * 2), board_name="devkit_fsr", **options)
    board = rig.board()
    board.start()
    return rig, board


def collect(rig, board, ms):
    taken = []
    rig.run(board, ms, lambda sample: taken.append(list(sample)))
    return taken


def surface(board):
    return {name for name in dir(board) if not name.startswith("_")}


def test_both_boards_have_the_same_surface():
    assert surface(Rig().board()) == surface(Rig(board_name="devkit_fsr").board())


@pytest.mark.parametrize("name", ["thing_plus", "devkit_fsr"])
def test_every_part_of_the_surface_works_on_a_healthy_board(name):
    rig = Rig(board_name=name)
    board = rig.board()
    board.start()
    assert board.faults == []
    board.rgb(255, 128, 0)
    board.led(True)
    shown = {name: value for _, name, value in rig.notes}
    assert (shown["led"], shown.get("rgb")) == (1, (255, 128, 0) if name == "thing_plus" else None)
    assert board.button() is False
    assert (board.battery() is None) == (board.battery_rate_x10() is None) == (name == "devkit_fsr")
    results = board.calibrate_motor()
    assert (results is None) == (name == "devkit_fsr")
    if results:
        board.restore_motor(results)
    assert board.self_test() == []
    assert (board.name, board.overrun) == (name, False)


def test_samples_carry_motion_and_about_newtons():
    rig, board = started(5000)
    samples = collect(rig, board, 200)
    assert len(samples) == pytest.approx(40 + 10, abs=12)  # and what waited since the start
    assert samples[-1][:6] == [0, 0, 8197, 0, 0, 0]
    assert samples[-1][FORCE] == pytest.approx(5000, rel=0.25)
    assert samples[-1][MOTOR] == MOTOR_OWN


def test_a_part_that_was_fitted_is_nearer():
    """A weight tells the slope of the part; the curve is the maker's."""
    rig, board = started(10000)
    counts = board._adc.counts()
    board.configure(208, Calibration(0, counts // 10, True))
    assert collect(rig, board, 100)[-1][FORCE] == pytest.approx(10000, rel=0.03)
    board.configure(208, Calibration())
    assert collect(rig, board, 100)[-1][FORCE] != pytest.approx(10000, rel=0.05)


def test_a_short_is_no_force_and_is_named():
    rig, board = started(5000)
    rig.world.chips["force"].shorted = True
    assert collect(rig, board, 50)[-1][FORCE] == FORCE_UNKNOWN
    assert board.faults == ["force"]
    rig.world.chips["force"].shorted = False
    assert collect(rig, board, 50)[-1][FORCE] > 3000


@pytest.mark.parametrize(("asked", "rate_hz"), [(208, 200), (104, 100), (50, 50)])
def test_configure_takes_the_nearest_rate_once(asked, rate_hz):
    _, board = started()
    before = board._imu
    board.configure(208, Calibration())
    assert board._imu is before  # 208 is what it was asked for, though it has 200
    board.configure(asked, Calibration())
    assert (board.rate_hz, board.period_us) == (rate_hz, 1000000 // rate_hz)


@pytest.mark.parametrize("g", [0.5, 2.0])
def test_an_imu_of_another_scale_is_named(g):
    rig = Rig(sample_file([[0, 0, int(1000000 * g), 0, 0, 0, 0]] * 2), board_name="devkit_fsr")
    board = rig.board()
    board.start()
    assert board.faults == ["imu_scale"]


def test_without_an_imu_there_are_no_samples_until_it_is_back():
    rig = Rig(board_name="devkit_fsr")
    rig.world.chips["imu"].present = False
    board = rig.board()
    board.start()
    assert (board.faults, board.fetch()) == (["imu"], 0)
    rig.world.chips["imu"].present = True
    board.restart_imu()
    assert board.faults == []
    assert len(collect(rig, board, 50)) > 5


def test_a_kick_ends_with_the_fetches():
    rig, board = started()
    board.fetch()
    board.motor(20)
    assert rig.world.motor == 100
    collect(rig, board, 100)
    assert rig.world.motor == 40
    board.motor_off()
    assert (rig.world.motor, rig.world.level(4)) == (0, 0)


def test_the_motor_is_off_as_soon_as_the_board_starts_whatever_played_before():
    rig, board = started()
    board.motor(100)
    board = rig.board()
    assert rig.world.motor == 0
    board.motor(60)
    assert rig.world.motor > 0


def test_deep_sleep_ends_with_the_button():
    rig, board = started()
    board.motor(100)
    wait = rig.clock.wait
    start_us = rig.clock.now_us()

    def press_later(us):
        wait(us)
        rig.world.press(rig.clock.now_us() > start_us + 3000000)

    rig.clock.wait = press_later
    with pytest.raises(HaltError) as halt:
        board.deep_sleep()
    assert (halt.value.args[1] - start_us) / 1e6 == pytest.approx(3.0, abs=0.1)
    assert (rig.world.motor, rig.world.wake_reason) == (0, machine.PIN_WAKE)
    assert rig.world.chips["imu"].regs[0x6B] == 0x40


@pytest.mark.parametrize("name", ["thing_plus", "devkit_fsr"])
def test_a_chip_that_does_not_answer_keeps_nobody_awake(name):
    rig = Rig(board_name=name)
    board = rig.board()
    board.start()
    rig.world.bus_fault = lambda address, reg, length, is_write: 116
    rig.world.press(True)
    with pytest.raises(HaltError) as halt:
        board.deep_sleep()
    assert halt.value.args[0] == "deepsleep"
