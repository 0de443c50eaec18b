# SPDX-License-Identifier: MIT
"""`roller live`: what the roller feels, as it feels it."""

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RollerError

if TYPE_CHECKING:
    from rich.console import Console


def live(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line, about 20 a second.")] = False,
) -> None:
    """Show what the roller feels, 20 times a second, while its app goes on.

    Force with the limits in force now, contact, session, strokes, battery and faults. `q` or Ctrl-C ends it, `m` makes
    a mark. As JSON also for other programs: a line with `t_s` is what is felt, one with `status` how the board is.

    \b
    Example:
      roller live --port /dev/ttyUSB0
      roller live --json | head -100
    """
    from .. import living
    from ..link import AppLink

    screen = None if as_json else _screen()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with AppLink(port) as link:
            if screen:
                living.show(link, screen)
            else:
                living.print_lines(link)
    except KeyboardInterrupt:
        return


def _screen() -> "Console":
    """Return the terminal to draw on; RollerError when there is none, or one that cannot be drawn on."""
    import io
    import sys

    from rich.console import Console

    screen = Console(highlight=False)
    if not sys.stdout.isatty() or screen.is_dumb_terminal:
        raise RollerError("stdout is no terminal to draw on", "add --json: one object a line")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a board's name may have letters that this terminal has not
    return screen
