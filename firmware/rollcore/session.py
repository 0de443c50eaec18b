# SPDX-License-Identifier: MIT
"""Sessions: from the first contact until no contact for a minute; the totals, and a summary every second.

none -> open  contact, a fault of the force sensor, or a long press
open -> none  no contact for session_gap_s, or a long press; the session ended with its last contact
"""

from array import array

import micropython
from micropython import const

from rollcore.events import SESSION_START, SESSION_STOP, SUMMARY
from rollcore.guess import quality
from rollcore.sample import FORCE_UNKNOWN

_TENTH_MS = const(100)
_TENTHS = const(10)
_LEAD_MAX = const(3072)  # a guess without a rival


class Session:
    """Opens, counts and closes sessions; `is_open`. `step` wants every sample, `block` every block."""

    def __init__(self, events, band_low_mn, limit_mn, session_gap_s):
        self._events = events
        self.set_band(band_low_mn, limit_mn)
        self._gap_ms = session_gap_s * 1000
        self._peaks = array("i", [FORCE_UNKNOWN] * _TENTHS)
        self._peak_mn = FORCE_UNKNOWN
        self._number = 0
        self._start_ms = self._tenth_ms = self._last_contact_ms = 0
        self._contact_us = self._band_us = self._over_us = 0
        self._contact_ms = self._band_ms = self._over_ms = 0
        self._tenth = self._speed_sum = self._speed_count = 0
        self._force_sum = self._force_count = self._known = 0
        self._least_lead = _LEAD_MAX
        self.is_open = False
        self.barred = False  # set it to open none before the contact of now is over

    def set_band(self, band_low_mn, limit_mn):
        """Count by another band from here on."""
        self._low_mn = band_low_mn
        self._limit_mn = limit_mn

    @micropython.native
    def step(self, t_ms, dt_us, net_mn, known, in_contact):
        """Count one sample. Allocates nothing."""
        if in_contact:
            if not self.is_open:
                if self.barred:
                    return
                self._open(t_ms)
            self._last_contact_ms = t_ms
            self._contact_us += dt_us
            if net_mn > self._limit_mn:
                self._over_us += dt_us
            elif net_mn >= self._low_mn:
                self._band_us += dt_us
        elif not self.is_open:
            self.barred = False
            return
        if known and net_mn > self._peak_mn:
            self._peak_mn = net_mn
        if t_ms - self._tenth_ms >= _TENTH_MS:
            self._end_tenth(t_ms)

    def begin(self, t_ms):
        """Open a session without a contact if none is open; it closes as if this were the last contact."""
        if not self.is_open:
            self._last_contact_ms = t_ms
            self._open(t_ms)

    @micropython.native
    def block(self, speed_um_s, lead, force_mn, known, in_contact):
        """Take a block for the summary: the head's speed, the lead of the guess that says so, and the mean force."""
        if known:
            self._known = 1
            if in_contact:
                self._force_sum += force_mn
                self._force_count += 1
        if lead < self._least_lead:
            self._least_lead = lead
        self._speed_sum += abs(speed_um_s) >> 6
        self._speed_count += 1

    def close(self, t_ms):
        """Close an open session and say so."""
        if not self.is_open:
            return
        self._carry()
        self.is_open = False
        self._events.push(
            SESSION_STOP,
            t_ms,
            self._number,
            self._last_contact_ms - self._start_ms,
            self._contact_ms,
            self._band_ms,
            self._over_ms,
        )

    def _open(self, t_ms):
        self._number += 1
        self._start_ms = self._tenth_ms = t_ms
        self._contact_us = self._band_us = self._over_us = 0
        self._contact_ms = self._band_ms = self._over_ms = 0
        self._tenth = 0
        self._peak_mn = FORCE_UNKNOWN
        self._speed_sum = self._speed_count = 0
        self._force_sum = self._force_count = self._known = 0
        self._least_lead = _LEAD_MAX
        self.is_open = True  # last: Ctrl-C may come between any two lines, and what is open is closed
        self._events.push(SESSION_START, t_ms, self._number)

    def _carry(self):
        """Move whole milliseconds out of the counters of microseconds, so that these stay small."""
        self._contact_ms += self._contact_us // 1000
        self._contact_us %= 1000
        self._band_ms += self._band_us // 1000
        self._band_us %= 1000
        self._over_ms += self._over_us // 1000
        self._over_us %= 1000

    @micropython.native
    def _end_tenth(self, t_ms):
        self._tenth_ms += _TENTH_MS
        if t_ms - self._tenth_ms >= _TENTH_MS:  # samples were lost: start again from here
            self._tenth_ms = t_ms
        self._peaks[self._tenth] = self._peak_mn
        self._peak_mn = FORCE_UNKNOWN
        self._tenth += 1
        if self._tenth < _TENTHS:
            return
        self._tenth = 0
        self._carry()
        self._summarise(t_ms)
        if t_ms - self._last_contact_ms >= self._gap_ms:
            self.close(t_ms)

    def _summarise(self, t_ms):
        p = self._peaks
        speed = (self._speed_sum // max(1, self._speed_count)) << 6
        mean = self._force_sum // max(1, self._force_count) if self._known else FORCE_UNKNOWN
        sure = quality(self._least_lead)
        self._speed_sum = self._speed_count = 0
        self._force_sum = self._force_count = self._known = 0
        self._least_lead = _LEAD_MAX
        self._events.push(SUMMARY, t_ms, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], speed, mean, sure)
