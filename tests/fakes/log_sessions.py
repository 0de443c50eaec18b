# SPDX-License-Identifier: MIT
"""Builds session logs for tests: rows, pages, whole files, and pages made by hand."""

import struct
from array import array
from hashlib import sha256
from zlib import crc32

from rollcore import events
from rollcore import logformat as fmt
from rollcore.fields import FIELDS
from rollcore.logwriter import LogWriter
from rollcore.sample import FORCE, FORCE_UNKNOWN, new_sample
from rollcore.snapshot import StateWriter
from rollcore.trace import COMPACT, FORCE_LIMIT_MN, FULL, TraceEncoder

DEVICE = b"\x01\x02\x03\x04"
SETTINGS_TEXT = '{"over_limit_n": 10.0, "band_low_n": 1.0, "trace": "off"}'


def row(kind: int, t_ms: int, *values: int) -> array:
    """Return an event row."""
    return array("i", [kind, t_ms, *values, *[0] * (events.ROW_LEN - 2 - len(values))])


def stroke_row(t_ms: int, number: int, revision: int = 0, **fields: int) -> array:
    """Return the row of a plausible stroke announced at `t_ms`."""
    values = {
        "id": number,
        "start_ms": t_ms - 800,
        "end_ms": t_ms - 140,
        "dir": 1 if number % 2 else -1,
        "kind": number % 3 == 0,
        "length_um": 150000 + number,
        "mean_mn": 4000 + number,
        "peak_mn": 7000 + number,
        "peak_um_s": 400000 + number,
        "quality": 90,
        "revision": revision,
        "doubt": number % 6,
    }
    values.update(fields)
    return row(events.STROKE, t_ms, *[int(values[name]) for name in FIELDS[events.STROKE]])


def summary_row(t_ms: int, force_mn: int = 5000) -> array:
    """Return a summary: nine tenths of one force and one unknown."""
    return row(events.SUMMARY, t_ms, *[force_mn] * 9, FORCE_UNKNOWN, 123456, force_mn, 77)


def drain(writer: LogWriter) -> list[bytes]:
    """Take every waiting page, the open one included."""
    pages = []
    while (page := writer.take_page()) is not None:
        pages.append(bytes(page))
        writer.release()
    return pages


def full_pages(writer: LogWriter) -> list[bytes]:
    """Take the closed pages only."""
    pages = []
    while writer.pending:
        pages.append(bytes(writer.take_page()))
        writer.release()
    return pages


def begin(session: int = 7, start_ms: int = 5000, **options: int) -> LogWriter:
    """Return a writer within a session that has its settings and its start."""
    writer = LogWriter(**options)
    writer.begin(session, start_ms, DEVICE)
    writer.add_text(fmt.DEVICE, start_ms, '{"device": "roller-a1", "firmware": "0.1.0"}')
    writer.add_text(fmt.SETTINGS, start_ms, SETTINGS_TEXT)
    writer.add_text(fmt.CALIBRATION, start_ms, '{"calibrated": true}')
    writer.add_clock(start_ms, 1790000000, 250)
    writer.add_event(row(events.SESSION_START, start_ms, session))
    return writer


def strokes_session(count: int, flush_every: int = 20, session: int = 7, start_ms: int = 5000) -> list[bytes]:
    """Return the pages of a session of `count` strokes, one a second, flushed when full and after `flush_every`."""
    writer = begin(session, start_ms)
    pages = []
    for number in range(1, count + 1):
        t_ms = start_ms + 1000 * number
        writer.add_event(stroke_row(t_ms, number))
        writer.add_event(summary_row(t_ms))
        pages += drain(writer) if number % flush_every == 0 else full_pages(writer)
    t_ms = start_ms + 1000 * count
    writer.add_event(row(events.SESSION_STOP, t_ms, session, 1000 * count, 700 * count, 600 * count, 10 * count))
    writer.end(t_ms)
    return pages + drain(writer)


