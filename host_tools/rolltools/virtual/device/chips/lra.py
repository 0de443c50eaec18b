# SPDX-License-Identifier: MIT
"""The vibration motor: a linear resonant actuator that follows its drive with a rise and a brake of some ms."""

from micropython import const

_RISE_US = const(20000)  # from rest to full
_BRAKE_US = const(12000)  # actively braked from full to rest
_COAST_US = const(50000)  # left to ring


class Lra:
    """`drive` in percent is what the driver chip asks for, `amplitude(t_us)` what the hand feels at `resonance_hz`."""

    SAVED = ("drive", "_from", "_brake")
    TIMES = ("_since_us",)

    def __init__(self, changed):
        self._changed = changed
        self.resonance_hz = 175
        self.drive = 0
        self._from = 0
        self._since_us = 0
        self._brake = 1

    def set_drive(self, percent, t_us, brake):
        """Drive with `percent` from `t_us` on; `brake` tells whether a lower drive is braked or coasts."""
        if percent == self.drive:
            return
        self._from = self.amplitude(t_us)
        self._since_us = t_us
        self._brake = int(brake)
        self.drive = percent
        self._changed(percent, t_us)

    def amplitude(self, t_us):
        """Return the amplitude in percent at `t_us`, at or after the last change of the drive."""
        span_us = t_us - self._since_us
        if self.drive >= self._from:
            return min(self.drive, self._from + 100 * span_us // _RISE_US)
        fall_us = _BRAKE_US if self._brake else _COAST_US
        return max(self.drive, self._from - 100 * span_us // fall_us)
