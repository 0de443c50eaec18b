# SPDX-License-Identifier: MIT
"""Runs inside the VM: what a session wears off the flash, by the block device's own counters, beside naive ways.

Arguments: the way ("trace", "strokes", "page of 4096", "record by record") and the seconds of the session. Prints one
JSON object; the firmware folder is on MICROPYPATH.
"""

import json
import os
import sys

from ram_flash import RamFlash

from rollcore import events
from rollcore import logformat as fmt
from rollcore.logwriter import LogWriter
from rollcore.sample import new_sample
from rollcore.trace import FULL, TraceEncoder
from storage import SessionStore

RECORD = b"a record, 16 B.."


def through_the_store(trace, seconds):
    """Write a session through writer and store; return its bytes, strokes and records that were dropped."""
    store = SessionStore("/ram/sessions")
    writer = LogWriter()
    writer.begin(store.open(), 0, b"test")
    strokes = drive(writer, store, TraceEncoder(writer, FULL, 4808) if trace else None, seconds)
    length = store.offset
    store.close()
    return length, strokes, writer.dropped


def record_by_record(seconds):
    """Write a record a second and flush each."""
    with open("/ram/sessions/log", "ab") as stream:
        for _ in range(seconds):
            stream.write(RECORD)
            stream.flush()
    return seconds * len(RECORD), seconds, 0


def drive(writer, store, trace, seconds):
    """20 s of contact with a stroke a second, 15 s of rest, again and again."""
    row = events.new_row()
    sample = new_sample()
    strokes = 0
    seed = 1
    for t_ms in range(0, seconds * 1000, 5):
        in_contact = t_ms % 35000 < 20000
        if trace is not None:
            for channel in range(7):
                seed = (seed * 1103 + 12345) & 0xFFFF
                sample[channel] = (t_ms * (channel + 3)) % 4001 + (seed & 63)
            trace.add(t_ms, sample)
        if t_ms % 1000 == 995:
            fill_row(row, events.SUMMARY, t_ms, 4000)
            row[14] = 90  # the quality
            writer.add_event(row)
            if in_contact:
                strokes += 1
                stroke_row(row, strokes, t_ms)
                writer.add_event(row)
        if t_ms % 50 == 0:
            flush(writer, store, t_ms, in_contact)
    writer.end(seconds * 1000)
    flush(writer, store, seconds * 1000, False)
    return strokes


def fill_row(row, kind, t_ms, value):
    for i in range(len(row)):
        row[i] = value
    row[0] = kind
    row[1] = t_ms


def stroke_row(row, number, t_ms):
    values = (events.STROKE, t_ms, number, t_ms - 800, t_ms - 140, 1, 0, 153211, 4012, 6033, 401003, 90, 0, 3, 0)
    for i in range(len(row)):
        row[i] = values[i]


def flush(writer, store, t_ms, in_contact):
    while writer.flush_due(t_ms, in_contact):
        store.append(writer.take_page())
        writer.release()


def main(way, seconds):
    flash = RamFlash(512)
    os.VfsLfs2.mkfs(flash)
    os.mount(os.VfsLfs2(flash), "/ram")
    os.mkdir("/ram/sessions")
    erases, programmed = flash.erases, flash.programmed
    if way == "page of 4096":
        fmt.block_room = lambda index, page_bytes: page_bytes  # as if the file system took nothing of a block
    if way == "record by record":
        length, strokes, dropped = record_by_record(int(seconds))
    else:
        length, strokes, dropped = through_the_store(way != "strokes", int(seconds))
    result = {"bytes": length, "strokes": strokes, "dropped": dropped}
    result["erases"] = flash.erases - erases
    result["programmed"] = flash.programmed - programmed
    print(json.dumps(result))


main(*sys.argv[1:])