def every_record_session() -> list[bytes]:
    """Return a session with every type of record, narrow and wide, and a trace of both kinds in its second page."""
    writer = begin()
    for number in range(1, 6):
        writer.add_event(stroke_row(5000 + 1000 * number, number))
    writer.add_event(stroke_row(10400, 5, revision=1, kind=1, length_um=160000))
    writer.add_event(stroke_row(40000, 6, start_ms=11000, length_um=2345678, mean_mn=70000, peak_mn=90000))
    writer.add_event(row(events.OVER_ON, 41100, 41000, 12000, 0))
    writer.add_event(row(events.CUE, 41100, 0, 80))
    writer.add_event(row(events.OVER_OFF, 42000, 41100, 15500, 3300))
    writer.add_event(row(events.OVER_ON, 43020, 43000, 26000, 1))
    writer.add_event(row(events.CUE, 43020, 1, 100))
    writer.add_event(row(events.MARK, 43500, 1))
    writer.add_event(row(events.GAP, 43600, 90))
    writer.add_event(row(events.FAULT, 43700, 2))
    writer.add_event(summary_row(44000))
    writer.add_event(summary_row(45000, 40000))
    writer.add_battery(45500, 3912, 804)
    writer.add_event(row(events.MARK, 200000, 2))
    pages = drain(writer)
    sample = new_sample()
    for mode in (FULL, COMPACT):
        encoder = TraceEncoder(writer, mode, 4808)
        for i in range(60):
            for channel in range(6):
                sample[channel] = (i * i * (channel + 3)) % 4001 - 2000
            sample[FORCE] = FORCE_UNKNOWN if i % 10 == 9 else 5000 + 37 * i
            encoder.add(200000 + i * 4808 // 1000, sample)
            if i == 30:
                writer.add_event(row(events.MARK, 200150, 3))
    writer.add_event(row(events.SESSION_STOP, 260000, 7, 195000, 20000, 15000, 900))
    writer.end(260000)
    return pages + drain(writer)


def trace_session() -> list[bytes]:
    """Return a session with a trace of both kinds: smooth and jumping axes, every way of a force, gaps, an event."""
    writer = begin()
    pages = drain(writer)
    sample = new_sample()
    for mode in (FULL, COMPACT):
        encoder = TraceEncoder(writer, mode, 4808)
        t_ms = 200000
        for i in range(90):
            for channel in range(6):
                sample[channel] = (i * i * (channel + 3)) % 4001 - 2000
            sample[i % 6] = (-32768, 32767, 0)[i % 3] if i % 20 == 19 else sample[i % 6]
            sample[FORCE] = FORCE_UNKNOWN if i % 30 > 25 else 5000 + 37 * i
            if i % 40 == 39:
                sample[FORCE] = (FORCE_LIMIT_MN, -FORCE_LIMIT_MN)[i // 40]
                t_ms += 3000 * i
            t_ms += 5 if i % 5 else 4
            encoder.add(t_ms, sample)
            if i == 60:
                writer.add_event(row(events.MARK, t_ms, 3))
    writer.add_event(row(events.SESSION_STOP, 900000, 7, 895000, 20000, 15000, 900))
    writer.end(900000)
    return pages + drain(writer)


def feedback_session() -> list[bytes]:
    """Return a session with the records of bands, silent cues and alarms that measure themselves, narrow and wide."""
    writer = begin()
    writer.add_event(row(events.BAND, 5100, 2, 700))
    writer.add_event(row(events.BAND, 5600, 3, -20))
    writer.add_event(row(events.OVER_ON, 6100, 6000, 12000, 0))
    writer.add_event(row(events.CUE, 6100, 0, 60))
    writer.add_event(row(events.OVER_TOLD, 6104, 6100))
    writer.add_event(row(events.OVER_AGAIN, 6500, 6100, 6398, 11000, 0))
    writer.add_event(row(events.OVER_AGAIN, 6600, 6100, 6050, 26000, 1))
    writer.add_event(row(events.OVER_OFF, 7000, 6100, 27000, 2500))
    writer.add_event(row(events.OVER_ON, 8100, 8000, 12000, 0))
    writer.add_event(row(events.CUE_SILENT, 8100, 0, 60))
    writer.add_event(row(events.OVER_AGAIN, 60000, 8100, 20000, 1 << 25, 0))
    writer.add_event(row(events.OVER_OFF, 61000, 8100, 1 << 25, 5000))
    writer.add_event(row(events.CUE_SILENT, 62000, 4, 48))
    writer.add_event(row(events.SESSION_STOP, 62000, 7, 57000, 20000, 15000, 900))
    writer.end(62000)
    return drain(writer)


def routine_session() -> list[bytes]:
    """Return a session that is led through a routine of two steps, the second with limits that want 32 bits."""
    writer = begin()
    writer.add_text(
        fmt.ROUTINE, 5000, '{"steps": [{"name": "left cheek", "seconds": 30, "side": "left"}, {"name": "x"}]}'
    )
    writer.add_event(row(events.STEP, 5020, 1, 1, 1000, 6000))
    writer.add_event(row(events.STEP, 36000, 2, 2, 2000, 70000))
    writer.add_event(row(events.CUE, 36000, 6, 64))
    writer.add_event(row(events.MUTE, 50000, 1))
    writer.add_event(row(events.STEP, 70000, 0, 0, 1000, 10000))
    state = StateWriter(writer, 70000)
    for number in (*range(-70, 70), 2**30 - 1, 1 - 2**30, *range(100000, 101000)):
        state.number(number)
    state.end()
    writer.add_event(row(events.SESSION_STOP, 71000, 7, 66000, 20000, 15000, 900))
    writer.end(71000)
    return sealed(writer, drain(writer))


def sealed(writer: LogWriter, pages: list[bytes]) -> list[bytes]:
    """Return the pages of a whole session and the one that seals them."""
    seal = bytes(writer.seal(sha256(b"".join(pages)).digest()))
    writer.release()
    return [*pages, seal]


def record(code: int, payload: bytes, offset: int = 0) -> bytes:
    """Return a record of any type, as a newer writer could make it."""
    return bytes([code, len(payload)]) + struct.pack("<H", offset) + payload


def page(payload: bytes, sequence: int = 0, version: int = fmt.VERSION, flags: int = 0, session: int = 7) -> bytes:
    """Return an intact page around `payload`."""
    length = fmt.HEADER_BYTES + len(payload)
    head = struct.pack(fmt.HEADER_FORMAT, fmt.MAGIC, version, flags, length, DEVICE, session, sequence, 5000, 5000, 0)[
        : fmt.CRC_AT
    ]
    return head + struct.pack("<I", crc32(payload, crc32(head))) + payload
