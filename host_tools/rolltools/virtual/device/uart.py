# SPDX-License-Identifier: MIT
"""UART 0 of the ESP32, the one behind the USB port, as far as its rate goes; registers by address, as `mem32` has them.

UART_CLKDIV_REG: bits 19:0 whole, 23:20 sixteenths of the divider of the 80 MHz bus clock (ESP32 technical reference
manual, chapter UART).
"""

from micropython import const

CLKDIV_ADDRESS = const(0x3FF40014)
_APB_HZ = const(80000000)
_AT_RESET = const(0x7002B6)  # 694 7/16: 115200 baud


class Uart0:
    """The register, and `tell(baud)` for what it makes of the line."""

    def __init__(self, tell):
        self._tell = tell
        self._clkdiv = _AT_RESET

    def __getitem__(self, address):
        """Read a register; OSError for one that is not modelled."""
        self._check(address)
        return self._clkdiv

    def __setitem__(self, address, value):
        """Write a register."""
        self._check(address)
        self._clkdiv = value & 0xFFFFFF
        sixteenths = (value & 0xFFFFF) << 4 | value >> 20 & 15
        self._tell(_APB_HZ * 16 // max(16, sixteenths))

    def _check(self, address):
        if address != CLKDIV_ADDRESS:
            raise OSError("register 0x%08x is not modelled" % address)
