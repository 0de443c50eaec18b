# SPDX-License-Identifier: MIT
"""A board over its chip models, in this interpreter: CPython or MicroPython.

Importing it puts the modelled board's modules on `sys.path`; the time is modelled, so nothing here sleeps.
"""

import struct
import sys

if sys.implementation.name == "cpython":
    from pathlib import Path

    import rolltools  # registers rollcore and micropython

    sys.path.insert(0, str(Path(rolltools.__file__).parent / "virtual" / "device"))

import machine  # noqa: E402 - these lie on the path just made
from board_time import BoardTime  # noqa: E402
from clock import Clock  # noqa: E402
from samples import SampleFile  # noqa: E402
from world import World  # noqa: E402


class HaltError(Exception):
    """The modelled ESP32 ended its run: `args` is what it did and with what."""


class Power:
    """Ends the run with an exception, and sleeps as the virtual board does."""

    def __init__(self, clock):
        self._clock = clock

    def reset(self, cause):
        raise HaltError("reset", cause)

    def soft_reset(self):
        raise HaltError("soft_reset")

    def deepsleep(self, wake_ms, awake):
        end_us = None if wake_ms is None else self._clock.now_us() + wake_ms * 1000
        while not awake() and (end_us is None or self._clock.now_us() < end_us):
            self._clock.wait(10000)
            assert self._clock.now_us() < 600000000, "sleeps for ever"
        raise HaltError("deepsleep", self._clock.now_us())


class Serial:
    """The serial port: `waiting` is what the host has sent and nobody has read."""

    def __init__(self):
        self.waiting = bytearray()

    def waits(self):
        return len(self.waiting) > 0

    def read(self, buffer):
        count = min(len(buffer), len(self.waiting))
        buffer[:count] = self.waiting[:count]
        self.waiting = self.waiting[count:]
        return count


class Rig:
    """A world, its clock and the `machine` that talks to it; `board()` starts the firmware's board on it.

    `board_name` is the modelled board's, `imu` and `force` are options of its models.
    """

    def __init__(self, samples=None, clock=None, board_name="thing_plus", imu=None, force=None):
        self.clock = clock or Clock()
        self._board_name = board_name
        self.world = World(board_name, self.clock, samples, imu, force)
        self.world.power = Power(self.clock)
        self.serial = Serial()
        self.notes = []
        self.world.observer = lambda t_us, name, value: self.notes.append((t_us, name, value))
        self.time = BoardTime(self.clock, 0)
        self.time.world = self.world
        machine.attach(self.world)

    def i2c(self):
        return machine.I2C(0, scl=machine.Pin(22), sda=machine.Pin(21), freq=400000, timeout=5000)

    def sleep_ms(self, ms):
        self.clock.wait(ms * 1000)

    def board(self, rate_hz=208, calibration=None):
        from boards import esp32_board, i2c_bus

        esp32_board.time = i2c_bus.time = self.time
        esp32_board.SerialPort = lambda: self.serial
        module = __import__("boards." + self._board_name, None, None, ("Board",))
        return module.Board(rate_hz, calibration)

    def run(self, board, ms, take):
        """Fetch every 10 ms for `ms`; call take(sample) for every sample."""
        from rollcore.sample import new_sample

        sample = new_sample()
        for _ in range(ms // 10):
            self.sleep_ms(10)
            for i in range(board.fetch()):
                board.sample(i, sample)
                take(sample)


def sample_bytes(rows, rate_mhz=208000):
    """Return a sample file of (ax, ay, az in ug, gx, gy, gz in mdps, force in mN) rows."""
    data = struct.pack("<4sIII", b"RSMP", 1, rate_mhz, len(rows))
    for row in rows:
        data += struct.pack("<8i", *(list(row) + [0]))
    return data


def sample_file(rows, rate_mhz=208000):
    """Return a `SampleFile` of such rows."""
    import io

    return SampleFile(io.BytesIO(sample_bytes(rows, rate_mhz)))


def moving_rows(count):
    """Return rows of a deterministic motion: every axis and the force go their own zigzag."""
    rows = []
    for k in range(count):
        rows.append([(k * (i + 3) * 4099) % 900001 - 450000 + (1000000 if i == 2 else 0) for i in range(3)])
        rows[-1] += [(k * (i + 5) * 1511) % 400001 - 200000 for i in range(3)]
        rows[-1].append((k * 37) % 15000)
    return rows


def pressed_rows(steps):
    """Return rows of a roller that stands still and is pressed: (seconds, newtons) steps, joined by 50 ms ramps.

    The sensor's own view: the 150 g of the head pull 1.471 N the other way.
    """
    rows = []
    before_mn = 0
    for seconds, newtons in steps:
        target_mn = int(newtons * 1000)
        for k in range(int(seconds * 208 + 0.5)):
            rows.append([0, 0, 1000000, 0, 0, 0, before_mn + (target_mn - before_mn) * min(10, k) // 10 - 1471])
        before_mn = target_mn
    return rows
