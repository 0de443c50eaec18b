# SPDX-License-Identifier: MIT
"""`python -m rollhardware`: make what hardware/ holds anew, check it, and tell which of its files were stale."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from rollhardware import made
from rollhardware.errors import HardwareError
from rollhardware.makers import MAKERS, maker

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
console = Console(highlight=False, markup=False, soft_wrap=True)


@app.command()
def make(
    only: Annotated[
        list[str] | None, typer.Argument(help="Parts to make: " + ", ".join(MAKERS) + "; all without.")
    ] = None,
):
    """Make all of it anew, write what changed, and fail when something was stale or a check does not hold.

    Example: python -m rollhardware wiring schematic
    """
    unknown = set(only or ()) - set(MAKERS)
    if unknown:
        console.print(
            f"error: no part of hardware/ is called {', '.join(sorted(unknown))}; there are {', '.join(MAKERS)}"
        )
        raise typer.Exit(2)
    stale = []
    for name in only or MAKERS:
        part = maker(name)
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder)
            try:
                part.make(out, console.print)
            except HardwareError as error:
                console.print(f"error: {name}: {error}")
                raise typer.Exit(1) from None
            lines = made.compare(out, made.HARDWARE, part.FOLDERS)
            made.put(out, made.HARDWARE, part.FOLDERS)
        console.print(f"{name}: " + (f"{len(lines)} files were stale" if lines else "as it was"))
        stale += lines
    for line in stale:
        console.print(f"  hardware/{line}")
    if stale:
        console.print("They are written now: look at them, then commit them.")
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(app())
