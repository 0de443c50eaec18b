# SPDX-License-Identifier: MIT
"""`roller replay`: a recorded session through the firmware's own engine."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import console
from ..errors import RollerError

_LONG_SAMPLES = 20000  # about a second and more; below there is nothing to watch


def replay(
    recording: Annotated[Path, typer.Argument(metavar="IN.csv", help="Samples: t,ax,ay,az,gx,gy,gz,force[,motor].")],
    out: Annotated[Path | None, typer.Option("--out", help="The JSON to write; without it, it is printed.")] = None,
    settings: Annotated[Path | None, typer.Option("--settings", help="Settings as JSON; defaults otherwise.")] = None,
    vm: Annotated[str, typer.Option("--vm", help="Run the engine on: cpython, micropython.")] = "cpython",
    routine: Annotated[Path | None, typer.Option("--routine", help="A routine as JSON to lead through.")] = None,
) -> None:
    """Run the engine over a recorded session.

    The firmware's own engine, on CPython or on MicroPython; both find the same.

    \b
    Example:
      roller replay walk.csv --out walk.json --vm micropython
    """
    from .. import replay as tool
    from ..recording_csv import read_csv
    from ..routine import read as read_routine

    steps = read_routine(routine) if routine else None
    chosen = read_settings(settings) if settings else {}
    with console.progress(f"Reading {recording.name}"):
        samples = read_csv(recording)
    for warning in samples.warnings:
        console.note(f"warning: {warning}")
    if len(samples) < _LONG_SAMPLES:
        answer = tool.replay(samples, chosen, vm, routine=steps)
    else:
        with console.progress(f"Replaying {recording.name}", len(samples)) as advance:
            answer = tool.replay(samples, chosen, vm, advance, steps)
    if out is None:
        console.print_json(answer)
    else:
        out.write_text(json.dumps(answer, indent=2, allow_nan=False) + "\n")
        session = answer["session"]
        alarms = len(answer["overpressure"])
        console.say(f"{session['strokes']} strokes, {alarms} over-pressure alarms: {console.printable(out)}")


def read_settings(path: Path) -> dict[str, Any]:
    """Return the settings in a JSON file, not yet validated; RollerError when it holds no JSON object."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RollerError(f"{path} is not JSON: {error}", "give one JSON object of setting names and values") from error
    if not isinstance(given, dict):
        raise RollerError(f"{path} holds no JSON object", "give one JSON object of setting names and values")
    return given
