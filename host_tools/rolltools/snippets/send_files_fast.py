# SPDX-License-Identifier: MIT
"""On the board: files in frames at a faster rate of the port."""

import sys
import time

from rate import at_rate
from send_files import send
from sender import Sender

SLICE = 48  # bytes
HELD = 24  # bytes that may still wait in the port's buffer of 128 when the next slice comes


def paced(baud):
    """Return a `write` that never fills the port's buffer: MicroPython would sleep for a tick of 10 ms then.

    Above 115200 baud the buffer is empty long before.
    """
    write = sys.stdout.buffer.write
    held_us = HELD * 10000000 // baud
    empty_us = time.ticks_us()  # when the buffer will be

    def write_slices(frame):
        nonlocal empty_us
        for start in range(0, len(frame), SLICE):
            piece = frame[start : start + SLICE]
            wait_us = time.ticks_diff(empty_us, time.ticks_us()) - held_us
            if wait_us > 0:
                time.sleep_us(wait_us)
            write(piece)
            now_us = time.ticks_us()
            if time.ticks_diff(empty_us, now_us) < 0:
                empty_us = now_us
            empty_us = time.ticks_add(empty_us, len(piece) * 10000000 // baud)

    return write_slices


def main(files, payload, baud):
    """Send `files` as `send_files.py` does, at another rate."""
    at_rate(baud, lambda: send(files, Sender(paced(baud), payload)))
