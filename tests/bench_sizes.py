# SPDX-License-Identifier: MIT
"""Bytes of a sample in the log, beside what else one could write. `make bench` prints them."""

import io
import struct
import zlib
from array import array
from collections.abc import Iterator

import numpy as np
import real_recordings

from rolltools import console, hand
from rolltools.recording import Recording, engine_rows, write_csv

from rollcore.engine import Engine  # isort: skip - rolltools makes it importable
from rollcore.events import new_row  # isort: skip
from rollcore.logwriter import LogWriter  # isort: skip
from rollcore.settings import Settings  # isort: skip
from rollcore.trace import COMPACT, COMPACT_SHIFT, FULL, TraceEncoder  # isort: skip

SCENARIOS = ("demo", "mixed", "everything")
RATES_HZ = (208, 104)
HELD_N = 3.0  # of a recording without a force


def events_of(recording: Recording) -> list[list[array]]:
    """Return what the engine says at each sample of a recording."""
    engine, row = Engine(Settings()), new_row()
    answer = []
    for t_ms, *sample in engine_rows(recording).tolist():
        engine.step(t_ms, period_us(recording), sample)
        answer.append([])
        while engine.events.pop(row):
            answer[-1].append(array("i", row))
    return answer


def logged(recording: Recording, events: list[list[array]], trace: int = 0) -> int:
    """Return the bytes of the log of a recording, whole pages; `trace` COMPACT, FULL or 0 for the events alone."""
    samples = engine_rows(recording).tolist()
    writer = LogWriter()
    writer.begin(1, samples[0][0], b"test")
    encoder = TraceEncoder(writer, trace, period_us(recording)) if trace else None
    size = 0
    for (t_ms, *sample), rows in zip(samples, events, strict=True):
        for row in rows:
            writer.add_event(row)
        if encoder:
            encoder.add(t_ms, sample)
        size += taken(writer) if writer.pending else 0
    writer.end(t_ms)
    return size + taken(writer)


def period_us(recording: Recording) -> int:
    """Return the sample period of a recording."""
    return round(1e6 / recording.rate_hz)


def taken(writer: LogWriter) -> int:
    """Take the pages that wait and return their bytes."""
    size = 0
    while (writer.pending or not writer.active) and (page := writer.take_page()) is not None:
        size += len(page)
        writer.release()
    return size


def zlib_of_differences(recording: Recording, trace: int) -> int:
    """Return what zlib makes of the differences of what a trace keeps: time, axes, force.

    The whole session at once, which a board could not hold; the better of first and second differences.
    """
    words = engine_rows(recording)[:, :8].astype(np.int64)
    if trace == COMPACT:
        words[:, 1:] = (words[:, 1:] + (1 << COMPACT_SHIFT >> 1)) >> COMPACT_SHIFT
    orders = (np.diff(words, order, axis=0).astype("<i2").tobytes() for order in (1, 2))
    return min(len(zlib.compress(data, 9)) for data in orders)


def recordings() -> Iterator[tuple[str, Recording]]:
    """Yield what is measured, by name: modelled hands, then real ones where their recordings are."""
    for rate_hz in RATES_HZ:
        for name in SCENARIOS:
            yield name, hand.make(name, 1, rate_hz).recording
    for recording in (*real_recordings.brushes(HELD_N), *real_recordings.walks(HELD_N)):
        yield f"real {recording.name}", recording


def print_sizes() -> None:
    """Print bytes a sample: raw structs, CSV, our log without a trace, what a trace adds beside zlib of the same."""
    rows = []
    for name, recording in recordings():
        raw = b"".join(struct.pack("<6hi", *sample[1:8]) for sample in engine_rows(recording).tolist())
        text = io.StringIO()
        write_csv(recording, text)
        events = events_of(recording)
        alone = logged(recording, events)
        sizes = [len(raw), len(text.getvalue()), alone]
        for trace in (COMPACT, FULL):
            sizes += [logged(recording, events, trace) - alone, zlib_of_differences(recording, trace)]
        figures = (f"{size / len(recording):.2f}" for size in sizes)
        rows.append((name, f"{recording.rate_hz:.0f}", len(recording), *figures))
    numbers = (">Hz", ">samples", ">raw", ">CSV", ">log, no trace", ">+ compact", ">zlib", ">+ full", ">zlib")
    title = "Bytes a sample; zlib is of the differences of the same data. Real hands: no gyro, one force, uneven times"
    console.table(("session", *numbers), rows, title)
