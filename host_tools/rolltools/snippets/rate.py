# SPDX-License-Identifier: MIT
"""On the board: another rate of the port than its first one, for as long as a program takes."""

import select
import sys
import time

from machine import mem32

FIRST_BAUD = 115200
CLKDIV = 0x3FF40014  # UART 0: 20 bits of a whole divider, 4 of sixteenths (ESP32 technical reference manual)


def divider(baud):
    """Return what the clock divider of the port must be for another rate than the one it has."""
    if sys.platform == "esp32" and not sys.implementation._machine.endswith("with ESP32"):
        raise ValueError("another chip, other registers")
    old = mem32[CLKDIV]
    sixteenths = (old & 0xFFFFF) << 4 | old >> 20 & 15
    new = (sixteenths * FIRST_BAUD + baud // 2) // baud
    if abs(new * baud - sixteenths * FIRST_BAUD) * 100 > new * baud:
        raise ValueError("the clock cannot be divided so")
    return new >> 4 | (new & 15) << 20


def is_met():
    """Tell whether the host is heard at the new rate, and say so; it says "U" again and again."""
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    end_ms = time.ticks_add(time.ticks_ms(), 1000)
    while time.ticks_diff(end_ms, time.ticks_ms()) > 0:
        if poll.poll(50) and sys.stdin.buffer.read(1) == b"U":
            sys.stdout.buffer.write(b"U")
            return True
    return False


def at_rate(baud, program):
    """Run `program()` where this chip can have the rate, and the host is heard at it.

    "R" says that the rate changes in 20 ms. In the end, whatever happens, it is the first one again.
    """
    old, new = mem32[CLKDIV], divider(baud)
    sys.stdout.buffer.write(b"R")
    time.sleep_ms(20)
    mem32[CLKDIV] = new
    failed = None
    try:
        if is_met():
            try:
                program()
            except OSError as error:
                failed = error  # said at the rate of before
            time.sleep_ms(1000)  # the host ends it with Ctrl-C as soon as it has all
    except KeyboardInterrupt:
        pass
    finally:
        try:
            time.sleep_ms(60)  # so that the host is there first
        finally:
            mem32[CLKDIV] = old
    if failed:
        raise failed
