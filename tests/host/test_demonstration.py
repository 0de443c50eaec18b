# SPDX-License-Identifier: MIT
"""The demo's own sums: what is on which clock, when it has passed, what it clears away."""

from dataclasses import replace
from pathlib import Path

import pytest

from rolltools import demonstration
from rolltools.errors import RollerError
from rolltools.scoring import compare
from rolltools.session import Overpressure, Session, Stroke
from rolltools.virtual.process import run_board

STROKE = Stroke(1, 10.0, 11.0, 11.2, 1, "lift", 5.0, 4.0, 6.0, 9.0, 90)
OVER = Overpressure(3.0, 3.1, 4.0, 15.0, 1.0, False)
# The samples began when the wall clock showed 2026-11-22 09:00:02.5, told in seconds since 2000.
NOTES = [{"t_s": 2.5, "name": "samples", "value": 848653200}]
BEGUN = "2026-11-22T09:00:02.500+00:00"


def session(**changes):
    made = Session(Path("s000001.roll"), "s000001", started_utc="2026-11-22T09:00:07.750+00:00")
    return replace(made, strokes=[STROKE], overpressure=[OVER], **changes)


def test_the_log_is_put_on_the_clock_of_the_samples():
    found = demonstration.on_clock_of(session(), NOTES)
    shift = 5.25
    stroke = found["strokes"][0]
    assert stroke["t_start"] == pytest.approx(10.0 + shift)
    assert stroke["t_end"] == pytest.approx(11.0 + shift)
    assert stroke["t_report"] == pytest.approx(11.2 + shift)
    assert {name: stroke[name] for name in ("id", "dir", "kind", "length_cm")} == {
        "id": 1,
        "dir": 1,
        "kind": "lift",
        "length_cm": 5.0,
    }
    assert found["overpressure"] == [{"t_on": 3.1 + shift, "t_off": 4.0 + shift, "peak_n": 15.0}]


def test_the_start_on_the_first_sample_is_no_shift():
    found = demonstration.on_clock_of(session(started_utc=BEGUN), NOTES)
    assert found["strokes"][0]["t_start"] == pytest.approx(10.0)


def test_a_session_that_does_not_know_when_it_was():
    with pytest.raises(RollerError, match="does not know when"):
        demonstration.on_clock_of(session(started_utc=None), NOTES)


def lights(*values):
    return [{"t_s": float(i), "name": "led", "value": value} for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("values", "closed"),
    [((), False), ((0,), False), ((1,), False), ((0, 1), False), ((1, 0), True), ((1, 0, 1), False)],
)
def test_the_session_is_over_when_its_light_went_on_and_off(values, closed):
    assert demonstration._session_closed(lights(*values)) is closed


def labels(strokes, over=()):
    return {
        "strokes": strokes,
        "overpressure": [{"t_start": t, "t_end": t + 1.0, "peak_n": 20.0} for t in over],
        "near": [(t, t + 1.0) for t in over],
        "over_thr_n": 10.0,
    }


def true(number, way=1):
    return {
        "t_start": float(number),
        "t_end": number + 0.8,
        "dir": way,
        "kind": "lift",
        "length_cm": 5.0,
        "mean_n": 3.0,
    }


def found(number, way=1):
    return true(number, way) | {"t_report": number + 0.9}


@pytest.mark.parametrize(
    ("strokes", "alarms", "passed"),
    [
        ([found(i) for i in range(10)], [2.2], True),
        ([found(i) for i in range(9)], [2.2], True),
        ([found(i) for i in range(8)], [2.2], False),  # F1 0.889
        ([found(i, 1 if i else -1) for i in range(10)], [2.2], True),
        ([found(i, 1 if i > 1 else -1) for i in range(10)], [2.2], False),
        ([found(i) for i in range(10)], [], False),  # a missed alarm
        ([], [2.2], False),
    ],
)
def test_when_the_roller_did_its_job(strokes, alarms, passed):
    truth = labels([true(i) for i in range(10)], over=[2.0])
    answer = {"strokes": strokes, "overpressure": [{"t_on": t} for t in alarms]}
    outcome = demonstration.Outcome(session(), truth, answer, compare(answer, truth))
    assert outcome.passed is passed


def test_it_clears_away_its_own_files_only(tmp_path):
    mine = ["board/flash.img", "board/samples.bin", "board/probe.jsonl", "sessions/s000001.roll"]
    others = ["notes.txt", "board/keep", "sessions/s000002.roll", "sessions/s000002.strokes.csv"]
    for name in mine + others:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    demonstration._start_afresh(tmp_path)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()) == sorted(others)


def test_a_board_that_ends_by_itself_is_noticed_at_once(vm64, tmp_path):
    with run_board(tmp_path) as board:
        board.process.kill()
        with pytest.raises(RollerError, match="ended by itself"):
            board.wait_for(lambda notes: False, 30.0)


def test_a_board_that_is_never_done(vm64, tmp_path):
    with run_board(tmp_path) as board, pytest.raises(RollerError, match="was not done in 0 s"):
        board.wait_for(lambda notes: False, 0.1)


def test_a_board_that_cannot_start_says_why(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RollerError) as failed, run_board(tmp_path / "file"):
        pass
    assert "did not start: error: " in failed.value.cause
