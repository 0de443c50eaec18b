# SPDX-License-Identifier: MIT
"""Runs on MicroPython: hours of the whole app in modelled time, over many wraps of the ticks, as one line of JSON.

Arguments: firmware folder, folder of the modelled board, tests folder, samples (played again and again), root of the
board's files, seconds. The ticks start `_BELOW_US` below their wrap. `heap` is what a collection leaves after each
session, without those that wait for one; `off_ms` is the furthest that the app's clock was from the modelled time,
`back` how often it went backwards from one look to the next.
"""

import gc
import json
import sys
from array import array

sys.path[:0] = sys.argv[1:4]

from clock import GC_US  # noqa: E402 - it lies on the path just made
from fakes.ending_clock import EndingClock  # noqa: E402

_WRAP_US = 1 << 30
_BELOW_US = 5000000
# Of one size in the heap from here to the end, so that the modelled time itself never looks like a leak.
_START_US = 1 << 33
_SESSIONS = 512

memory = gc
clock = EndingClock(_START_US + int(sys.argv[6]) * 1000000, _START_US)

import board_time  # noqa: E402 - in the order of a power-on

board_time.install(clock, _START_US - (_WRAP_US - _BELOW_US), GC_US)
from fakes import light_machine  # noqa: E402


class Endless:
    """The samples of a file, over and over."""

    def __init__(self, path):
        self._stream = open(path, "rb")  # noqa: SIM115 - read to the end of the run

    def readinto(self, row):
        got = self._stream.readinto(row)
        if not got:
            self._stream.seek(0)
            got = self._stream.readinto(row)
        return got


class Watch:
    """Stands for the app's `gc`: looks at the heap and the clock at each of its collections."""

    def __init__(self):
        self.app = None
        self.heap = array("i", [0] * _SESSIONS)
        self.sessions = self.wraps = self.back = self.off_ms = 0
        self._recorded = False
        self._ticks_us = self._now_ms = self._began_ms = 0

    def collect(self):
        clock.charge(GC_US)
        memory.collect()
        used = memory.mem_alloc()
        records = self.app.recorder.active
        if self._recorded and not records:
            self.heap[self.sessions] = used
            self.sessions += 1
        self._recorded = records
        self._look(self.app._clock.now_ms)

    def _look(self, now_ms):
        ticks_us = self.app.board.ticks_us()
        self.wraps += ticks_us < self._ticks_us
        self.back += now_ms < self._now_ms
        began_ms = (clock.now_us() - _START_US) // 1000 - now_ms  # when the app's clock did, by what it shows now
        self._began_ms = self._began_ms or began_ms
        self.off_ms = max(self.off_ms, abs(began_ms - self._began_ms))
        self._ticks_us, self._now_ms = ticks_us, now_ms


def main():
    watch = Watch()
    sensors = light_machine.install(Endless(sys.argv[4]), clock.now_us)
    import upkeep

    import app
    from boards.thing_plus import Board

    class WatchedApp(app.App):
        """The app, known to the watch."""

        def __init__(self, board, root):
            super().__init__(board, root)
            watch.app = self

    upkeep.gc = watch
    app.App = WatchedApp
    board = Board()
    app.run(board, sys.argv[5])
    figures = {
        "wraps": watch.wraps,
        "back": watch.back,
        "off_ms": watch.off_ms,
        "samples": sensors.taken,
        "heap": list(watch.heap[: watch.sessions]),
        "faults": board.faults,
    }
    print(json.dumps(figures))


main()
