# SPDX-License-Identifier: MIT
"""`roller live --json` at a rolling board: what it tells is what the log says later, and it costs no sample."""

import json
import signal
import subprocess
import sys
from itertools import pairwise

import pytest
from fakes.virtual_boards import session_bytes, until, with_firmware

from rolltools import hand
from rolltools.link import Link
from rolltools.recording import write_csv
from rolltools.session_log import read_session
from rolltools.virtual.process import run_board

ROLLS_S = 40.0


@pytest.fixture(scope="module")
def told(firmware_image, tmp_path_factory):
    """Return the lines of a session from some way in to its end, how the command ended, and the session's log."""
    tmp = tmp_path_factory.mktemp("live")
    folder = with_firmware(firmware_image, tmp / "board")
    with (tmp / "samples.csv").open("w") as stream:
        write_csv(hand.make("kneads", 3, duration_s=ROLLS_S).recording, stream)
    with run_board(folder, "--clock", "fast", "--samples", str(tmp / "samples.csv")) as board:
        with Link(board.port) as link:
            link.write_file("/settings.json", b'{"session_gap_s": 5, "over_limit_n": 12}')
        command = [sys.executable, "-m", "rolltools", "live", "--json", "--port", board.port]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            lines = until_the_session_is_over(process.stdout)
            process.send_signal(signal.SIGINT)
            ended = process.wait(20), process.stderr.read()
        data = until(lambda: session_bytes(folder, "s000001"), 30, 0.1)
    (tmp / "s000001.roll").write_bytes(data)
    return lines, ended, read_session(tmp / "s000001.roll")


def until_the_session_is_over(stream):
    """Return the objects up to the first that is felt after a session."""
    lines, in_session = [], False
    while True:
        lines.append(json.loads(stream.readline()))
        if in_session and lines[-1].get("session") is False:
            return lines
        in_session = lines[-1].get("session", in_session)


def felt(lines):
    return [line for line in lines if "t_s" in line]


def test_it_ends_with_ctrl_c_and_without_a_word(told):
    assert told[1] == (0, b"")


def test_values_come_about_twenty_times_a_second_of_the_boards_clock(told):
    times = [line["t_s"] for line in felt(told[0])]
    assert times == sorted(times) and times[-1] - times[0] > 10
    assert 17 <= (len(times) - 1) / (times[-1] - times[0]) <= 21
    assert max(b - a for a, b in pairwise(times)) < 0.5


def test_strokes_are_those_of_the_log(told):
    lines, _, session = told
    last = felt(lines)[-1]["stroke"]
    known = {stroke.id: stroke for stroke in session.strokes}
    assert last["id"] == session.strokes[-1].id
    ids = {line["stroke"]["id"] for line in felt(lines) if line["stroke"]}
    assert len(ids) > 5 and ids <= set(known)
    assert felt(lines)[-1]["strokes"]["live"] == len(ids)
    assert last["length_cm"] == pytest.approx(known[last["id"]].length_cm, abs=0.1)
    assert last["dir"] == known[last["id"]].dir


def test_the_status_tells_the_limits_that_the_board_runs_with(told):
    states = [line["status"] for line in told[0] if "status" in line]
    assert {state["limits"]["over_limit_n"] for state in states} == {12.0}
    assert {state["board"] for state in states} == {"thing_plus"} and states[-1]["faults"] == []


def test_it_costs_no_sample(told):
    session = told[2]
    assert (session.state, session.gaps, session.faults) == ("complete", [], [])
