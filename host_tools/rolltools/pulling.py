# SPDX-License-Identifier: MIT
"""Bringing sessions from a board to a folder: proven by digest, renamed into place, then marked on the board."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .archive import UNREADABLE, safe_session_name, write_whole
from .clock_history import Contact
from .errors import RollerError
from .link import Link
from .session import Session
from .session_log import read_session
from .session_time import contact_path
from .strokes_csv import write_strokes

_LARGEST_BYTES = 16 * 1024 * 1024  # no flash of ours holds more; a board that claims more is not believed


@dataclass(frozen=True)
class Pulled:
    """One session that was brought over, or was there already (`new` False)."""

    name: str
    path: str
    bytes: int
    new: bool
    state: str
    strokes: int


@dataclass(frozen=True)
class Offered:
    """A session file that the board offers."""

    name: str
    size: int
    pulled: bool


def offered(link: Link) -> list[Offered]:
    """Return the sessions on the board, oldest first; RollerError for a list or a name that no board of ours sends."""
    answer = link.run("list_sessions")
    try:
        found = [Offered(safe_session_name(name), size, bool(pulled)) for name, size, pulled in answer]
        sane = all(type(entry.size) is int and 0 <= entry.size <= _LARGEST_BYTES for entry in found)
    except (TypeError, ValueError):
        sane = False
    if not sane:
        raise RollerError("the board's list of sessions makes no sense", "run `roller deploy`, then pull again")
    return sorted(found, key=lambda entry: (len(entry.name), entry.name))


def pull(
    link: Link,
    folder: Path,
    say: Callable[[str, int], None] | None = None,
    sessions: list[Offered] | None = None,
    contacts: Sequence[Contact] = (),
) -> list[Pulled]:
    """Bring every session of the board to `folder`; `say` hears (name, bytes more).

    `contacts` are the last ones of the board's clock: beside each session goes the one that came after it.
    A session that came over whole but cannot be read is kept and has the state UNREADABLE: it must not hide the others.
    """
    results = []
    for entry in offered(link) if sessions is None else sessions:
        if entry.size == 0:
            continue  # begun, and cut off before its first page
        path = folder / f"{entry.name}.roll"
        board_path = f"/sessions/{entry.name}.roll"
        new = not _same_file(link, path, board_path, entry.size)
        if new:
            _refuse_overwrite(link, path, board_path, entry)
            done = 0

            def step(now: int, _total: int, name: str = entry.name) -> None:
                nonlocal done
                if say:
                    say(name, now - done)
                done = now

            write_whole(path, link.read_file(board_path, entry.size, step))
        state, strokes = _read(path, new, contacts)
        if not entry.pulled:
            link.exec(f"open('/sessions/{entry.name}.pulled', 'wb').close()")
        results.append(Pulled(entry.name, str(path), entry.size, new, state, strokes))
    return results


def _read(path: Path, new: bool, contacts: Sequence[Contact]) -> tuple[str, int]:
    """Return state and number of strokes of a session file; write the table of its strokes where that is due."""
    try:
        session = read_session(path)
    except RollerError:
        return UNREADABLE, 0
    if new or not path.with_suffix(".strokes.csv").exists():
        write_strokes(session)
    keep_next_contact(session, contacts)
    return session.state, len(session.strokes)


def keep_next_contact(session: Session, contacts: Sequence[Contact]) -> None:
    """Write the contact that came after the session beside it, where it is known and not there yet."""
    path = contact_path(session.path)
    times = [contact.unix_ms for contact in contacts]
    set_ms = session.clock.get("set_ms")
    if set_ms not in times[:-1] or path.exists():
        return
    after = contacts[times.index(set_ms) + 1]
    write_whole(path, (json.dumps(vars(after)) + "\n").encode())


def _same_file(link: Link, path: Path, board_path: str, size: int) -> bool:
    """Tell whether `path` is already what the board has."""
    if not path.is_file() or path.stat().st_size != size:
        return False
    return link.digests([board_path])[board_path] == _digest(path.read_bytes())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _refuse_overwrite(link: Link, path: Path, board_path: str, entry: Offered) -> None:
    """Refuse to write over a session of another board; a session that only grew since the last pull is replaced."""
    if not path.is_file():
        return
    old = path.read_bytes()
    if len(old) <= entry.size and link.run("sha256_head", path=board_path, size=len(old)) == _digest(old):
        return
    raise RollerError(
        f"{path} is another session than {entry.name} on the board", "pull this board into a folder of its own"
    )
