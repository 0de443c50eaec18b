# SPDX-License-Identifier: MIT
"""Putting the firmware on a board: into the slot that does not run, proven there, then switched by one rename.

The app lives in `/a` or `/b`; the file `/active` names the slot that main.py starts. A deploy that is cut off at any
point leaves the old app as it was.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import FIRMWARE_DIR, boards
from .errors import NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE, RollerError
from .link import Link, nonsense

ROOT_FILE = "main.py"
_BOARD_FILE = "board.py"  # names the board that main.py starts
_RESERVE_BYTES = 32 * 1024  # folders, and the file system's own
_BLOCK_BYTES = 4096
_COPIES = 8  # files a question: a board that copies all of them at once looks as if it had fallen silent


@dataclass(frozen=True)
class Deployed:
    """What a deploy did."""

    slot: str
    files: int
    sent: list[str]
    sent_bytes: int
    switched: bool


def firmware_files(folder: Path = FIRMWARE_DIR) -> dict[str, bytes]:
    """Return the firmware as {path relative to its folder: content}."""
    paths = sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def firmware_for(board: str) -> dict[str, bytes]:
    """Return the firmware as it names its board. RollerError when there is no such board."""
    files = firmware_files()
    files[_BOARD_FILE] = files[_BOARD_FILE].replace(boards.DEFAULT.encode(), boards.known(board).encode())
    return files


def sha256(data: bytes) -> str:
    """Return the SHA-256 of a file's content in hex, as boards give it."""
    return hashlib.sha256(data).hexdigest()


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


def deploy(link: Link, files: dict[str, bytes], say: Callable[[str, int, int], None] | None = None) -> Deployed:
    """Put `files` on the board; only those are sent that neither slot holds. `say` hears (path, bytes done, in all)."""
    app = {path: data for path, data in files.items() if path != ROOT_FILE}
    wanted = {path: sha256(data) for path, data in files.items()}
    active, paths, free_bytes = _slots(link)
    present = {slot: _hashes(link, slot, paths[slot]) for slot in ("a", "b")}
    root = link.digests(["/" + ROOT_FILE])["/" + ROOT_FILE]
    if active and present[active] == {path: wanted[path] for path in app} and root == wanted[ROOT_FILE]:
        return Deployed(active, len(files), [], 0, False)

    slot = "b" if active == "a" else "a"
    have = present[slot]
    other = present["b" if slot == "a" else "a"]
    missing = [path for path in app if have.get(path) != wanted[path]]
    copied = [path for path in missing if other.get(path) == wanted[path]]
    sent = [path for path in missing if path not in copied]
    _check_space(sum(_on_flash(files[path]) for path in missing), free_bytes)
    folders = [f"/{slot}", *(f"/{slot}/{folder}" for folder in _folders(app))]
    remove = [f"/{slot}/{path}" for path in have if path not in app]
    pairs = [(f"/{'b' if slot == 'a' else 'a'}/{path}", f"/{slot}/{path}") for path in copied]
    link.run("prepare", folders=folders, remove=remove, copy=pairs[:_COPIES])
    for start in range(_COPIES, len(pairs), _COPIES):
        link.run("prepare", folders=[], remove=[], copy=pairs[start : start + _COPIES])
    total = sum(len(files[path]) for path in sent)
    done = 0
    for path in sent:
        link.write_file(f"/{slot}/{path}", files[path])
        done += len(files[path])
        if say:
            say(path, done, total)
    if _hashes(link, slot, [f"/{slot}/{path}" for path in app]) != {path: wanted[path] for path in app}:
        raise RollerError("the firmware on the board is not what was sent", "deploy again; the old app still runs")
    if root != wanted[ROOT_FILE]:
        sent.append(ROOT_FILE)
        total += len(files[ROOT_FILE])
        link.write_file("/" + ROOT_FILE, files[ROOT_FILE])
    link.write_file("/active", slot.encode())
    return Deployed(slot, len(files), sent, total, True)


def _folders(paths: dict[str, bytes]) -> list[str]:
    """Return the folders of `paths`, parents first."""
    found = {parent.as_posix() for path in paths for parent in PurePosixPath(path).parents} - {"."}
    return sorted(found)


def _slots(link: Link) -> tuple[str | None, dict[str, list[str]], int]:
    """Return the slot that runs (None: none), the files in both, and the free bytes; RollerError for nonsense."""
    state = link.run("slots")
    if isinstance(state, dict) and state.get("free_bytes", 0) is None:
        raise RollerError(f"the board has no file system: {NO_FILE_SYSTEM}", NO_FILE_SYSTEM_CURE)
    try:
        active = state["active"] if state["active"] in ("a", "b") else None
        paths = {slot: [str(path) for path in state["slots"][slot]] for slot in ("a", "b")}
        return active, paths, int(state["free_bytes"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise nonsense() from error


def _hashes(link: Link, slot: str, paths: list[str]) -> dict[str, str]:
    """Return {path in the slot: SHA-256} for the files that are there."""
    found = link.digests([path for path in paths if path.startswith(f"/{slot}/")])
    return {path[len(slot) + 2 :]: digest for path, digest in found.items() if digest}


def _on_flash(data: bytes) -> int:
    """Return the bytes that a file takes on the flash: whole blocks."""
    return -(-len(data) // _BLOCK_BYTES) * _BLOCK_BYTES


def _check_space(need: int, free: int) -> None:
    if need + _RESERVE_BYTES > free:
        raise RollerError(
            f"the board has {free // 1024} kB free, the firmware needs {(need + _RESERVE_BYTES) // 1024} kB",
            "pull the sessions, then remove old ones from the board",
        )
