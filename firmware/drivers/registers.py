# SPDX-License-Identifier: MIT
"""Byte registers of a chip on an I2C bus: the one helper that all drivers share."""

_ENODEV = 19
_ETIMEDOUT = 116


class Registers:
    """Registers of the chip `name` at `address` on `bus` (a `machine.I2C` or the like)."""

    def __init__(self, bus, address: int, name: str):
        if not 0x08 <= address <= 0x77:
            raise ValueError("I2C address %r is not in 0x08..0x77" % address)
        self._bus = bus
        self._address = address
        self._name = name
        self._byte = bytearray(1)

    def read(self, reg: int) -> int:
        """Return the byte in `reg`."""
        self._bus.readfrom_mem_into(self._address, reg, self._byte)
        return self._byte[0]

    def read_into(self, reg: int, buffer):
        """Fill `buffer` from `reg` on."""
        self._bus.readfrom_mem_into(self._address, reg, buffer)

    def write(self, reg: int, value: int):
        """Write one byte."""
        self._byte[0] = value
        self._bus.writeto_mem(self._address, reg, self._byte)

    def write_all(self, pairs):
        """Write (register, value) pairs in their order."""
        for reg, value in pairs:
            self.write(reg, value)

    def write_from(self, reg: int, buffer):
        """Write `buffer` from `reg` on."""
        self._bus.writeto_mem(self._address, reg, buffer)

    def expect_id(self, reg: int, mask: int, expected: int):
        """Check the identification in `reg`; OSError that names the address when another chip answers."""
        found = self.read(reg)
        if found & mask != expected:
            raise OSError(_ENODEV, "0x%02x is no %s (id 0x%02x)" % (self._address, self._name, found))

    def wait(self, reg: int, mask: int, wanted: int, timeout_ms: int, sleep_ms):
        """Poll every ms until the bits `mask` of `reg` read `wanted`; OSError after `timeout_ms`."""
        for _ in range(timeout_ms):
            if self.read(reg) & mask == wanted:
                return
            sleep_ms(1)
        raise OSError(_ETIMEDOUT, "%s: register 0x%02x stays" % (self._name, reg))
