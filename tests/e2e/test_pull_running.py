# SPDX-License-Identifier: MIT
"""Pulls from a board that goes on rolling: nothing is interrupted, nothing is lost, and contact comes first."""

import json
import os

import pytest
from fakes.roll_files import write_roll
from fakes.virtual_boards import Flash, add_sessions, roller, until, with_firmware, write_rows

from rolltools.errors import NotNowError
from rolltools.link import AppLink, Link, NoAppError
from rolltools.pulling import pull
from rolltools.session_log import read_session
from rolltools.session_source import RunningBoard
from rolltools.virtual.process import run_board

NOT_NOW = 75


def pulled(board, to, *options):
    done = roller("pull", "--port", board.port, "--to", str(to), "--json", *options)
    return done, json.loads(done.stdout)["sessions"] if done.returncode == 0 else None


@pytest.fixture
def rolling(firmware_image, tmp_path):
    """Run a board that has two sessions, rests for a while, is pressed for 4 s, and rests again."""
    folder = with_firmware(firmware_image, tmp_path / "board")
    files = {f"s00000{n}.roll": write_roll(tmp_path / "made", strokes=n * 60, sealed=True).read_bytes() for n in (1, 2)}
    add_sessions(folder, files | {"settings.txt": b"x"})
    samples = write_rows(tmp_path / "samples.csv", [(6, 1, 0, -1.47), (4, 1, 0, 3.53), (200, 1, 0, -1.47)])
    with run_board(folder, "--samples", str(samples)) as board:
        board.folder, board.files = folder, files
        until(lambda: any(note["name"] == "samples" for note in board.notes()))
        yield board


def lights(board):
    """Return how the light changed that burns in a session."""
    return [note["value"] for note in board.notes() if note["name"] == "led"]


def contact_begins(board):
    """Wait for the contact; the app says so."""
    with AppLink(board.port) as app:
        until(lambda: app.ask("status")["contact"], 20, 0.05)


def test_sessions_come_while_the_app_goes_on_and_contact_comes_first(rolling, tmp_path):
    to = tmp_path / "to"
    _, first = pulled(rolling, to)
    assert [(s["name"], s["new"], s["strokes"]) for s in first] == [("s000001", True, 60), ("s000002", True, 120)]
    assert {path.name: path.read_bytes() for path in to.glob("*.roll")} == rolling.files
    _, again = pulled(rolling, to)
    assert [s["new"] for s in again] == [False, False]
    contact_begins(rolling)
    refused, _ = pulled(rolling, to)
    assert refused.returncode == NOT_NOW and "in contact" in refused.stderr and "--stop" in refused.stderr
    done, all_of_it = pulled(rolling, to, "--stop")
    assert [(s["name"], s["new"]) for s in all_of_it] == [("s000001", False), ("s000002", False), ("s000003", True)]
    session = read_session(to / "s000003.roll")
    assert (session.state, session.gaps) == ("complete", [])
    until(lambda: lights(rolling)[:3] == [1, 0, 1])  # it goes on in contact after --stop
    marks = [name for name in Flash(rolling.folder).files("/sessions") if name.endswith(".pulled")]
    assert len(marks) == 3


def test_a_board_at_its_prompt_has_no_app(firmware_image, tmp_path):
    folder = with_firmware(firmware_image, tmp_path / "board")
    with run_board(folder, "--clock", "fast") as board:
        with Link(board.port, restart=False):
            pass
        with AppLink(board.port) as app, pytest.raises(NoAppError) as failed:
            app.ask("status")
        assert "no app answers" in failed.value.cause and "roller deploy" in failed.value.cure
        done, sessions = pulled(board, tmp_path / "to")
        assert sessions == [] and done.stderr == ""


@pytest.mark.exhaustive
def test_a_thousand_rounds_of_open_pull_close_in_a_running_session(firmware_image, tmp_path):
    """0 resets, 0 lost samples, refusals only in contact."""
    rounds = int(os.environ.get("ROUNDS", "1000"))
    folder = with_firmware(firmware_image, tmp_path / "board")
    files = {"s000001.roll": write_roll(tmp_path / "made", strokes=30, sealed=True).read_bytes()}
    add_sessions(folder, files)
    cycle = [(2.0, 1, 0, 3.53), (2.0, 1, 0, -1.47)]
    samples = write_rows(tmp_path / "samples.csv", [(3, 1, 0, -1.47), *cycle * 400])
    pulls = refusals = wrong = resets = last_ms = 0
    with run_board(folder, "--samples", str(samples)) as board:
        until(lambda: any(note["name"] == "samples" for note in board.notes()))
        for number in range(rounds):
            before, done, after = open_pull_close(board, tmp_path / str(number))
            pulls += done is not None
            refusals += done is None
            wrong += done is None and not (before["contact"] or after["contact"])
            resets += not last_ms < before["t_ms"] < after["t_ms"]
            last_ms = after["t_ms"]
            assert done is None or done == files["s000001.roll"]
        with Link(board.port, restart=False):
            pass
    path = tmp_path / "log.roll"
    path.write_bytes(Flash(folder).files("/sessions")["/sessions/s000002.roll"])
    session = read_session(path)
    print(f"\n{rounds} rounds: {pulls} pulls, {refusals} refusals, {wrong} of them out of contact, {resets} resets")
    print(f"one session of {session.duration_s:.0f} s, {len(session.gaps)} gaps")
    assert resets == wrong == 0 and session.gaps == [] and pulls and refusals
    assert session.duration_s > (last_ms / 1000) - 10


def open_pull_close(board, to):
    """Return the status before, the file that came (None: refused), and the status after."""
    with AppLink(board.port) as app:
        before = app.ask("status")
        try:
            source = RunningBoard(app)
            pull(source, [entry for entry in source.sessions() if entry.name == "s000001"], to)
            done = (to / "s000001.roll").read_bytes()
        except NotNowError:
            done = None
        return before, done, app.ask("status")
