# SPDX-License-Identifier: MIT
"""The module `time` as the ESP32 has it, and asyncio's waiting, over the board's clock instead of the PC's.

Ticks wrap at 2**30 as on the ESP32, whatever the interpreter. Waiting moves the clock: the modelled one costs no wall
time, the real one sleeps.
"""

import select as _select
import sys
import time as _time

_TICKS_PERIOD = 1 << 30
_TICKS_HALF = 1 << 29
_EPOCH_2000_S = 946684800  # the ESP32 counts from 2000-01-01
_MARCH_0_TO_2000 = 730425  # days from 0000-03-01 to 2000-01-01
_TIME_NAMES = (
    "ticks_us ticks_ms ticks_cpu ticks_add ticks_diff sleep_us sleep_ms sleep time time_ns gmtime localtime mktime"
).split()
_SELECT_NAMES = "POLLIN POLLOUT POLLERR POLLHUP poll".split()


class BoardTime:
    """What `import time` gives on the board."""

    def __init__(self, clock, boot_us):
        self._clock = clock
        self._boot_us = boot_us
        self.world = None  # holds the real-time clock; never set, the board believes it is 2000-01-01

    def ticks_us(self):
        """Return us since boot, wrapping at 2**30."""
        return (self._clock.now_us() - self._boot_us) % _TICKS_PERIOD

    def ticks_ms(self):
        """Return ms since boot, wrapping at 2**30."""
        return ((self._clock.now_us() - self._boot_us) // 1000) % _TICKS_PERIOD

    ticks_cpu = ticks_us

    @staticmethod
    def ticks_add(ticks, delta):
        """Return `ticks` moved by `delta`."""
        return (ticks + delta) % _TICKS_PERIOD

    @staticmethod
    def ticks_diff(end, start):
        """Return the signed way from `start` to `end`, -2**29 .. 2**29 - 1."""
        return (end - start + _TICKS_HALF) % _TICKS_PERIOD - _TICKS_HALF

    def sleep_us(self, us):
        """Let `us` pass."""
        self._clock.wait(max(0, us))

    def sleep_ms(self, ms):
        """Let `ms` pass."""
        self._clock.wait(max(0, ms) * 1000)

    def sleep(self, s):
        """Let `s` seconds pass."""
        self._clock.wait(int(max(0, s) * 1000000))

    def time(self):
        """Return seconds since 2000-01-01 by the real-time clock."""
        return self.time_ns() // 1000000000

    def time_ns(self):
        """Return nanoseconds since 2000-01-01 by the real-time clock."""
        return (self.world.rtc.now_us() if self.world else self._clock.now_us()) * 1000

    def gmtime(self, secs=None):
        """Return (year, month, day, hour, minute, second, weekday, yearday) for seconds since 2000."""
        secs = self.time() if secs is None else secs
        return tuple(_time.gmtime(secs + _EPOCH_2000_S))[:8]

    localtime = gmtime

    @staticmethod
    def mktime(parts):
        """Return seconds since 2000 for a tuple as `gmtime` gives it; the board knows no time zones, the PC does."""
        year, month, day, hour, minute, second = parts[:6]
        year -= month <= 2  # from March on, so that the odd month is the last
        days = 365 * year + year // 4 - year // 100 + year // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 1
        return ((days - _MARCH_0_TO_2000) * 24 + hour) * 3600 + minute * 60 + second


class BoardPoll:
    """asyncio's poll object: its waiting moves the board's clock; streams are polled for real."""

    def __init__(self, clock):
        self._clock = clock
        self._poll = _select.poll()
        self._streams = 0

    def register(self, stream, mask=_select.POLLIN):
        """Watch `stream` for the events in `mask`."""
        self._poll.register(stream, mask)
        self._streams += 1

    def unregister(self, stream):
        """Stop watching `stream`."""
        self._poll.unregister(stream)
        self._streams -= 1

    def modify(self, stream, mask):
        """Watch `stream` for the events in `mask` from now on."""
        self._poll.modify(stream, mask)

    def ipoll(self, timeout_ms=-1, flags=0):
        """Wait up to `timeout_ms` (-1: for ever) and return what is ready, one-shot or not as `flags` say."""
        if self._clock.real or timeout_ms < 0:
            ready = self._poll.ipoll(timeout_ms, flags)  # the waiting is done in the call
            if self._clock.after_wait:
                self._clock.after_wait()
            return ready
        if self._streams:
            ready = self._poll.poll(0)
            if ready:
                return iter(ready)
        self._clock.wait(timeout_ms * 1000)
        return iter(())

    def poll(self, timeout_ms=-1, flags=0):
        """Return the list of what `ipoll` gives."""
        return list(self.ipoll(timeout_ms, flags))


class BoardSelect:
    """What asyncio gets for `import select`; a program that polls the port itself waits for the PC in wall time."""

    POLLIN = _select.POLLIN
    POLLOUT = _select.POLLOUT
    POLLERR = _select.POLLERR
    POLLHUP = _select.POLLHUP

    def __init__(self, clock):
        self._clock = clock

    def poll(self):
        """Return a new poll object."""
        return BoardPoll(self._clock)


class BoardGc:
    """What `import gc` gives on the board: collecting takes its time."""

    def __init__(self, clock, gc, gc_us):
        self._clock = clock
        self._gc = gc
        self._gc_us = gc_us

    def collect(self):
        """Collect garbage and charge the clock for it."""
        self._clock.charge(self._gc_us)
        return self._gc.collect()

    @staticmethod
    def threshold(amount=-1):
        """Return -1: the models share the heap, and collecting by what they allocate tells nothing of the board."""
        return -1

    def __getattr__(self, name):
        return getattr(self._gc, name)


class _Module:
    """A stand-in module: `from time import ticks_ms` takes plain attributes only, so bound methods are stored."""

    def __init__(self, source, names):
        for name in names:
            setattr(self, name, getattr(source, name))


def install(clock, boot_us, gc_us):
    """Put the board's `time` and `gc` in place of the interpreter's and load its asyncio over them; return `time`."""
    import gc

    board_time = BoardTime(clock, boot_us)
    sys.modules["time"] = _Module(board_time, _TIME_NAMES)
    sys.modules["select"] = _Module(BoardSelect(clock), _SELECT_NAMES)
    sys.modules["gc"] = BoardGc(clock, gc, gc_us)
    import task_queue

    sys.modules["_asyncio"] = task_queue
    import asyncio

    asyncio.core  # noqa: B018 - loads it while `select` is ours
    del sys.modules["select"]
    return board_time
