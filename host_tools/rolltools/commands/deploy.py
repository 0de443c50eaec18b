# SPDX-License-Identifier: MIT
"""`roller deploy`: the firmware onto a board that runs MicroPython."""

from typing import Annotated

import typer

from .. import console


def deploy(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Put the firmware onto a board.

    Only changed files are sent, and the old app stays until the new one is whole.

    \b
    Example:
      roller deploy --port /dev/ttyUSB0
    """
    from .. import deploying
    from ..link import Link

    files = deploying.firmware_files()
    with Link(port) as link, console.progress("Deploying", sum(map(len, files.values()))) as advance:
        link.set_clock()
        done = 0

        def say(_path: str, now: int, _total: int) -> None:
            nonlocal done
            advance(now - done)
            done = now

        result = deploying.deploy(link, files, say)
    if as_json:
        console.print_json(vars(result))
    elif result.switched:
        console.say(f"{len(result.sent)} of {result.files} files sent ({result.sent_bytes} bytes), the new app runs")
    else:
        console.say(f"all {result.files} files are on the board already; the app runs")
