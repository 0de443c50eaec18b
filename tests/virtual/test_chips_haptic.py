# SPDX-License-Identifier: MIT
"""The model of the DRV2605L and its motor by registers and pin alone."""

import pytest
from fakes.board_rig import Rig, machine

LEVEL, EDGE, INTERNAL, RTP = 2, 1, 0, 5


class Haptic:
    def __init__(self):
        self.rig = Rig()
        self._i2c = self.rig.i2c()
        self.pin = machine.Pin(4, machine.Pin.OUT)
        self.world = self.rig.world

    def write(self, reg, *values):
        self._i2c.writeto_mem(0x5A, reg, bytes(values))

    def read(self, reg):
        return self._i2c.readfrom_mem(0x5A, reg, 1)[0]

    def motor_after(self, ms):
        self.rig.sleep_ms(ms)
        self.world.settle()
        return self.world.motor


@pytest.fixture
def haptic():
    chip = Haptic()
    chip.write(3, 6)
    return chip


def test_reset_values():
    chip = Haptic()
    assert (chip.read(0), chip.read(1), chip.read(4)) == (0xE0, 0x40, 0x01)


def test_standby_plays_nothing(haptic):
    haptic.write(0x0C, 1)
    haptic.pin.value(1)
    assert haptic.motor_after(0) == 0


def test_sequence_with_a_pause_and_go_that_clears(haptic):
    haptic.write(1, INTERNAL)
    haptic.write(4, 47, 0x80 | 10, 51, 0)
    haptic.write(0x0C, 1)
    assert haptic.motor_after(0) == 100
    assert haptic.read(0x0C) == 1
    assert haptic.motor_after(250) == 0
    assert haptic.motor_after(100) == 20
    assert haptic.motor_after(250) == 0
    assert haptic.read(0x0C) == 0
    steps = [note[0] for note in haptic.rig.notes]
    assert [b - a for a, b in zip(steps, steps[1:], strict=False)] == [250000, 100000, 250000]


def test_library_zero_is_silent():
    chip = Haptic()
    chip.write(1, INTERNAL)
    chip.write(4, 47)
    chip.write(0x0C, 1)
    assert chip.motor_after(0) == 0


def test_level_trigger_follows_the_pin(haptic):
    haptic.write(1, LEVEL)
    haptic.write(4, 16, 16)
    haptic.pin.value(1)
    assert haptic.motor_after(100) == 100
    haptic.pin.value(0)
    assert haptic.motor_after(0) == 0
    assert haptic.read(0x0C) == 0


def test_edge_trigger_goes_on_when_the_pin_falls(haptic):
    haptic.write(1, EDGE)
    haptic.write(4, 16)
    haptic.pin.value(1)
    haptic.pin.value(0)
    assert haptic.motor_after(500) == 100
    haptic.pin.value(1)
    assert haptic.motor_after(0) == 0


def test_real_time_goes_on_until_written_whatever_the_pin_does(haptic):
    haptic.write(1, RTP)
    haptic.write(2, 0x7F)
    haptic.pin.value(1)
    haptic.pin.value(0)
    assert haptic.motor_after(600000) == 100
    haptic.write(0x1D, 0xA8)  # unsigned
    haptic.write(2, 0x80)
    assert haptic.motor_after(0) == 50
    haptic.write(1, 0x45)
    assert haptic.motor_after(0) == 0


def test_reset_clears_itself_and_stops(haptic):
    haptic.write(1, RTP)
    haptic.write(2, 0x7F)
    haptic.write(1, 0x80)
    assert haptic.motor_after(1) == 0
    assert haptic.read(1) == 0x40
    assert haptic.read(3) == 0


def test_calibration_takes_its_time_and_needs_lra_mode(haptic):
    haptic.write(1, 7)
    haptic.write(0x1A, 0xB6)
    haptic.write(0x1E, 0x30)
    haptic.write(0x0C, 1)
    assert haptic.motor_after(900) > 0
    assert haptic.read(0x0C) == 1
    assert haptic.motor_after(300) == 0
    assert (haptic.read(0x0C), haptic.read(0) & 8) == (0, 0)
    haptic.write(0x1A, 0x36)
    haptic.write(0x0C, 1)
    haptic.motor_after(1300)
    assert haptic.read(0) & 8
    assert haptic.read(0) & 8 == 0  # reading clears it


def test_motor_rises_and_brakes_like_an_lra(haptic):
    chip = haptic.world.chips["haptic"]
    haptic.write(1, LEVEL)
    haptic.write(4, 16)
    haptic.pin.value(1)

    def amplitude_after(ms):
        haptic.rig.sleep_ms(ms)
        return chip.vibration(haptic.rig.clock.now_us())

    assert [amplitude_after(ms) for ms in (0, 10, 10, 10)] == [0, 50, 100, 100]
    haptic.pin.value(0)
    assert [amplitude_after(ms) for ms in (0, 6, 6)] == [100, 50, 0]
    haptic.write(0x1D, 0xA1)  # open loop cannot brake
    haptic.pin.value(1)
    haptic.rig.sleep_ms(30)
    haptic.pin.value(0)
    assert [amplitude_after(ms) for ms in (25, 25)] == [50, 0]


def supply_and_period(haptic):
    return haptic.read(0x21), haptic.read(0x22)


def test_supply_and_period_are_measured_while_an_lra_is_driven_in_a_closed_loop(haptic):
    """VBAT x 5.6/255 V and the period x 98.46 us; a motor at rest has neither."""
    haptic.write(0x1A, 0xB6)
    haptic.write(1, LEVEL)
    haptic.write(4, 16, 16)
    assert supply_and_period(haptic) == (0, 0)
    haptic.pin.value(1)
    assert haptic.read(0x22) == 0  # it does not ring yet
    haptic.rig.sleep_ms(50)
    assert supply_and_period(haptic) == (3300 * 255 // 5600, 58)  # 175 Hz: 5.71 ms
    haptic.write(0x22, 1)
    assert haptic.read(0x22) == 58
    haptic.world.chips["haptic"]._lra.resonance_hz = 205
    haptic.world.chips["haptic"].supply_mv = 3000
    assert supply_and_period(haptic) == (136, 50)
    haptic.write(0x1D, 0xA1)  # an open loop does not listen
    assert supply_and_period(haptic) == (136, 0)
    haptic.write(0x1D, 0xA8)
    haptic.write(0x1A, 0x36)  # a drive for an ERM
    assert supply_and_period(haptic) == (136, 0)
    haptic.write(0x1A, 0xB6)
    haptic.pin.value(0)
    assert supply_and_period(haptic) == (0, 0)


def test_a_wire_without_a_motor_has_a_supply_and_no_period(haptic):
    haptic.world.chips["haptic"].motor_open = True
    haptic.write(0x1A, 0xB6)
    haptic.write(1, LEVEL)
    haptic.write(4, 16)
    haptic.pin.value(1)
    haptic.rig.sleep_ms(50)
    assert supply_and_period(haptic) == (150, 0)


@pytest.mark.parametrize("motor_open", [False, True])
def test_a_diagnosis_judges_the_motor_and_changes_no_calibration(haptic, motor_open):
    haptic.world.chips["haptic"].motor_open = motor_open
    haptic.write(0x1A, 0xB4)
    haptic.write(1, 6)
    haptic.write(0x0C, 1)
    haptic.rig.sleep_ms(1200)
    assert haptic.read(0x0C) == 0
    assert haptic.read(0) >> 3 & 1 == motor_open
    assert [haptic.read(reg) for reg in (0x18, 0x19, 0x1A)] == [0x0D, 0x6D, 0xB4]
