# SPDX-License-Identifier: MIT
"""Bounds, length, speed and force of one stroke, measured in the history after it ended."""

import micropython
from micropython import const

_SLOWEST_UM_S = const(3000)
_PEAK_PART = const(20)  # a stroke is bounded by one twentieth of its own peak speed
_MARGIN = const(1)  # block around a stroke that may hold its start or stop
_SCAN = const(64)  # a longer stroke is scanned in strides: no step of the engine may take long


class Measure:
    """One stroke, once it is over.

    `take` finds `start_ms`, `end_ms`, `first` and `last` block, `length_um`, peaks and mean force; `feel` finds
    `won_um_s` and `lost_um_s`.
    """

    def __init__(self, history):
        self._history = history
        self.first = self.last = 0
        self.start_ms = self.end_ms = 0
        self.length_um = 0
        self.peak_um_s = 0
        self.mean_mn = self.peak_mn = 0
        self.won_um_s = self.lost_um_s = 0
        self._peak = 0  # the fastest block

    @micropython.native
    def take(self, first, last, way, start_ms, end_ms):
        """Measure the stroke found between two blocks, moving `way` (+1 or -1).

        The bounds are moved to where the speed passes its bound, but never before `start_ms` or after `end_ms`.
        """
        history = self._history
        oldest = history.oldest() + 1
        self.first = max(first, oldest)
        self.last = max(last, self.first)
        self._scan(way)
        limit = max(_SLOWEST_UM_S, self.peak_um_s // _PEAK_PART)
        self._find_start(way, limit, oldest, start_ms)
        self._find_end(way, limit, end_ms)
        self.start_ms = max(self.start_ms, start_ms)
        self.end_ms = max(self.start_ms, min(self.end_ms, end_ms))
        self._scan(way)
        # what lies between the bounds and the first and the last block
        head_ms = history.time(self.first) - self.start_ms
        tail_ms = self.end_ms - history.time(self.last)
        rest = history.speed(self.first) * head_ms + history.speed(self.last) * tail_ms
        self.length_um = max(0, self.length_um + rest * way // 1000)

    @micropython.native
    def _scan(self, way):
        """Add up the stroke between its blocks."""
        history = self._history
        first = self.first
        end = last = self.last
        stride = (last - first) // _SCAN + 1
        speed_sum = force_sum = count = 0
        peak = peak_force = 0
        block = first
        while block <= end:
            v = history.speed(block) * way
            f = history.force(block)
            speed_sum += v >> 4
            force_sum += f
            count += 1
            last = block
            if v > peak:
                peak = v
                self._peak = block
            if f > peak_force:
                peak_force = f
            block += stride
        # the trapezoidal rule
        speed_sum -= (history.speed(first) + history.speed(last)) * way >> 5
        span_ms = history.time(last) - history.time(first)
        self.length_um = (speed_sum // (count - 1)) * min(span_ms, 20000) // 125 * 2 if count > 1 else 0
        self.peak_um_s = peak
        self.mean_mn = force_sum // count
        self.peak_mn = peak_force

    @micropython.native
    def feel(self, way):
        """Find how much speed was felt to be won before the peak of what was measured, and lost after it.

        A head that starts and stops feels both; a mistake in the velocity feels neither.
        """
        history = self._history
        peak = self._peak
        won = lost = 0
        stride = (self.last - self.first) // _SCAN + 1
        block = max(history.oldest(), self.first - _MARGIN)
        last = min(history.count - 1, self.last + _MARGIN)
        while block <= last:
            felt = history.gained(peak, block) * way
            if block < peak:
                won = max(won, felt)
            else:
                lost = max(lost, felt)
            block += stride
        self.won_um_s = won
        self.lost_um_s = lost

    @micropython.native
    def _find_start(self, way, limit, oldest, start_ms):
        history = self._history
        block = self.first
        last = self.last
        while block < last and history.speed(block) * way < limit:
            block += 1
        while block > oldest and history.time(block - 1) > start_ms and history.speed(block - 1) * way >= limit:
            block -= 1
        self.first = block
        self.start_ms = self._crossing(block, block - 1, way, limit)

    @micropython.native
    def _find_end(self, way, limit, end_ms):
        history = self._history
        block = self.last
        first = self.first
        newest = history.count - 1
        while block > first and history.speed(block) * way < limit:
            block -= 1
        while block < newest and history.time(block + 1) < end_ms and history.speed(block + 1) * way >= limit:
            block += 1
        self.last = block
        self.end_ms = self._crossing(block, block + 1, way, limit) if block < newest else history.time(block)

    @micropython.native
    def _crossing(self, block, other, way, limit):
        """Return when the speed passed its bound, between a `block` inside the stroke and the `other` outside."""
        history = self._history
        t_ms = history.time(block)
        high = history.speed(block) * way
        low = history.speed(other) * way
        if low >= limit or high <= limit:
            return t_ms
        return t_ms + (history.time(other) - t_ms) * (high - limit >> 6) // (high - low + 63 >> 6)
