# SPDX-License-Identifier: MIT
"""The way of a board through `roller flash`: brought away, erased and written, deployed to, its files put back.

A run may be cut off anywhere: the next one begins anew and ends it. Until the note of the backup is written nothing is
erased; from then on the files wait in their folder, for the board with the same id, until a run has put them back.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .. import clock_contact, deploying
from ..errors import RollerError
from ..link import Link
from . import backup as backups
from .chip import Chip

Say = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True)
class Saved:
    """What was there before the erase: whether MicroPython answered, and the backup if it held anything."""

    answered: bool
    backup: backups.Backup | None


@dataclass(frozen=True)
class Settled:
    """What was done after it: the name of the board, the deploy if there was one, and the files that went back."""

    board: str | None
    deployed: deploying.Deployed | None
    put_back: list[str]


def save(port: str, folder: Path, say: Say | None = None) -> Saved:
    """Bring what the board on `port` holds to `folder`; RollerError, with nothing erased, when that fails."""
    with contextlib.ExitStack() as stack:
        link = Link(port)
        try:
            stack.enter_context(link)
        except RollerError:
            return Saved(False, None)  # bare, as far as anybody can tell
        try:
            return Saved(True, backups.make(link, folder, say))
        except RollerError as error:
            raise RollerError(
                f"the backup failed, nothing was erased: {error.cause}",
                f"{error.cure}; or give up what the board holds with --no-backup",
            ) from error


def refuse_loss(chip: Chip, folder: Path) -> None:
    """Refuse to erase the files of a board whose MicroPython does not answer, unless a backup of it waits."""
    if chip.holds_files and not backups.waiting(folder, chip.mac):
        raise RollerError(
            "no MicroPython answers, but there are files on the flash, which would be lost",
            "press the reset button and run it again, or give them up with --no-backup",
        )


def settle(port: str, chip: Chip, folder: Path, board: str | None, deploy: bool, say: Say | None = None) -> Settled:
    """Deploy to a board that has MicroPython now, and put back the files that wait for it."""
    waiting = backups.waiting(folder, chip.mac)
    if not deploy and not waiting:
        return Settled(None, None, [])
    with Link(port) as link:
        clock_contact.make(link)
        name = done = None
        if deploy:
            name = deploying.choose_board(link, board or (waiting[-1].kind if waiting else None))
            heard = None if say is None else lambda _path, sent, total: say(sent, total)
            done = deploying.deploy(link, deploying.firmware_for(name), heard)
        return Settled(name, done, backups.put_back(link, waiting))
