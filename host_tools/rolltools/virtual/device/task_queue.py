# SPDX-License-Identifier: MIT
"""The module `_asyncio` in MicroPython: the C one reads the PC's ticks, this one reads the board's `time`.

Everything above it is the interpreter's own asyncio.
"""

import sys
import time


class TaskQueue:
    """Tasks ordered by the tick at which they are due; first in, first out among equals."""

    def __init__(self):
        self._tasks = []

    def peek(self):
        """Return the task due first, or None."""
        return self._tasks[0] if self._tasks else None

    def push(self, task, key=None):
        """Add `task`, due at tick `key` (default: now)."""
        task.data = None
        task.ph_key = time.ticks_ms() if key is None else key
        tasks = self._tasks
        at = len(tasks)
        while at and time.ticks_diff(task.ph_key, tasks[at - 1].ph_key) < 0:
            at -= 1
        tasks.insert(at, task)

    def pop(self):
        """Remove and return the task due first."""
        return self._tasks.pop(0)

    def remove(self, task):
        """Remove `task`."""
        self._tasks.remove(task)


class Task:
    """A coroutine and who waits for it, with the attributes that `asyncio.core` uses.

    `state` is True while it runs, a TaskQueue (or a callback) once somebody waits for it; None when it has ended and
    nobody asked, False when its end was seen.
    """

    def __init__(self, coro, globals=None):
        self.coro = coro
        self.data = None
        self.state = True
        self.ph_key = 0

    def __iter__(self):
        if not self.state:
            self.state = False
        elif self.state is True:
            self.state = TaskQueue()
        elif not isinstance(self.state, TaskQueue):
            raise RuntimeError("can't wait")
        return self

    def __next__(self):
        if not self.state:
            raise self.data
        core = sys.modules["asyncio.core"]
        self.state.push(core.cur_task)
        core.cur_task.data = self

    def done(self):
        """Return whether the task has ended."""
        return not self.state

    def cancel(self):
        """Raise CancelledError in the task at its next turn; return False when it has ended."""
        if not self.state:
            return False
        core = sys.modules["asyncio.core"]
        if self is core.cur_task:
            raise RuntimeError("can't cancel self")
        task = self
        while isinstance(task.data, Task):
            task = task.data
        if hasattr(task.data, "remove"):
            task.data.remove(task)
            core._task_queue.push(task)
        elif time.ticks_diff(task.ph_key, time.ticks_ms()) > 0:
            core._task_queue.remove(task)
            core._task_queue.push(task)
        task.data = core.CancelledError
        return True
