# SPDX-License-Identifier: MIT
"""KiCad 6 without a screen: its schematic editor, steered by kiauto (KiCad 6 has no command line for schematics)."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from rollhardware.errors import HardwareError

TIMEOUT_S = 60
TRIES = 2  # a window may come up without the focus on a busy machine
_MODULES = "/usr/lib/python3/dist-packages"  # where Debian keeps KiCad's Python modules
_MESSAGE = re.compile(r"^\[(\w+)\]: (.*)$")
_DATE = re.compile(r" date \d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}")


def erc(sheet: Path) -> list[str]:
    """Return what KiCad's check of the electrical rules finds: one line each, with severity and places."""
    report = _run(sheet, ["run_erc"], f"{sheet.stem}.erc")
    found: list[str] = []
    for line in report.splitlines():
        message = _MESSAGE.match(line)
        if message:
            found.append(f"{message[1]}: {message[2]}")
        elif found and line.startswith("    "):
            found[-1] += " | " + line.strip(" ;")
    counts = re.search(r"ERC messages: (\d+)", report)
    if not counts or int(counts[1]) != len(found):
        raise HardwareError(f"KiCad's report on {sheet.name} reads otherwise than expected:\n{report}")
    return found


def netlist(sheet: Path) -> str:
    """Return KiCad's netlist of a schematic."""
    return _run(sheet, ["netlist"], f"{sheet.stem}.net")


def svg(sheet: Path) -> str:
    """Return KiCad's plot of a schematic, on a ground of its own: black on nothing is lost on a dark page."""
    return without_date(_run(sheet, ["export", "--file_format", "svg", "--background_color"], f"{sheet.stem}.svg"))


def without_date(plot: str) -> str:
    """Return a plot without the time at which it was made, which would differ on each run."""
    return _DATE.sub("", plot)


def _run(sheet: Path, command: list[str], result: str) -> str:
    """Run a command of kiauto and return the file that it makes; its exit code only counts the findings.

    HOME is a new folder, so that nobody's settings of KiCad change what is made, or are changed.
    """
    tool = Path(sys.executable).parent / "eeschema_do"
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as out:
            settings = {"HOME": home, "PATH": os.environ["PATH"], "PYTHONPATH": _MODULES, "LANG": "C.UTF-8"}
            said = _finish([str(tool), *command, str(sheet), out], settings)
            if (Path(out) / result).is_file():
                return (Path(out) / result).read_text(encoding="utf-8")
    raise HardwareError(f"KiCad made no {result} in {TRIES} tries. The last one said:\n{said}")


def _finish(command: list[str], settings: dict[str, str]) -> str:
    """Run a command and return what it said; when it takes too long, end it with all that it started."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=settings, stdout=pipe, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as run:
        try:
            return run.communicate(timeout=TIMEOUT_S)[0]
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            return run.communicate()[0] + f"\n(it took more than {TIMEOUT_S} s)"
