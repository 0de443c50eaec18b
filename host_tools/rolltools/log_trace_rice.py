# SPDX-License-Identifier: MIT
"""Trace samples as adaptive Rice codes (modes 3 and 4); the mirror of the firmware's rollcore/trace.py."""

from rollcore.sample import FORCE, FORCE_UNKNOWN
from rollcore.trace import RICE_K_FIRST, RICE_K_MOST, RICE_ONES, RICE_RAW_BITS

_TIME = 7
_WORD_BYTES = 6  # more than the longest code, wherever in a byte it begins


class RiceSamples:
    """The samples of one page's trace."""

    def __init__(self, t_ms: int, period_us: int, is_compact: bool) -> None:
        self._last = [0] * 7 + [t_ms]
        self._step = [0] * FORCE
        self._us = -period_us  # the first sample is at the time of its block
        self._period_us = period_us
        self._eighths = [8 * RICE_K_FIRST] * 8

    def open(self, t_ms: int, data: bytes, at: int) -> None:
        """Go on with the block whose codes begin at `at` of `data`."""
        self._data = data
        self._bit = 8 * at

    def take(self) -> tuple[int, list[int]]:
        """Return the time of the next sample, its axes and force; IndexError when the block ends within it."""
        for axis in range(FORCE):
            self._step[axis] += _signed(self._number(axis))
            self._last[axis] += self._step[axis]
        number = self._number(FORCE)
        if number:
            self._last[FORCE] += _signed(number - 1)
        values = [*self._last[:FORCE], self._last[FORCE] if number else FORCE_UNKNOWN]
        return self._time(), values

    def _time(self) -> int:
        us = self._us + self._period_us
        late_ms = _signed(self._number(_TIME))
        self._last[_TIME] += us // 1000 + late_ms
        self._us = us % 1000 if late_ms == 0 else 0 if late_ms > 0 else 999
        return self._last[_TIME]

    def _number(self, channel: int) -> int:
        at = self._bit >> 3
        word = int.from_bytes(self._data[at : at + _WORD_BYTES], "little") >> (self._bit & 7)
        k = self._eighths[channel] >> 3
        ones = min((~word & (word + 1)).bit_length() - 1, RICE_ONES)
        if ones < RICE_ONES:
            number = ones << k | (word >> (ones + 1)) & ((1 << k) - 1)
            self._bit += ones + 1 + k
        else:
            number = (word >> RICE_ONES) & ((1 << RICE_RAW_BITS) - 1)
            self._bit += RICE_ONES + RICE_RAW_BITS
        if self._bit > 8 * len(self._data):
            raise IndexError("a code that its block does not hold")
        self._adapt(channel, ones)
        return number

    def _adapt(self, channel: int, ones: int) -> None:
        eighths = self._eighths[channel]
        if ones == 0:
            eighths -= 2 if eighths > 1 else 0
        elif ones > 1:
            eighths = min(eighths + ones, 8 * RICE_K_MOST)
        self._eighths[channel] = eighths


def _signed(number: int) -> int:
    return ~(number >> 1) if number & 1 else number >> 1
