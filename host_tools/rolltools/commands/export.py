# SPDX-License-Identifier: MIT
"""`roller export`: the samples of a session with a trace, as CSV."""

from pathlib import Path
from typing import Annotated

import typer

from .. import console


def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A session file with a trace, NAME.roll.")],
    out: Annotated[Path | None, typer.Option("--out", help="The CSV to write; NAME.samples.csv by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was written as JSON.")] = False,
) -> None:
    """Write every sample of a trace: seconds from the start of the session, g, deg/s, N.

    Axes are the handle's: x toward the head, y the roller's axle. An empty force is unknown. `roller replay` reads it.

    \b
    Example:
      roller export sessions/s000001.roll --out samples.csv
    """
    from ..trace_csv import export as write

    target = out or file.parent / f"{file.stem}.samples.csv"
    with console.progress(f"Exporting {file.name}"):
        count = write(file, target)
    if as_json:
        console.print_json({"samples": count, "file": str(target)})
    else:
        console.say(f"{count} samples: {console.printable(target)}")
