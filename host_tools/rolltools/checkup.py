# SPDX-License-Identifier: MIT
"""The doctor's visit: asks a board for all that `diagnosis` judges, and believes no answer before it is judged."""

from typing import TYPE_CHECKING, Any

from . import building, clock_contact, deploying, parcel
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
    state = deploying.state_of(link)
    active = state.active if state.active in state.slots else "a"
    have = state.slots[active]
    app = _app_of_these_tools(info.get("board"), have, state.mpy)
    return {
        "active": state.active,
        "files": len(have) if state.active in (None, "a", "b") else 0,
        "other_slot": list(state.slots["b" if active == "a" else "a"]),
        "parts": [name for name in (*state.slots["a"], *state.slots["b"], *info["root"]) if name.endswith(".part")],
        "missing": [path for path in app if path not in have],
        "changed": [path for path in have if _is_other(path, have[path], app)],
    }


def _app_of_these_tools(board: Any, have: dict[str, str], mpy: int) -> dict[str, bytes]:
    """Return {path in the slot: content} as a deploy makes it: from sources where there are sources in the slot."""
    files = deploying.firmware_for(board if board in deploying.boards.BOARDS else deploying.boards.DEFAULT)
    if any(path.endswith(".mpy") for path in have):
        try:
            files = building.compiled(files, building.architecture(mpy))
        except RollerError:
            return {}  # made for another MicroPython: then the app does not start, which is said elsewhere
    return {path: data for path, data in files.items() if path != deploying.ROOT_FILE}


def _is_other(path: str, found: str, app: dict[str, bytes]) -> bool:
    """Tell whether a file is not as it is sent; a source goes before a compiled file of the same name."""
    if path not in app:
        return path.endswith(".py") and path[: -len(".py")] + ".mpy" in app
    return found != parcel.short(app[path])


def _nonsense() -> RollerError:
    return RollerError("the board's answer makes no sense", "run `roller deploy`, then doctor again")
