# SPDX-License-Identifier: MIT
"""Every number in an object and all that it holds, in an order that its like follows: the engine's state in a log.

A trace begins in the middle of the engine's life; with its state at that moment a replay gives the same strokes to
the bit. Numbers are replaced where they stand and nothing is made. What an object holds of objects it holds already
is a number, too: its place among those met so far, from 1 on; 0 is one not met before. Names are taken in their
order, so who owns has to come before who only points. Texts, bytes and what lies in tuples never change and are left
out, and the ring of events is empty by then.

A number, below 2^30 in size, is its sign (bit 6 of its first byte) and its size, six bits and then seven a byte, the
lowest first; bit 7 says that another byte follows. An array is of 32 bits a number, as it lies in the memory. The
bytes of all STATE records of a session belong together.
"""

from array import array

import micropython

from rollcore.events import EventRing
from rollcore.logformat import STATE

_CHUNK = 1000  # bytes of a record
_LONGEST = 5  # bytes of a number
_LEFT_OUT = (str, bytes, EventRing)


class StateWriter:
    """Writes a state into STATE records of the log `writer`; call `end` after it."""

    def __init__(self, writer, t_ms):
        self._writer = writer
        self._t_ms = t_ms
        self._buffer = memoryview(bytearray(_CHUNK))
        self._at = 0

    @micropython.native
    def number(self, number):
        """Write a number and return it."""
        if self._at > _CHUNK - _LONGEST:
            self.end()
        buffer = self._buffer
        at = self._at
        size = number if number >= 0 else -number
        low = size & 63 if number >= 0 else size & 63 | 64
        size >>= 6
        while size:
            buffer[at] = low | 128
            at += 1
            low = size & 127
            size >>= 7
        buffer[at] = low
        self._at = at + 1
        return number

    def numbers(self, numbers):
        """Write an array."""
        data = memoryview(bytes(numbers))
        while len(data):
            room = _CHUNK - self._at
            part = data[:room]
            self._buffer[self._at : self._at + len(part)] = part
            self._at += len(part)
            data = data[room:]
            if self._at == _CHUNK:
                self.end()

    def end(self):
        """Write what there is."""
        if self._at:
            self._writer.add_bytes(STATE, self._t_ms, self._buffer[: self._at])
            self._at = 0


class StateReader:
    """Reads a state from the bytes of its records; ValueError where they do not fit."""

    def __init__(self, data):
        self._data = data
        self._at = 0

    def number(self, _number):
        """Return the next number."""
        byte = self._byte()
        negative = byte & 64
        size = byte & 63
        shift = 6
        while byte & 128:
            byte = self._byte()
            size |= (byte & 127) << shift
            shift += 7
        return -size if negative else size

    def _byte(self):
        if self._at >= len(self._data):
            raise ValueError("this state is of another firmware")
        self._at += 1
        return self._data[self._at - 1]

    def numbers(self, numbers):
        """Read an array into `numbers`."""
        end = self._at + 4 * len(numbers)
        if end > len(self._data):
            raise ValueError("this state is of another firmware")
        read = array("i", self._data[self._at : end])
        for i in range(len(numbers)):
            numbers[i] = read[i]
        self._at = end

    def end(self):
        """Raise ValueError if anything is left."""
        if self._at != len(self._data):
            raise ValueError("this state is of another firmware")


def walk(thing, each):
    """Take `thing` through a `StateWriter`, or a like of it through a `StateReader`, and end that."""
    _walk(thing, [thing], each)
    each.end()


def _walk(thing, met, each):
    if isinstance(thing, tuple):
        for item in thing:
            if not isinstance(item, int):
                _renew(item, met, each)
    elif isinstance(thing, array):
        each.numbers(thing)
    elif isinstance(thing, list):
        for i in range(len(thing)):
            thing[i] = _renew(thing[i], met, each)
    else:
        for name in sorted(thing.__dict__):
            setattr(thing, name, _renew(getattr(thing, name), met, each))


@micropython.native
def _renew(value, met, each):
    """Return what stands in the place of `value`."""
    if value is True or value is False:
        return each.number(1 if value else 0) != 0
    if isinstance(value, int):
        return each.number(value)
    if value is None or isinstance(value, _LEFT_OUT):
        return value
    place = each.number(_place(value, met))
    if place:
        if not 0 < place <= len(met):
            raise ValueError("this state is of another firmware")
        return met[place - 1]
    if _place(value, met):
        raise ValueError("this state is of another firmware")
    met.append(value)
    _walk(value, met, each)
    return value


@micropython.native
def _place(value, met):
    for i in range(len(met)):
        if met[i] is value:
            return i + 1
    return 0
