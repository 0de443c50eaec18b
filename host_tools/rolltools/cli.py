# SPDX-License-Identifier: MIT
"""The table of commands: each is one plain function in `commands/`, whose docstring is its help.

Nothing heavy may be imported here or at the top of a command's file: `roller --help` has to be quick.
"""

import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from . import console
from .commands.calibrate import calibrate
from .commands.decode import decode
from .commands.demo import demo
from .commands.deploy import deploy
from .commands.doctor import doctor
from .commands.evaluate import evaluate
from .commands.export import export
from .commands.flash import flash
from .commands.live import live
from .commands.pull import pull
from .commands.readings import readings
from .commands.replay import replay
from .commands.report import report
from .commands.routine import routine
from .commands.sessions import sessions
from .commands.settings import settings
from .commands.virtual_board import virtual_board

# In the order of the help. A new command is one line here and one import above.
COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "flash": flash,
    "deploy": deploy,
    "pull": pull,
    "live": live,
    "sessions": sessions,
    "report": report,
    "decode": decode,
    "export": export,
    "replay": replay,
    "evaluate": evaluate,
    "calibrate": calibrate,
    "settings": settings,
    "routine": routine,
    "doctor": doctor,
    "readings": readings,
    "virtual-board": virtual_board,
}

# Plain help: no colour codes in any pipe, whatever the environment says, and no time spent on importing rich.
app = typer.Typer(
    name="roller",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        console.say(f"roller {version('massage-roller')}")
        raise typer.Exit


@app.callback()
def _roller(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Put the firmware on a massage roller, bring its sessions to this computer, and read them.

    \b
    Example, without any hardware:
      roller demo --out demo
    """


for _name, _function in COMMANDS.items():
    app.command(_name)(_function)


def main() -> None:
    """Run the command line; the entry point `roller`."""
    sys.exit(console.run(lambda: app(prog_name="roller")))
