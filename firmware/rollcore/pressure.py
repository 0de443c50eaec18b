# SPDX-License-Identifier: MIT
"""Over-pressure: force above the limit for long enough, or above the ceiling for a moment.

below   -> above   force above the limit
above   -> below   force at or below the limit before the hold time is over
above   -> alarm   the hold time is over, or 20 ms above the ceiling
alarm   -> below   force below the limit less the hysteresis, or no longer known

Within an alarm the force may dip below the limit by less than the hysteresis and rise again. That does not end the
alarm, but it is the next over-pressure: after the hold time it is told again (`again`), as a new one would be. An alarm
that reaches the ceiling is told again, too.
"""

import micropython
from micropython import const

_BELOW = const(0)
_ABOVE = const(1)
_ALARM = const(2)
_CEILING_MS = const(20)
_DIP_MS = const(20)  # shorter dips are the sensor's noise around the limit
_NEVER = const(-1)
_IMPULSE_UNIT = const(62500)  # of mN times 16 us, in a mN s


class Pressure:
    """The alarm: `alarm` is True while it is on; `began`, `again` and `ended` say what the last `step` changed.

    As long as `state` is 0 a force of up to `release_mn` changes nothing, and `step` need not be called.
    `cross_ms` is when the force last went above the limit, `on_ms` when the alarm was asked for, `peak_mn` and
    `impulse_mns` (the force above the limit, in mN s) are of the whole alarm.
    """

    def __init__(self, over_limit_mn, over_hysteresis_mn, over_hold_ms, ceiling_mn):
        self._hold_ms = over_hold_ms
        self.set_limits(over_limit_mn, over_hysteresis_mn, ceiling_mn)
        self.state = _BELOW
        self._ceiling_ms = _NEVER
        self._dip_ms = _NEVER
        self._told = False
        self._impulse = 0
        self.began = self.again = self.ended = self.alarm = self.by_ceiling = False
        self.cross_ms = 0
        self.on_ms = 0
        self.peak_mn = 0
        self.impulse_mns = 0

    def set_limits(self, over_limit_mn, over_hysteresis_mn, ceiling_mn):
        """Go by other limits from here on; an alarm that is on ends by them."""
        self.limit_mn = over_limit_mn
        self.release_mn = over_limit_mn - over_hysteresis_mn
        self._ceiling_mn = ceiling_mn

    @micropython.native
    def step(self, t_ms, dt_us, net_mn, known):
        """Take the force of one sample; return True when the alarm began, was told again or ended.

        Allocates nothing.
        """
        self.began = self.again = self.ended = False
        if not known:
            net_mn = 0
        if net_mn > self.limit_mn:
            return self._over(t_ms, dt_us, net_mn)
        self._ceiling_ms = _NEVER
        if self.state == _ABOVE:
            self.state = _BELOW
        elif self.state == _ALARM:
            if net_mn < self.release_mn:
                return self.end()
            if self._dip_ms < 0:
                self._dip_ms = t_ms
        return False

    def end(self):
        """End the alarm; return True if it was on."""
        self.ended = self.alarm
        self.alarm = False
        self.state = _BELOW
        self._ceiling_ms = self._dip_ms = _NEVER
        return self.ended

    @micropython.native
    def _over(self, t_ms, dt_us, net_mn):
        if self.state == _BELOW:
            self.state = _ABOVE
            self.cross_ms = t_ms
            self.peak_mn = self._impulse = self.impulse_mns = 0
        if net_mn > self.peak_mn:
            self.peak_mn = net_mn
        self._impulse += (net_mn - self.limit_mn) * (dt_us >> 4)
        if self._impulse >= _IMPULSE_UNIT:
            self.impulse_mns += self._impulse // _IMPULSE_UNIT
            self._impulse %= _IMPULSE_UNIT
        ceiling = self._above_ceiling(t_ms, net_mn)
        if self.state == _ALARM:
            return self._tell_again(t_ms, ceiling)
        if not ceiling and t_ms - self.cross_ms < self._hold_ms:
            return False
        self.state = _ALARM
        self._told = True
        self.began = self.alarm = True
        self.by_ceiling = ceiling
        self.on_ms = t_ms
        return True

    @micropython.native
    def _tell_again(self, t_ms, by_ceiling):
        if self._dip_ms >= 0 and t_ms - self._dip_ms >= _DIP_MS:
            self.cross_ms = t_ms
            self._told = False
        self._dip_ms = _NEVER
        if by_ceiling and not self.by_ceiling:
            self.by_ceiling = True
        elif self._told or t_ms - self.cross_ms < self._hold_ms:
            return False
        self._told = self.again = True
        return True

    @micropython.native
    def _above_ceiling(self, t_ms, net_mn):
        if net_mn <= self._ceiling_mn:
            self._ceiling_ms = _NEVER
            return False
        if self._ceiling_ms < 0:
            self._ceiling_ms = t_ms
        return t_ms - self._ceiling_ms >= _CEILING_MS
