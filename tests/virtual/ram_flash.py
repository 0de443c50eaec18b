# SPDX-License-Identifier: MIT
"""A RAM flash for littlefs inside the VM: erases to FF, programs only 1 to 0, counts, and can lose its power."""

BLOCK = 4096
_ERASED = b"\xff" * BLOCK
_EIO = -5


class RamFlash:
    """`blocks` of 4096 bytes; after `power` more programs and erases (None: never) it answers only with an error.

    `torn` leaves half of the operation at which the power went; else it was done whole. `reads`, `programs` and
    `erases` count the operations, `programmed` the bytes.
    """

    def __init__(self, blocks, data=None):
        self.data = data if data is not None else bytearray(_ERASED * blocks)
        self.blocks = blocks
        self.reads = self.programs = self.erases = self.programmed = 0
        self.power = None
        self.torn = False

    @property
    def is_off(self):
        """Whether the power is gone."""
        return self.power is not None and self.power <= 0

    @property
    def operations(self):
        """Reads, programs and erases so far."""
        return self.reads + self.programs + self.erases

    def _spend(self):
        """Return how many halves of the operation happen."""
        if self.power is None:
            return 2
        self.power -= 1
        return 1 if self.torn and self.is_off else 2

    def readblocks(self, block, buffer, offset=0):
        if self.is_off:
            return _EIO
        self.reads += 1
        at = block * BLOCK + offset
        buffer[:] = self.data[at : at + len(buffer)]
        return 0

    def writeblocks(self, block, buffer, offset=None):
        if offset is None:
            raise ValueError("littlefs always gives an offset")
        if self.is_off:
            return _EIO
        self.programs += 1
        self.programmed += len(buffer)
        at = block * BLOCK + offset
        size = len(buffer) * self._spend() // 2
        if self.data[at : at + size] == _ERASED[:size]:
            self.data[at : at + size] = buffer[:size]
        else:
            for i in range(size):
                self.data[at + i] &= buffer[i]
        return _EIO if self.is_off else 0

    def ioctl(self, op, arg):
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK
        if op == 6:
            if self.is_off:
                return _EIO
            self.erases += 1
            at = arg * BLOCK
            size = BLOCK * self._spend() // 2
            self.data[at : at + size] = _ERASED[:size]
            return _EIO if self.is_off else 0
        return 0
