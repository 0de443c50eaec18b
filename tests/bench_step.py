# SPDX-License-Identifier: MIT
"""Runs on any interpreter: what Engine.step costs over a job, beside yardsticks of the same run.

Arguments: firmware folder, job, and on MicroPython the arguments of `bench_loop` behind them. Prints one line of JSON:
times in us, garbage in bytes. Everything is measured in pieces of some ms, again and again, and the best of each piece
counts: what else this computer does then counts least.
"""

import gc
import json
import sys

sys.path.insert(0, sys.argv[1])
sys.path.append(__file__.rsplit("/", 1)[0])  # behind: the tests have a folder rollcore, too

import time
from array import array
from math import pi

import bench_pystone
from bench_madgwick import Madgwick

from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.fields import ACCEL_UG_PER_LSB, GYRO_MDPS_PER_LSB
from rollcore.settings import Settings

ROUNDS = 8
CALLS = 1000
PYSTONE_LOOPS = 500
PIECES = 20
STEPS = 100  # in a piece
UPDATES = 100

try:
    ticks_us, ticks_diff = time.ticks_us, time.ticks_diff
except AttributeError:

    def ticks_us():
        """Return us from the CPython clock."""
        return time.perf_counter_ns() // 1000

    def ticks_diff(end, start):
        """Return the us between two readings."""
        return end - start


mem_alloc = getattr(gc, "mem_alloc", int)  # CPython cannot tell


class Empty:
    """Something to call."""

    def call(self):
        """Do nothing."""


def rows(path):
    """Return dt_us and the sample words of a job (see rolltools/replay_runner.py)."""
    with open(path, "rb") as stream:
        head = array("i", bytes(28))
        stream.readinto(head)
        for _ in range(head[4]):
            length = array("i", bytes(4))
            stream.readinto(length)
            stream.read(4 * length[0] + 4)
        words = array("i", bytes(36 * head[3]))
        stream.readinto(words)
    return head[1], words


def steps(dt_us, words, engine):
    """Return the us that the engine takes, piece by piece, and the bytes it leaves; without one, what measuring costs.

    Asking for the bytes takes far longer than a step: it is done once, at either end.
    """
    row = new_row()
    sample = array("i", bytes(32))
    pieces = array("i", [0] * (len(words) // 9 // STEPS + 1))
    before = mem_alloc()
    for at in range(0, len(words), 9):
        for i in range(8):
            sample[i] = words[at + 1 + i]
        t_ms = words[at]
        start = ticks_us()
        if engine:
            engine.step(t_ms, dt_us, sample)
        spent = ticks_diff(ticks_us(), start)
        pieces[at // (9 * STEPS)] += spent
        while engine and engine.events.pop(row):
            pass
    return pieces, mem_alloc() - before


def calls():
    """Return the us of 1,000 calls of a method."""
    thing = Empty()
    start = ticks_us()
    for _ in range(CALLS):
        thing.call()
    return ticks_diff(ticks_us(), start)


def pystone():
    """Return the us of some loops of Pystone."""
    gc.collect()
    start = ticks_us()
    bench_pystone.run(PYSTONE_LOOPS)
    return ticks_diff(ticks_us(), start)


def madgwick(dt_us, words):
    """Return the us and the bytes of some updates of the filter, their arguments ready."""
    turn, push = GYRO_MDPS_PER_LSB / 1000.0 * pi / 180.0, ACCEL_UG_PER_LSB / 1e6
    rival = Madgwick(dt_us / 1e6)
    ready = []
    for at in range(0, 9 * UPDATES, 9):
        ready.append([words[at + 4 + i] * turn for i in range(3)] + [words[at + 1 + i] * push for i in range(3)])
    gc.collect()  # a rival with room of its own: its garbage stays in the cache
    before = mem_alloc()
    start = ticks_us()
    for gx, gy, gz, ax, ay, az in ready:
        rival.update(gx, gy, gz, ax, ay, az)
    spent = ticks_diff(ticks_us(), start)
    return spent, mem_alloc() - before


def measure(dt_us, words):
    """Return the us of one round as lists of pieces, and the bytes as numbers."""
    gc.collect()
    gc.disable()  # so that what a step leaves can be seen; the heap is large enough for all of it
    clock, clock_bytes = steps(dt_us, words, None)
    step, step_bytes = steps(dt_us, words, Engine(Settings()))
    rival = [madgwick(dt_us, words) for _ in range(PIECES)]
    gc.enable()
    return {
        "clock": clock,
        "step": step,
        "step_bytes": [step_bytes - clock_bytes],
        "calls": [min([calls() for _ in range(PIECES)])],
        "pystone": [min([pystone() for _ in range(PIECES)])],
        "madgwick": [min([spent for spent, _ in rival])],
        "madgwick_bytes": [rival[0][1]],
    }


def best_of(rounds):
    """Return the best of each piece by name."""
    return {name: [min(same) for same in zip(*[one[name] for one in rounds])] for name in rounds[0]}  # noqa: B905


def main():
    """Print the best figures of all rounds."""
    dt_us, words = rows(sys.argv[2])
    rounds = []
    loop = None
    if len(sys.argv) > 3:
        from bench_loop import Loop

        loop = Loop(*sys.argv[3:])
    for _ in range(ROUNDS):
        figures = measure(dt_us, words)
        if loop:
            figures.update(loop.measure())
        rounds.append(figures)
    best = best_of(rounds)
    count = len(words) // 9
    answer = {
        "step_us": (sum(best["step"]) - sum(best["clock"])) / count,
        "step_bytes": best["step_bytes"][0] / count,
        "calls_us": best["calls"][0],
        "pystone_us": best["pystone"][0] / PYSTONE_LOOPS,
        "madgwick_us": best["madgwick"][0] / UPDATES,
        "madgwick_bytes": best["madgwick_bytes"][0] / UPDATES,
    }
    if loop:
        answer.update(loop.a_second(best))
    print(json.dumps(answer))


main()
