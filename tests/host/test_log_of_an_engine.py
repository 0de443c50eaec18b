# SPDX-License-Identifier: MIT
"""The engine's own events through the log: what is read back is what the engine said."""

import json

import pytest
from fakes.log_sessions import drain, full_pages

from rollcore import events
from rollcore import logformat as fmt
from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.fields import BAND_NAMES, FIELDS
from rollcore.logwriter import LogWriter
from rollcore.routine import Routine, check_steps
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings
from rollcore.trace import FULL, TraceEncoder
from rolltools.hand import make
from rolltools.log_pages import Record
from rolltools.recording import engine_rows
from rolltools.replay_result import compose
from rolltools.session_log import decode_json, iter_records, iter_trace, read_session

ROUTINE = {"steps": [{"name": "left", "seconds": 8, "side": "left"}, {"name": "x", "seconds": 9, "over_limit_n": 5}]}


def run(scenario: str, seconds: float, path) -> tuple[list[tuple], list[tuple]]:
    """Record a modelled session to `path`; return the engine's rows and the samples of the recorded time."""
    samples = engine_rows(make(scenario, seed=3, duration_s=seconds).recording).tolist()
    settings = Settings()
    engine = Engine(settings, Routine(check_steps(ROUTINE, settings)))
    writer = LogWriter()
    trace = TraceEncoder(writer, FULL, 4808)
    rows, traced, pages = [], [], []
    row = new_row()
    for number, (t_ms, *values) in enumerate(samples):
        engine.step(t_ms, 4808, values)
        if number % 2000 == 1999:
            engine.mark(t_ms)
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


def said(rows, kind):
    """Return the rows of one kind as (t_ms, fields)."""
    return [(row[1], dict(zip(FIELDS[kind], row[2:], strict=False))) for row in rows if row[0] == kind]


@pytest.mark.parametrize("scenario", ["mixed", "overpressure"])
def test_decode_says_all_that_the_engine_said(scenario, tmp_path):
    """Against the events in memory; strokes, cues and totals against the other fold that there is, that of a replay."""
    rows, _ = run(scenario, 40, tmp_path / "s000001.roll")
    told = decode_json(read_session(tmp_path / "s000001.roll"))
    ((start_ms, _),) = said(rows, events.SESSION_START)
    expected = compose(rows, -start_ms / 1000, 0.0)

    def s(t_ms):
        return pytest.approx((t_ms - start_ms) / 1000, abs=1e-4)

    for stroke, again in zip(expected["strokes"], told["strokes"], strict=True):
        assert {"doubt": "", **again} == pytest.approx({**stroke, "peak_cm_s": again["peak_cm_s"]}, abs=1e-3)
    assert [stroke["peak_cm_s"] for stroke in told["strokes"]] == last_peaks(rows)
    assert told["cues"] == [pytest.approx(cue, abs=1e-3) for cue in expected["cues"]]
    for name in ("contact_s", "in_band_s", "over_s", "strokes", "lift", "knead", "plus", "minus", "cues"):
        assert told["session"][name] == expected["session"][name]
    ends = said(rows, events.OVER_OFF)
    for alarm, (on_ms, on), (off_ms, off) in zip(told["overpressure"], said(rows, events.OVER_ON), ends, strict=True):
        assert [alarm["t_cross"], alarm["t_on"], alarm["t_off"]] == [s(on["cross_ms"]), s(on_ms), s(off_ms)]
        assert alarm["peak_n"] == off["peak_mn"] / 1000
        assert alarm["impulse_ns"] == off["impulse_mns"] / 1000
    bands = [(s(t_ms), BAND_NAMES[f["band"]], f["force_mn"] / 1000) for t_ms, f in said(rows, events.BAND)]
    assert [tuple(band.values()) for band in told["bands"]] == bands
    steps = [(s(t_ms), f["step"], f["over_limit_mn"] / 1000) for t_ms, f in said(rows, events.STEP)]
    assert [(step["t"], step["step"], step["over_limit_n"]) for step in told["steps"]] == steps
    assert [mark["t"] for mark in told["marks"]] == [s(t_ms) for t_ms, _ in said(rows, events.MARK)]
    summaries = said(rows, events.SUMMARY)
    for second, (t_ms, f) in zip(told["seconds"], summaries, strict=True):
        mean_n = None if f["mean_mn"] == FORCE_UNKNOWN else f["mean_mn"] / 1000
        assert list(second.values()) == [s(t_ms), f["speed_um_s"] / 10000, mean_n, f["quality"]]
    assert len(told["force"]) == 10 * len(summaries)
    assert {name: bool(told[name]) for name in ("bands", "steps", "marks", "seconds")} == dict.fromkeys(
        ("bands", "steps", "marks", "seconds"), True
    )


def last_peaks(rows):
    """Return the top speed of each stroke as last revised, in cm/s."""
    peaks = {f["id"]: f["peak_um_s"] / 10000 for _, f in said(rows, events.STROKE)}
    return [peaks[number] for number in sorted(peaks)]
