# SPDX-License-Identifier: MIT
"""Modelled time in which things happen at set instants; for CPython and MicroPython."""

from clock import Clock


class ScriptedClock(Clock):
    """A clock with a script; an instant may lie in the middle of a transfer."""

    def __init__(self):
        super().__init__()
        self._script = []

    def at(self, t_us, action):
        """Call `action()` when the clock passes `t_us`."""
        self._script.append((t_us, action))
        self._script.sort(key=lambda entry: entry[0])

    def charge(self, us):
        end_us = self.now_us() + us
        while self._script and self._script[0][0] <= end_us:
            t_us, action = self._script.pop(0)
            super().charge(max(0, t_us - self.now_us()))
            action()
        super().charge(max(0, end_us - self.now_us()))

    def wait(self, us):
        self.charge(us)
        super().wait(0)
