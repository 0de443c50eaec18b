# SPDX-License-Identifier: MIT
"""`roller report`: a session file as one HTML page."""

from pathlib import Path
from typing import Annotated

import typer

from .. import console


def report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A session file, NAME.roll.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="The page to write; NAME.html beside FILE by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the path of the page as JSON.")] = False,
) -> None:
    """Write the report of a session.

    One HTML file that needs no network.

    \b
    Example:
      roller report sessions/s000001.roll --out report.html
    """
    from ..report import write_report
    from ..session_log import read_session

    with console.progress(f"Reading {file.name}"):
        session = read_session(file)
        page = write_report(session, out or file.with_suffix(".html"))
    if as_json:
        console.print_json({"report": str(page), "state": session.state})
    else:
        console.say(f"report: {console.printable(page)}")
