# SPDX-License-Identifier: MIT
"""`roller demo`: the whole road without any hardware, judged at its end."""

import os
import sys
import webbrowser
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import console
from ..errors import RollerError

if TYPE_CHECKING:
    from ..demonstration import Outcome


def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder for board, session and report.")] = Path("demo"),
    seed: Annotated[int, typer.Option("--seed", help="The seed of the modelled hand.")] = 1,
    board: Annotated[str, typer.Option("--board", help="thing_plus or devkit_fsr.")] = "thing_plus",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not show the report in a browser.")] = False,
) -> None:
    """Roll, record and report without any hardware.

    A modelled hand rolls on a virtual board; its session is pulled and compared with what the hand did.

    Exits with 1 when the roller found less than 90 % (F1) of the strokes or their directions, or missed an alarm.

    \b
    Example:
      roller demo --out demo --no-open
    """
    from .. import demonstration
    from ..report import write_report

    step = 0

    def say(text: str) -> None:
        nonlocal step
        step += 1
        console.say(f"{step}. {text}")

    with console.progress("Rolling"):
        outcome = demonstration.run(out, seed, say, board)
    report = write_report(outcome.session, out / "report.html")
    _print(outcome)
    console.say(f"report: {report}")
    if not outcome.passed:
        raise RollerError("the roller did not do its job on this hand", "try another --seed, and report this one")
    if not no_open and _has_screen():
        webbrowser.open(report.resolve().as_uri())


def _has_screen() -> bool:
    """Tell whether a browser can show something; without a screen a text browser would take over the terminal."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _print(outcome: "Outcome") -> None:
    c = outcome.comparison
    labels, session = outcome.labels, outcome.session
    true = Counter(_sort(stroke) for stroke in labels["strokes"])
    found = Counter(_sort(stroke) for stroke in outcome.found["strokes"])
    rows: list[tuple[object, ...]] = [(f"{name} strokes", true[name], found[name]) for name in sorted(true | found)]
    rows.append(("all strokes", c.true, c.found))
    rows.append(("over-pressure", c.over_true, len(outcome.found["overpressure"])))
    console.say()
    console.table(("", ">the hand did", ">the roller found"), rows)
    console.say()
    in_band = f"{100 * session.in_band_s / session.contact_s:.0f} %" if session.contact_s else "–"
    figures = [
        ("strokes right (F1)", f"{c.f1:.3f}"),
        ("direction right", _share(c.direction)),
        ("kind right", _share(c.kind)),
        ("start / end off by (median)", f"{_ms(c.start_ms)} / {_ms(c.end_ms)}"),
        ("length off by (median)", _share(c.length)),
        ("alarms missed / false", f"{c.over_missed} / {c.over_false}"),
        ("alarm after the crossing (median)", _ms(c.over_delay_ms)),
        ("time in the band", f"{in_band} of {session.contact_s:.1f} s in contact"),
        ("cues", ", ".join(f"{n} {name}" for name, n in Counter(cue.cue for cue in session.cues).items()) or "none"),
    ]
    console.table(("", ">how well"), figures)


def _sort(stroke: dict[str, Any]) -> str:
    return f"{stroke['kind']} {'+' if stroke['dir'] > 0 else '-'}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} ms"
