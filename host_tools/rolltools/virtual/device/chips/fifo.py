# SPDX-License-Identifier: MIT
"""The FIFO of the LSM6DSOX: 512 words of a tag byte and three 16-bit values."""

from binascii import hexlify, unhexlify

from micropython import const

WORDS = 512
_WORD = const(7)


class WordFifo:
    """A ring of words; `overrun` is latched when a word was lost."""

    def __init__(self):
        self._data = bytearray(WORDS * _WORD)
        self._first = 0
        self._slot = 0
        self.count = 0
        self.overrun = False

    def clear(self):
        """Drop all words and start the tag counter anew, as bypass mode does."""
        self._first = 0
        self._slot = 0
        self.count = 0
        self.overrun = False

    def next_slot(self):
        """Count a new time slot: all words pushed until the next call carry its number."""
        self._slot = (self._slot + 1) & 3

    def push(self, sensor, x, y, z, depth, overwrite):
        """Append a word of `sensor` (its tag) holding at most `depth` words; when full overwrite the oldest or not."""
        if self.count >= depth:
            self.overrun = True
            if not overwrite:
                return
            self._first = (self._first + 1) % WORDS
            self.count -= 1
        at = ((self._first + self.count) % WORDS) * _WORD
        data = self._data
        data[at] = tag_byte(sensor, self._slot)
        for i, value in ((1, x), (3, y), (5, z)):
            data[at + i] = value & 0xFF
            data[at + i + 1] = (value >> 8) & 0xFF
        self.count += 1

    def peek(self, offset):
        """Return byte `offset` (0 the tag) of the oldest word; 0 when there is none."""
        return self._data[self._first * _WORD + offset] if self.count else 0

    def pop(self):
        """Drop the oldest word."""
        if self.count:
            self._first = (self._first + 1) % WORDS
            self.count -= 1

    def save(self):
        """Return the state for JSON."""
        return [self._first, self._slot, self.count, int(self.overrun), hexlify(self._data).decode()]

    def restore(self, state):
        """Take over what `save` returned."""
        self._first, self._slot, self.count = state[:3]
        self.overrun = bool(state[3])
        self._data[:] = unhexlify(state[4])


def tag_byte(sensor, slot):
    """Return the tag of a word: sensor, slot number, and a parity bit that makes the number of ones even."""
    tag = (sensor << 3) | (slot << 1)
    ones = 0
    for bit in range(1, 8):
        ones ^= (tag >> bit) & 1
    return tag | ones
