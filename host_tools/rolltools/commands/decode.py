# SPDX-License-Identifier: MIT
"""`roller decode`: a session file as JSON (everything) or CSV (the strokes), for programs."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import console


def decode(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A session file, NAME.roll.")],
    as_json: Annotated[bool, typer.Option("--json", help="The whole session as JSON (the default).")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The strokes as CSV, one row each.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; stdout by default.")] = None,
) -> None:
    """Write a session as JSON or CSV. A damaged file gives what could be read, and says so in "state".

    \b
    Example:
      roller decode sessions/s000001.roll --csv --out strokes.csv
    """
    if as_json and as_csv:
        raise typer.BadParameter("choose one of --json and --csv")
    from ..archive import write_whole
    from ..session_log import decode_json, read_session
    from ..strokes_csv import strokes_table

    with console.progress(f"Reading {file.name}"):
        session = read_session(file)
        text = strokes_table(session) if as_csv else json.dumps(decode_json(session), indent=2, allow_nan=False) + "\n"
    if out is None:
        console.say(text.removesuffix("\n"))
    else:
        write_whole(out, text.encode())
        console.note(f"{session.state}: {console.printable(out)}")
