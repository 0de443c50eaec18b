# SPDX-License-Identifier: MIT
"""Runs a script of this folder in the 64-bit MicroPython; it prints one JSON object."""

import json
import os
import subprocess
from pathlib import Path

from rolltools.vm import micropython_command

HERE = Path(__file__).parent


def run(name: str, *arguments: object) -> dict:
    """Return what `name` prints; RollerError where there is no such VM."""
    command = [*micropython_command(), "-X", "heapsize=8M", HERE / name, *arguments]
    path = {**os.environ, "MICROPYPATH": str(HERE.parents[1] / "firmware")}
    done = subprocess.run([str(word) for word in command], env=path, capture_output=True, text=True)
    if not done.stdout.startswith("{"):  # a traceback; the exit code is 0 all the same
        raise AssertionError(done.stdout + done.stderr)
    return json.loads(done.stdout)
