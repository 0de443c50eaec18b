# SPDX-License-Identifier: MIT
"""The engine's own events through the log: what is read back is what the engine said."""

import json

import pytest
from fakes.log_sessions import drain, full_pages

from rollcore import events
from rollcore import logformat as fmt
from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.fields import FIELDS
from rollcore.logwriter import LogWriter
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings
from rollcore.trace import FULL, TraceEncoder
from rolltools.hand import make
from rolltools.log_pages import Record
from rolltools.recording import engine_rows
from rolltools.session_log import iter_records, iter_trace, read_session


def run(scenario: str, seconds: float, path) -> tuple[list[tuple], list[tuple]]:
    """Record a modelled session to `path`; return the engine's rows and the samples of the recorded time."""
    samples = engine_rows(make(scenario, seed=3, duration_s=seconds).recording).tolist()
    settings = Settings()
    engine = Engine(settings)
    writer = LogWriter()
    trace = TraceEncoder(writer, FULL, 4808)
    rows, traced, pages = [], [], []
    row = new_row()
    for number, (t_ms, *values) in enumerate(samples):
        engine.step(t_ms, 4808, values)
        if number == len(samples) - 1:
            engine.finish(t_ms)
        while engine.events.pop(row):
            if row[0] == events.SESSION_START:
                writer.begin(1, row[1], b"test")
                writer.add_text(fmt.SETTINGS, row[1], json.dumps(settings.to_dict()))
            assert writer.add_event(row)
            rows.append(tuple(row))
        if trace.add(t_ms, values):
            traced.append((t_ms, tuple(values[:7])))
        pages += full_pages(writer)
    writer.end(t_ms)
    path.write_bytes(b"".join(pages + drain(writer)))
    return rows, traced


def as_row(record: Record) -> tuple[int, ...]:
    values = [record.values[name] for name in FIELDS[record.code]]
    return (record.code, record.t_ms, *values, *[0] * (events.ROW_LEN - 2 - len(values)))


def in_eighths(row: tuple[int, ...]) -> tuple[int, ...]:
    """Return a row as the log keeps it: exact, but for the ten peaks of a summary."""
    if row[0] != events.SUMMARY:
        return row
    peaks = [mn if mn == FORCE_UNKNOWN else min(max((mn * 8 + 500) // 1000, 0), 254) * 125 for mn in row[2:12]]
    return (*row[:2], *peaks, *row[12:])


@pytest.mark.parametrize("scenario", ["lifts", "kneads", "mixed"])
def test_the_log_holds_what_the_engine_said_and_saw(scenario, tmp_path):
    path = tmp_path / "s000001.roll"
    rows, traced = run(scenario, 30, path)
    assert sum(row[0] == events.STROKE for row in rows) > 5
    logged = [as_row(record) for record in iter_records(path) if record.code in FIELDS]
    assert logged == [in_eighths(row) for row in rows]
    assert [(item.t_ms, item.sample[:7]) for item in iter_trace(path)] == traced
    session = read_session(path)
    assert session.state == "complete"
    assert len(session.strokes) == len({row[2] for row in rows if row[0] == events.STROKE})
    assert session.settings == Settings().to_dict()
