# SPDX-License-Identifier: MIT
"""Runs on MicroPython: the whole firmware in a small heap, and what it needs of it, as one line of JSON.

Arguments: firmware folder (sources or compiled), folder of the modelled board, tests folder, samples, root of the
board's files, seconds, main.py (of which only its rule for the collector is taken: the boot has a test of its own).
Ahead of it come the names that MicroPython keeps, one `Q(...)` a line: those of the stand-ins, a line `--`, all in
the end. Bytes: `stand_ins` (what stands for the ESP32 here), `imported` and `made` (the firmware's own share after a
collection), `live` (the most of it that a collection left in the run), `left` (one in 32 of these).
"""

import gc
import sys
from array import array

import micropython

sys.path[:0] = sys.argv[1:4]

from clock import GC_US  # noqa: E402 - it lies on the path just made
from fakes.ending_clock import EndingClock  # noqa: E402

memory = gc
clock = EndingClock(int(sys.argv[6]) * 1000000)

import board_time  # noqa: E402 - in the order of a power-on

board_time.install(clock, 0, GC_US)
from fakes import light_machine  # noqa: E402

light_machine.install(open(sys.argv[4], "rb"), clock.now_us)  # noqa: SIM115 - read to the end of the run


class Watch:
    """What each collection of the app leaves; the room to note it is made first, so that it looks like no growth."""

    def __init__(self):
        self.left = array("i", [0] * 64)
        self.count = 0
        self.most = 0

    def collect(self):
        clock.charge(GC_US)
        memory.collect()
        used = memory.mem_alloc()
        self.most = max(self.most, used)
        if self.count % 32 == 0 and self.count < 64 * 32:
            self.left[self.count // 32] = used
        self.count += 1


def used():
    memory.collect()
    memory.collect()
    return memory.mem_alloc()


def heed_main(path):
    with open(path) as stream:
        for line in stream:
            if line.startswith("gc.threshold("):
                exec(line)
                return
    raise ValueError("main.py does not set the collector's threshold")


def main():
    watch = Watch()
    stand_ins = used()
    heed_main(sys.argv[7])
    micropython.qstr_info(1)
    print("--")
    import upkeep

    import app
    from boards.thing_plus import Board

    imported = used()
    upkeep.gc = watch
    board = Board()
    assert not board.safe_mode(sys.argv[5])
    app.run(board, sys.argv[5])
    figures = {
        "stand_ins": stand_ins,
        "imported": imported - stand_ins,
        "made": used() - stand_ins,
        "live": watch.most - stand_ins,
        "left": [left - stand_ins for left in watch.left if left],
        "samples": light_machine.sensors.taken,
        "pulses": light_machine.sensors.pulses,
        "faults": board.faults,
    }
    import json

    micropython.qstr_info(1)
    print(json.dumps(figures))


main()
