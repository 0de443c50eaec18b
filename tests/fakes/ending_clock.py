# SPDX-License-Identifier: MIT
"""The modelled clock of a run on MicroPython that ends as a user ends it: with Ctrl-C."""

from clock import Clock


class EndingClock(Clock):
    """Modelled time from `start_us` on that ends in Ctrl-C at `end_us`."""

    def __init__(self, end_us, start_us=0):
        super().__init__(start_us)
        self._end_us = end_us

    def wait(self, us):
        super().wait(us)
        if self.now_us() > self._end_us:
            raise KeyboardInterrupt
