# SPDX-License-Identifier: MIT
"""Routines on the PC: read from a file, checked by the firmware's own rules, put on a board."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollcore import logformat as fmt
from rollcore.routine import check_steps
from rollcore.settings import Settings

from .errors import RollerError

if TYPE_CHECKING:
    from .link import Link

PATH = "/routine.json"
TEXT_LIMIT = fmt.PAGE_LIMIT // 2  # it travels with every session, as one record of the log
Data = dict[str, Any]
Row = tuple[int, ...]


def read(path: Path) -> Data:
    """Return the routine in a JSON file, not yet checked; RollerError when it is no JSON."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise RollerError(f"{path} is not JSON: {error}", "see `roller routine --help` for one that is") from error
    rows(given)
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


def on_board(link: "Link") -> Data | None:
    """Return the routine on a board, None where there is none; RollerError when it is not one."""
    answer = link.run("json_file", path=PATH)
    if answer is not None and not isinstance(answer, dict):
        raise RollerError("the board's routine is damaged", "send it again: roller routine FILE")
    if answer is not None:
        rows(answer)
    return answer


def send(link: "Link", given: Data) -> None:
    """Put a routine on a board: beside the old one first, renamed when it is proven whole."""
    link.write_file(PATH, json.dumps(given).encode())


def remove(link: "Link") -> bool:
    """Take the routine off a board; return whether there was one."""
    return bool(link.run("json_file", path=PATH, remove=True))
