# SPDX-License-Identifier: MIT
"""The board's process is killed in the middle of a session: what was on the flash is what is pulled, and it says so."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from fakes.virtual_boards import Flash, pull_all, session_bytes, until, with_firmware

from rolltools import hand, replay
from rolltools.link import Link
from rolltools.recording import Recording, write_csv
from rolltools.session import COMPLETE, TRUNCATED
from rolltools.session_log import read_session
from rolltools.virtual.process import run_board

IDLE_S = 14.0  # the log is flushed when nothing was touched for 10 s


def demo_of(seed: int) -> Recording:
    return replace(hand.make("demo", seed).recording, motor=None)


def one_after_the_other(first: Recording, second: Recording) -> Recording:
    """Return both with a rest between them that brings the log to the flash, but does not end the session."""
    rest = round(IDLE_S * first.rate_hz)
    noise = np.random.default_rng(1).normal(0.0, 1.0, (rest, 3))
    accel = [first.accel_g, first.accel_g[-1] + 0.001 * noise, second.accel_g]
    gyro = [first.gyro_dps, first.gyro_dps[-1] + 0.02 * noise, second.gyro_dps]
    force = np.concatenate([first.force_n, first.force_n[-1] + 0.002 * noise[:, 0], second.force_n])
    return replace(
        first,
        t_s=np.arange(len(force)) / first.rate_hz,
        accel_g=np.concatenate(accel),
        gyro_dps=np.concatenate(gyro),
        force_n=force,
    )


@pytest.fixture(scope="module")
def earlier(firmware_image, tmp_path_factory):
    """Return a board's folder with one whole session, pulled by nobody, and settings of its own."""
    folder = with_firmware(firmware_image, tmp_path_factory.mktemp("earlier"))
    samples = folder / "samples.csv"
    with samples.open("w") as stream:
        write_csv(demo_of(2), stream)
    with run_board(folder, "--samples", str(samples), "--clock", "fast") as board:
        with Link(board.port) as link:
            link.write_file("/settings.json", json.dumps({"over_limit_n": 9.5}).encode())
        until(lambda: ended(board) and is_complete(folder, "s000001"), 60)
    return folder


def ended(board):
    lights = [note["value"] for note in board.notes() if note["name"] == "led"]
    return 1 in lights and lights[-1] == 0


def is_complete(folder, name):
    data = session_bytes(folder, name)
    path = folder / f"{name}.roll"
    path.write_bytes(data)
    return bool(data) and read_session(path).state == COMPLETE


def cut(folder, tmp_path, enough):
    """Run a second session in `folder` and kill the board as soon as `enough(its file)`; return the file as it was."""
    recording = one_after_the_other(demo_of(1), demo_of(3))
    samples = tmp_path / "samples.csv"
    with samples.open("w") as stream:
        write_csv(recording, stream)
    with run_board(folder, "--samples", str(samples), "--clock", "fast") as board:
        until(lambda: enough(session_bytes(folder, "s000002")), 60)
        board.process.kill()
        board.process.wait()
        assert not ended(board)  # in the middle of the session
    return session_bytes(folder, "s000002")


@pytest.fixture(scope="module")
def after_the_cut(earlier, firmware_image, tmp_path_factory):
    """Return the flash of a board that was killed after its first page, the page, and what was pulled then."""
    tmp = tmp_path_factory.mktemp("cut")
    folder = with_firmware(earlier / "flash.img", tmp / "board")
    page = cut(folder, tmp, len)
    before = Flash(folder).files()
    with run_board(folder, "--clock", "fast") as board, Link(board.port) as link:
        pulled = pull_all(link, tmp / "pulled")
    return before, page, pulled, tmp / "pulled", folder


def test_every_stroke_up_to_the_last_page_is_there_and_the_file_says_truncated(after_the_cut, tmp_path):
    _, page, pulled, to, _ = after_the_cut
    assert [(p.name, p.state) for p in pulled] == [("s000001", COMPLETE), ("s000002", TRUNCATED)]
    assert (to / "s000002.roll").read_bytes() == page
    session = read_session(to / "s000002.roll")
    first = replay.replay(demo_of(1), {"over_limit_n": 9.5})["strokes"]
    assert len(first) > 20
    assert [(s.dir, s.kind) for s in session.strokes[: len(first)]] == [(s["dir"], s["kind"]) for s in first]
    assert pulled[1].strokes == len(session.strokes)
    assert (
        session.started_utc is None
    )  # nobody has set the clock since the power came back: no date is better than 2000


def test_nothing_else_is_lost(after_the_cut, earlier):
    before, page, _, to, folder = after_the_cut
    after = Flash(folder).files()
    assert (to / "s000001.roll").read_bytes() == session_bytes(earlier, "s000001")
    marks = {"/sessions/s000001.pulled", "/sessions/s000002.pulled"}
    assert {name: data for name, data in after.items() if name not in marks} == before
    assert json.loads(after["/settings.json"]) == {"over_limit_n": 9.5}


def test_the_session_ran_with_the_settings_of_the_board(after_the_cut):
    session = read_session(after_the_cut[3] / "s000002.roll")
    assert session.settings["over_limit_n"] == 9.5


def test_the_next_session_gets_the_next_number(after_the_cut, tmp_path):
    folder = with_firmware(after_the_cut[4] / "flash.img", tmp_path / "board")
    samples = tmp_path / "samples.csv"
    with samples.open("w") as stream:
        write_csv(demo_of(2), stream)
    with run_board(folder, "--samples", str(samples), "--clock", "fast") as board:
        until(lambda: ended(board) and is_complete(folder, "s000003"), 60)
    assert session_bytes(folder, "s000002") == after_the_cut[1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("delay_s", [0.05 * k for k in range(20)])
def test_a_cut_at_any_moment_loses_nothing_that_was_flushed(earlier, tmp_path, delay_s):
    """Killed within an erase or a program of the second session's pages as well."""
    folder = with_firmware(earlier / "flash.img", tmp_path / "board")
    begun = []

    def later(page):
        if page and not begun:
            begun.append((time.monotonic(), page))
        return begun and time.monotonic() > begun[0][0] + delay_s

    page = cut(folder, tmp_path, later)
    assert page[: len(begun[0][1])] == begun[0][1]
    with run_board(folder, "--clock", "fast") as board, Link(board.port) as link:
        pulled = pull_all(link, tmp_path / "pulled")
    assert pulled[0].state == COMPLETE
    assert pulled[1].state in (COMPLETE, TRUNCATED)
    assert (tmp_path / "pulled" / "s000002.roll").read_bytes() == page
