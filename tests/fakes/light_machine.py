# SPDX-License-Identifier: MIT
"""A small `machine` under the real board file and drivers, where the chip models would not fit or would allocate.

    install(stream, now_us)       # before `boards.thing_plus` is imported

`stream` holds engine samples (8 int32 a row, as `rolltools.recording.engine_rows` makes them, without the time): the
IMU's FIFO fills with them at 208 Hz of `now_us()` from the first look on, the converter shows their force. At the end
the last row stays, without turning. Registers answer as the chips do; no call allocates.
"""

import sys
from array import array

PERIOD_US = 4808
PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
MOTOR_PIN = 4
_IMU, _FORCE, _GAUGE = 0x6A, 0x2A, 0x36
_FIFO_MOST = 256
_WORD = 7


class Sensors:
    """What the chips show; `pulses` counts how often the motor's pin went up."""

    def __init__(self, stream, now_us):
        self._stream = stream
        self.now_us = now_us
        self.row = array("i", [0] * 8)
        self._next_us = -1
        self._half = 0
        self._slot = 0
        self.taken = 0
        self.pulses = 0

    def waiting_words(self):
        """Return the words in the FIFO."""
        now_us = self.now_us()
        if self._next_us < 0:
            self._next_us = now_us + PERIOD_US
        if now_us < self._next_us:
            return self._half
        return min(_FIFO_MOST, (now_us - self._next_us) // PERIOD_US + 1) * 2 - self._half

    def fill(self, buffer):
        """Move words of the FIFO into `buffer`: turn rate and acceleration in turn."""
        at = 0
        while at < len(buffer):
            if self._half == 0:
                self._take()
            buffer[at] = (1 + self._half) << 3 | self._slot << 1
            first = 0 if self._half else 3
            for i in range(3):
                value = self.row[first + i]
                buffer[at + 1 + 2 * i] = value & 0xFF
                buffer[at + 2 + 2 * i] = (value >> 8) & 0xFF
            self._half ^= 1
            at += _WORD

    def _take(self):
        self._next_us += PERIOD_US
        self._slot = (self._slot + 1) & 3
        self.taken += 1
        if self._stream.readinto(self.row) == 0:
            for i in range(3, 6):
                self.row[i] = 0


sensors = None


class Pin:
    """A GPIO that remembers its level; the button is up, a conversion always waits."""

    IN, OUT = 1, 3

    def __init__(self, id, mode=-1, pull=-1, value=None):
        self._id = id
        self._level = 1 if value is None else value

    def value(self, level=None):
        if level is not None:
            if level and not self._level and self._id == MOTOR_PIN:
                sensors.pulses += 1
            self._level = level
        return self._level


class I2C:
    """The bus: writes are taken, reads answer with what the drivers look for."""

    def __init__(self, id=0, scl=None, sda=None, freq=400000, timeout=50000):
        self._answers = {
            _IMU: {0x0F: 0x6C, 0x1E: 3},
            _FORCE: {0x00: 0x28, 0x1F: 0x0F},
            _GAUGE: {0x02: 0xC3, 0x03: 0x00, 0x04: 78, 0x08: 0x00, 0x09: 0x12},
            0x5A: {0x00: 0xE0},
        }

    def writeto_mem(self, address, reg, data):
        pass

    def readfrom_mem_into(self, address, reg, buffer):
        if address == _IMU and reg == 0x78:
            sensors.fill(buffer)
        elif address == _IMU and reg == 0x3A:
            words = sensors.waiting_words()
            buffer[0] = words & 0xFF
            buffer[1] = words >> 8
        elif address == _IMU and reg == 0x28:
            for i in range(6):
                buffer[i] = 0
            buffer[5] = 0x20  # gravity
        elif address == _FORCE and reg == 0x12:
            counts = sensors.row[6] * 438 // 10
            for i in range(3):
                buffer[i] = (counts >> (16 - 8 * i)) & 0xFF
        else:
            for i in range(len(buffer)):
                buffer[i] = self._answers[address].get(reg + i, 0)


class WDT:
    """A watchdog that never bites."""

    def __init__(self, id=0, timeout=5000):
        pass

    def feed(self):
        pass


class RTC:
    """A clock whose memory forgets."""

    def memory(self, data=None):
        return b""


class NeoPixel:
    """A colour nobody sees."""

    def __init__(self, pin, n):
        self.n = n

    def __setitem__(self, at, colour):
        pass

    def write(self):
        pass


def unique_id():
    return b"\x02\x00\x00\x00\x00\x01"


def freq(hz=None):
    return hz


def reset_cause():
    return PWRON_RESET


def install(stream, now_us):
    """Be `machine` and `neopixel` from now on; return the `Sensors`."""
    global sensors
    sensors = Sensors(stream, now_us)
    sys.modules["machine"] = sys.modules["neopixel"] = sys.modules[__name__]
    return sensors
