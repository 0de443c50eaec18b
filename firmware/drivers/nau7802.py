# SPDX-License-Identifier: MIT
"""NAU7802, the bridge converter of the load cell: 320 conversions a second at gain 128 and 3.0 V.

    adc = NAU7802(i2c, 0x2A, time.sleep_ms)
    if adc.ready():
        counts = adc.counts()         # 24 bit, signed

Its clock is off by up to 3 %: stamp conversions when they are read, do not count on 320.
"""

from micropython import const

from drivers.registers import Registers

_PU_CTRL = const(0x00)
_CTRL1 = const(0x01)
_CTRL2 = const(0x02)
_ADC_OUT = const(0x12)
_ADC_CTRL = const(0x15)
_POWER = const(0x1C)
_REVISION = const(0x1F)

_RESET = const(0x01)
_DIGITAL_ON = const(0x02)
_POWER_READY = const(0x08)
_ALL_ON = const(0x86)  # digital and analog parts on, analog supply from the chip's own regulator
_CONVERT = const(0x96)  # the same, and convert
_DATA_READY = const(0x20)
_CALIBRATE = const(0x04)
_CALIBRATION_ERROR = const(0x08)

_EIO = const(5)
_POWER_UP_MS = const(20)
_SUPPLY_MS = const(250)  # the regulator's capacitor
_CALIBRATION_MS = const(1000)


class NAU7802:
    """The converter at `address`. OSError when it is not there, does not power up or cannot calibrate itself."""

    def __init__(self, bus, address: int, sleep_ms):
        self._regs = Registers(bus, address, "NAU7802")
        self._sleep_ms = sleep_ms
        self._regs.expect_id(_REVISION, 0x0F, 0x0F)
        self._regs.write(_PU_CTRL, _RESET)
        self._power_up()
        self._regs.write_all(
            (
                (_CTRL1, 0x2F),  # 3.0 V: the 3.3 V supply leaves the regulator its 0.3 V; gain 128
                (_CTRL2, 0x70),  # 320 conversions a second
                (_ADC_CTRL, 0x30),  # chopper off
                (_POWER, 0x80),  # the filter capacitor is fitted
            )
        )
        sleep_ms(_SUPPLY_MS)
        self.calibrate()
        self._raw = bytearray(3)

    def _power_up(self):
        self._regs.write(_PU_CTRL, _DIGITAL_ON)
        self._regs.wait(_PU_CTRL, _POWER_READY, _POWER_READY, _POWER_UP_MS, self._sleep_ms)
        self._regs.write(_PU_CTRL, _ALL_ON)

    def calibrate(self):
        """Let the chip find its own offset, then convert; OSError when it reports an error or does not end."""
        self._regs.write(_CTRL2, 0x70 | _CALIBRATE)
        self._regs.wait(_CTRL2, _CALIBRATE, 0, _CALIBRATION_MS, self._sleep_ms)
        if self._regs.read(_CTRL2) & _CALIBRATION_ERROR:
            raise OSError(_EIO, "NAU7802: offset calibration failed")
        self._regs.write(_PU_CTRL, _CONVERT)

    def ready(self) -> bool:
        """Tell whether a conversion waits that was not read. No allocation."""
        return self._regs.read(_PU_CTRL) & _DATA_READY != 0

    def counts(self) -> int:
        """Return the newest conversion, -8388608..8388607. No allocation."""
        raw = self._raw
        self._regs.read_into(_ADC_OUT, raw)
        value = raw[0] << 16 | raw[1] << 8 | raw[2]
        return value - 16777216 if value & 0x800000 else value

    def sleep(self):
        """Power down to 0.2 uA."""
        self._regs.write(_PU_CTRL, 0x00)

    def wake(self):
        """Power up again with the settings kept; the first six conversions are the chip's own business."""
        self._power_up()
        self._regs.write(_PU_CTRL, _CONVERT)
