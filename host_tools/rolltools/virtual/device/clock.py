# SPDX-License-Identifier: MIT
"""The board's clock, in us since power-on: real, or modelled and then moved only by what the board does.

The fast clock costs no wall time: waiting adds the wait, and work is charged what it would take on an ESP32.
"""

I2C_TRANSFER_US = 680  # one transfer of up to 8 bytes at 400 kHz through MicroPython, and 9 bit times a further byte
I2C_BYTE_US = 23
ADC_US = 80  # one reading of the ESP32's own converter
FLASH_ERASE_US = 80000  # a 4 KiB erase stops everything
GC_US = 2500  # one garbage collection without PSRAM
ENGINE_STEP_US = 700  # estimate of Engine.step on an ESP32, a sample

_SLICE_US = 10000
_AFTER_SCRIPT_US = 90 * 1000000  # the session closes 60 s after the last contact


class Clock:
    """Modelled time, starting at `start_us`.

    `script_end_us()` tells when the samples end (None: not started). Some time after that nothing more can happen by
    itself, and the clock falls back to wall time through `sleep_us`, so that an idle board does not burn the PC.
    """

    real = False

    def __init__(self, start_us=0, script_end_us=None, sleep_us=None):
        self._now_us = start_us
        self._script_end_us = script_end_us
        self._sleep_us = sleep_us
        self.after_wait = None  # called when time has passed by waiting: the watchdog and the timers are due

    def now_us(self):
        """Return the time since power-on in us."""
        return self._now_us

    def charge(self, us):
        """Let `us` of work pass (on the real clock work takes the time it takes)."""
        self._now_us += us

    def wait(self, us):
        """Let `us` pass with the processor idle."""
        self._now_us += us
        if self._script_end_us is not None:
            end_us = self._script_end_us()
            if end_us is not None and self._now_us > end_us + _AFTER_SCRIPT_US:
                self._sleep_us(us)
        if self.after_wait:
            self.after_wait()


class RealClock:
    """Wall time; `ticks_us`, `ticks_diff` and `sleep_us` are the interpreter's own."""

    real = True

    def __init__(self, start_us, ticks_us, ticks_diff, sleep_us):
        self._now_us = start_us
        self._ticks_us = ticks_us
        self._ticks_diff = ticks_diff
        self._sleep_us = sleep_us
        self._last = ticks_us()
        self.after_wait = None

    def now_us(self):
        """Return the time since power-on in us."""
        ticks = self._ticks_us()
        self._now_us += self._ticks_diff(ticks, self._last)
        self._last = ticks
        return self._now_us

    def charge(self, us):
        """Do nothing: on the real clock work takes the time it takes."""

    def wait(self, us):
        """Sleep for `us`, in slices: what is due by itself does not wait for the end of a long sleep."""
        end_us = self.now_us() + us
        while True:
            self._sleep_us(max(0, min(_SLICE_US, end_us - self.now_us())))
            if self.after_wait:
                self.after_wait()
            if self.now_us() >= end_us:
                return
