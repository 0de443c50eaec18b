# SPDX-License-Identifier: MIT
"""Trace samples as the first firmware coded them (modes 1 and 2): varints of second differences, zigzag."""

from rollcore.sample import FORCE, FORCE_UNKNOWN

_TIME = 7
_CODE_BITS = 35


class VarintSamples:
    """The samples of one page's trace; only the full ones have a time of their own."""

    def __init__(self, t_ms: int, period_us: int, is_compact: bool) -> None:
        self._value = [0] * 7 + [t_ms]
        self._slope = [0] * 8
        self._period_us = period_us
        self._is_compact = is_compact

    def open(self, t_ms: int, data: bytes, at: int) -> None:
        """Go on with the block of `t_ms` whose codes begin at `at` of `data`."""
        self._t_ms = t_ms
        self._data = data
        self._at = at
        self._taken = 0

    def take(self) -> tuple[int, list[int]]:
        """Return the time of the next sample, its axes and force; IndexError when the block ends within it."""
        t_ms = self._t_ms + self._taken * self._period_us // 1000 if self._is_compact else self._channel(_TIME)
        self._taken += 1
        values = [self._channel(channel) for channel in range(FORCE)]
        if self._data[self._at] == 0:
            self._at += 1
            return t_ms, [*values, FORCE_UNKNOWN]
        return t_ms, [*values, self._channel(FORCE, 1)]

    def _channel(self, channel: int, bias: int = 0) -> int:
        code = self._code() - bias
        self._slope[channel] += ~(code >> 1) if code & 1 else code >> 1
        self._value[channel] += self._slope[channel]
        return self._value[channel]

    def _code(self) -> int:
        code = 0
        for shift in range(0, _CODE_BITS, 7):
            byte = self._data[self._at]
            self._at += 1
            code |= (byte & 127) << shift
            if byte < 128:
                return code
        raise IndexError("a code longer than 5 bytes")
