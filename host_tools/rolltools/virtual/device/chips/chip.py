# SPDX-License-Identifier: MIT
"""What all chip models share: a register file behind an auto-incrementing address, and saving its state."""

from binascii import hexlify, unhexlify


class Chip:
    """A chip on the bus. Time passes in `update`; a subclass says what reading and writing a register does."""

    SAVED = ()  # names of integer attributes that belong to the state
    TIMES = ()  # names of attributes that are instants in us, or -1 for never

    def __init__(self, clock, address, size):
        self.clock = clock
        self.address = address
        self.present = True  # False: nothing answers at the address
        self.mute = False  # True: powered, but deaf to I2C
        self.regs = bytearray(size)
        self.pointer = 0

    def power_on(self):
        """Put every register to its reset value, as a new supply voltage does."""

    def update(self, now_us):
        """Bring the chip up to `now_us`."""

    def read(self, reg):
        """Return the byte a bus read of `reg` gives, with its side effects."""
        return self.regs[reg]

    def write(self, reg, value):
        """Take a byte written to `reg`."""
        self.regs[reg] = value

    def following(self, reg):
        """Return the register after `reg` in a burst."""
        return (reg + 1) % len(self.regs)

    def read_burst(self, reg, buffer):
        """Fill `buffer` from `reg` on."""
        self.update(self.clock.now_us())
        for i in range(len(buffer)):
            buffer[i] = self.read(reg) if reg < len(self.regs) else 0
            reg = self.following(reg)
        self.pointer = reg

    def write_burst(self, reg, data):
        """Take the bytes of `data` from `reg` on."""
        self.update(self.clock.now_us())
        for value in data:
            if reg < len(self.regs):
                self.write(reg, value)
            reg = self.following(reg)
        self.pointer = reg

    def save(self, now_us):
        """Return the state for JSON, instants relative to `now_us`."""
        self.update(now_us)
        times = []
        for name in self.TIMES:
            t_us = getattr(self, name)
            times.append(None if t_us < 0 else t_us - now_us)
        return {
            "regs": hexlify(self.regs).decode(),
            "values": [getattr(self, name) for name in self.SAVED],
            "times": times,
        }

    def restore(self, state, now_us):
        """Take over a state that `save` returned, as if it had been saved at `now_us`."""
        self.regs[:] = unhexlify(state["regs"])
        for i, name in enumerate(self.SAVED):
            setattr(self, name, state["values"][i])
        for name, value in zip(self.TIMES, state["times"]):  # noqa: B905 - MicroPython's zip has no strict
            # A negative instant would read as never; before the clock's zero is long ago, and 0 says that as well.
            setattr(self, name, -1 if value is None else max(0, now_us + value))
