# SPDX-License-Identifier: MIT
"""A RAM flash for littlefs inside the VM: erases to FF, programs only 1 to 0, counts both, and can lose its power."""

BLOCK = 4096


class RamFlash:
    """`blocks` of 4096 bytes; after `power` more programs and erases (None: never) it answers only with an error.

    `torn` leaves half of the operation at which the power went; else it was done whole.
    """

    def __init__(self, blocks, data=None):
        self.data = data if data is not None else bytearray(b"\xff" * (blocks * BLOCK))
        self.blocks = blocks
        self.erases = self.programmed = 0
        self.power = None
        self.torn = False

    def _spend(self):
        """Return how much of the operation happens: all, half, none."""
        if self.power is None:
            return 2
        if self.power <= 0:
            return 0
        self.power -= 1
        return 2 if self.power or not self.torn else 1

    def readblocks(self, block, buffer, offset=0):
        if self.power is not None and self.power <= 0:
            return -5
        at = block * BLOCK + offset
        buffer[:] = self.data[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            raise ValueError("littlefs always gives an offset")
        part = self._spend()
        if part == 0:
            return -5
        self.programmed += len(buffer)
        at = block * BLOCK + offset
        for i in range(len(buffer) * part // 2):
            if buffer[i] & ~self.data[at + i]:
                raise ValueError("programmed a bit that was not erased")
            self.data[at + i] = buffer[i]
        return 0 if part == 2 and (self.power is None or self.power > 0) else -5

    def ioctl(self, op, arg):
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK
        if op == 6:
            part = self._spend()
            if part == 0:
                return -5
            self.erases += 1
            at = arg * BLOCK
            self.data[at : at + BLOCK * part // 2] = b"\xff" * (BLOCK * part // 2)
            return 0 if part == 2 and (self.power is None or self.power > 0) else -5
        return 0
