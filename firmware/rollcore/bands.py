# SPDX-License-Identifier: MIT
"""Bands of force as feedback shows them: a mean over a quarter of a second, with hysteresis and dwell times.

unknown -> any     a force is known again
any     -> unknown at once when the force is not known
apart   -> any     contact
any     -> apart   no contact for 0.3 s: a lift between two strokes is not the end of them
other   -> over    at once with the alarm, or when the mean has been above the limit for the dwell time
between the others the mean has to be beyond the edge by the hysteresis for the dwell time

The totals of a session count samples, not bands: they are not to depend on how calm a light has to be.
"""

import micropython
from micropython import const

_UNKNOWN = const(0)  # never to be taken for "ok"
_APART = const(1)
_LIGHT = const(2)
_WANTED = const(3)
_FIRM = const(4)
_OVER = const(5)

_MEAN_SHIFT = const(3)  # of blocks of 19 ms: a time constant of 150 ms, a quarter of a second for a change to show
_DWELL_MS = const(200)
_APART_MS = const(300)
_HYSTERESIS_PART = const(20)  # 5 % of an edge ...
_HYSTERESIS_MN = const(100)  # ... and at least 0.1 N

_TOO_LIGHT_MS = const(4000)  # of rolling too lightly
_TOLD_AGAIN_MS = const(20000)
_ROLLING_UM_S = const(10000)


class Bands:
    """`band` is the band of now, its number in `rollcore.fields.BAND_NAMES`; `light_due` asks for the cue.

    `mean_mn` is the force that the band goes by. The lower edges of in band, firm and over are given in mN, in order.
    """

    def __init__(self, band_low_mn, band_firm_mn, limit_mn):
        self.set_limits(band_low_mn, band_firm_mn, limit_mn)
        self.band = _UNKNOWN
        self.mean_mn = 0
        self.light_due = False
        self._before_ms = 0
        self._wanted = _UNKNOWN
        self._wanted_ms = 0
        self._touched_ms = 0
        self._light_ms = 0
        self._told_ms = -_TOLD_AGAIN_MS

    def set_limits(self, band_low_mn, band_firm_mn, limit_mn):
        """Go by other edges from here on."""
        self._low_mn = band_low_mn
        self._firm_mn = band_firm_mn
        self._limit_mn = limit_mn

    @micropython.native
    def block(self, t_ms, force_mn, known, in_contact, alarm, speed_um_s):
        """Take the mean force of a block; return True when the band changed. Allocates nothing."""
        ms = t_ms - self._before_ms
        self._before_ms = t_ms
        before = self.band
        seen = self._seen(t_ms, force_mn, known, in_contact, alarm)
        if seen != self._wanted:
            self._wanted = seen
            self._wanted_ms = t_ms
        at_once = seen <= _APART or before <= _APART or alarm
        if at_once or t_ms - self._wanted_ms >= _DWELL_MS:
            self.band = seen
        self._watch_light(t_ms, ms, speed_um_s)
        return self.band != before

    @micropython.native
    def _seen(self, t_ms, force_mn, known, in_contact, alarm):
        """Return the band that the force of this block speaks for."""
        if not known:
            return _UNKNOWN
        if not in_contact:
            if self.band > _APART and t_ms - self._touched_ms < _APART_MS:
                return self.band
            return _APART
        self._touched_ms = t_ms
        if self.band <= _APART:
            self.mean_mn = force_mn
        else:
            self.mean_mn += (force_mn - self.mean_mn) >> _MEAN_SHIFT
        if alarm:
            return _OVER
        band = _LIGHT
        if self._is_above(self._low_mn, _WANTED):
            band = _WANTED
        if self._is_above(self._firm_mn, _FIRM):
            band = _FIRM
        if self._is_above(self._limit_mn, _OVER):
            band = _OVER
        return band

    @micropython.native
    def _is_above(self, limit_mn, band):
        """Tell whether the mean is above the lower edge of `band`; the hysteresis holds the band of now."""
        slack_mn = max(_HYSTERESIS_MN, limit_mn // _HYSTERESIS_PART)
        if self.band >= band:
            return self.mean_mn >= limit_mn - slack_mn
        if self.band <= _APART:
            return self.mean_mn >= limit_mn
        return self.mean_mn >= limit_mn + slack_mn

    @micropython.native
    def _watch_light(self, t_ms, ms, speed_um_s):
        """Ask for the cue after a while of rolling too lightly; time in the air or at rest does not count."""
        self.light_due = False
        if self.band != _LIGHT:
            if self.band != _APART:
                self._light_ms = 0
            return
        if abs(speed_um_s) > _ROLLING_UM_S:
            self._light_ms += min(ms, _DWELL_MS)
        if self._light_ms >= _TOO_LIGHT_MS and t_ms - self._told_ms >= _TOLD_AGAIN_MS:
            self._told_ms = t_ms
            self._light_ms = 0
            self.light_due = True
