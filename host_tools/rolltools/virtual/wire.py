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
ESP32_STDIN_BYTES = 259  # a ring of 260 (ports/esp32/mphalport.c) holds one less
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

    `fifo_bytes` is the sender's buffer; None for a PC, which never waits. A sender that finds it full sleeps until the
    next tick and does all that it does later by as much. It may be told `jitter_s` too late of what was written.
    """

    def __init__(
        self,
        baud: int,
        delay_s: float = 0.0,
        faults: Faults | None = None,
        fifo_bytes: int | None = None,
        jitter_s: float = 0.0,
    ) -> None:
        self._byte_s = BITS_A_BYTE / baud
        self._delay_s = delay_s
        self._faults = faults or Faults()
        self._fifo_bytes = fifo_bytes
        self._jitter_s = jitter_s
        self._way: deque[tuple[float, bytes]] = deque()  # when it arrives, what
        self._free_s = 0.0  # when the last byte of the buffer is out
        self._slept_s = 0.0  # by which the sender is later than those who only watch it know

    def set_baud(self, baud: int) -> None:
        """Let the bytes that are sent from now on be faster or slower."""
        self._byte_s = BITS_A_BYTE / baud

    @property
    def is_cut(self) -> bool:
        """Tell whether the cable is out."""
        return self._faults.is_cut

    def busy_s(self, now_s: float) -> float:
        """Return for how long the line is busy with what it has got."""
        return max(0.0, self._free_s - now_s)

    def put(self, now_s: float, data: bytes) -> None:
        """Send bytes."""
        self._slept_s = min(self._slept_s, self.busy_s(now_s))  # once the line was idle, nobody is late
        at_s = now_s + self._slept_s
        late_s = self._jitter_s
        while data:
            room = len(data)
            if self._fifo_bytes is not None:
                held_s = max(0.0, self._free_s - at_s) - late_s
                room = max(0, int(self._fifo_bytes - held_s / self._byte_s))
            self._launch(at_s - late_s, data[:room])
            data = data[room:]
            late_s = 0.0
            if data:
                at_s = _next_tick_s(at_s)
        self._slept_s = at_s - now_s

    def take(self, now_s: float) -> bytes:
        """Return what has arrived by now."""
        came = b""
        while self._way and self._way[0][0] <= now_s:
            came += self._way.popleft()[1]
        return came

    def next_s(self) -> float | None:
        """Return when the next bytes arrive, None when nothing is on its way."""
        return self._way[0][0] if self._way else None

    def _launch(self, at_s: float, data: bytes) -> None:
        """Send bytes on their way, in pieces that arrive as a whole."""
        self._free_s = max(self._free_s, at_s)
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            self._free_s += len(piece) * self._byte_s
            self._way.append((self._free_s + self._delay_s, self._faults.through(piece)))


def _next_tick_s(at_s: float) -> float:
    """Return the tick after a time; never that time itself, whatever a float makes of it."""
    tick_s = (int(at_s / ESP32_TICK_S) + 1) * ESP32_TICK_S
    return tick_s if tick_s > at_s else tick_s + ESP32_TICK_S
