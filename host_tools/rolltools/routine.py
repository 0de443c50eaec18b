# SPDX-License-Identifier: MIT
"""Routines on the PC: read from a file, checked by the firmware's own rules, put on a board."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollcore import logformat as fmt
from rollcore.routine import check_steps
from rollcore.settings import Settings

from .archive import read_object
from .errors import RollerError

if TYPE_CHECKING:
    from .link import Link

PATH = "/routine.json"
TEXT_LIMIT = fmt.PAGE_LIMIT // 2  # it travels with every session, as one record of the log
Data = dict[str, Any]
Row = tuple[int, ...]


def read(path: Path) -> Data:
    """Return what a JSON file holds, not yet checked: its limits are a matter of settings. RollerError for no JSON."""
    given = read_object(path, "see `roller routine --help` for one")
    if len(json.dumps(given).encode()) > TEXT_LIMIT:
        raise RollerError(f"{path} is too long for the log", "use fewer steps or shorter names")
    return given


def rows(given: Any, settings: Settings | None = None) -> tuple[Row, ...]:
    """Return the rows of a parsed routine as `Routine` wants them; RollerError when it is no routine."""
    try:
        return check_steps(given, settings or Settings())
    except ValueError as error:
        cause, _, cure = str(error).rpartition(": ")
        raise RollerError(cause or str(error), cure or "see `roller routine --help`") from error


def fits(link: "Link", settings: Settings) -> None:
    """Raise a RollerError where the routine on a board does not fit these settings: it would be off from then on."""
    given = on_board(link)
    if given is not None:
        try:
            rows(given, settings)
        except RollerError as error:
            cure = "change the routine first, or take it off: roller routine --off"
            raise RollerError(f"the routine on the board does not fit: {error.cause}", cure) from error


def on_board(link: "Link") -> Data | None:
    """Return the routine on a board, None where there is none; RollerError when it cannot be read."""
    answer = link.run("json_file", path=PATH)
    if answer is not None and not isinstance(answer, dict):
        raise RollerError("the board's routine is damaged", "send it again: roller routine FILE")
    return answer


def send(link: "Link", given: Data, settings: Settings) -> None:
    """Put a routine on a board with these settings: beside the old one first, renamed when it is proven whole."""
    rows(given, settings)
    link.write_file(PATH, json.dumps(given).encode())


def remove(link: "Link") -> bool:
    """Take the routine off a board; return whether there was one."""
    return bool(link.run("json_file", path=PATH, remove=True))
