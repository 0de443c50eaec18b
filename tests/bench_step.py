# SPDX-License-Identifier: MIT
"""Runs on any interpreter: time of Engine.step over a job, and of two yardsticks. Arguments: firmware folder, job.

Prints three numbers: ns a step, ns a call of an empty method (best mean of 1,000), steps.
"""

import sys

sys.path.insert(0, sys.argv[1])

import time
from array import array

from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.settings import Settings

try:
    ticks_us, ticks_diff = time.ticks_us, time.ticks_diff
except AttributeError:

    def ticks_us():
        """Return us from the CPython clock."""
        return time.perf_counter_ns() // 1000

    def ticks_diff(end, start):
        """Return the us between two readings."""
        return end - start


class Empty:
    """Something to call."""

    def call(self):
        """Do nothing."""


def rows(path):
    """Return dt_us and the sample words of a job (see rolltools/replay_runner.py)."""
    with open(path, "rb") as stream:
        head = array("i", bytes(20))
        stream.readinto(head)
        for _ in range(head[4]):
            length = array("i", bytes(4))
            stream.readinto(length)
            stream.read(4 * length[0] + 4)
        words = array("i", bytes(36 * head[3]))
        stream.readinto(words)
    return head[1], words


def steps(dt_us, words):
    """Return the us that the engine takes for all samples."""
    engine = Engine(Settings())
    row = new_row()
    sample = array("i", bytes(32))
    spent = 0
    for at in range(0, len(words), 9):
        for i in range(8):
            sample[i] = words[at + 1 + i]
        t_ms = words[at]
        start = ticks_us()
        engine.step(t_ms, dt_us, sample)
        spent += ticks_diff(ticks_us(), start)
        while engine.events.pop(row):
            pass
    return spent


def clock_us(count):
    """Return what reading the clock itself adds to `count` measurements."""
    spent = 0
    for _ in range(count):
        start = ticks_us()
        spent += ticks_diff(ticks_us(), start)
    return spent


def calls():
    """Return the us of 1,000 calls of a method."""
    thing = Empty()
    start = ticks_us()
    for _ in range(1000):
        thing.call()
    return ticks_diff(ticks_us(), start)


def main():
    """Print the three numbers."""
    dt_us, words = rows(sys.argv[2])
    count = len(words) // 9
    spent = steps(dt_us, words) - clock_us(count)
    print(spent * 1000 // count, min([calls() for _ in range(20)]), count)


main()
