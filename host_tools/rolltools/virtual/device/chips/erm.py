# SPDX-License-Identifier: MIT
"""Model of a coin ERM on a MOSFET: it follows the share of the time that its gate is high, late and without a brake."""

from micropython import const

from chips.chip import Chip

_START = const(65)  # percent of the time: less does not set a coin at rest in motion ...
_TURN = const(30)  # ... and less than this lets a turning one stop
_RISE_US = const(80000)  # from rest to full
_FALL_US = const(90000)  # from full to rest, left to run down
_FULL_HZ = const(190)  # seen at 200 Hz it looks like 10 Hz: the worst that a filter can be given
_LEAST_HZ = const(60)


class Erm(Chip):
    """The motor; `gate` is the net, `changed(percent, t_us)` hears of every drive. Not `present`, it never turns."""

    SAVED = ("_drive", "_from")
    TIMES = ("_since_us",)

    def __init__(self, clock, gate, changed):
        super().__init__(clock, None, 0)
        self._changed = changed
        self._drive = self._from = 0
        self._since_us = 0
        gate.listen_share(self._on_share)

    def _on_share(self, share_u16):
        t_us = self.clock.now_us()
        percent = (share_u16 * 100 + 32767) // 65535
        self._from = self.amplitude(t_us)
        self._since_us = t_us
        self._drive = percent
        self._changed(percent, t_us)

    def drive(self):
        """Return the percent of the time that the motor is driven."""
        return self._drive

    def _goal(self):
        """Return the speed in percent that the drive leads to: a coin at rest sticks."""
        least = _TURN if self._from else _START
        return self._drive if self.present and self._drive >= least else 0

    def amplitude(self, t_us):
        """Return the speed in percent at `t_us`, at or after the last change of the drive."""
        span_us, goal = t_us - self._since_us, self._goal()
        if goal >= self._from:
            return min(goal, self._from + 100 * span_us // _RISE_US)
        return max(goal, self._from - 100 * span_us // _FALL_US)

    def tone_hz(self, t_us):
        """Return the frequency of the vibration at `t_us`: it goes with the speed."""
        return _LEAST_HZ + (_FULL_HZ - _LEAST_HZ) * self.amplitude(t_us) // 100
