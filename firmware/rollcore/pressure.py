# SPDX-License-Identifier: MIT
"""Over-pressure: force above the limit for long enough, or above the ceiling for a moment.

below   -> above   force above the limit
above   -> below   force at or below the limit before the hold time is over
above   -> alarm   the hold time is over, or 20 ms above the ceiling
alarm   -> below   force below the limit less the hysteresis, or no longer known
"""

import micropython
from micropython import const

_BELOW = const(0)
_ABOVE = const(1)
_ALARM = const(2)
_CEILING_MS = const(20)
_IMPULSE_UNIT = const(62500)  # of mN times 16 us, in a mN s


class Pressure:
    """The alarm: `alarm` is True while it is on; `began` and `ended` say what the last `step` changed."""

    def __init__(self, limit_mn, hysteresis_mn, hold_ms, ceiling_mn):
        self._limit_mn = limit_mn
        self._release_mn = limit_mn - hysteresis_mn
        self._hold_ms = hold_ms
        self._ceiling_mn = ceiling_mn
        self._state = _BELOW
        self._ceiling_ms = -1
        self._impulse = 0
        self.began = self.ended = self.alarm = self.by_ceiling = False
        self.cross_ms = 0
        self.on_ms = 0
        self.peak_mn = 0
        self.impulse_mns = 0

    @micropython.native
    def step(self, t_ms, dt_us, net_mn, known):
        """Take the force of one sample; return True when the alarm began or ended. Allocates nothing."""
        self.began = self.ended = False
        if net_mn <= self._release_mn and self._state == _BELOW:
            return False
        if not known:
            net_mn = 0
        if net_mn > self._limit_mn:
            return self._over(t_ms, dt_us, net_mn)
        self._ceiling_ms = -1
        if self._state == _ABOVE:
            self._state = _BELOW
        elif self._state == _ALARM and net_mn < self._release_mn:
            return self.end()
        return False

    def end(self):
        """End the alarm; return True if it was on."""
        self.ended = self.alarm
        self.alarm = False
        self._state = _BELOW
        self._ceiling_ms = -1
        return self.ended

    def _over(self, t_ms, dt_us, net_mn):
        if self._state == _BELOW:
            self._state = _ABOVE
            self.cross_ms = t_ms
            self.peak_mn = self._impulse = self.impulse_mns = 0
        if net_mn > self.peak_mn:
            self.peak_mn = net_mn
        self._impulse += (net_mn - self._limit_mn) * (dt_us >> 4)
        if self._impulse >= _IMPULSE_UNIT:
            self.impulse_mns += self._impulse // _IMPULSE_UNIT
            self._impulse %= _IMPULSE_UNIT
        if self._state == _ALARM:
            return False
        ceiling = self._above_ceiling(t_ms, net_mn)
        if not ceiling and t_ms - self.cross_ms < self._hold_ms:
            return False
        self._state = _ALARM
        self.began = self.alarm = True
        self.by_ceiling = ceiling
        self.on_ms = t_ms
        return True

    def _above_ceiling(self, t_ms, net_mn):
        if net_mn <= self._ceiling_mn:
            self._ceiling_ms = -1
            return False
        if self._ceiling_ms < 0:
            self._ceiling_ms = t_ms
        return t_ms - self._ceiling_ms >= _CEILING_MS
