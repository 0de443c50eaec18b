# SPDX-License-Identifier: MIT
"""`roller sessions`: what lies in a folder of pulled sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import console

if TYPE_CHECKING:
    from ..archive import Entry


def sessions(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder `roller pull --to` filled.")] = Path(),
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the sessions in a folder.

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
        return row | dict.fromkeys((*figures, "strokes", "overpressure"))
    row |= {name: getattr(session, name) for name in figures}
    return row | {"strokes": len(session.strokes), "overpressure": len(session.overpressure)}


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
