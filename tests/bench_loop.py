# SPDX-License-Identifier: MIT
"""Runs on MicroPython: what the app's whole loop costs, without a trace and with one, over a bus that answers at once.

The app's own tasks run over its own board and drivers, each as often as it asks for, on a modelled clock. What the
bus's stand-in takes is measured again by itself and taken off; the transfers are counted, their time is the reader's
to add, and so are the wake-ups: a task's change through the real asyncio is measured beside it.
"""

import asyncio
import gc
import json
import os
import time

from fakes import light_machine

TRACES = ("off", "compact", "full")
DRAIN_MS = 12  # as in the app
RATE_HZ = 208
WAKE_UPS = 400
_IMU, _FORCE = 0x6A, 0x2A
_FIFO_STATUS, _FIFO_OUT, _ADC_OUT = 0x3A, 0x78, 0x12
_SAMPLE_BYTES = 14  # in the FIFO: tag and three numbers each of gyro and accelerometer


class Clock:
    """The board's `time`: it goes on when it is told to."""

    now_us = now_ms = 0

    def ticks_us(self):
        return self.now_us

    def sleep_ms(self, ms):
        self.now_us += ms * 1000
        self.now_ms += ms

    ticks_diff = staticmethod(time.ticks_diff)
    gmtime = staticmethod(lambda: (2000,))


class Pause:
    """`asyncio` for the app: a task that sleeps hands back for how long."""

    def sleep_ms(self, ms):
        yield ms


class Collector:
    """`gc` for the app: it counts, because a collection of this heap says nothing about the board's."""

    count = 0

    def collect(self):
        self.count += 1


