# SPDX-License-Identifier: MIT
"""Replay: the engine's rows become the answer, and the command says what is wrong."""

import json
import struct
import sys

import numpy as np
import pytest

from rollcore import events, haptics
from rolltools import hand, replay, vm
from rolltools.commands.replay import replay as command
from rolltools.errors import RollerError
from rolltools.recording import write_csv
from rolltools.replay_result import compose


def stroke_row(t_ms, number, start, end, way=1, kind=0, revision=0):
    return (events.STROKE, t_ms, number, start, end, way, kind, 50000, 3000, 4000, 90000, 80, revision, 0)


def test_a_revised_stroke_keeps_its_first_announcement():
    rows = [(events.SESSION_START, 10, 1), stroke_row(1100, 1, 100, 1000), stroke_row(1500, 1, 100, 1400, -1, 1, 1)]
    (stroke,) = compose(rows, 0.0, 2.0)["strokes"]
    assert stroke == {
        "id": 1,
        "t_start": 0.1,
        "t_end": 1.4,
        "t_report": 1.1,
        "dir": -1,
        "kind": "knead",
        "length_cm": 5.0,
        "mean_n": 3.0,
        "peak_n": 4.0,
        "quality": 80,
        "doubt": "",
    }


def test_ids_and_totals_run_over_several_sessions():
    rows = []
    for session, t in ((1, 0), (2, 100_000)):
        rows += [(events.SESSION_START, t, session), stroke_row(t + 900, 1, t + 100, t + 800)]
        rows += [stroke_row(t + 1900, 2, t + 1000, t + 1800, -1, 1)]
        rows += [(events.SESSION_STOP, t + 3000, session, 3000, 2000, 1500, 250)]
    answer = compose(rows, 0.0, 200.0)
    assert [stroke["id"] for stroke in answer["strokes"]] == [1, 2, 3, 4]
    assert answer["session"] == {
        "duration_s": 200.0,
        "contact_s": 4.0,
        "strokes": 4,
        "lift": 2,
        "knead": 2,
        "plus": 2,
        "minus": 2,
        "in_band_s": 3.0,
        "over_s": 0.5,
        "cues": 0,
    }


def test_times_are_on_the_clock_of_the_input_and_an_open_alarm_ends_with_it():
    rows = [(events.OVER_ON, 500, 400, 11000, 0), (events.OVER_OFF, 900, 500, 14000, 0)]
    rows += [(events.OVER_ON, 1500, 1400, 12000, 0), (events.CUE, 1500, haptics.CUE_OVER, 80)]
    answer = compose(rows, 1000.0, 1001.75)
    assert answer["overpressure"] == [
        {"t_on": 1000.5, "t_off": 1000.9, "peak_n": 14.0},
        {"t_on": 1001.5, "t_off": 1001.75, "peak_n": 12.0},
    ]
    assert answer["cues"] == [{"t": 1001.5, "cue": "over", "level": 80}]


def test_over_pressure_of_a_modelled_session_is_found_with_the_limit_of_the_settings():
    made = hand.make("overpressure", 4, duration_s=20.0)
    strict = replay.replay(made.recording, {"over_limit_n": 5.0})["overpressure"]
    usual = replay.replay(made.recording)["overpressure"]
    assert len(strict) > len(usual) > 0
    assert all(alarm["peak_n"] > 10.0 for alarm in usual)


def test_the_engine_is_told_of_gaps_and_of_the_rate():
    recording = hand.make("lifts", 1, 104.0, duration_s=5.0).recording
    recording.t_s[200:] += 2.0
    job = replay.make_job(recording)
    assert struct.unpack_from("<4i", job)[1:] == (9615, 100, len(recording))
    assert replay._engine_settings(recording, {"rate_hz": 208}).rate_hz == 104
    rows = replay._run_here(job, lambda _count: None)
    gaps = [row for row in rows if row[0] == events.GAP]
    assert len(gaps) == 1
    assert gaps[0][2] == pytest.approx(2010, abs=2)


