# SPDX-License-Identifier: MIT
"""The boards: one file each, the only files that import machine.

Which one this is stands in the file `board` of the app's slot, put there by `roller deploy` with the rest.
"""

DEFAULT = "thing_plus"


def board_name(slot: str) -> str:
    """Return the name in the file `board` of the folder `slot`, the reference board's where there is none."""
    try:
        with open(slot + "/board") as stream:
            return stream.read().strip()
    except OSError:
        return DEFAULT


def open_board(name: str, *arguments):
    """Start the board `name` with the arguments of its class; ValueError where there is no such board."""
    try:
        module = __import__("boards." + name, None, None, ("Board",))
    except ImportError as error:
        raise ValueError("no board %r here (%s): run `roller deploy --board NAME`" % (name, error))
    return module.Board(*arguments)