def bus_class(plain, clock, fifo, counts):
    """Return a `plain` bus whose sensors show `fifo` and `counts` (3 bytes a sample) in modelled time."""

    class Bus(plain):
        transfers = bytes_beyond = taken = ready = 0
        start_ms = -1

        def readfrom_mem_into(self, address, reg, buffer):
            size = len(buffer)
            self.transfers += 1
            if size > 8:
                self.bytes_beyond += size - 8
            if reg == _FIFO_OUT:
                at = self.taken * _SAMPLE_BYTES
                buffer[:] = fifo[at : at + size]
                self.taken += size // _SAMPLE_BYTES
            elif reg == _FIFO_STATUS:
                if self.start_ms < 0:
                    self.start_ms = clock.now_ms
                self.ready = (clock.now_ms - self.start_ms) * RATE_HZ // 1000
                words = 2 * (self.ready - self.taken)
                buffer[0] = words & 0xFF
                buffer[1] = words >> 8
            elif address == _FORCE and reg == _ADC_OUT:
                at = 3 * min(self.ready, len(counts) // 3 - 1)
                buffer[:] = counts[at : at + 3]
            else:
                plain.readfrom_mem_into(self, address, reg, buffer)

        def writeto_mem(self, address, reg, data):
            self.transfers += 1

    return Bus


def stand_in_us(bus):
    """Return the us that the stand-in of the bus itself takes in a second of drains."""
    status, burst, force = bytearray(2), bytearray(2 * _SAMPLE_BYTES), bytearray(3)
    start = time.ticks_us()
    for _ in range(1000 // DRAIN_MS):
        bus.taken = 0
        bus.readfrom_mem_into(_FORCE, _ADC_OUT, force)
        bus.readfrom_mem_into(_IMU, _FIFO_STATUS, status)
        bus.readfrom_mem_into(_IMU, _FIFO_OUT, burst)
    return time.ticks_diff(time.ticks_us(), start)


def wake_ups_us():
    """Return the us of `WAKE_UPS` changes to another task by asyncio."""

    async def task():
        for _ in range(WAKE_UPS // 4):
            await asyncio.sleep_ms(0)

    async def all_tasks():
        await asyncio.gather(task(), task(), task(), task())

    start = time.ticks_us()
    asyncio.run(all_tasks())
    return time.ticks_diff(time.ticks_us(), start)


class Tasks:
    """The app's tasks, each run when it is due."""

    def __init__(self, made, clock):
        self._tasks = [made._sample_task(), made._log_task(), made._upkeep_task()]
        self._due_ms = [clock.now_ms] * len(self._tasks)
        self._clock = clock
        self.wake_ups = 0

    def run_a_second(self):
        """Return the us that a second of modelled time took."""
        tasks, due_ms, clock = self._tasks, self._due_ms, self._clock
        end_ms = clock.now_ms + 1000
        start = time.ticks_us()
        while min(due_ms) < end_ms:
            now_ms = min(due_ms)
            clock.sleep_ms(now_ms - clock.now_ms)
            for i in range(len(tasks)):
                if now_ms >= due_ms[i]:
                    due_ms[i] = now_ms + next(tasks[i])
                    self.wake_ups += 1
        clock.sleep_ms(end_ms - clock.now_ms)
        return time.ticks_diff(time.ticks_us(), start)


class Loop:
    """The app over a recording: `fifo` and `counts` are files of what the chips show, `root` holds its sessions."""

    def __init__(self, fifo, counts, root):
        with open(fifo, "rb") as stream:
            self._fifo = memoryview(stream.read())
        with open(counts, "rb") as stream:
            self._counts = memoryview(stream.read())
        self._root = root
        self._seconds = len(self._fifo) // _SAMPLE_BYTES // RATE_HZ - 1
        self._counted = {}
        light_machine.install(None, int)

    def _board(self, clock):
        from boards import esp32_board, thing_plus

        esp32_board.time = clock
        plain = light_machine.I2C
        light_machine.I2C = bus_class(plain, clock, self._fifo, self._counts)
        try:
            return thing_plus.Board()
        finally:
            light_machine.I2C = plain

    def measure(self):
        """Return the us of a run of the app by its trace, a piece a second, and of its yardsticks; keep the counts."""
        figures = {"loop_" + trace: self._run(trace) for trace in TRACES}
        figures["stand_in"] = [min([stand_in_us(self._bus) for _ in range(10)])]
        figures["wake_ups"] = [min([wake_ups_us() for _ in range(10)])]
        return figures

    def _run(self, trace):
        import upkeep

        import app

        app.asyncio, upkeep.gc = Pause(), Collector()
        with open(self._root + "/settings.json", "w") as stream:
            json.dump({"trace": trace}, stream)
        clock = Clock()
        board = self._board(clock)
        made = app.App(board, self._root)
        bus = self._bus = board._i2c
        before, beyond_before = bus.transfers, bus.bytes_beyond
        tasks = Tasks(made, clock)
        gc.collect()
        pieces = [tasks.run_a_second() for _ in range(self._seconds)]
        assert bus.taken > (self._seconds - 1) * RATE_HZ, "the app did not take its samples"
        assert made.recorder.active and not board.faults, board.faults
        made.stop()
        size = 0
        for name in os.listdir(self._root + "/sessions"):
            size += os.stat(self._root + "/sessions/" + name)[6]
            os.remove(self._root + "/sessions/" + name)
        self._counted.update(
            {
                "wake_ups": tasks.wake_ups,
                "transfers": bus.transfers - before,
                "bytes_beyond_8": bus.bytes_beyond - beyond_before,
                "collections": upkeep.gc.count,
                "bytes_" + trace: size,
            }
        )
        return pieces

    def a_second(self, best):
        """Return the figures of a second of the loop from the best pieces: us without the bus, and counts.

        The middle second: the making of a session's file comes once, and is the PC's file system here.
        """
        answer = {name + "_per_s": count / self._seconds for name, count in self._counted.items()}
        for trace in TRACES:
            pieces = sorted(best["loop_" + trace])
            answer["loop_" + trace + "_us_per_s"] = pieces[self._seconds // 2] - best["stand_in"][0]
        answer["wake_up_us"] = best["wake_ups"][0] / WAKE_UPS
        answer["drains_per_s"] = 1000 / DRAIN_MS
        return answer
