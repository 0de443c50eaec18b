# SPDX-License-Identifier: MIT
"""The samples of a trace as CSV: every one of them, and a replay of it finds what a replay of the samples finds."""

import pytest
from fakes.log_sessions import DEVICE, drain, full_pages, row, strokes_session

from rollcore import events
from rollcore.logwriter import LogWriter
from rollcore.trace import FULL, TraceEncoder
from rolltools import hand, trace_csv
from rolltools.errors import RollerError
from rolltools.recording import engine_rows
from rolltools.recording_csv import read_csv
from rolltools.replay import replay


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    """Return (a session file with a full trace of a hand, the hand's recording)."""
    recording = hand.make("kneads", 3, duration_s=15.0).recording
    writer = LogWriter(pages=3)
    writer.begin(1, 0, DEVICE)
    encoder, pages = TraceEncoder(writer, FULL, 4808), []
    for t_ms, *sample in engine_rows(recording).tolist():
        assert encoder.add(t_ms, sample)
        pages += full_pages(writer)
    writer.add_event(row(events.SESSION_STOP, t_ms, 1, t_ms, t_ms, t_ms, 0))
    writer.end(t_ms)
    path = tmp_path_factory.mktemp("traced") / "s000001.roll"
    path.write_bytes(b"".join(pages + drain(writer)))
    return path, recording


def test_every_sample_comes_out_as_it_went_in(traced, tmp_path):
    path, recording = traced
    assert trace_csv.export(path, tmp_path / "out.csv") == len(recording)
    again = engine_rows(read_csv(tmp_path / "out.csv"))
    assert (again[:, :8] == engine_rows(recording)[:, :8]).all()


def test_a_replay_of_it_finds_the_same(traced, tmp_path):
    path, recording = traced
    trace_csv.export(path, tmp_path / "out.csv")
    found, expected = replay(read_csv(tmp_path / "out.csv")), replay(recording)
    assert len(found["strokes"]) == len(expected["strokes"]) > 5
    assert found["session"] == {**expected["session"], "duration_s": found["session"]["duration_s"]}


def test_a_session_file_is_never_written_over(traced):
    path, _ = traced
    before = path.read_bytes()
    with pytest.raises(RollerError, match="name of a session file"):
        trace_csv.export(path, path)
    assert path.read_bytes() == before


def test_a_session_without_a_trace_leaves_no_file(tmp_path):
    log = tmp_path / "s000001.roll"
    log.write_bytes(b"".join(strokes_session(5)))
    with pytest.raises(RollerError, match="no trace"):
        trace_csv.export(log, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["s000001.roll"]
