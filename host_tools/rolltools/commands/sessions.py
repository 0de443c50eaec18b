# SPDX-License-Identifier: MIT
"""`roller sessions`: what lies in a folder of pulled sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import console

if TYPE_CHECKING:
    from ..archive import Entry
    from ..session import Session


def sessions(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder `roller pull --to` filled.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the sessions in a folder.

    As JSON also how the alarm of each did: median and p99 from crossing to alarm and to the motor's command, until the
    force was back under, of peak and impulse. `about` is true where newtons are about right only.

    \b
    Example:
      roller sessions my-sessions
    """
    from ..archive import list_sessions

    with console.progress(f"Reading {folder}"):
        rows = [_row(entry) for entry in list_sessions(folder)]
    if as_json:
        console.print_json({"folder": str(folder), "sessions": rows})
    elif rows:
        columns = ("session", "started", ">duration", ">strokes", ">in band", ">over", "file")
        console.table(columns, [_cells(row) for row in rows])
    else:
        console.say(f"no sessions in {console.printable(folder)}")


def _row(entry: "Entry") -> dict[str, Any]:
    """Return what is told of one file; the figures are None when it could not be read."""
    row: dict[str, Any] = {"name": entry.name, "path": str(entry.path), "state": entry.state}
    figures = ("started_utc", "duration_s", "contact_s", "in_band_s", "over_s")
    session = entry.session
    if session is None:
        return row | dict.fromkeys((*figures, "strokes", "overpressure", "alarms", "about"))
    row |= {name: getattr(session, name) for name in figures}
    row |= {"strokes": len(session.strokes), "overpressure": len(session.overpressure)}
    return row | {"alarms": _alarms(session), "about": session.about}


def _alarms(session: "Session") -> dict[str, Any] | None:
    """Return median and p99 of how the alarms did, None without an alarm."""
    from ..report.figures import figures

    made = figures(session)
    spreads = {
        "delay_s": made.alarm_delay_s,
        "command_s": made.command_delay_s,
        "back_under_s": made.back_under_s,
        "peak_n": made.alarm_peak_n,
        "impulse_ns": made.impulse_ns,
    }
    if not made.alarms:
        return None
    return {
        name: spread and {"median": round(spread.median, 4), "p99": round(spread.p99, 4)}
        for name, spread in spreads.items()
    }


def _cells(row: dict[str, Any]) -> tuple[object, ...]:
    from ..report.words import duration, moment, percent

    if row["duration_s"] is None:
        return (row["name"], "–", "–", "–", "–", "–", row["state"])
    return (
        row["name"],
        moment(row["started_utc"]) if row["started_utc"] else "no clock",
        duration(row["duration_s"]),
        row["strokes"],
        percent(row["in_band_s"], row["contact_s"]),
        duration(row["over_s"]),
        row["state"],
    )
