# SPDX-License-Identifier: MIT
"""Replays a recording through the firmware's own engine, on CPython or on real MicroPython, with the same result."""

import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from rollcore.settings import Settings

from . import FIRMWARE_DIR, replay_runner
from . import routine as routines
from .errors import RollerError
from .recording import Recording, engine_rows
from .replay_result import Row, compose
from .vm import micropython_command

VMS = ("cpython", "micropython")
GAP_MS = 100  # the engine is told of a longer step in the recording's time
_HEAP = "4M"
_RUNNER = Path(replay_runner.__file__)

Advance = Callable[[float], None]


def replay(
    recording: Recording,
    settings: dict[str, Any] | None = None,
    vm: str = "cpython",
    advance: Advance | None = None,
    routine: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what the engine finds in a recording: strokes, overpressure, cues and session totals.

    `settings` and `routine` are those of their files; the rate and what is known about the force come from the
    recording. `advance` is told the number of samples done. Raises RollerError when the settings or the routine are
    wrong or there is no VM.
    """
    job = make_job(recording, settings, routine)
    return compose(run_job(job, vm, advance), float(recording.t_s[0]), float(recording.t_s[-1]))


def make_job(
    recording: Recording, settings: dict[str, Any] | None = None, routine: dict[str, Any] | None = None
) -> bytes:
    """Return the integers that `replay_runner` works on; RollerError when the settings or the routine are wrong."""
    engine_settings = _engine_settings(recording, settings)
    values = integers(engine_settings)
    steps = routines.rows(routine, engine_settings) if routine else ()
    dt_us = round(1e6 / recording.rate_hz)
    gap_ms = max(GAP_MS, round(3000 / recording.rate_hz))
    return job_head(dt_us, gap_ms, len(recording), values, steps) + engine_rows(recording).astype("<i4").tobytes()


def job_head(
    dt_us: int,
    gap_ms: int,
    samples: int,
    settings: dict[str, int],
    steps: Sequence[routines.Row] = (),
    state: bytes = b"",
) -> bytes:
    """Return what comes ahead of the samples of a job for `replay_runner`."""
    counts = (dt_us, gap_ms, samples, len(settings), len(steps), len(state))
    parts = [struct.pack("<7i", replay_runner.MAGIC, *counts)]
    for name, value in settings.items():
        parts.append(struct.pack(f"<{len(name) + 2}i", len(name), *name.encode("ascii"), value))
    parts += [struct.pack(f"<{replay_runner.STEP_WORDS}i", *step) for step in steps]
    return b"".join(parts) + state + bytes(-len(state) % 4)


def _engine_settings(recording: Recording, given: dict[str, Any] | None) -> Settings:
    settings = checked_settings(given or {})
    settings.rate_hz = round(recording.rate_hz)
    settings.force_as_is = recording.force_as_is
    return settings


def checked_settings(given: dict[str, Any]) -> Settings:
    """Return the settings of a file; RollerError with cause and cure when they are wrong."""
    try:
        return Settings.from_dict(given)
    except ValueError as error:
        cause, _, cure = str(error).partition(": ")
        raise RollerError(f"the settings are wrong: {cause}", cure or "see roller settings --help") from error


def integers(settings: Settings) -> dict[str, int]:
    """Return the engine's settings: computed here once, so that no VM's floats can differ."""
    return {name: int(value) for name, value in vars(settings).items() if not name.startswith("_")}


def run_job(job: bytes, vm: str = "cpython", advance: Advance | None = None) -> list[Row]:
    """Return the event rows of a job; RollerError when there is no such VM."""
    if vm not in VMS:
        raise RollerError(f"there is no VM called {vm}", f"choose one of {', '.join(VMS)}")
    advance = advance or (lambda _count: None)
    return _run_here(job, advance) if vm == "cpython" else run_on(micropython_command(), job, advance)


def _run_here(job: bytes, advance: Advance) -> list[Row]:
    rows: list[Row] = []
    replay_runner.run(BytesIO(job), lambda row: rows.append(tuple(row)), advance)
    return rows


@contextmanager
def _job_file(job: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        path = Path(folder) / "job"
        path.write_bytes(job)
        yield path


def run_on(command: list[str], job: bytes, advance: Advance) -> list[Row]:
    """Run a job on the MicroPython that `command` starts and return its event rows; RollerError when it fails."""
    with _job_file(job) as path, tempfile.TemporaryFile("w+") as complaints:
        line = [*command, "-X", f"heapsize={_HEAP}", str(_RUNNER), str(FIRMWARE_DIR), str(path)]
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=complaints, text=True) as process:
            try:
                rows, ended, last = _read_rows(process, advance)
            except BaseException:
                process.kill()
                raise
        if process.returncode == 0 and ended:
            return rows
        complaints.seek(0)
        said = complaints.read().strip().splitlines()
    reason = said[-1] if said else last or f"exit code {process.returncode}"
    raise RollerError(f"the engine failed on MicroPython: {reason}", "use --vm cpython, and report this with the file")


def _read_rows(process: "subprocess.Popen[str]", advance: Advance) -> tuple[list[Row], bool, str]:
    rows: list[Row] = []
    ended, line = False, ""
    assert process.stdout is not None
    for line in process.stdout:
        kind, *numbers = line.split() or [""]
        if kind == "e":
            rows.append(tuple(int(n) for n in numbers))
        elif kind == "p":
            advance(int(numbers[0]))
        ended = kind == "end"
    return rows, ended, line.strip()
