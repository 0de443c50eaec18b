# SPDX-License-Identifier: MIT
"""The bench board that many people own already: ESP32 DevKitC, MPU-6050, FSR 402, and a coin ERM on a MOSFET.

The only file that knows its pins. No battery gauge, no coloured light, and it says "pressed" rather than newtons. The
button and the light are those of the handle; GPIO 4 and the button have 100 k resistors, as on the Thing Plus.
"""

import machine
from micropython import const

from boards.esp32_board import Esp32Board
from drivers.erm import ERM
from drivers.fsr import FSR
from drivers.mpu6050 import MPU6050
from rollcore.sample import FORCE_UNKNOWN

PIN_HAPTIC = const(4)
PIN_LED = const(13)
PIN_SDA = const(21)
PIN_SCL = const(22)
PIN_BUTTON = const(27)
PIN_FORCE = const(34)  # ADC1: the other converter belongs to the radio

ADDRESS_IMU = const(0x68)

_PWM_HZ = const(20000)  # above what can be heard


class Board(Esp32Board):
    """The DevKitC with its parts; `rate_hz` becomes the nearest rate of the IMU: 200 Hz for 208."""

    name = "devkit_fsr"
    force_kind = "fsr"

    def __init__(self, rate_hz: int = 208, calibration=None):
        pins = {"haptic": PIN_HAPTIC, "sda": PIN_SDA, "scl": PIN_SCL, "button": PIN_BUTTON, "led": PIN_LED}
        super().__init__(pins, rate_hz, calibration)

    def _new_haptic(self):
        return ERM(machine.PWM(self._haptic_pin, freq=_PWM_HZ, duty_u16=0))

    def _new_imu(self, rate_hz):
        return MPU6050(self._i2c, ADDRESS_IMU, self.sleep_ms, rate_hz)

    def _new_adc(self):
        return FSR(machine.ADC(machine.Pin(PIN_FORCE), atten=machine.ADC.ATTN_11DB))

    def _scale_is_right(self):
        return self._imu.scale_is_right()

    def self_test(self):
        """Return the list of faults: its IMU cannot test itself."""
        return self.faults

    def fetch(self) -> int:
        """Fetch as every board does; a kick of the motor ends here."""
        before_us = self.fetched_us
        count = Esp32Board.fetch(self)  # not super(): no allocation
        if self._haptic:
            self._haptic.step(self.ticks_diff(self.fetched_us, before_us))
        return count

    def _read_force(self):
        counts = self._adc.counts()
        if self._adc.shorted:
            self._force_mn = FORCE_UNKNOWN
            self._add_fault("force")
        else:
            self._force_mn = self.calibration.to_mn(counts)
