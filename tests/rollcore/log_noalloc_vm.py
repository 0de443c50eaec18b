# SPDX-License-Identifier: MIT
"""Runs on any interpreter: events, trace samples and the flush question under a locked heap. Prints what it did.

The argument is the trace. Where a heap can be locked, an allocation raises MemoryError, and the test fails on the exit
code. The CRC of all pages is the same everywhere.
"""

import sys
from binascii import crc32

import micropython

from rollcore import events
from rollcore.fields import FIELDS
from rollcore.logwriter import LogWriter
from rollcore.sample import FORCE, FORCE_UNKNOWN, new_sample
from rollcore.trace import TraceEncoder

SAMPLES = 10000
lock = getattr(micropython, "heap_lock", int)  # CPython cannot
unlock = getattr(micropython, "heap_unlock", int)


def set_row(row, kind, t_ms, start_ms, length_um):
    for i in range(len(row)):
        row[i] = 100
    row[0] = kind
    row[1] = t_ms
    if kind == events.STROKE:
        row[2] = t_ms & 0xFFFF
        row[3] = start_ms
        row[4] = t_ms - 140
        row[5] = -1
        row[6] = 1
        row[7] = length_um
        row[12] = 0


KINDS = sorted(FIELDS)


def run(writer, encoder, row, sample, first, count):
    """Add samples, an event of every type in turn, wide strokes and a far time; pages close, open and overflow."""
    for i in range(first, first + count):
        t_ms = i * 5
        for channel in range(6):
            sample[channel] = ((i * i & 0xFFFF) * (channel + 3) * 37 & 0xFFFF) - 32768
        sample[FORCE] = FORCE_UNKNOWN if i % 97 < 10 else (i * 91) % 20000
        encoder.add(t_ms, sample)
        if i % 40 == 0:
            set_row(row, KINDS[i // 40 % len(KINDS)], t_ms, t_ms - 800, 150000)
            writer.add_event(row)
        if i % 400 == 0:
            set_row(row, events.STROKE, t_ms, t_ms - 60000, 9000000)
            writer.add_event(row)
            writer.add_battery(t_ms, 3900, 804)
        if i % 1000 == 999:
            set_row(row, events.MARK, t_ms + 200000, 0, 0)
            writer.add_event(row)
        writer.flush_due(t_ms, True)


class Flash:
    """Takes the full pages of a writer."""

    pages = crc = 0

    def take(self, writer):
        while writer.pending:
            self.crc = crc32(writer.take_page(), self.crc)
            writer.release()
            self.pages += 1


def main():
    writer = LogWriter(pages=4)
    writer.begin(1, 0, b"dev0")
    encoder = TraceEncoder(writer, int(sys.argv[1]), 4808)
    row = events.new_row()
    sample = new_sample()
    run(writer, encoder, row, sample, 0, 1200)
    flash = Flash()
    for first in range(1200, 1200 + SAMPLES, 2000):
        flash.take(writer)
        lock()
        run(writer, encoder, row, sample, first, 2000)
        unlock()
    flash.take(writer)
    print("samples", SAMPLES, "pages", flash.pages, "dropped", writer.dropped, "crc", flash.crc)


main()
