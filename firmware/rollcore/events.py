# SPDX-License-Identifier: MIT
"""What the engine says: event rows in a ring that is made once, so that `step` allocates nothing.

A row is ``[type, t_ms, f0, f1, ...]``; `rollcore.fields` names the fields of each type. Times are ms of the engine's
clock, forces mN, lengths um, speeds um/s.
"""

from array import array

from micropython import const

OVER_ON = const(2)
OVER_OFF = const(3)
CUE = const(4)
SESSION_START = const(5)
SESSION_STOP = const(6)
SUMMARY = const(7)
MARK = const(8)
GAP = const(9)
FAULT = const(10)
CUE_SILENT = const(11)
OVER_AGAIN = const(12)
OVER_TOLD = const(13)
BAND = const(14)
STEP = const(15)
MUTE = const(17)
STROKE = const(16)  # 1 was a stroke without its doubt

ROW_LEN = const(15)

KIND_LIFT = const(0)
KIND_KNEAD = const(1)


class EventRing:
    """Fixed ring of event rows; when full the oldest row is dropped and counted in `lost`."""

    def __init__(self, capacity=32):
        self._rows = array("i", [0] * (capacity * ROW_LEN))
        self.capacity = capacity
        self._first = 0
        self._count = 0
        self.lost = 0

    def push(self, kind, t_ms, a=0, b=0, c=0, d=0, e=0, f=0, g=0, h=0, i=0, j=0, k=0, m=0, n=0):
        """Append one row; fields as in `rollcore.fields`. Allocates nothing."""
        if self._count == self.capacity:
            self._first = (self._first + 1) % self.capacity
            self._count -= 1
            self.lost += 1
        at = ((self._first + self._count) % self.capacity) * ROW_LEN
        rows = self._rows
        rows[at] = kind
        rows[at + 1] = t_ms
        rows[at + 2] = a
        rows[at + 3] = b
        rows[at + 4] = c
        rows[at + 5] = d
        rows[at + 6] = e
        rows[at + 7] = f
        rows[at + 8] = g
        rows[at + 9] = h
        rows[at + 10] = i
        rows[at + 11] = j
        rows[at + 12] = k
        rows[at + 13] = m
        rows[at + 14] = n
        self._count += 1

    def pop(self, row):
        """Move the oldest row into `row` (array("i", ROW_LEN)); return False when there is none."""
        if self._count == 0:
            return False
        at = self._first * ROW_LEN
        rows = self._rows
        for i in range(ROW_LEN):
            row[i] = rows[at + i]
        self._first = (self._first + 1) % self.capacity
        self._count -= 1
        return True

    def __len__(self):
        return self._count


def new_row():
    """Return an empty row for `EventRing.pop`."""
    return array("i", [0] * ROW_LEN)
