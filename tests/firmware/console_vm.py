# SPDX-License-Identifier: MIT
"""Runs on MicroPython: noise on the real standard input through the console's reader, and what it leaves in the heap.

Argument: the firmware's folder. Prints [bytes read, of which without any allocation, B of heap before and after].
"""

import gc
import json
import sys

import micropython

sys.path.insert(0, sys.argv[1])

from console import Console  # noqa: E402

from boards.serial_port import SerialPort  # noqa: E402 - they lie on the path just made


class Counted:
    """The port, and how much of it was read."""

    def __init__(self):
        self._port = SerialPort()
        self.count = 0
        self.last = 0

    def read(self, buffer):
        self.last = self._port.read(buffer)
        self.count += self.last
        return self.last


class App:
    """An app at whose port nothing is ever asked."""

    def __init__(self):
        self.board = self
        self.serial = Counted()


def used():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def main():
    app = App()
    console = Console(app)
    console.step(0)
    micropython.heap_lock()  # what looks like a request makes bytes: there is none in the first part
    while app.serial.count < 10000:
        console.step(0)
    micropython.heap_unlock()
    locked = app.serial.count
    while app.serial.last and app.serial.count < 100000:
        console.step(0)
    before = used()
    while app.serial.last:
        console.step(0)
    print(json.dumps([app.serial.count, locked, before, used()]))


main()
