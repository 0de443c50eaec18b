# SPDX-License-Identifier: MIT
"""Runs on MicroPython: 10,000 samples from the bus through drivers, engine and log to the motor, with a locked heap.

Arguments: firmware folder, tests folder, samples, root of the board's files. The session opens before the lock: its
settings are written as text then. Prints the samples taken under the lock and the pulses of the motor.
"""

import sys

sys.path[:0] = sys.argv[1:3]

import micropython  # noqa: E402 - these lie on the path just made
from fakes import light_machine  # noqa: E402

_SAMPLES = 10000
_TURN_US = 10000


class LightTime:
    """Time that only moves when told to; small integers for the length of this run."""

    def __init__(self):
        self.us = 0

    def ticks_us(self):
        return self.us

    def sleep_ms(self, ms):
        self.us += ms * 1000

    def gmtime(self):
        return (2000,)


def turns(app, clock, sensors, until):
    """Do what the sample task does until `until` samples were taken."""
    while sensors.taken < until:
        clock.us += _TURN_US
        while app._take_samples():
            pass
        app._miss_samples(0)
        app.drain_events()


def locked(app, clock, sensors, until, greedy):
    micropython.heap_lock()
    try:
        if greedy:
            [clock]  # noqa: B018 - to show that the lock bites
        turns(app, clock, sensors, until)
    finally:
        micropython.heap_unlock()


def main():
    clock = LightTime()
    stream = open(sys.argv[3], "rb")  # noqa: SIM115 - read to the end of the run
    sensors = light_machine.install(stream, clock.ticks_us)
    from app import App
    from boards import esp32_board, thing_plus

    esp32_board.time = clock
    app = App(thing_plus.Board(), sys.argv[4])
    while not app.recorder.active:
        turns(app, clock, sensors, sensors.taken + 100)
    turns(app, clock, sensors, sensors.taken + 1000)
    try:
        locked(app, clock, sensors, sensors.taken + 10, True)
        print("the lock does not bite")
        return
    except MemoryError:
        pass
    first = sensors.taken
    locked(app, clock, sensors, first + _SAMPLES, False)
    taken = sensors.taken - first
    app.stop(True)
    print(taken, sensors.pulses)


main()
