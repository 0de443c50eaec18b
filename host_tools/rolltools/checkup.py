# SPDX-License-Identifier: MIT
"""The doctor's visit: asks a board for all that `diagnosis` judges, and believes no answer before it is judged."""

from typing import TYPE_CHECKING, Any

from . import clock_contact, deploying
from .diagnosis import Finding, diagnose
from .errors import RollerError

if TYPE_CHECKING:
    from .link import Link

# What an answer of another shape than ours raises where it is looked at.
_NONSENSE = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, RecursionError)


def checkup(link: "Link") -> list[Finding]:
    """Return what is found on a board, and set its clock.

    RollerError where it falls silent or its answer makes no sense.
    """
    info = link.run("board_info")
    try:
        if isinstance(info, dict) and info["total_bytes"] is not None:
            clock_contact.make(link)
            info |= _files(link, info)
    except _NONSENSE as error:
        raise _nonsense() from error
    return judged(info)


def judged(info: Any) -> list[Finding]:
    """Return the findings for an answer of any shape; RollerError when it makes no sense."""
    try:
        return diagnose(info)
    except _NONSENSE as error:
        raise _nonsense() from error


def _files(link: "Link", info: dict[str, Any]) -> dict[str, Any]:
    """Return what lies in the two slots, and how the one that runs differs from the firmware of these tools."""
    state = link.run("slots")
    slots = {slot: [str(path)[3:] for path in state["slots"][slot]] for slot in "ab"}
    active = state["active"] if state["active"] in slots else "a"
    board = info.get("board")
    files = deploying.firmware_for(board if board in deploying.boards.BOARDS else deploying.boards.DEFAULT)
    app = {path: deploying.sha256(data) for path, data in files.items() if path != deploying.ROOT_FILE}
    found = link.digests([f"/{active}/{path}" for path in app if path in slots[active]])
    return {
        "active": state["active"],
        "files": len(slots[active]) if state["active"] in (None, "a", "b") else 0,
        "other_slot": slots["b" if active == "a" else "a"],
        "parts": [name for name in (*slots["a"], *slots["b"], *info["root"]) if str(name).endswith(".part")],
        "missing": [path for path in app if path not in slots[active]],
        "changed": [path for path in app if found.get(f"/{active}/{path}") not in (None, app[path])],
    }


def _nonsense() -> RollerError:
    return RollerError("the board's answer makes no sense", "run `roller deploy`, then doctor again")
