# SPDX-License-Identifier: MIT
"""When the roller sleeps, how it leaves its chips, and how soon it is awake again, over the chip models."""

import machine
import pytest
from fakes.app_rig import pressed
from fakes.board_rig import HaltError, sample_file

STILL = [[0, 0, 1000000, 0, 0, 0, -1471]]
TURNED = [[0, 1000000, 0, 0, 0, 0, 0]]
ONE_PRESS = [(2.0, 0.0), (2.0, 5.0), (2.0, 0.0)]
IMU, FORCE, HAPTIC = "imu", "force", "haptic"
BUTTON, INT1 = 27, 25
SLEEP_S = 30


@pytest.fixture
def make_rig(make_rig):
    """Return what makes a rig that sleeps soon."""
    return lambda samples, settings=None, **options: make_rig(
        samples, {"sleep_s": SLEEP_S} | (settings or {}), **options
    )


def run(rig, until_s):
    """Run until `until_s`, or until it sleeps and the button wakes it; return when it fell asleep, if it did."""
    fell = []
    sleep = rig.world.deepsleep

    def asleep(sleep_ms, sources):
        fell.append(rig.clock.now_us() / 1e6)
        rig.world.press(True)
        sleep(sleep_ms, sources)

    rig.world.deepsleep = asleep
    rig.run(until_s)
    assert rig.error is None or isinstance(rig.error, HaltError)
    return fell[0] if fell else None


def test_a_roller_that_lies_still_sleeps(make_rig):
    rig = make_rig(sample_file(STILL))
    fell_s = run(rig, 60.0)
    assert fell_s == pytest.approx(SLEEP_S, abs=2.0)
    assert rig.error.args[0] == "deepsleep"


def test_it_lets_button_and_motion_wake_it_and_leaves_no_chip_on(make_rig):
    rig = make_rig(sample_file(STILL))
    run(rig, 60.0)
    assert sorted(machine.sleep_sources) == [(machine.PIN_WAKE, [BUTTON], 0), (machine.EXT1_WAKE, [INT1], 1)]
    chips = rig.world.chips
    assert chips[IMU].regs[0x5E] == 0x20 and chips[IMU].regs[0x11] == 0x00  # wake-up on INT1, gyro off
    assert chips[FORCE].regs[0x00] & 0x06 == 0  # neither part of the converter has power
    assert chips[HAPTIC].regs[0x01] & 0x40  # standby
    assert not rig.motor_driven()


def test_after_a_session_it_sleeps_with_the_session_on_the_flash(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    fell_s = run(rig, 80.0)
    assert fell_s == pytest.approx(4.0 + 5.0 + SLEEP_S, abs=2.5)  # contact, the gap of the settings, the wait
    assert rig.session().state == "complete"
    assert [value for _, value in rig.lights()] == [1, 0]


def test_on_the_charger_it_stays_awake(make_rig):
    rig = make_rig(sample_file(STILL))
    rig.world.chips["gauge"].rate_x10 = 350
    assert run(rig, 100.0) is None


def test_taken_off_the_charger_it_sleeps(make_rig):
    rig = make_rig(sample_file(STILL))
    rig.world.chips["gauge"].rate_x10 = 350
    rig.at(70.0, lambda: setattr(rig.world.chips["gauge"], "rate_x10", -60))
    assert 70.0 + SLEEP_S < run(rig, 170.0) < 70.0 + 60.0 + SLEEP_S + 2.0  # the gauge is asked once a minute


def test_without_its_gauge_it_sleeps(make_rig):
    rig = make_rig(sample_file(STILL))
    rig.world.chips["gauge"].present = False
    assert run(rig, 60.0) == pytest.approx(SLEEP_S, abs=2.0)


def test_while_it_is_moved_it_stays_awake(make_rig):
    moved = (STILL * 312 + TURNED * 312) * 14  # turned over every 1.5 s, for 42 s
    assert run(make_rig(sample_file(moved)), 120.0) == pytest.approx(42.0 + SLEEP_S, abs=2.5)


@pytest.mark.parametrize("what", ["button", "host"])
def test_a_button_or_a_host_keeps_it_awake(make_rig, what):
    rig = make_rig(sample_file(STILL))
    if what == "button":
        rig.at(20.0, lambda: rig.world.press(True))
        rig.at(20.2, lambda: rig.world.press(False))
    else:
        rig.at(20.0, lambda: rig.serial.waiting.extend(b"@status\n"))
    assert run(rig, 100.0) == pytest.approx(20.0 + SLEEP_S, abs=1.0)


def test_noise_on_the_serial_port_does_not_keep_it_awake(make_rig):
    rig = make_rig(sample_file(STILL))
    rig.at(20.0, lambda: rig.serial.waiting.extend(bytes(range(4, 256)) * 9 + b"\n@nonsense\n"))
    assert run(rig, 60.0) == pytest.approx(SLEEP_S, abs=2.0)


def test_below_the_floor_the_session_ends_nothing_is_written_and_the_button_alone_wakes(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (120.0, 5.0)]), {"trace": "full"})
    gauge = rig.world.chips["gauge"]
    rig.at(30.0, lambda: setattr(gauge, "millivolts", 3150))
    writes = []
    rig.at(59.0, lambda: writes.append(len(rig.written_with_motor)))
    fell_s = run(rig, 130.0)
    assert fell_s == pytest.approx(62.0, abs=3.0)  # asked at the start of the session, and a minute later
    assert len(rig.written_with_motor) == writes[0] > 0
    assert machine.sleep_sources == [(machine.PIN_WAKE, [BUTTON], 0)]
    assert rig.session().state == "truncated"  # whole pages, and no lie about its end


def test_a_cell_below_its_floor_does_not_stop_a_roller_on_the_charger(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    gauge = rig.world.chips["gauge"]
    gauge.millivolts, gauge.rate_x10 = 3100, 350
    assert run(rig, 14.0) is None
    assert rig.session().state == "complete"


def test_the_processor_is_fast_in_a_session_only(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    seen = []
    for t_s in (1.5, 3.5, 8.0, 12.0):
        rig.at(t_s, lambda: seen.append(rig.world.frequency_hz // 1000000))
    run(rig, 13.0)
    assert seen == [160, 240, 240, 160]


@pytest.mark.parametrize("waker", ["button", "motion"])
def test_it_is_awake_within_a_second(make_rig, waker, record_property):
    """From the edge that wakes it to the first sample: what the chips need. Loading the firmware is for bring-up."""
    rig = make_rig(sample_file(STILL))
    run(rig, 60.0)
    again = make_rig(sample_file(TURNED), {"session_gap_s": 5})
    again.world.restore(rig.world.save())
    again.world.press(waker == "button")
    woken_s = again.clock.now_us() / 1e6
    taken_s = []
    again.world.chips[IMU].on_fifo_word = lambda: taken_s.append(again.clock.now_us() / 1e6)
    board = again.board()
    assert board.reset_cause() == "deep sleep"
    again.run(woken_s + 3.0, board)
    print(f"\nawake by {waker} {1000 * (taken_s[0] - woken_s):.0f} ms after the edge")
    assert taken_s[0] - woken_s < 1.0


def test_the_bench_board_has_no_cell_and_stays_awake(make_rig):
    rig = make_rig(sample_file(STILL), board_name="devkit_fsr")
    assert run(rig, 60.0) is None
