# SPDX-License-Identifier: MIT
"""Runs on MicroPython with a locked heap: 20 minutes of ticks over their wrap, samples, and one gap.

Argument: the firmware folder. Prints seconds, gaps, and how far the samples' time is behind at the end.
"""

import sys

sys.path.insert(0, sys.argv[1])

import micropython

from rollcore.sampleclock import SampleClock

_HALF = 1 << 29
_STEP_US = 9616  # two samples


def run(clock, steps):
    """Read two samples a time for `steps` readings; return how many gaps were told."""
    # The sum is kept below 2^30 without an intermediate above it.
    ticks = _HALF - 1000 + _HALF - 1
    gaps = 0
    for k in range(steps):
        ticks -= _HALF
        ticks += _STEP_US
        if ticks >= _HALF:
            ticks -= _HALF
        else:
            ticks += _HALF
        clock.tick(ticks)
        if 2000 < k < 2020:
            continue  # samples that never come
        if clock.lost_ms(2 * clock.period_us):
            gaps += 1
        clock.next()
        clock.next()
    return gaps


def locked(steps):
    clock = SampleClock(4808, (1 << 30) - 1001)
    run(clock, 1)
    clock = SampleClock(4808, (1 << 30) - 1001)
    micropython.heap_lock()
    try:
        gaps = run(clock, steps)
    finally:
        micropython.heap_unlock()
    print(clock.now_ms // 1000, gaps, clock.now_ms - clock.sample_ms)


locked(125000)
