# SPDX-License-Identifier: MIT
"""MAX17048, the fuel gauge: voltage, charge and its rate.

gauge = MAX17048(i2c, 0x36)
gauge.voltage_mv()
"""

from micropython import const

from drivers.registers import Registers

_CELL = const(0x02)
_CHARGE = const(0x04)
_MODE = const(0x06)
_VERSION = const(0x08)
_RATE = const(0x16)
_QUICK_START = const(0x4000)


class MAX17048:
    """The gauge at `address`. OSError when it is not there."""

    def __init__(self, bus, address: int):
        self._regs = Registers(bus, address, "MAX17048")
        self._regs.expect_id(_VERSION + 1, 0xF0, 0x10)
        self._raw = bytearray(2)

    def _word(self, reg):
        self._regs.read_into(reg, self._raw)
        return self._raw[0] << 8 | self._raw[1]

    def voltage_mv(self) -> int:
        """Return the cell voltage in mV."""
        return self._word(_CELL) * 5 // 64

    def percent_x10(self) -> int:
        """Return the charge in tenths of a percent, 0-1000."""
        return min(1000, self._word(_CHARGE) * 10 >> 8)

    def rate_x10(self) -> int:
        """Return the charge rate in tenths of a percent an hour, negative when draining."""
        value = self._word(_RATE)
        return (value - 65536 if value & 0x8000 else value) * 208 // 100

    def quick_start(self):
        """Let the gauge guess the charge anew from the voltage."""
        self._raw[0] = _QUICK_START >> 8
        self._raw[1] = _QUICK_START & 0xFF
        self._regs.write_from(_MODE, self._raw)
