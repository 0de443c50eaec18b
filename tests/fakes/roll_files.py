# SPDX-License-Identifier: MIT
"""Writes session files for the tests of the commands, through the firmware's own log writer."""

import json
from hashlib import sha256
from pathlib import Path

import rolltools  # noqa: F401 - makes rollcore importable
from rollcore import events
from rollcore import logformat as fmt
from rollcore.haptics import CUE_OVER
from rollcore.logwriter import LogWriter

START_MS = 5000
SETTINGS = {"over_limit_n": 10.0, "band_low_n": 1.0, "over_hold_ms": 100, "force_sensor": "loadcell"}


def write_roll(
    path: Path,
    strokes: int = 6,
    ended: bool = True,
    device: str = "feedbeef",
    clock: dict | None = None,
    sealed: bool = False,
) -> Path:
    """Write a session of `strokes` strokes a second apart, the third of them too hard; return `path`.

    It began at 1762197840 s by its clock, of which the board says `clock`.
    """
    writer = LogWriter(pages=8)
    writer.begin(7, START_MS, b"\xfe\xed\xbe\xef")
    writer.add_text(
        fmt.DEVICE, START_MS, json.dumps({"device": device, "firmware": "0.1.0"} | ({"clock": clock} if clock else {}))
    )
    writer.add_text(fmt.SETTINGS, START_MS, json.dumps(SETTINGS))
    writer.add_text(fmt.CALIBRATION, START_MS, json.dumps({"calibrated": True}))
    writer.add_clock(START_MS, 1762197840, 0)
    for i in range(strokes):
        _second(writer, i)
    if ended:
        stop_ms = START_MS + 1000 * strokes
        _event(writer, events.SESSION_STOP, stop_ms, 7, 1000 * strokes, 800 * strokes, 600 * strokes, 300)
        writer.end(stop_ms)
    writer.demand_flush()
    with path.open("wb") as stream:
        while (page := writer.take_page()) is not None:
            stream.write(page)
            writer.release()
    if sealed:
        with path.open("ab") as stream:
            stream.write(writer.seal(sha256(path.read_bytes()).digest()))
    return path


def _event(writer: LogWriter, kind: int, t_ms: int, *fields: int) -> None:
    row = events.new_row()
    row[0], row[1] = kind, t_ms
    for i, value in enumerate(fields):
        row[2 + i] = value
    assert writer.add_event(row)


def _second(writer: LogWriter, i: int) -> None:
    at = START_MS + 1000 * i
    hard = i == 2
    if hard:
        _event(writer, events.OVER_ON, at + 404, at + 300, 11000, 0)
        _event(writer, events.CUE, at + 404, CUE_OVER, 80)
        _event(writer, events.OVER_TOLD, at + 409, at + 404)
        _event(writer, events.OVER_OFF, at + 600, at + 404, 12500, 300)
    way, kind = (1, events.KIND_LIFT) if i % 2 == 0 else (-1, events.KIND_KNEAD)
    peak = 12500 if hard else 6000
    _event(writer, events.STROKE, at + 810, i + 1, at + 100, at + 700, way, kind, 52000, 4000, peak, 140000, 88, 0)
    _event(writer, events.SUMMARY, at + 1000, *([0] + [4000] * 3 + [peak] * 4 + [0] * 2), 70000)
