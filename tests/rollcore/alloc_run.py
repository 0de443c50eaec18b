# SPDX-License-Identifier: MIT
"""Runs on MicroPython: 10,000 steps of the engine under heap_lock, with strokes, over-pressure and cues.

Arguments: the firmware folder, and `bench` to time the steps in place of locking the heap. Prints one word and numbers.
"""

import sys

sys.path.insert(0, sys.argv[1])

import time
from array import array

import micropython

from rollcore.engine import Engine
from rollcore.events import CUE, OVER_ON, STEP, STROKE, new_row
from rollcore.routine import Routine, check_steps
from rollcore.sample import FORCE, MOTOR_OWN
from rollcore.settings import Settings

STEPS = 10000
DT_US = 4808


def back_and_forth():
    """Return the acceleration of a knead in LSB: up to 23 cm/s and to a stop in 1 s, a short stop, and back."""
    table = array("i", [0] * 480)
    for i in range(100):
        table[i] = table[340 + i] = 400
        table[100 + i] = table[240 + i] = -400
    return table


def play(engine, sample, table, row, seen, first, steps):
    """Step through kneads of 1 s a stroke, pressed harder from time to time; everything is an int."""
    period = len(table)
    step = first
    while step < first + steps:
        t_ms = step * DT_US // 1000
        moving = step >= 480
        sample[0] = table[step % period] if moving else 0
        sample[2] = 8197
        sample[4] = step % 7 - 3
        force = 3000 if step > 300 else 0
        if step % 1500 > 1300:
            force = 14000
        if step % 4000 > 3900:
            force = 0
        sample[FORCE] = force - 1471
        engine.step(t_ms, DT_US, sample)
        while engine.events.pop(row):
            seen[row[0]] += 1
        step += 1


def main():
    settings = Settings()
    steps = [{"name": "x", "seconds": 5, "side": "left"}, {"name": "y", "seconds": 5, "side": "right"}]
    engine = Engine(settings, Routine(check_steps({"steps": steps}, settings)))
    sample = array("i", [0, 0, 0, 0, 0, 0, 0, MOTOR_OWN])
    row = new_row()
    seen = array("i", [0] * 32)
    table = back_and_forth()
    play(engine, sample, table, row, seen, 0, 1000)
    if len(sys.argv) > 2:
        start = time.ticks_us()
        play(engine, sample, table, row, seen, 1000, STEPS)
        spent = time.ticks_diff(time.ticks_us(), start)
        print("us_per_step_x100", spent * 100 // STEPS)
        return
    micropython.heap_lock()
    play(engine, sample, table, row, seen, 1000, STEPS)
    micropython.heap_unlock()
    print("strokes", seen[STROKE], "over", seen[OVER_ON], "cues", seen[CUE], "steps", seen[STEP])


main()
