# SPDX-License-Identifier: MIT
"""When each sample was taken: the IMU counts samples, the processor counts microseconds, and neither is exact.

Ticks wrap at 2^30 us; they are extended here and nowhere else. The samples' own count carries the time, so that steps
stay even; it is pulled slowly toward the processor's clock, and jumps only when samples were lost.
"""

from micropython import const

_LOST_US = const(30000)  # behind by more than this and two periods: no delay of reading explains it
_PULL_BITS = const(19)  # half a second: a chip that is 3 % off runs 16 ms beside the processor's clock
_COARSE_BITS = const(3)  # given up ahead of the product, which so stays within the board's small integers
_TICKS_MASK = const(1073741823)
_TICKS_HALF = const(536870912)


class SampleClock:
    """Time in ms since `ticks_us`, for one sample every `period_us`.

    `now_ms` is the processor's time, `sample_ms` that of the newest sample.
    """

    def __init__(self, period_us, ticks_us):
        self.period_us = period_us
        self.now_ms = 0
        self.sample_ms = 0
        self._now_us = 0  # what is over, below 1000
        self._sample_us = 0
        self._ticks_us = ticks_us
        self._lag_us = 0  # processor's time minus the newest sample's
        self._pull_us = 0  # the correction that each sample carries

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
        """Return the ms of samples that are missing, 0 when none are, and jump over them.

        Call it ahead of the samples of a reading; `waiting_us` is the time that all samples still to come account for.
        """
        behind_us = self._lag_us - waiting_us
        most_us = _LOST_US + 2 * self.period_us
        if behind_us > most_us:
            self._pull_us = 0
            self._advance(behind_us)
            return behind_us // 1000
        behind_us -= self.period_us >> 1  # the newest sample is half a period old, in the mean
        self._pull_us = (max(behind_us, -most_us) >> _COARSE_BITS) * self.period_us >> (_PULL_BITS - _COARSE_BITS)
        return 0

    def next(self):
        """Advance by one sample and return its time in ms. No allocation."""
        self._advance(self.period_us + self._pull_us)
        return self.sample_ms

    def _advance(self, us):
        self._lag_us -= us
        total_us = self._sample_us + us
        self.sample_ms += total_us // 1000
        self._sample_us = total_us % 1000
