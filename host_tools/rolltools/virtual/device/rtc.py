# SPDX-License-Identifier: MIT
"""The ESP32's real-time clock: it runs on through resets and deep sleep, and never exactly."""


class RealTimeClock:
    """Wall time in us since the board's epoch over the board's clock; 0 at power-on, as nobody has set it."""

    def __init__(self, clock):
        self._clock = clock
        self._set_us = 0
        self._at_us = 0
        self._fast_ppm = 0

    def now_us(self):
        """Return what it shows."""
        passed_us = self._clock.now_us() - self._at_us
        return self._set_us + passed_us + passed_us * self._fast_ppm // 1000000

    def ahead_us(self):
        """Return how far it is ahead of the board's clock."""
        return self.now_us() - self._clock.now_us()

    def set_us(self, us):
        """Let it show `us` now."""
        self._set_us = us
        self._at_us = self._clock.now_us()

    def run_fast(self, ppm):
        """Let it run `ppm` too fast from now on (negative: too slow)."""
        self.set_us(self.now_us())
        self._fast_ppm = ppm

    def save(self):
        """Return what outlives a reset, for JSON."""
        return [self.now_us(), self._fast_ppm]

    def restore(self, state):
        """Take over what `save` returned, as if no time had passed since."""
        self.set_us(state[0])
        self._fast_ppm = state[1]
