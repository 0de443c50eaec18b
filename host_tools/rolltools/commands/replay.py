# SPDX-License-Identifier: MIT
"""`roller replay`: a recorded session through the firmware's own engine."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import console

_LONG_SAMPLES = 20000  # about a second and more; below there is nothing to watch


def replay(
    recording: Annotated[
        Path, typer.Argument(metavar="IN", help="Samples (t,ax,ay,az,gx,gy,gz,force[,motor]), or a NAME.roll.")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="The JSON to write; without it, it is printed.")] = None,
    settings: Annotated[Path | None, typer.Option("--settings", help="Settings as JSON; defaults otherwise.")] = None,
    vm: Annotated[str, typer.Option("--vm", help="Run the engine on: cpython, micropython.")] = "cpython",
    routine: Annotated[Path | None, typer.Option("--routine", help="A routine as JSON to lead through.")] = None,
) -> None:
    """Run the engine over a recorded session.

    The firmware's own engine, on CPython or on MicroPython; both find the same. A session file with a full trace holds
    the engine's state, settings and routine as well: it is found whether the engine says the same again.

    \b
    Example:
      roller replay walk.csv --out walk.json --vm micropython
      roller replay sessions/s000001.roll
    """
    if recording.suffix == ".roll":
        if settings or routine:
            raise typer.BadParameter("a session file has its own settings and routine")
        answer = _replay_log(recording, vm)
    else:
        answer = _replay_csv(recording, settings, routine, vm)
    if out is None:
        console.print_json(answer)
    else:
        out.write_text(json.dumps(answer, indent=2, allow_nan=False) + "\n")
        session = answer["session"]
        alarms = len(answer["overpressure"])
        console.say(f"{session['strokes']} strokes, {alarms} over-pressure alarms: {console.printable(out)}")


def _replay_csv(recording: Path, settings: Path | None, routine: Path | None, vm: str) -> dict[str, Any]:
    from .. import replay as tool
    from ..archive import read_object
    from ..recording_csv import read_csv
    from ..routine import read as read_routine

    steps = read_routine(routine) if routine else None
    chosen = read_object(settings, "give one JSON object of setting names and values") if settings else {}
    with console.progress(f"Reading {recording.name}"):
        samples = read_csv(recording)
    for warning in samples.warnings:
        console.note(f"warning: {warning}")
    if len(samples) < _LONG_SAMPLES:
        return tool.replay(samples, chosen, vm, routine=steps)
    with console.progress(f"Replaying {recording.name}", len(samples)) as advance:
        return tool.replay(samples, chosen, vm, advance, steps)


def _replay_log(path: Path, vm: str) -> dict[str, Any]:
    from ..log_replay import replay_log

    with console.progress(f"Replaying {path.name}"):
        again = replay_log(path, vm)
    if again.different:
        console.note(f"warning: {again.different} of {again.events} events are not as in the log")
    else:
        console.note(f"all {again.events} events are as in the log")
    return again.answer
