# SPDX-License-Identifier: MIT
"""When each sample was taken: the IMU counts samples, the processor counts microseconds, and neither is exact.

Ticks wrap at 2^30 us; they are extended here and nowhere else. The samples' own count carries the time, so that steps
stay even; it is pulled slowly toward the processor's clock, and jumps only when samples were lost.
"""

from micropython import const

_LOST_US = const(40000)  # behind by more than any reading delay with an empty FIFO: samples are missing
_PULL_BITS = const(6)
_TICKS_MASK = const(1073741823)
_TICKS_HALF = const(536870912)


class SampleClock:
    """Time of the samples in ms since `ticks_us`, for one sample every `period_us`."""

    def __init__(self, period_us, ticks_us):
        self.period_us = period_us
        self.now_ms = 0  # the processor's time, extended
        self._now_us = 0  # ... and what is over, below 1000
        self._ticks_us = ticks_us
        self._lag_us = 0  # processor's time minus the newest sample's
        self._pull_us = 0  # the correction that the next sample carries
        self._t_ms = 0
        self._t_us = 0

    def tick(self, ticks_us):
        """Take the processor's `ticks_us` (wrapping at 2^30); call it at least every 8 minutes. No allocation."""
        # Two tick values differ by less than 2^30 in size, so this stays within the board's small integers.
        passed_us = (ticks_us - self._ticks_us) & _TICKS_MASK
        if passed_us >= _TICKS_HALF:
            return  # a look back in time: never let it run backwards
        self._ticks_us = ticks_us
        self._lag_us += passed_us
        total_us = self._now_us + passed_us
        self.now_ms += total_us // 1000
        self._now_us = total_us % 1000

    def lost_ms(self, waiting_us):
        """Return the ms of samples that are missing, 0 when none are, and jump over them. Call it once a reading.

        `waiting_us` is the time that the samples just read account for.
        """
        behind_us = self._lag_us - waiting_us
        if behind_us > _LOST_US:
            self._advance(behind_us)
            return behind_us // 1000
        # The newest sample of a reading is half a period old, in the mean.
        self._pull_us = (behind_us - (self.period_us >> 1)) >> _PULL_BITS
        return 0

    def next(self):
        """Advance by one sample and return its time in ms. No allocation."""
        self._advance(max(0, self.period_us + self._pull_us))
        self._pull_us = 0
        return self._t_ms

    def _advance(self, us):
        self._lag_us -= us
        total_us = self._t_us + us
        self._t_ms += total_us // 1000
        self._t_us = total_us % 1000
