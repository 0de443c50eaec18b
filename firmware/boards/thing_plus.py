# SPDX-License-Identifier: MIT
"""The reference board: SparkFun Thing Plus ESP32 with LSM6DSOX, NAU7802 and load cell, DRV2605L with LRA, MAX17048.

The only file that knows its pins.
"""

import machine
import micropython
import neopixel
from micropython import const

from boards.esp32_board import Esp32Board
from drivers.drv2605l import DRV2605L
from drivers.lsm6dsox import LSM6DSOX
from drivers.max17048 import MAX17048
from drivers.nau7802 import NAU7802
from rollcore.sample import FORCE_UNKNOWN

PIN_RGB = const(2)
PIN_HAPTIC = const(4)
PIN_LED = const(13)
PIN_SDA = const(21)
PIN_SCL = const(22)
PIN_IMU_INT1 = const(25)
PIN_FORCE_READY = const(26)
PIN_BUTTON = const(27)

ADDRESS_FORCE = const(0x2A)
ADDRESS_GAUGE = const(0x36)
ADDRESS_HAPTIC = const(0x5A)
ADDRESS_IMU = const(0x6A)

_DRAINS_X10 = const(-10)  # -1 % an hour: the slowest that it drains while awake is -4
_FORCE_STALE_US = const(20000)  # without a new conversion the force is unknown, not the same; six are missing then


class Board(Esp32Board):
    """The Thing Plus with its chips; `rate_hz` is rounded up to a rate of the IMU."""

    name = "thing_plus"
    force_kind = "loadcell"

    def __init__(self, rate_hz: int = 208, calibration=None):
        pins = {"haptic": PIN_HAPTIC, "sda": PIN_SDA, "scl": PIN_SCL, "button": PIN_BUTTON, "led": PIN_LED}
        super().__init__(pins, rate_hz, calibration)
        self._rgb = neopixel.NeoPixel(machine.Pin(PIN_RGB, machine.Pin.OUT), 1)

    def _new_haptic(self):
        return DRV2605L(self._i2c, ADDRESS_HAPTIC, self.sleep_ms, self._haptic_pin)

    def _new_gauge(self):
        return MAX17048(self._i2c, ADDRESS_GAUGE)

    def _new_imu(self, rate_hz):
        # INT1 has a pull-down on the board and must never be pulled up: the IMU would come up deaf.
        self._int1 = machine.Pin(PIN_IMU_INT1, machine.Pin.IN)
        return LSM6DSOX(self._i2c, ADDRESS_IMU, self.sleep_ms, rate_hz)

    def _new_adc(self):
        self._force_ready = machine.Pin(PIN_FORCE_READY, machine.Pin.IN)
        return NAU7802(self._i2c, ADDRESS_FORCE, self.sleep_ms)

    def _scale_is_right(self):
        from drivers.lsm6dsox_check import scale_is_right  # 1 KB for the start alone, or for a chip set up anew

        return scale_is_right(self._imu, self.sleep_ms)

    def self_test(self):
        """Test the IMU at rest (1 s, sampling stops: `start` again) and return the list of faults."""
        if self._imu:
            from drivers.lsm6dsox_selftest import ACCEL_FAILED, GYRO_FAILED, SCALE_WRONG, self_test

            failed = self_test(self._imu, self.sleep_ms)
            if failed & SCALE_WRONG:
                self._add_fault("imu_scale")
            if failed & (ACCEL_FAILED | GYRO_FAILED):
                self._add_fault("imu_test")
        return self.faults

    def restart_force(self):
        """Set the converter up anew; the fault "force" stays while it is not there."""
        self._adc = self._try("force", self._new_adc)
        self._force_age_us = 0  # it gets the time for its first conversion
        self.fetched_us = self.ticks_us()
        if self._adc and "force" in self.faults:
            self.faults.remove("force")

    @micropython.native
    def _read_force(self):
        adc = self._adc
        try:
            # The pin saves a transfer; the register counts where the wire is broken.
            if self._force_ready.value() or adc.ready():
                self._force_mn = self.calibration.to_mn(adc.counts())
                self._force_age_us = 0
                return
        except OSError:
            pass  # one failed read is none; where the whole bus is dead, the IMU's turn raises
        # Who stood still fetches several times at once, and no conversion comes between these.
        passed_us = self.ticks_diff(self.ticks_us(), self.fetched_us)
        self._force_age_us += min(passed_us, (self._count or 1) * self.period_us)
        if self._force_age_us > _FORCE_STALE_US:
            self._force_age_us = _FORCE_STALE_US  # and no more: it must stay a small integer
            self._force_mn = FORCE_UNKNOWN
            self._add_fault("force")

    def plugged_in(self) -> bool:
        """Tell whether the charger holds the cell: it does not drain. OSError when the bus fails."""
        return self._gauge is not None and self._gauge.rate_x10() > _DRAINS_X10

    def rgb(self, red: int, green: int, blue: int):
        """Show a colour, each part 0-255."""
        self._rgb[0] = (red, green, blue)
        self._rgb.write()
