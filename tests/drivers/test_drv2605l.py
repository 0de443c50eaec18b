# SPDX-License-Identifier: MIT
"""The haptic driver against the model of the chip and its motor."""

import pytest
from fakes.board_rig import Rig, machine

from drivers.drv2605l import DRV2605L


def make():
    rig = Rig()
    pin = machine.Pin(4, machine.Pin.OUT, value=0)
    return rig, DRV2605L(rig.i2c(), 0x5A, rig.sleep_ms, pin)


def dead_bus(rig):
    rig.world.bus_fault = lambda address, reg, length, is_write: 116


def test_start_up_resets_first_and_leaves_the_motor_off():
    """A chip that runs its motor after a slow supply ramp is quiet once the driver is there."""
    rig = Rig()
    bus = rig.i2c()
    bus.writeto_mem(0x5A, 0x0D, b"\x11\x22\x33\x44")  # leftovers no init writes: only a reset removes them
    bus.writeto_mem(0x5A, 0x02, b"\x7f")
    bus.writeto_mem(0x5A, 0x01, b"\x05")
    assert rig.world.motor == 100
    DRV2605L(bus, 0x5A, rig.sleep_ms, machine.Pin(4, machine.Pin.OUT))
    assert rig.world.motor == 0
    regs = bus.readfrom_mem(0x5A, 0, 0x20)
    facts = {0x16: 0x53, 0x17: 0x8D, 0x1A: 0xB6, 0x1B: 0x98, 0x1C: 0xF5, 0x1D: 0xA8, 0x1E: 0x30, 0x03: 0x06, 0x01: 0x02}
    assert {reg: regs[reg] for reg in facts} == facts
    assert regs[0x0D:0x11] == bytes(4)


def test_older_chip_is_refused():
    rig = Rig()
    rig.world.chips["haptic"].regs[0] = 0x60
    with pytest.raises(OSError, match="0x5a is no DRV2605L"):
        DRV2605L(rig.i2c(), 0x5A, rig.sleep_ms, machine.Pin(4, machine.Pin.OUT))


@pytest.mark.parametrize(("asked", "played"), [(1, 20), (20, 20), (21, 40), (55, 60), (80, 80), (81, 100), (100, 100)])
def test_levels(asked, played):
    rig, haptic = make()
    haptic.play(asked)
    assert rig.world.motor == played
    haptic.play(0)
    assert rig.world.motor == 0


def test_level_out_of_range():
    _, haptic = make()
    with pytest.raises(ValueError, match="101"):
        haptic.play(101)


def test_off_with_a_dead_bus_goes_through_the_pin():
    rig, haptic = make()
    haptic.play(100)
    dead_bus(rig)
    start_us = rig.clock.now_us()
    haptic.stop()
    assert rig.notes[-1] == (start_us, "motor", 0)
    assert rig.world.motor == 0


def test_play_zero_needs_no_bus():
    rig, haptic = make()
    haptic.play(100)
    dead_bus(rig)
    haptic.play(0)
    assert rig.world.motor == 0


def test_failed_change_of_level_leaves_the_motor_off():
    rig, haptic = make()
    haptic.play(100)

    def half_written(address, reg, length, is_write):
        rig.world.chips["haptic"].regs[4:8] = bytes([51] * 4)
        return 116

    rig.world.bus_fault = half_written
    with pytest.raises(OSError, match="116"):
        haptic.play(20)
    assert rig.world.motor == 0
    rig.world.bus_fault = None
    haptic.play(100)  # what the failed transfer left in the sequencer is not trusted
    assert rig.world.motor == 100


def test_reset_of_the_processor_ends_a_cue():
    rig, haptic = make()
    haptic.play(100)
    rig.world.save()
    assert rig.world.motor == 0


def test_cue_ends_by_itself():
    rig, haptic = make()
    haptic.play(100)
    rig.sleep_ms(3000)
    rig.world.settle()
    assert rig.world.motor == 0


def test_real_time_playback_would_go_on():
    """The trap that level trigger avoids: in this mode only a write stops the motor."""
    rig, haptic = make()
    bus = rig.i2c()
    bus.writeto_mem(0x5A, 0x02, b"\xff")
    bus.writeto_mem(0x5A, 0x01, b"\x05")
    machine.Pin(4).value(0)
    rig.sleep_ms(60000)
    rig.world.settle()
    assert rig.world.motor == 100


def test_calibration_gives_results_that_restore_takes():
    rig, haptic = make()
    results = haptic.calibrate()
    assert results == (0x0B, 0x72, 0xB6)
    assert rig.world.motor == 0
    haptic.restore(results)
    haptic.play(40)
    assert rig.world.motor == 40


def test_calibration_without_a_motor_is_an_error():
    rig, haptic = make()
    rig.world.chips["haptic"].motor_open = True
    with pytest.raises(OSError, match="no motor"):
        haptic.calibrate()
    assert rig.i2c().readfrom_mem(0x5A, 1, 1) == b"\x02"


@pytest.mark.parametrize(
    "results",
    [
        (1, 2, 0x36),  # of an ERM
        (1, 2, 0xF6),  # an LRA that would not be braked
        (1, 2, 0xB2),  # another loop gain
        (1, 2),
        (1, 2, 0xB6, 4),
        (256, 2, 0xB6),
        (1, -1, 0xB6),
    ],
)
def test_restore_refuses_what_is_not_of_this_lra_and_writes_nothing(results):
    rig, haptic = make()
    before = rig.i2c().readfrom_mem(0x5A, 0x18, 3)
    with pytest.raises(ValueError, match="LRA"):
        haptic.restore(results)
    assert rig.i2c().readfrom_mem(0x5A, 0x18, 3) == before


@pytest.mark.parametrize("restored", [False, True])
def test_the_end_of_a_cue_is_braked(restored):
    """The chip brakes by itself, after a calibration as well: at rest in 12 ms, where a coin left to ring takes 50."""
    rig, haptic = make()
    if restored:
        haptic.restore(haptic.calibrate())
    chip = rig.world.chips["haptic"]
    assert chip.brakes()
    haptic.play(100)
    rig.sleep_ms(50)
    assert chip.vibration(rig.clock.now_us()) == 100
    haptic.play(0)
    rig.sleep_ms(13)
    assert chip.vibration(rig.clock.now_us()) == 0


@pytest.mark.parametrize("cut", ["reset", "soft reset and a dead bus", "pin let go and a dead bus"])
def test_neither_a_reset_nor_a_held_bus_leaves_it_buzzing(cut):
    rig, haptic = make()
    haptic.play(100)
    if "dead bus" in cut:
        dead_bus(rig)
    if cut.startswith("soft"):
        with pytest.raises(OSError, match="116"):  # the interpreter starts anew: pins stay, the bus is still held
            DRV2605L(rig.i2c(), 0x5A, rig.sleep_ms, machine.Pin(4, machine.Pin.OUT, value=0))
    elif cut == "reset":
        rig.world.save()
    else:
        machine.Pin(4, machine.Pin.IN)
    assert (rig.world.level(4), rig.world.motor) == (0, 0)
    rig.sleep_ms(3000)
    rig.world.settle()
    assert rig.world.motor == 0


def test_standby_is_deaf_to_the_pin():
    rig, haptic = make()
    haptic.sleep()
    machine.Pin(4).value(1)
    assert rig.world.motor == 0
    machine.Pin(4).value(0)
    haptic.wake()
    haptic.play(100)
    assert rig.world.motor == 100
