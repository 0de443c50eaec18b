# SPDX-License-Identifier: MIT
"""`roller settings`: what a board goes by."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import console
from ..errors import RollerError


class Act(StrEnum):
    """What is done with the settings."""

    get = "get"
    set = "set"
    diff = "diff"
    reset = "reset"
    export = "export"


def settings(
    act: Annotated[Act, typer.Argument(help="get all or some, set NAME=VALUE, diff, reset, export.")] = Act.get,
    words: Annotated[list[str] | None, typer.Argument(metavar="[NAME[=VALUE]]...", help="Names, or changes.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="set: from this JSON; export: into it.")] = None,
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the settings as JSON.")] = False,
) -> None:
    """Show or change the settings of a board; what you set is checked before it is written.

    `diff` shows what was set; `reset` takes names, or all, back to the defaults; `set --file` takes a whole file.

    \b
    Example:
      roller settings
      roller settings set over_limit_n=8 trace=compact
      roller settings export --file mine.json
    """
    from .. import board_settings as tool
    from .. import routine
    from ..link import Link
    from ..replay import checked_settings

    names = words or []
    if act is Act.set and not names and not file:
        raise RollerError("there is nothing to set", "give NAME=VALUE, or --file with a JSON file")
    if file and act not in (Act.set, Act.export):
        raise typer.BadParameter("--file goes with set and export")
    loaded = tool.load(file) if file and act is Act.set else None
    if act is Act.get:
        tool.check(names)
    with Link(port) as link, console.progress("Asking the board"):
        if act is Act.reset and not names:
            given = {}
            tool.forget(link)
        elif loaded is None:
            given = tool.read(link)
        if act is Act.set:
            given = tool.changed(given if loaded is None else loaded, names)
            routine.fits(link, checked_settings(given))
            tool.write(link, given)
        elif act is Act.reset and names:
            given = tool.without(given, names)
            routine.fits(link, checked_settings(given))
            tool.write(link, given)
    if act is Act.export:
        _export(given, file)
    elif as_json:
        shown = tool.in_force(given) if act is Act.get else given
        console.print_json({name: shown[name] for name in (names if act is Act.get and names else shown)})
    else:
        wanted = names if act is Act.get else []
        rows = [row for row in tool.rows(given, act is Act.diff) if not wanted or row[0].removesuffix(" *") in wanted]
        title = f"{len(given)} set (*), the others as the firmware has them"
        console.table(("setting", ">value", "unit", "range", "what it is for"), rows, title)


def _export(given: dict[str, Any], file: Path | None) -> None:
    from ..archive import write_whole

    if file is None:
        console.print_json(given)
    else:
        write_whole(file, (json.dumps(given, indent=2) + "\n").encode())
        console.say(f"{len(given)} settings: {console.printable(file)}")
