# SPDX-License-Identifier: MIT
"""The coin motor by pulse width against the model of a coin that sticks, starts late and runs down."""

import pytest
from fakes.board_rig import Rig, machine

from drivers.erm import ERM


def make():
    rig = Rig(board_name="devkit_fsr")
    return rig, ERM(machine.PWM(machine.Pin(4, machine.Pin.OUT, value=0), freq=20000, duty_u16=0))


def turn(rig, haptic, ms):
    """Let time pass as a board does, and return how fast the coin turns then, in percent."""
    for _ in range(ms // 10):
        rig.sleep_ms(10)
        haptic.step(10000)
    return rig.world.chips["haptic"].amplitude(rig.clock.now_us())


@pytest.mark.parametrize(("percent", "driven"), [(20, 40), (40, 55), (60, 70), (80, 85), (100, 100)])
def test_every_level_starts_from_rest_and_holds_its_own_speed(percent, driven):
    rig, haptic = make()
    haptic.play(percent)
    assert rig.world.motor == 100  # the kick: 40 % would not set the coin in motion
    assert turn(rig, haptic, 300) == driven
    assert rig.world.motor == driven
    haptic.play(0)
    assert rig.world.motor == 0
    assert turn(rig, haptic, 100) == 0


def test_without_a_kick_the_weak_levels_would_do_nothing():
    rig, haptic = make()
    haptic._pwm.duty_u16(65535 * 40 // 100)
    assert turn(rig, haptic, 300) == 0


def test_a_change_of_level_while_it_turns_needs_no_kick():
    rig, haptic = make()
    haptic.play(100)
    turn(rig, haptic, 100)
    haptic.play(20)
    assert rig.world.motor == 40


def test_a_change_of_level_does_not_cut_the_kick_short():
    rig, haptic = make()
    haptic.play(40)
    turn(rig, haptic, 10)
    haptic.play(20)
    assert turn(rig, haptic, 300) == 40


def test_a_buzz_that_nobody_ends_is_over_after_two_seconds():
    rig, haptic = make()
    haptic.play(100)
    turn(rig, haptic, 1900)
    assert rig.world.motor == 100
    turn(rig, haptic, 200)
    assert rig.world.motor == 0
    haptic.play(100)  # asked for the same again: as with the haptic driver, nothing
    assert rig.world.motor == 0
    haptic.play(80)
    assert rig.world.motor == 100


def test_stop_is_at_once_in_the_middle_of_the_kick():
    rig, haptic = make()
    haptic.play(20)
    haptic.stop()
    assert rig.world.motor == 0
    turn(rig, haptic, 100)
    assert rig.world.motor == 0
    haptic.play(20)
    assert rig.world.motor == 100


@pytest.mark.parametrize("percent", [-1, 101])
def test_level_out_of_range(percent):
    _, haptic = make()
    with pytest.raises(ValueError, match=str(percent)):
        haptic.play(percent)


def test_a_reset_of_the_processor_ends_a_buzz_soft_or_hard():
    """A soft reset stops the channels of the pulse width, a hard one lets go of the pin, which is pulled down."""
    for keep_pins in (True, False):
        rig, haptic = make()
        haptic.play(100)
        rig.world.save(keep_pins)
        assert (rig.world.motor, rig.world.level(4)) == (0, 0)


def test_a_level_on_the_pin_does_not_end_pulse_width():
    """The trap: the pin belongs to the PWM channel, so the motor has to be stopped there."""
    rig, haptic = make()
    haptic.play(100)
    machine.Pin(4).value(0)
    assert rig.world.motor == 100
    machine.Pin(4, machine.Pin.OUT, value=0)  # a new mode takes it back
    assert rig.world.motor == 0
