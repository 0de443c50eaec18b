# SPDX-License-Identifier: MIT
"""`roller routine`: the routine that the board leads a hand through."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import console

if TYPE_CHECKING:
    from rollcore.settings import Settings


def routine(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A routine as JSON, to put on the board.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Take the routine off the board.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only look at FILE, by the default settings.")] = False,
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the routine as JSON.")] = False,
) -> None:
    """Show, set or remove the routine: steps that the roller leads a hand through, by cues.

    A step has a name and seconds of rolling, and may have a side (left, right) and limits of its own (over_limit_n,
    band_low_n, band_firm_n, ceiling_n). The button goes on to the next. A file:

    \b
      {"steps": [{"name": "left cheek", "seconds": 60, "side": "left", "over_limit_n": 6},
                 {"name": "right cheek", "seconds": 60, "side": "right", "over_limit_n": 6}]}

    \b
    Example:
      roller routine face.json
      roller routine --off
    """
    from rollcore.settings import Settings

    from .. import board_settings
    from .. import routine as tool
    from ..link import Link
    from ..replay import checked_settings

    if (off or check) and (off and check or (file is None) == check):
        raise typer.BadParameter(
            "give FILE to set it, FILE --check to check it, --off to remove the board's, or nothing"
        )
    given = tool.read(file) if file else None
    if check:
        _show(given, Settings(), as_json)
        return
    with Link(port) as link, console.progress("Asking the board"):
        settings = checked_settings(board_settings.read(link))
        if off:
            removed = tool.remove(link)
        elif given is not None:
            tool.send(link, given, settings)
        else:
            given = tool.on_board(link)
    if off:
        console.say("the routine is off" if removed else "there was no routine")
    else:
        _show(given, settings, as_json)


def _show(given: Any, settings: "Settings", as_json: bool) -> None:
    from .. import routine as tool

    rows = () if given is None else tool.rows(given, settings)
    if as_json:
        console.print_json(given)
    elif given is None:
        console.say("no routine: put one on with roller routine FILE")
    else:
        steps = zip(given["steps"], rows[1:], strict=True)
        table = [
            (i, step["name"], step.get("side", ""), step["seconds"], f"{row[2] / 1000:g} to {row[4] / 1000:g}")
            for i, (step, row) in enumerate(steps, 1)
        ]
        total = sum(step["seconds"] for step in given["steps"])
        title = f"{len(table)} steps, {total} s of rolling"
        console.table((">step", "name", "side", ">seconds", "band, N"), table, title)
