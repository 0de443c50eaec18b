# SPDX-License-Identifier: MIT
"""asyncio in modelled time on CPython: waiting moves the board's clock and costs no wall time."""

import asyncio
import math
import selectors
import sys


class _ClockSelector(selectors.DefaultSelector):
    """A selector that lets the clock run to where the loop wanted to sleep; nothing else can wake it."""

    def __init__(self, clock):
        super().__init__()
        self._clock = clock

    def select(self, timeout=None):
        assert timeout is not None, "every task waits for something that will never come"
        if timeout > 0:
            self._clock.wait(math.ceil(timeout * 1e6))
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop on `clock` (now_us, wait)."""

    def __init__(self, clock):
        super().__init__(_ClockSelector(clock))
        self._board_clock = clock

    def time(self):
        return self._board_clock.now_us() / 1e6


class VirtualAsyncio:
    """What `import asyncio` gives the app on the board: `run`, `gather`, `create_task` and `sleep_ms`."""

    gather = staticmethod(asyncio.gather)
    create_task = staticmethod(asyncio.create_task)

    def __init__(self, clock):
        self._clock = clock
        self.on_sleep = None  # called with the name of the task that is about to wait

    async def sleep_ms(self, ms):
        if self.on_sleep:
            self.on_sleep(self.task_name())
        await asyncio.sleep(ms / 1000)

    @staticmethod
    def task_name():
        """Return the name of the app's task that runs now, "" outside."""
        frame = sys._getframe()
        while frame and not frame.f_code.co_name.endswith("_task"):
            frame = frame.f_back
        return frame.f_code.co_name if frame else ""

    def run(self, main):
        with asyncio.Runner(loop_factory=lambda: VirtualLoop(self._clock)) as runner:
            return runner.run(main)