def test_a_recording_that_ends_in_contact_closes_its_session():
    recording = hand.make("kneads", 3, duration_s=6.0).recording
    half = int(np.argmax(recording.force_n > 1.5)) + 300
    for name in ("t_s", "accel_g", "gyro_dps", "force_n"):
        setattr(recording, name, getattr(recording, name)[:half])
    assert 300 / 208 - 0.2 < replay.replay(recording)["session"]["contact_s"] < half / 208


ROUTINE = {"steps": [{"name": "left", "seconds": 5, "side": "left"}, {"name": "right", "seconds": 5, "side": "right"}]}


@pytest.mark.parametrize("vm", replay.VMS)
def test_a_routine_leads_through_a_recording(vm):
    recording = hand.make("kneads", 3, duration_s=30.0).recording
    found = replay.replay(recording, vm=vm, routine=ROUTINE)
    assert [(step["step"], step["side"]) for step in found["steps"]] == [(1, "left"), (2, "right"), (0, "")]
    assert [cue["cue"] for cue in found["cues"]] == ["switch", "done"]
    assert "steps" not in replay.replay(recording, vm=vm)


def test_a_wrong_routine_is_refused_with_cause_and_cure():
    with pytest.raises(RollerError) as refused:
        replay.replay(hand.make("idle", 1, duration_s=1.0).recording, routine={"steps": [{"name": "x"}]})
    assert refused.value.cause and refused.value.cure


@pytest.mark.parametrize("given", [{"over_limit": 5}, {"over_limit_n": "much"}, {"over_limit_n": float("nan")}])
def test_wrong_settings_are_refused_with_cause_and_cure(given):
    with pytest.raises(RollerError) as refused:
        replay.replay(hand.make("idle", 1, duration_s=1.0).recording, given)
    assert refused.value.cause and refused.value.cure


def test_an_unknown_vm_and_a_computer_without_micropython(monkeypatch):
    recording = hand.make("idle", 1, duration_s=1.0).recording
    with pytest.raises(RollerError, match="no VM called pypy"):
        replay.replay(recording, vm="pypy")
    monkeypatch.setattr(vm.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(RollerError, match="no MicroPython for this computer") as refused:
        replay.replay(recording, vm="micropython")
    assert "--vm cpython" in refused.value.cure


@pytest.mark.parametrize(
    "script",
    ["import sys; sys.exit('boom')", "print('e 1 2 3')", "print('end'); raise SystemExit(3)"],
    ids=["dies", "stops early", "fails at the end"],
)
def test_a_vm_that_fails_is_reported(script, tmp_path):
    fake = tmp_path / "fake.py"
    fake.write_text(script)
    with pytest.raises(RollerError, match="the engine failed on MicroPython"):
        replay.run_on([sys.executable, str(fake)], b"", lambda _count: None)


@pytest.fixture
def short_csv(tmp_path):
    path = tmp_path / "in.csv"
    with path.open("w") as stream:
        write_csv(hand.make("kneads", 2, duration_s=6.0).recording, stream)
    return path


def test_the_command_writes_the_answer(short_csv, tmp_path, capsys):
    out = tmp_path / "out.json"
    command(short_csv, out, None, "cpython")
    answer = json.loads(out.read_text())
    assert set(answer) == {"strokes", "overpressure", "cues", "session"}
    assert str(out) in capsys.readouterr().out
    command(short_csv, None, None, "cpython")
    assert json.loads(capsys.readouterr().out) == answer


@pytest.mark.parametrize("text", ["{", "[1]", "\udc80"])
def test_the_command_refuses_settings_that_are_no_json_object(short_csv, tmp_path, text):
    path = tmp_path / "settings.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RollerError) as refused:
        command(short_csv, None, path, "cpython")
    assert str(path) in refused.value.cause


def test_the_command_passes_settings_on(short_csv, tmp_path, capsys):
    path = tmp_path / "settings.json"
    path.write_text('{"over_limit_n": 1.0}')
    command(short_csv, None, path, "cpython")
    assert json.loads(capsys.readouterr().out)["overpressure"]
