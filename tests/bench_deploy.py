# SPDX-License-Identifier: MIT
"""How long a deploy takes, beside stock mpremote with the same sources. `make bench` runs it; it asserts nothing.

    python tests/bench_deploy.py

Whole commands are timed, from the start of Python to its end, on the virtual board: as it is, and over a modelled line
of 115200 baud, where roller may also ask for 921600 (modelled in every part). Bytes are counted at the port.
"""

import os
import pty
import select
import shutil
import subprocess
import sys
import tempfile
import termios
import threading
import time
import tty
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "host_tools"), str(HERE.parent / "firmware")]

from rolltools import FIRMWARE_DIR, console  # noqa: E402 - on the path just made
from rolltools.virtual.process import run_board  # noqa: E402

CHANGED = "recorder.py"
# After the first change the slot that does not run is empty, and gets copies of all other files; then it has them.
CASES = ("from nothing", "one file changed", "one file changed again")
# The command with its firmware from another folder, and with what it sends to another processor.
ROLLER = """
import pathlib, sys, rolltools
folder, arch = sys.argv[1:3]
del sys.argv[1:3]
rolltools.FIRMWARE_DIR = pathlib.Path(folder)
from rolltools import building, cli
if arch:
    building.architecture = lambda mpy: arch
sys.exit(cli.main())
"""


class Tap:
    """A port in front of a board's port that counts the bytes of both directions; a context manager."""

    def __init__(self, board_port: str) -> None:
        self._board = os.open(board_port, os.O_RDWR | os.O_NOCTTY)
        self._pc, self._slave = pty.openpty()
        for fd in (self._board, self._slave):
            tty.setraw(fd)
        self.port = os.ttyname(self._slave)
        self.to_board = self.from_board = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Tap":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for fd in (self._board, self._pc, self._slave):
            os.close(fd)

    def _serve(self) -> None:
        while not self._over.is_set():
            ready = select.select([self._board, self._pc], [], [], 0.05)[0]
            self._pass_on_the_rate()
            if self._pc in ready:
                self.to_board += os.write(self._board, os.read(self._pc, 128))
            if self._board in ready:
                self.from_board += os.write(self._pc, os.read(self._board, 4096))

    def _pass_on_the_rate(self) -> None:
        speeds = termios.tcgetattr(self._pc)[4:6]
        mine = termios.tcgetattr(self._board)
        if mine[4:6] != speeds:
            termios.tcsetattr(self._board, termios.TCSANOW, [*mine[:4], *speeds, mine[6]])


@dataclass
class Run:
    """What one command took."""

    seconds: float
    to_board: int
    from_board: int


def timed(tap: Tap, command: list[str]) -> Run:
    """Run a command; AssertionError with what it said when it fails."""
    before = tap.to_board, tap.from_board
    begin_s = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - begin_s
    assert done.returncode == 0, done.stdout + done.stderr
    return Run(seconds, tap.to_board - before[0], tap.from_board - before[1])


def stock(port: str, sources: Path) -> list[str]:
    """Return the command that copies the sources with mpremote."""
    return [sys.executable, "-m", "mpremote", "connect", port, "fs", "cp", "-r", f"{sources}/.", ":"]


def ours(port: str, sources: Path, arch: str = "") -> list[str]:
    """Return `roller deploy` with these sources, for the board's own processor or another."""
    return [sys.executable, "-c", ROLLER, str(sources), arch, "deploy", "--port", port]


def for_an_esp32(port: str, sources: Path) -> list[str]:
    """Return `roller deploy` with the machine code of an ESP32; the virtual board takes it, and cannot run it."""
    return ours(port, sources, "xtensawin")


def at_a_fast_rate(port: str, sources: Path) -> list[str]:
    """Return `roller deploy` at 921600 baud."""
    return [*ours(port, sources), "--baud", "921600"]


def measure(command: Callable[[str, Path], list[str]], with_line: bool) -> list[Run]:
    """Return what it takes in each of `CASES`."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        sources = Path(name) / "firmware"
        shutil.copytree(FIRMWARE_DIR, sources, ignore=shutil.ignore_patterns("__pycache__"))
        line = ["--line"] if with_line else ["--clock", "fast"]
        board = stack.enter_context(run_board(Path(name) / "board", *line))
        tap = stack.enter_context(Tap(board.port))
        port = tap.port
        runs = []
        for case in CASES:
            runs.append(timed(tap, command(port, sources)))
            (sources / CHANGED).write_bytes((sources / CHANGED).read_bytes() + f"\n\nAFTER = {case!r}\n".encode())
        return runs


def main() -> None:
    """Print each with its bytes, and how many times faster than mpremote it is."""
    rows = []
    for with_line in (False, True):
        base = measure(stock, with_line)
        found = {"mpremote": base, "roller": measure(ours, with_line)}
        if with_line:
            found["roller, for an ESP32"] = measure(for_an_esp32, True)
            found["roller, 921600 baud"] = measure(at_a_fast_rate, True)
        for case, what in enumerate(CASES):
            for tool, runs in found.items():
                run, times = runs[case], base[case].seconds / runs[case].seconds
                line = "115200 baud" if with_line else "no line"
                rows.append((what, line, tool, f"{run.seconds:.2f}", f"{times:.1f}", run.to_board, run.from_board))
    columns = ("deploy", "line", "tool", ">s", ">times faster", ">B to board", ">B from board")
    console.table(columns, rows, "mpremote fs cp -r, and roller deploy")


if __name__ == "__main__":
    main()
