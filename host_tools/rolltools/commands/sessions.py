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

    `±` is how far the start may be off (95 %), `?` where nobody can tell: the log says nothing of its clock. The
    battery is its charge at the end and, in brackets, what the session took.

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
        columns = ("session", "started", ">±", ">duration", ">strokes", ">in band", ">over", ">battery", "file")
        console.table(columns, [_cells(row) for row in rows])
    else:
        console.say(f"no sessions in {console.printable(folder)}")


def _row(entry: "Entry") -> dict[str, Any]:
    """Return what is told of one file; the figures are None when it could not be read."""
    row: dict[str, Any] = {"name": entry.name, "path": str(entry.path), "state": entry.state}
    figures = ("started_utc", "started_uncertainty_s", "duration_s", "contact_s", "in_band_s", "over_s")
    session = entry.session
    if session is None:
        return row | dict.fromkeys((*figures, "strokes", "overpressure", "alarms", "about", "battery"))
    row |= {name: getattr(session, name) for name in figures}
    row |= {"strokes": len(session.strokes), "overpressure": len(session.overpressure)}
    return row | {"alarms": _alarms(session), "about": session.about, "battery": _battery(session)}


def _battery(session: "Session") -> dict[str, Any] | None:
    """Return the battery at the end and what the session took of it, None without a reading."""
    from ..battery import drain

    if not session.battery:
        return None
    last, took = session.battery[-1], drain(session.battery)
    return {
        "mv": last.mv,
        "percent": last.percent,
        "drain_percent": took and took.percent,
        "drain_percent_h": took and took.percent_h,
    }


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
    from ..report.words import duration, milliseconds, moment, percent

    if row["duration_s"] is None:
        return (row["name"], *"–––––––", row["state"])
    uncertainty_s, battery = row["started_uncertainty_s"], row["battery"]
    charge = f"{battery['percent']:.0f} %" if battery else "–"
    if battery and battery["drain_percent"] is not None:
        charge += f" (-{battery['drain_percent']:.1f})"
    return (
        row["name"],
        moment(row["started_utc"]) if row["started_utc"] else "no clock",
        "–" if not row["started_utc"] else "?" if uncertainty_s is None else milliseconds(uncertainty_s),
        duration(row["duration_s"]),
        row["strokes"],
        percent(row["in_band_s"], row["contact_s"]),
        duration(row["over_s"]),
        charge,
        row["state"],
    )
