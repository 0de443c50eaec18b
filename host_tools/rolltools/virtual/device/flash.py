# SPDX-License-Identifier: MIT
"""The board's flash partition in a file: erases and programs are counted, erases take their time."""

from clock import FLASH_ERASE_US

BLOCK_BYTES = 4096
BLOCK_COUNT = 512  # 2 MB, the `vfs` partition of ESP32_GENERIC on 4 MB of flash

_IOCTL_SYNC = 3
_IOCTL_BLOCK_COUNT = 4
_IOCTL_BLOCK_SIZE = 5
_IOCTL_BLOCK_ERASE = 6


class FileFlash:
    """An extended block device (readblocks, writeblocks, ioctl) on an open file of BLOCK_COUNT * BLOCK_BYTES bytes.

    Every write reaches the file at once, so killing the process is a power cut.
    """

    def __init__(self, stream, clock):
        self._stream = stream
        self._clock = clock
        self._blank = b"\xff" * BLOCK_BYTES
        self.erases = 0
        self.programmed_bytes = 0

    def blank(self):
        """Return whether the first block was never written."""
        block = bytearray(BLOCK_BYTES)
        self.readblocks(0, block)
        return block == self._blank

    def readblocks(self, block, buf, offset=0):
        """Read len(buf) bytes from `offset` in `block`."""
        self._stream.seek(block * BLOCK_BYTES + offset)
        self._stream.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        """Program len(buf) bytes; without an offset the blocks are erased first."""
        if offset is None:
            offset = 0
            for i in range((len(buf) + BLOCK_BYTES - 1) // BLOCK_BYTES):
                self._erase(block + i)
        self._stream.seek(block * BLOCK_BYTES + offset)
        self._stream.write(buf)
        self._stream.flush()
        self.programmed_bytes += len(buf)

    def ioctl(self, op, arg):
        """Answer what a file system asks of a block device."""
        if op == _IOCTL_BLOCK_COUNT:
            return BLOCK_COUNT
        if op == _IOCTL_BLOCK_SIZE:
            return BLOCK_BYTES
        if op == _IOCTL_BLOCK_ERASE:
            self._erase(arg)
            return 0
        if op == _IOCTL_SYNC:
            return 0
        return None

    def _erase(self, block):
        self._clock.charge(FLASH_ERASE_US)
        self._stream.seek(block * BLOCK_BYTES)
        self._stream.write(self._blank)
        self.erases += 1
