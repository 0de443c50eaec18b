# SPDX-License-Identifier: MIT
"""One direction of a serial line, in modelled time: its rate, its delay, its faults, the buffer that feeds it.

A byte takes ten bits. The buffer of an ESP32 that sends holds 128 bytes; when it is full, MicroPython sleeps until the
next tick of 10 ms, so that above 115200 baud a long write leaves gaps (ports/esp32/uart.c).
"""

import random
from collections import deque
from dataclasses import dataclass, field

BITS_A_BYTE = 10
ESP32_FIFO_BYTES = 128
ESP32_TICK_S = 0.01
_NEVER = 1e-12
_PIECE = 16  # bytes that a USB adapter passes on together


@dataclass
class Faults:
    """What a bad line does, each the chance of a byte to be lost, to have a bit turned, to come twice.

    `cut_after` bytes the cable is out: nothing comes any more. `passed` and `harmed` count bytes.
    """

    lost: float = 0.0
    flipped: float = 0.0
    doubled: float = 0.0
    cut_after: int | None = None
    seed: int = 1
    passed: int = field(default=0, init=False)
    harmed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._next = self._gap()

    @property
    def is_cut(self) -> bool:
        """Tell whether the cable is out."""
        return self.cut_after is not None and self.passed >= self.cut_after

    def through(self, data: bytes) -> bytes:
        """Return what arrives of `data`."""
        if self.cut_after is not None:
            data = data[: max(0, self.cut_after - self.passed)]
        self.passed += len(data)
        done = bytearray()
        while self._next < len(data):
            done += data[: self._next] + self._harmed(data[self._next])
            data = data[self._next + 1 :]
            self._next = self._gap()
        self._next -= len(data)
        return bytes(done + data)

    def _gap(self) -> int:
        """Return how many bytes come through unharmed until the next fault."""
        rate = self.lost + self.flipped + self.doubled
        return int(self._chance.expovariate(rate)) if rate > _NEVER else 1 << 62

    def _harmed(self, byte: int) -> bytes:
        self.harmed += 1
        fault = self._chance.random() * (self.lost + self.flipped + self.doubled)
        if fault < self.lost:
            return b""
        if fault < self.lost + self.flipped:
            return bytes([byte ^ 1 << self._chance.randrange(8)])
        return bytes([byte, byte])


class Wire:
    """Takes bytes at one end and gives them at the other, each at its time; times are in s on any one clock.

    `fifo_bytes` is the sender's buffer, refilled at the ticks when it was full; None for a PC, which never waits.
    """

    def __init__(
        self, baud: int, delay_s: float = 0.0, faults: Faults | None = None, fifo_bytes: int | None = None
    ) -> None:
        self._byte_s = BITS_A_BYTE / baud
        self._delay_s = delay_s
        self._faults = faults or Faults()
        self._fifo_bytes = fifo_bytes
        self._waiting = b""  # what the sender has not got rid of yet
        self._way: deque[tuple[float, bytes]] = deque()  # when it arrives, what
        self._free_s = 0.0  # when the last byte of the buffer is out
        self._tick_s = 0.0  # a sender that found the buffer full looks again then

    def set_baud(self, baud: int) -> None:
        """Let the bytes that are sent from now on be faster or slower."""
        self._byte_s = BITS_A_BYTE / baud

    @property
    def waiting(self) -> int:
        """Return how many bytes the sender still holds."""
        return len(self._waiting)

    @property
    def is_cut(self) -> bool:
        """Tell whether the cable is out."""
        return self._faults.is_cut

    def put(self, now_s: float, data: bytes, since_s: float | None = None) -> None:
        """Send bytes, which were written at some time between `since_s` and now.

        A sender that kept its pace finds room, whatever the model's own delays are; so this is generous, by one tick at
        the most, to a sender that did not.
        """
        self._waiting += data
        self._fill(now_s, 0.0 if since_s is None else min(now_s - since_s, ESP32_TICK_S))

    def take(self, now_s: float) -> bytes:
        """Return what has arrived by now."""
        self._fill(now_s)
        came = b""
        while self._way and self._way[0][0] <= now_s:
            came += self._way.popleft()[1]
        return came

    def next_s(self) -> float | None:
        """Return when something happens next, None when nothing is on its way."""
        times = [self._way[0][0]] if self._way else []
        return min([*times, self._tick_s]) if self._waiting else min(times, default=None)

    def _fill(self, now_s: float, late_s: float = 0.0) -> None:
        """Put into the buffer what it takes now, and would have taken in the last `late_s`."""
        while self._waiting and now_s >= self._tick_s:
            room = len(self._waiting)
            if self._fifo_bytes is not None:
                held_s = max(0.0, self._free_s - now_s) - late_s
                room = max(0, int(self._fifo_bytes - held_s / self._byte_s))
            self._launch(now_s - late_s, self._waiting[:room])
            self._waiting = self._waiting[room:]
            late_s = 0.0
            if self._waiting:
                self._tick_s = (int(now_s / ESP32_TICK_S) + 1) * ESP32_TICK_S

    def _launch(self, now_s: float, data: bytes) -> None:
        """Send bytes on their way, in pieces that arrive as a whole."""
        self._free_s = max(self._free_s, now_s)
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            self._free_s += len(piece) * self._byte_s
            self._way.append((self._free_s + self._delay_s, self._faults.through(piece)))
