# SPDX-License-Identifier: MIT
"""A coin ERM motor (a weight off its centre) on a MOSFET, by pulse width; the gate is pulled down.

    haptic = ERM(PWM(Pin(4), freq=20000, duty_u16=0))
    haptic.play(60)                   # percent
    haptic.step(10000)                # us that have passed; call it about every 10 ms
    haptic.play(0)

The surface is that of the DRV2605L. A motor at rest needs more than one that turns: it gets a kick first. It has no
brake and takes 50 to 100 ms to start and to stop.
"""

from micropython import const

_FULL = const(65535)
_LEAST = const(16384)  # a quarter: below, the coin may stand still
_KICK_US = const(40000)
_MOST_US = const(2000000)  # as long as the sequence of a haptic driver lasts


class ERM:
    """The motor on `pwm`, which has duty_u16(duty)."""

    def __init__(self, pwm):
        pwm.duty_u16(0)
        self._pwm = pwm
        self._percent = 0
        self._left_us = 0  # until the motor is stopped by itself
        self._kick_us = 0  # until the kick is over

    def play(self, percent: int):
        """Buzz at `percent` 1-100; 0 stops. No allocation.

        One call buzzes for about 2 s, as `step` counts; asked for the same again it does nothing.
        """
        if not 0 <= percent <= 100:
            raise ValueError("percent %r is not in 0..100" % percent)
        if percent == self._percent:
            return
        stands = self._left_us == 0
        self._percent = percent
        self._left_us = _MOST_US if percent else 0
        self._kick_us = _KICK_US if percent and stands else 0
        self._drive()

    def _drive(self):
        if self._left_us == 0:
            self._pwm.duty_u16(0)
        elif self._kick_us:
            self._pwm.duty_u16(_FULL)
        else:
            self._pwm.duty_u16(_LEAST + (_FULL - _LEAST) * self._percent // 100)

    def step(self, us: int):
        """Let `us` pass: ends the kick, and a buzz that nobody ends. No allocation."""
        if self._left_us == 0:
            return
        kicked = self._kick_us
        self._kick_us = max(0, kicked - us)
        self._left_us = max(0, self._left_us - us)
        if self._left_us == 0 or (kicked and self._kick_us == 0):
            self._drive()

    def stop(self):
        """Stop whatever plays. Never raises."""
        self._pwm.duty_u16(0)
        self._percent = self._left_us = self._kick_us = 0

    def calibrate(self):
        """Return None: nothing here can be fitted."""

    def restore(self, results):
        """Do nothing: nothing here can be fitted."""

    def sleep(self):
        """Stop."""
        self.stop()
