# SPDX-License-Identifier: MIT
"""`roller deploy`: the firmware onto a board that runs MicroPython."""

from typing import TYPE_CHECKING, Annotated

import typer

from .. import console
from ..rates import Baud

if TYPE_CHECKING:
    from ..deploying import Deployed
    from ..link import Link


def deploy(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    board: Annotated[
        str | None, typer.Option("--board", help="thing_plus or devkit_fsr; what it was or shows otherwise.")
    ] = None,
    source: Annotated[bool, typer.Option("--source", help="Send the sources, not compiled files.")] = False,
    baud: Annotated[
        Baud, typer.Option("--baud", help="A faster line for the files, where board and adapter can.")
    ] = Baud.b115200,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Put the firmware onto a board, compiled for the MicroPython that runs there.

    Only changed files are sent, and the old app stays until the new one is whole. Without --board the board stays what
    it was; a new one is known by its motion sensor.

    \b
    Example:
      roller deploy --port /dev/ttyUSB0 --board devkit_fsr
      roller deploy --source                                   # to change files on the board by hand
    """
    from .. import boards, clock_contact, deploying
    from ..link import Link

    if board:
        boards.known(board)  # before anything is stopped
    with Link(port, without_files=True, baud=baud.rate) as link:
        clock_contact.make(link)
        name = deploying.choose_board(link, board)
        result = _send(link, deploying.firmware_for(name), source)
    if as_json:
        console.print_json(vars(result) | {"board": name})
    elif result.switched:
        sent = f"{len(result.sent)} of {result.files} files sent ({result.line_bytes} bytes on the line)"
        console.say(f"{sent}, the new app runs on {name}")
    else:
        console.say(f"all {result.files} files are on the board already; the app runs on {name}")


def _send(link: "Link", files: dict[str, bytes], as_source: bool) -> "Deployed":
    from .. import deploying

    with console.progress("Deploying", 1.0) as advance:
        shown = 0.0

        def say(what: str, done: int, total: int) -> None:
            nonlocal shown
            share = done / total if what == deploying.SENDING else 0.0  # to compile takes no time to speak of
            advance(share - shown)
            shown = share

        return deploying.deploy(link, files, say, as_source)
