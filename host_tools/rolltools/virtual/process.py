# SPDX-License-Identifier: MIT
"""A virtual board as a process of its own, as a user starts it, and what its probes show."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import RollerError

NOTES_NAME = "probe.jsonl"
_POLL_S = 0.02
_END_S = 5.0


class BoardProcess:
    """A running `roller virtual-board`; `port` is what mpremote connects to."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path, port: str) -> None:
        self.process = process
        self.port = port
        self._notes = folder / NOTES_NAME

    def notes(self) -> list[dict[str, Any]]:
        """Return what the probes have shown so far: {"t_s", "name", "value"}, whole lines only."""
        text = self._notes.read_text() if self._notes.exists() else ""
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def wait_for(
        self, what: Callable[[list[dict[str, Any]]], bool], timeout_s: float, tick: Callable[[], None] | None = None
    ) -> None:
        """Wait until `what(notes)` is true; RollerError when the board dies or `timeout_s` passes."""
        end = time.monotonic() + timeout_s
        while not what(self.notes()):
            if self.process.poll() is not None:
                raise RollerError("the virtual board ended by itself", "run `roller virtual-board` to see why")
            if time.monotonic() > end:
                raise RollerError(
                    f"the virtual board was not done in {timeout_s:.0f} s", "run it again; report it if it stays so"
                )
            if tick:
                tick()
            time.sleep(_POLL_S)


@contextmanager
def run_board(folder: Path, *options: str) -> Iterator[BoardProcess]:
    """Run `roller virtual-board --dir FOLDER OPTIONS...` for the length of a with-block."""
    command = [sys.executable, "-m", "rolltools", "virtual-board", "--dir", str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout and process.stderr
        port = process.stdout.readline().strip()
        if not port:
            said = process.stderr.read().strip().splitlines() or ["it said nothing"]
            raise RollerError(f"the virtual board did not start: {said[0]}", "run `roller virtual-board` to see why")
        yield BoardProcess(process, folder, port)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
