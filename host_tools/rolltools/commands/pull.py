# SPDX-License-Identifier: MIT
"""`roller pull`: the sessions from a board into a folder."""

import time
from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..rates import Baud


def pull(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    to: Annotated[Path, typer.Option("--to", help="The folder for the sessions.")] = Path("sessions"),
    stop: Annotated[
        bool, typer.Option("--stop", help="End what the roller does: all sessions, as fast as it goes.")
    ] = False,
    baud: Annotated[
        Baud, typer.Option("--baud", help="With --stop: a faster line for the files, where board and adapter can.")
    ] = Baud.b115200,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was pulled as JSON.")] = False,
) -> None:
    """Bring the sessions to this computer.

    Each is proven by its digest, with a table of its strokes beside it. Only what is new is sent; a transfer that was
    cut off goes on where it ended. The app of the roller goes on meanwhile, and the session that is open comes with the
    next pull. While the roller is in contact it refuses (exit code 75): lift it, or use --stop.

    \b
    Example:
      roller pull --port /dev/ttyUSB0 --to my-sessions
    """
    from .. import pulling
    from ..session_source import RunningBoard, session_source

    with session_source(port, stop, baud.rate) as (board, sessions):
        contacts = board.contacts()
        begin_s = time.monotonic()
        with console.progress("Pulling", sum(entry.size for entry in sessions)) as advance:
            results = pulling.pull(board, sessions, to, advance, contacts)
        took_s = round(time.monotonic() - begin_s, 3)
    if as_json:
        told = [vars(result) for result in results]
        console.print_json({"folder": str(to), "seconds": took_s, "sessions": told})
    elif results:
        rows = [(r.name, r.bytes, r.strokes, r.state, "new" if r.new else "known") for r in results]
        console.table(("session", ">bytes", ">strokes", "state", ""), rows, f"Sessions in {to}")
    elif isinstance(board, RunningBoard):
        console.say("no closed sessions on the board; one that is open comes with a later pull")
    else:
        console.say("no sessions on the board")
