# SPDX-License-Identifier: MIT
"""Resets and deep sleep of the modelled ESP32. Its chips keep their power through all of them."""

from world import DEEPSLEEP_RESET

_POLL_US = 10000


class Power:
    """What `machine` calls to end the run of the processor."""

    def __init__(self, channel, clock, save_state, pause_ms):
        self._channel = channel
        self._clock = clock
        self._save_state = save_state
        self._pause_ms = pause_ms

    def soft_reset(self):
        """End the interpreter; the next one starts with its heap empty and the pins as they are."""
        raise SystemExit

    def reset(self, cause):
        """Reset the processor as its reset line does; never returns."""
        self._save_state(False)
        self._channel.reset(cause)
        while True:
            try:
                self._pause_ms(1000)
            except KeyboardInterrupt:
                continue  # a processor in reset hears nothing

    def deepsleep(self, wake_ms, awake):
        """Sleep until `wake_ms` have passed (None: no timer) or `awake()` is true, then reset."""
        end_us = None if wake_ms is None else self._clock.now_us() + wake_ms * 1000
        while not awake() and (end_us is None or self._clock.now_us() < end_us):
            try:
                self._clock.wait(_POLL_US)
            except KeyboardInterrupt:
                continue  # a sleeping processor hears nothing on its serial port
        self.reset(DEEPSLEEP_RESET)
