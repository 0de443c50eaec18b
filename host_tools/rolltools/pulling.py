# SPDX-License-Identifier: MIT
"""Bringing sessions from a board to a folder: proven by digest, renamed into place, then marked on the board."""

import hashlib
import json
from binascii import crc32
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .archive import UNREADABLE, write_whole
from .clock_history import Contact
from .errors import RollerError
from .fetching import Fetch, digests, fetch
from .session import Session
from .session_log import read_outline, read_session
from .session_source import Offered, SessionSource, session_path
from .session_time import contact_path
from .strokes_csv import write_strokes

_TAIL_BYTES = 64


@dataclass(frozen=True)
class Pulled:
    """One session that was brought over, or was there already (`new` False)."""

    name: str
    path: str
    bytes: int
    new: bool
    state: str
    strokes: int


def pull(
    board: SessionSource,
    sessions: Sequence[Offered],
    folder: Path,
    advance: Callable[[int], None] = lambda _more: None,
    contacts: Sequence[Contact] = (),
) -> list[Pulled]:
    """Bring `sessions` of a board to `folder`; `advance` hears of new bytes, those that are here already included.

    `contacts` are the last ones of the board's clock: beside each session goes the one that came after it.
    A session that came over whole but cannot be read is kept and has the state UNREADABLE: it must not hide the others.
    A file of the same name that is no beginning of the board's is another board's: RollerError, and nothing is pulled.
    """
    wanted = {folder / f"{entry.name}.roll": entry for entry in sessions if entry.size}
    known = _known_bytes(board, wanted)
    advance(sum(known.values()))
    results = {}
    away = []
    for path, entry in wanted.items():
        if known.get(path) == entry.size:
            results[path] = _known(path, entry) or _kept(path, entry, False, contacts)
        else:
            away.append(Fetch(session_path(entry.name), entry.size, path, known.get(path, 0)))

    def done(file: Fetch) -> None:
        results[file.target] = _kept(file.target, wanted[file.target], True, contacts)

    fetch(board, away, advance, done)
    board.mark([entry.name for entry in wanted.values() if not entry.pulled])
    return [results[path] for path in wanted]


def _known_bytes(board: SessionSource, wanted: dict[Path, Offered]) -> dict[Path, int]:
    """Return how many bytes of each session are here already, proven to be the board's; RollerError where they are not.

    A session that is sealed here is proven by its end: that holds the digest of all the rest.
    """
    here = {path: path.read_bytes() for path in wanted if path.is_file()}
    known = {path: len(data) for path, data in here.items() if _is_sealed(path, data, wanted[path])}
    asked = [path for path in here if path not in known and len(here[path]) <= wanted[path].size]
    proofs = digests(board, [(session_path(wanted[path].name), len(here[path])) for path in asked])
    for path, proof in zip(asked, proofs, strict=True):
        if hashlib.sha256(here[path]).digest() == proof:
            known[path] = len(here[path])
    for path in here:
        if path not in known:
            raise RollerError(
                f"{path} is another session than {wanted[path].name} on the board",
                "pull this board into a folder of its own",
            )
    return known


def _is_sealed(path: Path, data: bytes, entry: Offered) -> bool:
    if len(data) != entry.size or crc32(data[-_TAIL_BYTES:]) != entry.tail:
        return False
    try:
        return read_outline(path)[1] is True
    except RollerError:
        return False


def _known(path: Path, entry: Offered) -> Pulled | None:
    """Return what there is to say of a session that was pulled before; None where it was not finished then."""
    try:
        strokes = len(path.with_suffix(".strokes.csv").read_text(encoding="utf-8").splitlines()) - 1
        return Pulled(entry.name, str(path), entry.size, False, read_outline(path)[0], max(0, strokes))
    except (OSError, ValueError, RollerError):
        return None


def _session(path: Path) -> Session | None:
    """Return the session in a file, None for one that cannot be read."""
    try:
        return read_session(path)
    except RollerError:
        return None


def _kept(path: Path, entry: Offered, new: bool, contacts: Sequence[Contact]) -> Pulled:
    """Write what belongs beside a session, where that is due; return what there is to say of it."""
    session = _session(path)
    if session is None:
        return Pulled(entry.name, str(path), entry.size, new, UNREADABLE, 0)
    if new or not path.with_suffix(".strokes.csv").exists():
        write_strokes(session)
    keep_next_contact(session, contacts)
    return Pulled(entry.name, str(path), entry.size, new, session.state, len(session.strokes))


def keep_next_contact(session: Session, contacts: Sequence[Contact]) -> None:
    """Write the contact that came after the session beside it, where it is known and not there yet."""
    path = contact_path(session.path)
    times = [contact.unix_ms for contact in contacts]
    set_ms = session.clock.get("set_ms")
    if set_ms not in times[:-1] or path.exists():
        return
    after = contacts[times.index(set_ms) + 1]
    write_whole(path, (json.dumps(vars(after)) + "\n").encode())
