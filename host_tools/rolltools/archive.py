# SPDX-License-Identifier: MIT
"""The folder of pulled sessions on the PC: what is in it, how a file gets there whole, which names are let in."""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .errors import RollerError
from .session import Session
from .session_log import read_session

SUFFIX = ".roll"
UNREADABLE = "unreadable"
_SAFE_NAME = re.compile(r"(s[0-9]{6,9})\.roll")


@dataclass(frozen=True)
class Entry:
    """One session file; `session` is None when it cannot be read."""

    name: str
    path: Path
    session: Session | None

    @property
    def state(self) -> str:
        """Return the state as in session.py, or UNREADABLE."""
        return self.session.state if self.session else UNREADABLE


def safe_session_name(file_name: str) -> str:
    """Return the name (s000012) in a session's file name; RollerError for anything a board should never say.

    What passes is a plain file name on every system: no folder, no dot, no device name, no odd character.
    """
    match = _SAFE_NAME.fullmatch(file_name)
    if match is None:
        raise RollerError(
            f"the board offers a session file named {file_name[:60]!r}, which is no name of ours",
            "remove that file from the board, or run `roller deploy` and try again",
        )
    return match[1]


def list_sessions(folder: Path) -> list[Entry]:
    """Return the sessions in `folder` and the folders in it, by name; RollerError when it cannot be read."""
    if not folder.is_dir():
        raise RollerError(f"{folder} is not a folder", "name the folder that `roller pull --to` filled")
    try:
        paths = sorted([*folder.glob(f"*{SUFFIX}"), *folder.glob(f"*/*{SUFFIX}")])
    except OSError as error:
        raise RollerError(f"{folder} cannot be read: {error.strerror}", "check the permissions") from error
    return [_entry(path) for path in paths if path.is_file()]


def find_session(folder: Path, name: str) -> Session:
    """Return the session called `name` (with or without .roll) in `folder`; RollerError when there is none."""
    wanted = name.removesuffix(SUFFIX)
    paths = [entry.path for entry in list_sessions(folder) if entry.name == wanted]
    if not paths:
        raise RollerError(f"there is no session {wanted!r} in {folder}", "see `roller sessions` for the names")
    if len(paths) > 1:
        raise RollerError(f"{len(paths)} sessions are named {wanted!r} in {folder}", f"give the file, as {paths[0]}")
    return read_session(paths[0])


def _entry(path: Path) -> Entry:
    try:
        return Entry(path.stem, path, read_session(path))
    except RollerError:
        return Entry(path.stem, path, None)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that the file is whole or not there; errors as in `writing`."""
    with writing(path) as stream:
        stream.write(data)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """Give a stream for `path`, which is whole or not there: written aside, synced, renamed into place at the end.

    RollerError when the disk refuses; nothing is left beside the file then, nor after any other error.
    """
    aside = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            aside = Path(stream.name)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        aside.chmod(0o644)
        aside.replace(path)
        aside = None
        sync_folder(path.parent)
    except OSError as error:
        raise not_written(path, error) from error
    finally:
        if aside is not None:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)


def not_written(path: Path, error: OSError) -> RollerError:
    """Return what a user is told when the disk refuses a file."""
    cause = f"{path} cannot be written: {error.strerror}"
    return RollerError(cause, "check the space and the permissions of the folder")


def read_object(path: Path, cure: str) -> dict[str, Any]:
    """Return the JSON object in a file of the user's; RollerError, with this cure, when it holds none."""
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise RollerError(f"{path} is not JSON: {error}", cure) from error
    if not isinstance(given, dict):
        raise RollerError(f"{path} holds no JSON object", cure)
    return given


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable; systems that cannot open a folder (Windows) do without."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
