# SPDX-License-Identifier: MIT
"""An app that dies at every start: after three of them the board stays in safe mode, and can be mended."""

import serial
from fakes.virtual_boards import Flash, mpremote, until, with_firmware

from rolltools import FIRMWARE_DIR
from rolltools.checkup import checkup
from rolltools.link import Link
from rolltools.virtual.process import run_board

BREAK = b"\n\ndef _die(self, t_ms, in_contact):\n    raise RuntimeError('injected')\n\n\nRecorder.turn = _die\n"
STARTED, DEAD, SAFE = "samples", ("rgb", [0, 0, 0]), ("led", 1)


def notes(board):
    return [(note["name"], note["value"]) for note in board.notes()]


def starts(board):
    """Return how often the app has begun to read its samples."""
    return sum(name == STARTED for name, _ in notes(board))


def wait_for_the_watchdog(board):
    """Let time pass at the prompt of a board whose app died: the modelled clock stands still there by itself."""
    with serial.Serial(board.port, timeout=5) as port:
        port.write(b"import time; time.sleep(3)\r")
        port.read_until(b"sleep(3)\r\n")  # closing it any sooner would take the line back


def test_a_board_whose_app_dies_ends_in_safe_mode_and_can_be_mended(firmware_image, tmp_path):
    folder = with_firmware(firmware_image, tmp_path / "board")
    files = Flash(folder).files()
    path = "/" + files["/active"].decode().strip() + "/recorder.py"
    with run_board(folder, "--clock", "fast") as board:
        with Link(board.port) as link:
            link.write_file(path, (FIRMWARE_DIR / "recorder.py").read_bytes() + BREAK)  # goes before recorder.mpy
            well = starts(board)
        for failed in (1, 2, 3):
            until(lambda failed=failed: starts(board) == well + failed and notes(board)[-1:] == [DEAD])
            wait_for_the_watchdog(board)
        until(lambda: notes(board)[-1:] == [SAFE])
        kept = mpremote(board.port, "resume", "exec", "import machine; print(machine.RTC().memory())").stdout
        assert kept.strip() == b"b'F\\x00'"
        with Link(board.port) as link:
            said = {finding.what: finding for finding in checkup(link)}
            assert "the app failed 3 times in a row (RuntimeError: injected)" in said["starts"].says
            assert "three times" in said["faults"].says and "died of an error" in said["faults"].says
            assert said["files"].says.endswith("recorder.py")
            link.exec(f"import os; os.remove({path!r})")
        until(lambda: starts(board) == well + 4)
