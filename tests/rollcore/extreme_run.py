# SPDX-License-Identifier: MIT
"""Runs on MicroPython: the engine under heap_lock on samples at the ends of their range.

An integer of 31 bits or more would be allocated, and fails. Argument: the firmware folder. Prints what failed, then
`done`.
"""

import sys

sys.path.insert(0, sys.argv[1])

from array import array

import micropython

from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN
from rollcore.settings import Settings

MODES = ("anything", "either end", "the upper end", "one end, then the other")
PERIODS_US = (2404, 4808, 9615, 20000, 66667)
STEPS = 2000


def fill(sample, mode, i, x):
    """Fill one sample; return the state of the generator."""
    for k in range(6):
        x = (x * 1103 + 12345) & 0x7FFFF
        if mode == 0:
            sample[k] = ((x >> 3) & 0xFFFF) - 32768
        elif mode == 1:
            sample[k] = 32767 if (x >> 9) & 1 else -32768
        else:
            sample[k] = -32768 if mode == 3 and (i // 400) & 1 else 32767
    sample[6] = FORCE_UNKNOWN if mode == 3 and (i // 300) & 1 else x - 260000
    return x


def play(engine, sample, row, first, steps, dt_us, mode, x):
    step = first
    while step < first + steps:
        x = fill(sample, mode, step, x)
        engine.step(step * (dt_us // 100) // 10, dt_us, sample)
        while engine.events.pop(row):
            pass
        step += 1


def main():
    row = new_row()
    sample = array("i", [0, 0, 0, 0, 0, 0, 0, MOTOR_OWN])
    for mass_g, lever_mm in ((500, 300), (150, 100)):
        for dt_us in PERIODS_US:
            for mode in range(len(MODES)):
                settings = Settings({"head_mass_g": mass_g, "imu_to_head_mm": lever_mm})
                engine = Engine(settings)
                play(engine, sample, row, 0, 50, dt_us, mode, 7)
                micropython.heap_lock()
                try:
                    play(engine, sample, row, 50, STEPS, dt_us, mode, 99)
                except MemoryError as error:
                    micropython.heap_unlock()
                    print("allocated:", mass_g, dt_us, MODES[mode])
                    sys.print_exception(error, sys.stdout)
                else:
                    micropython.heap_unlock()
    print("done")


main()
