# SPDX-License-Identifier: MIT
"""Model of the MAX17048: big-endian 16-bit registers over a cell that somebody else charges and drains."""

from micropython import const

from chips.chip import Chip

_VCELL = const(0x02)
_SOC = const(0x04)
_MODE = const(0x06)
_VERSION = const(0x08)
_CRATE = const(0x16)
_COMMAND = const(0xFE)
_RESET = const(0x5400)


class Max17048(Chip):
    """The gauge. Set `millivolts`, `percent_x10` and `rate_x10` (0.1 %/h, negative when draining) at will."""

    def __init__(self, clock, address):
        super().__init__(clock, address, 0x100)
        self.millivolts = 3900
        self.percent_x10 = 780
        self.rate_x10 = -60
        self.power_on()

    def power_on(self):
        """Reset the registers."""
        for i in range(len(self.regs)):
            self.regs[i] = 0
        self._put(_VERSION, 0x0012)
        self._put(0x0C, 0x971C)

    def _put(self, reg, value):
        self.regs[reg] = value >> 8 & 0xFF
        self.regs[reg + 1] = value & 0xFF

    def update(self, now_us):
        """Measure the cell."""
        self._put(_VCELL, self.millivolts * 64 // 5)
        self._put(_SOC, (self.percent_x10 * 256 + 5) // 10)
        self._put(_CRATE, self.rate_x10 * 1000 // 2080)

    def write(self, reg, value):
        """Take a byte; measurements and the version are read-only."""
        if reg in (_VCELL, _VCELL + 1, _SOC, _SOC + 1, _VERSION, _VERSION + 1, _CRATE, _CRATE + 1):
            return
        self.regs[reg] = value
        if reg == _COMMAND + 1 and self.regs[_COMMAND] << 8 | value == _RESET:
            self.power_on()

    def save(self, now_us):
        """Return the state for JSON."""
        state = super().save(now_us)
        state["regs"] = state["regs"][: 2 * 0x20]
        state["cell"] = [self.millivolts, self.percent_x10, self.rate_x10]
        return state

    def restore(self, state, now_us):
        """Take over a saved state."""
        self.millivolts, self.percent_x10, self.rate_x10 = state["cell"]
