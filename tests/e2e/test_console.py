# SPDX-License-Identifier: MIT
"""Requests on the real port of a running board, a flood of noise there, and a board that sleeps and wakes."""

import json
import random

import pytest
from fakes.virtual_boards import Flash, Terminal, session_bytes, until, with_firmware, write_rows

from rollcore.fields import STATE_NAMES
from rollcore.logformat import DEVICE
from rolltools.link import Link
from rolltools.session_log import iter_records, read_session
from rolltools.virtual.process import run_board

SESSION_S = 60
NOISE_BYTES = 1_000_000
CTRL_C = 3


def ask(terminal, request):
    """Send a request and return its answer."""
    terminal.type(b"\n@" + request + b"\n")
    terminal.hear(b'@{"' + request.split()[0])
    rest = terminal.hear(b"\n")
    return json.loads('{"' + request.split()[0].decode() + rest.decode())


def ask_in_noise(terminal):
    """Ask for the status; None when the request was lost, as what comes faster than it is read is lost."""
    try:
        terminal.type(b"\n@status\n")
        terminal.hear(b'@{"status": ', 1.0)
    except AssertionError:
        return None
    return json.loads(terminal.hear(b"\n").decode().rstrip()[:-1])


@pytest.fixture
def board(firmware_image, tmp_path):
    """Return a running board that is pressed for a minute, and its folder."""
    samples = write_rows(tmp_path / "samples.csv", [(2, 1, 0, -1.47), (SESSION_S, 1, 0, 3.53), (30, 1, 0, -1.47)])
    folder = with_firmware(firmware_image, tmp_path / "board")
    with run_board(folder, "--clock", "real", "--samples", str(samples)) as running:
        running.folder = folder
        yield running


def test_a_host_asks_and_marks_and_the_session_goes_on(board):
    with Terminal(board.port) as terminal:
        until(lambda: STATE_NAMES[ask(terminal, b"status")["status"]["state"]] == "session", 15, 0.2)
        assert ask(terminal, b"mark") == {"mark": True}
        assert ask(terminal, b"live on") == {"live": True}
        terminal.hear(b'@{"live": [')
        assert ask(terminal, b"live off") == {"live": False}
        terminal.prompt()  # Ctrl-C: the prompt, and the session is on the flash
        data = until(lambda: session_bytes(board.folder, "s000001"))
        terminal.type(b"\x04")  # leaving it starts the app again
        terminal.hear(b"soft reboot")
        assert until(lambda: ask(terminal, b"status"), 15)["status"]["faults"] == []
    path = board.folder / "s000001.roll"
    path.write_bytes(data)
    session = read_session(path)
    assert (session.state, len(session.marks), session.gaps) == ("complete", 1, [])


def test_a_million_bytes_of_noise_cost_no_sample(firmware_image, tmp_path):
    samples = write_rows(tmp_path / "samples.csv", [(2, 1, 0, -1.47), (900, 1, 0, 3.53), (70, 1, 0, -1.47)])
    folder = with_firmware(firmware_image, tmp_path / "board")
    chance = random.Random(6)
    with run_board(folder, "--clock", "fast", "--samples", str(samples)) as running:
        with Terminal(running.port) as terminal:
            first = ask(terminal, b"status")["status"]
            sent = 0
            while sent < NOISE_BYTES:
                noise = bytes(b for b in chance.randbytes(4096) if b != CTRL_C)
                terminal.type(noise)
                sent += len(noise)
            last = until(lambda: ask_in_noise(terminal), 60)
        until(lambda: b"\xff" and session_bytes(folder, "s000001"), 120, 0.5)
        with Link(running.port, restart=False):
            pass
    (data,) = [data for name, data in Flash(folder).files("/sessions").items() if name.endswith(".roll")]
    path = tmp_path / "s000001.roll"
    path.write_bytes(data)
    session = read_session(path)
    assert session.gaps == [] and session.faults == []
    print(f"\n{sent} bytes sent within {(last['t_ms'] - first['t_ms']) / 1000:.0f} s")


def test_a_board_sleeps_and_motion_wakes_it_for_the_next_session(firmware_image, tmp_path):
    rows = [(60, 1, 0, -1.47), (0.3, 0, 1, 0), (2, 1, 0, -1.47), (4, 1, 0, 3.53), (30, 1, 0, -1.47)]
    samples = write_rows(tmp_path / "samples.csv", rows)
    folder = with_firmware(firmware_image, tmp_path / "board")
    with run_board(folder, "--clock", "fast", "--samples", str(samples)) as running:
        with Link(running.port) as link:
            link.write_file("/settings.json", b'{"sleep_s": 30, "session_gap_s": 5}')
            link.exec("import machine; machine.world().chips['gauge'].rate_x10 = -60")
        data = until(lambda: session_bytes(folder, "s000001"), 60, 0.3)
    path = tmp_path / "s000001.roll"
    path.write_bytes(data)
    (device,) = [record.payload for record in iter_records(path) if record.code == DEVICE]
    assert json.loads(device)["reset"] == "deep sleep"
