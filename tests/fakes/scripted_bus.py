# SPDX-License-Identifier: MIT
"""A bus that expects exact transfers in their order, for the sequences a data sheet prescribes."""


class ScriptedBus:
    """`script` lists ("w", register, bytes) and ("r", register, bytes); `done()` fails when any is left."""

    def __init__(self, address, script):
        self._address = address
        self._script = list(script)

    def _next(self, address, kind, reg):
        assert address == self._address
        assert self._script, f"unexpected {kind} of 0x{reg:02x}"
        expected = self._script.pop(0)
        assert (kind, reg) == expected[:2], f"{kind} of 0x{reg:02x}, expected {expected}"
        return expected[2]

    def readfrom_mem_into(self, address, reg, buffer):
        answer = self._next(address, "r", reg)
        assert len(answer) == len(buffer)
        buffer[:] = answer

    def writeto_mem(self, address, reg, buffer):
        assert bytes(buffer) == self._next(address, "w", reg), f"at 0x{reg:02x}"

    def done(self):
        assert not self._script, f"left over: {self._script}"


def writes(*pairs):
    """Return script lines for single-byte writes."""
    return [("w", reg, bytes([value])) for reg, value in pairs]


def reads(*pairs):
    """Return script lines for single-byte reads."""
    return [("r", reg, bytes([value])) for reg, value in pairs]
