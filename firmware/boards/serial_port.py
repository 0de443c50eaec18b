# SPDX-License-Identifier: MIT
"""The serial port that is MicroPython's own, beside the prompt: what has come, without waiting."""

import select
import sys


class SerialPort:
    """Bytes from the host; Ctrl-C is not among them. Allocates nothing but what is made at first."""

    def __init__(self):
        self._poll = select.poll()
        self._poll.register(sys.stdin, select.POLLIN)
        self._byte = bytearray(1)

    def read(self, buffer) -> int:
        """Move what has come into `buffer`, as much as fits, and return how many bytes that is."""
        count = 0
        while count < len(buffer) and self.waits() and sys.stdin.buffer.readinto(self._byte):
            buffer[count] = self._byte[0]
            count += 1
        return count

    def waits(self):
        """Tell whether anything has come."""
        for _ in self._poll.ipoll(0):
            return True
        return False
