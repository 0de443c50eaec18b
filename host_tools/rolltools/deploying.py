# SPDX-License-Identifier: MIT
"""Putting the firmware on a board: into the slot that does not run, proven there, then switched by one rename.

The app lives in `/a` or `/b`; the file `/active` names the slot that main.py starts. A deploy that is cut off at any
point leaves the old app as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import FIRMWARE_DIR, boards, building, parcel
from .errors import NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE, RollerError
from .link import Link, nonsense
from .parcel import WINDOW_BITS, sha256

ROOT_FILE = "main.py"
PARCEL = "/deploy.part"  # where the parcel lies until it is unpacked
_LEFT_BEHIND = [PARCEL, "/active.part", f"/{ROOT_FILE}.part"]  # by a deploy that was cut off
COMPILING, SENDING = "Compiling", "Sending"
_BOARD_FILE = "board.py"  # names the board that main.py starts
_RESERVE_BYTES = 32 * 1024  # folders, and the file system's own
_BLOCK_BYTES = 4096
Say = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Deployed:
    """What a deploy did: files by their names on the board, their bytes, and the bytes that they took on the line."""

    slot: str
    files: int
    sent: list[str]
    sent_bytes: int
    line_bytes: int
    switched: bool


@dataclass(frozen=True)
class State:
    """What is on a board: {path: short digest} and seal of each slot (see parcel.py), and what it can load."""

    active: str | None
    slots: dict[str, dict[str, str]]
    seals: dict[str, str]
    root: str | None
    free_bytes: int
    version: tuple[int, int]
    mpy: int
    window_bits: int


def firmware_files(folder: Path = FIRMWARE_DIR) -> dict[str, bytes]:
    """Return the firmware as {path relative to its folder: content}."""
    paths = sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def firmware_for(board: str) -> dict[str, bytes]:
    """Return the firmware as it names its board. RollerError when there is no such board."""
    files = firmware_files()
    files[_BOARD_FILE] = files[_BOARD_FILE].replace(boards.DEFAULT.encode(), boards.known(board).encode())
    return files


def choose_board(link: Link, asked: str | None) -> str:
    """Return the board to deploy for: the one asked for, else what the app on it names, else what its chips show."""
    if asked:
        return boards.known(asked)
    found = link.run("which_board")
    try:
        if found["named"] in boards.BOARDS:
            return str(found["named"])
        return boards.seen(found["addresses"]) or boards.DEFAULT
    except (KeyError, TypeError) as error:
        raise nonsense() from error


def state_of(link: Link, clean: bool = False) -> State:
    """Return what is on a board; RollerError for nonsense, and where there is no file system.

    With `clean` that is removed first which a deploy left behind in the root.
    """
    state = link.run("slots", remove=_LEFT_BEHIND if clean else [])
    if isinstance(state, dict) and state.get("free_bytes", 0) is None:
        raise RollerError(f"the board has no file system: {NO_FILE_SYSTEM}", NO_FILE_SYSTEM_CURE)
    try:
        return _believed(state)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise nonsense() from error


def _believed(state: Any) -> State:
    major, minor = state["version"]
    return State(
        active=state["active"],
        slots={slot: {str(path): str(found) for path, found in state["slots"][slot][0].items()} for slot in "ab"},
        seals={slot: str(state["slots"][slot][1]) for slot in "ab"},
        root=state["root"],
        free_bytes=int(state["free_bytes"]),
        version=(int(major), int(minor)),
        mpy=int(state["mpy"]),
        window_bits=max(WINDOW_BITS[0], min(WINDOW_BITS[-1], int(state["window_bits"]))),
    )


def deploy(link: Link, sources: dict[str, bytes], say: Say | None = None, as_source: bool = False) -> Deployed:
    """Put a firmware on the board, compiled for it or `as_source`; only that is sent which neither slot holds.

    `say` hears (COMPILING, files done, in all) and (SENDING, bytes done, in all). RollerError before anything is
    written where the board cannot load it or has no room for it.
    """
    state = state_of(link, clean=True)
    building.check_version(state.version)
    files = sources if as_source else _compiled(sources, state, say)
    app = {path: data for path, data in files.items() if path != ROOT_FILE}
    root = {} if state.root == sha256(files[ROOT_FILE]) else {ROOT_FILE: files[ROOT_FILE]}
    active = state.active if state.active in ("a", "b") else None
    if active and state.seals[active] == parcel.seal(app, sorted(app)) and not root:
        return Deployed(active, len(files), [], 0, 0, False)

    slot, other = ("b", "a") if active == "a" else ("a", "b")
    have, beside = state.slots[slot], state.slots[other]
    packed = parcel.pack(app, have, beside, root, state.window_bits)
    lacking = parcel.missing(app, have)
    need = [*(app[path] for path in lacking), *root.values(), packed]
    _check_space(sum(map(_on_flash, need)), state.free_bytes)
    _unpacked(link, packed, slot, other, parcel.seal(files, [*parcel.ordered(app), *root]), say)
    sent = [path for path in parcel.missing(app, beside) if path in lacking] + [*root]
    return Deployed(slot, len(files), sent, sum(len(files[path]) for path in sent), len(packed), True)


def _compiled(sources: dict[str, bytes], state: State, say: Say | None) -> dict[str, bytes]:
    def heard(done: int, total: int) -> None:
        if say:
            say(COMPILING, done, total)

    return building.compiled(sources, building.architecture(state.mpy), heard)


def _unpacked(link: Link, packed: bytes, slot: str, other: str, seal: str, say: Say | None) -> None:
    """Send a parcel and have it unpacked into a slot, which is switched to when it fits the `seal`."""
    link.upload(PARCEL, packed, (lambda done, total: say(SENDING, done, total)) if say else None)
    if link.run("unpack", parcel=PARCEL, slot=f"/{slot}", other=f"/{other}", wanted=seal) is not True:
        raise RollerError("the firmware on the board is not what was sent", "deploy again; the old app still runs")


def _on_flash(data: bytes) -> int:
    """Return the bytes that a file takes on the flash: whole blocks."""
    return -(-len(data) // _BLOCK_BYTES) * _BLOCK_BYTES


def _check_space(need: int, free: int) -> None:
    if need + _RESERVE_BYTES > free:
        raise RollerError(
            f"the board has {free // 1024} kB free, the firmware needs {(need + _RESERVE_BYTES) // 1024} kB",
            "pull the sessions, then remove old ones from the board",
        )
