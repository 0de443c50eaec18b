# SPDX-License-Identifier: MIT
"""The I2C bus of a board: transfers that end in time, are tried once more, and free a bus that a chip holds.

A chip that was reset in the middle of a read may hold SDA for ever (esp-idf issue 680): up to nine clocks and a STOP by
hand make it let go.
"""

import time

import machine
from micropython import const

_HZ = const(400000)
_TIMEOUT_US = const(6000)  # the longest burst takes 4.6 ms
_ENODEV = const(19)  # nobody acknowledged: a chip that is not there, or one that is busy for a moment
_CLOCKS = const(9)
_AGAIN_MS = const(20)


class I2CBus:
    """The bus on the GPIOs `sda` and `scl`, with the surface of `machine.I2C` that the drivers use. OSError as there.

    A transfer that fails is tried once more, after the bus was freed unless the chip alone did not answer. A bus that
    stays dead is freed again every 20 ms, and costs one timeout a transfer between, so that a caller who has others to
    ask is not held up. `freed` counts how often it was freed.
    """

    def __init__(self, sda: int, scl: int):
        self._sda = sda
        self._scl = scl
        self._dead = False
        self._again_ms = time.ticks_ms()
        self.freed = 0
        self._open()

    def _open(self):
        pins = machine.Pin(self._scl), machine.Pin(self._sda)
        self._i2c = machine.I2C(0, scl=pins[0], sda=pins[1], freq=_HZ, timeout=_TIMEOUT_US)

    def readfrom_mem_into(self, address, reg, buffer):
        """Fill `buffer` from a register on. No allocation where it succeeds."""
        try:
            self._i2c.readfrom_mem_into(address, reg, buffer)
        except OSError as error:
            self._free(error)
            self._i2c.readfrom_mem_into(address, reg, buffer)
        self._dead = False

    def writeto_mem(self, address, reg, buffer):
        """Write `buffer` from a register on. No allocation where it succeeds."""
        try:
            self._i2c.writeto_mem(address, reg, buffer)
        except OSError as error:
            self._free(error)
            self._i2c.writeto_mem(address, reg, buffer)
        self._dead = False

    def _free(self, error):
        """Make the bus ready for another try; raise `error` where there is to be none."""
        if error.args[0] == _ENODEV:
            return
        now_ms = time.ticks_ms()
        if self._dead and time.ticks_diff(now_ms, self._again_ms) < 0:
            raise error
        self._dead = True  # until a transfer succeeds
        self._again_ms = time.ticks_add(now_ms, _AGAIN_MS)
        self.freed += 1
        scl = machine.Pin(self._scl, machine.Pin.OPEN_DRAIN, value=1)
        sda = machine.Pin(self._sda, machine.Pin.OPEN_DRAIN, value=1)
        for _ in range(_CLOCKS):
            if sda.value():
                break
            scl.value(0)
            scl.value(1)
        sda.value(0)  # STOP: SDA rises while SCL is high
        sda.value(1)
        self._open()
