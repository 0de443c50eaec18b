# SPDX-License-Identifier: MIT
"""Every number in an object and all that it holds, in an order that its like follows: the engine's state in a log.

A trace begins in the middle of the engine's life; with its state at that moment a replay gives the same strokes to
the bit. Numbers are replaced where they stand and nothing is made. What an object holds of objects it holds already
is a number, too: its place among those met so far, from 1 on; 0 is one not met before. Names are taken in their
order, so who owns has to come before who only points. Texts, bytes and what lies in tuples never change and are left
out, and the ring of events is empty by then.
"""

from array import array

from rollcore.events import EventRing
from rollcore.logformat import STATE

_CHUNK = 1000  # bytes of a record
_LONGEST = 5  # bytes of a number


def save(thing, put):
    """Hand each number to `put(number)`."""

    def visit(number):
        put(number)
        return number

    _walk(thing, [thing], visit)


class StateRecords:
    """Numbers below 2^30 in size into STATE records of a log `writer`; call `end` after the last.

    A number is its sign (bit 6 of its first byte) and its size, six bits and then seven a byte, the lowest first; bit 7
    says that another byte follows.
    """

    def __init__(self, writer, t_ms):
        self._writer = writer
        self._t_ms = t_ms
        self._buffer = memoryview(bytearray(_CHUNK))
        self._at = 0

    def put(self, number):
        """Add a number."""
        if self._at > _CHUNK - _LONGEST:
            self.end()
        buffer = self._buffer
        at = self._at
        low = 0
        if number < 0:
            number = -number
            low = 64
        low |= number & 63
        number >>= 6
        while number:
            buffer[at] = low | 128
            at += 1
            low = number & 127
            number >>= 7
        buffer[at] = low
        self._at = at + 1

    def end(self):
        """Write what there is."""
        self._writer.add_bytes(STATE, self._t_ms, self._buffer[: self._at])
        self._at = 0


def load(thing, take):
    """Set each number to what `take()` returns; `thing` was made as the saved one was. ValueError where it was not."""
    _walk(thing, [thing], lambda _number: take())


def _walk(thing, met, visit):
    if isinstance(thing, tuple):
        for item in thing:
            if not isinstance(item, int):
                _renew(item, met, visit)
    elif isinstance(thing, array):
        for i in range(len(thing)):
            thing[i] = visit(thing[i])
    elif isinstance(thing, list):
        for i in range(len(thing)):
            thing[i] = _renew(thing[i], met, visit)
    else:
        for name in sorted(thing.__dict__):
            setattr(thing, name, _renew(getattr(thing, name), met, visit))


def _renew(value, met, visit):
    """Return what stands in the place of `value`."""
    if value is None or isinstance(value, (str, bytes, EventRing)):
        return value
    if isinstance(value, bool):
        return visit(1 if value else 0) != 0
    if isinstance(value, int):
        return visit(value)
    place = visit(_place(value, met))
    if place:
        if place > len(met):
            raise ValueError("this state is of another firmware")
        return met[place - 1]
    if _place(value, met):
        raise ValueError("this state is of another firmware")
    met.append(value)
    _walk(value, met, visit)
    return value


def _place(value, met):
    for i in range(len(met)):
        if met[i] is value:
            return i + 1
    return 0
