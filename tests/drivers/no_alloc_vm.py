# SPDX-License-Identifier: MIT
"""Fetching, decoding and cues under a locked heap, for the 32-bit VM.

Run as ``micropython no_alloc_vm.py DEVICE FIRMWARE TESTS BOARD``.

The board starts over the models; then a bus takes their place that answers without allocating itself.
"""

import sys
import time

sys.path[:0] = sys.argv[1:4]

import micropython  # noqa: E402 - these lie on the path just made
from fakes.board_rig import Rig, machine  # noqa: E402

from boards import esp32_board  # noqa: E402
from rollcore.sample import new_sample  # noqa: E402

_ROUNDS = 1000


class SwitchBus:
    """The modelled bus until `quiet`; then FIFO words and conversions out of thin air, `words` of six bytes waiting."""

    def __init__(self, bus):
        self._bus = bus
        self.quiet = False
        self._slot = 0
        self._half = 0
        self.words = 4
        self.written = 0

    def writeto_mem(self, address, reg, data):
        if self.quiet:
            self.written += 1
        else:
            self._bus.writeto_mem(address, reg, data)

    def readfrom_mem_into(self, address, reg, buffer):
        if not self.quiet:
            self._bus.readfrom_mem_into(address, reg, buffer)
        elif reg == 0x78:
            self._fill(buffer)
        elif reg == 0x72:
            buffer[0] = self.words * 6 >> 8
            buffer[1] = self.words * 6 & 0xFF
        elif reg == 0x3A:
            buffer[0] = self.words & 0xFF
            buffer[1] = self.words >> 8
        else:
            for i in range(len(buffer)):
                buffer[i] = 0xA0 + i

    def _fill(self, buffer):
        at = 0
        while at < len(buffer):
            buffer[at] = (self._half + 1) << 3 | self._slot << 1
            for i in range(1, 7):
                buffer[at + i] = 0x80 + i
            if self._half:
                self._slot = (self._slot + 1) & 3
            self._half ^= 1
            at += 7


class QuietPin:
    """A pin that only remembers its level, with a voltage and a pulse width."""

    level = 1
    duty = 0
    written = 0

    def value(self, level=None):
        if level is not None:
            self.level = level
        return self.level

    def duty_u16(self, duty):
        self.duty = duty
        self.written += 1

    def read_uv(self):
        return 900000


def loop(board, bus, sample):
    """Fetch and decode what comes in odd and even bursts, with cues in between; return the number of samples."""
    count = 0
    for k in range(_ROUNDS):
        bus.words = 3 + k % 5
        n = board.fetch()
        for i in range(n):
            board.sample(i, sample)
        count += n
        board.motor(((k if k < _ROUNDS // 2 else k // 8) % 6) * 20)  # at last long enough for a kick to end
        if k % 50 == 0:
            board.motor_off()
            bus.words = 600
            board.fetch()
        if board.overrun:
            count += 0
        board.button()
        board.ticks_diff(board.ticks_us(), 5)
    return count


def locked(board, bus, sample, greedy):
    """Return what `loop` returns under a locked heap; MemoryError when it allocates, as `greedy` wants."""
    micropython.heap_lock()
    try:
        if greedy:
            [bus]  # noqa: B018 - to show that the lock bites
        return loop(board, bus, sample)
    finally:
        micropython.heap_unlock()


def main():
    rig = Rig(board_name=sys.argv[4])
    bus = SwitchBus(rig.i2c())
    machine.I2C = lambda *arguments, **options: bus
    board = rig.board()
    board.start()
    bus.quiet = True
    esp32_board.time = time  # the interpreter's own: the modelled one counts beyond 2**30
    pin = QuietPin()
    board._haptic_pin = board._haptic._trigger = board._haptic._pwm = pin
    board._force_ready = board._button = board._adc._adc = pin
    sample = new_sample()
    loop(board, bus, sample)
    try:
        locked(board, bus, sample, True)
        print("the lock does not bite")
        return
    except MemoryError:
        pass
    written = bus.written + pin.written
    count = locked(board, bus, sample, False)
    written = bus.written + pin.written - written
    print(count, "samples,", written, "writes, last", list(sample))
    right = sample[0] < 0 and (sample[6] > 0 if board.force_kind == "fsr" else sample[6] < 0)
    print("ok" if count > 2 * _ROUNDS and written > 100 and right else "wrong values")


main()
