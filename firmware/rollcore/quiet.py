# SPDX-License-Identifier: MIT
"""Whether anything accelerates: a hand that rests is quiet, and so is one that rolls at an even speed.

A hand trembles at 8-12 Hz also at rest, so accelerations are averaged over two short windows, whose means must not
differ by more than the tremor explains; and the handle must not turn.
"""

from array import array

import micropython
from micropython import const

_RING = const(32)
_MASK = const(31)
_WINDOW_US = const(40000)  # of each of the two windows
_CHANGE = const(850)  # 6.5 mg from one window to the next,
_TREMOR = const(12)  # and 18/16 of the mean change from block to block, which is the hand's tremor
_TREMOR_SHIFT = const(6)
_TURNING = const(2232)  # 4.9 deg/s
_MOST_SHIFT = const(6)
_TURNED = const(4500)  # 10 deg/s; where the handle turned so much,
_TURN_PART = const(3)  # and it turns a third of that now, it has stopped turning


class QuietDetector:
    """`is_quiet`; `accel_x` is the mean along x over both windows, `turning` and `tremor` are in 1/16 LSB."""

    def __init__(self):
        self._ring = array("i", [0] * (3 * _RING))
        self._new = array("i", [0, 0, 0])
        self._old = array("i", [0, 0, 0])
        self._at = 0
        self._wx = self._wy = self._wz = 0
        self._most = 0
        self._before = 0
        self.tremor = 0
        self.turning = 0
        self.accel_x = 0
        self.is_quiet = False

    def set_block(self, block_us):
        """Derive the windows from the block in us."""
        self._window = max(2, min(_RING // 2 - 1, (_WINDOW_US + block_us // 2) // block_us))
        self.lag_blocks = 2 * self._window
        for i in range(3 * _RING):
            self._ring[i] = 0
        for i in range(3):
            self._new[i] = self._old[i] = 0

    @micropython.native
    def block(self, x, y, z, wx, wy, wz):
        """Take one block: accelerations less gravity, and the turning, in 1/16 LSB."""
        self._wx = wx = wx + self._wx >> 1
        self._wy = wy = wy + self._wy >> 1
        self._wz = wz = wz + self._wz >> 1
        turning = (wx if wx > 0 else -wx) + (wy if wy > 0 else -wy) + (wz if wz > 0 else -wz)
        self.turning = turning
        most = self._most
        self._most = turning if turning > most else most - (most >> _MOST_SHIFT)
        self.tremor += abs(x - self._before) - self.tremor >> _TREMOR_SHIFT
        self._before = x
        window = self._window
        limit = (_CHANGE + (self.tremor * _TREMOR >> 4)) * window
        ring = self._ring
        news = self._new
        olds = self._old
        at = self._at
        self._at = at + 1 & _MASK
        ring[at] = x
        ring[at + _RING] = y
        ring[at + 2 * _RING] = z
        middle = at - window & _MASK
        last = at - 2 * window & _MASK
        is_quiet = turning < _TURNING
        for axis in range(3):
            passed = ring[middle]
            new = news[axis] + ring[at] - passed
            old = olds[axis] + passed - ring[last]
            news[axis] = new
            olds[axis] = old
            if not -limit < new - old < limit:
                is_quiet = False
            if axis == 0:
                self.accel_x = (new + old) // (2 * window)
                limit <<= 2
            at += _RING
            middle += _RING
            last += _RING
        self.is_quiet = is_quiet

    def has_stopped_turning(self):
        """Tell, once, whether the handle turned a moment ago and does no longer."""
        has_stopped = self.turning * _TURN_PART < self._most and self._most > _TURNED
        if has_stopped:
            self._most = self.turning
        return has_stopped
