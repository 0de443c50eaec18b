# SPDX-License-Identifier: MIT
"""Session files (NAME.roll) on the PC: read as a Session, record by record, or sample by sample.

Whatever the bytes are, reading them never fails: intact pages are kept, the rest is counted. Only a file without a
single intact page, or one that cannot be opened, raises a RollerError.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from rollcore import logformat as fmt

from . import session_time
from .errors import RollerError
from .log_fold import SessionFold
from .log_pages import Page, Record, ScanReport, read_records, scan_pages
from .log_trace import TraceDecoder, TraceSample
from .session import COMPLETE, DAMAGED, TRUNCATED, Session

_LATER = ("bands", "routine", "steps", "seconds", "clock", "sealed")  # left out where an older file holds none
_CHUNK = 1 << 16
_IDENTITIES = 64  # sessions that are told apart in one file; a real file holds one


@dataclass
class _Tally:
    """What was met on the way through a file."""

    scan: ScanReport = field(default_factory=ScanReport)
    crcs: dict[int, int] = field(default_factory=dict)  # of the pages by sequence
    strays: int = 0
    ended: bool = False
    skipped: int = 0
    seal: tuple[int, bytes] | None = None  # where it lies in the file, and the digest of what lies before

    def damaged(self) -> int:
        """Return how many pages are missing, unreadable or foreign."""
        missing = max(self.crcs) + 1 - len(self.crcs)
        torn = self.scan.torn_tail and self.ended
        return max(missing, self.scan.bad_stretches + torn) + self.strays

    def state(self, sealed: bool | None) -> str:
        """Return the state of the session in the words of session.py; `sealed` as there."""
        if self.damaged() or sealed is False:
            return DAMAGED
        return COMPLETE if self.ended else TRUNCATED


def read_session(path: Path) -> Session:
    """Return the session in `path`; RollerError when there is none or the file cannot be read."""
    tally = _Tally()
    session = Session(path=path, name=path.stem)
    fold: SessionFold | None = None
    for page in _pages(path, tally):
        offset = tally.scan.offset
        if fold is None:
            fold = SessionFold(session, page.start_ms)
            session.session_no = page.session
            session.start_ms = page.start_ms
            session.device = page.device.hex()
        for record in _records(page, tally):
            fold.add(record)
            if record.code == fmt.SEAL:
                tally.seal = (offset, record.payload)
    if fold is None:
        raise _not_a_log(path)
    fold.finish()
    session_time.judge(session)
    session.sealed = _is_sealed(path, tally.seal)
    session.state = tally.state(session.sealed)
    session.damaged_pages = tally.damaged()
    session.skipped_records = tally.skipped
    return session


def read_outline(path: Path) -> tuple[str, bool | None]:
    """Return state and `sealed` as `read_session` has them, in a small part of the time; RollerError as there."""
    tally = _Tally()
    last, offset = None, 0
    for page in _pages(path, tally):
        last, offset = page, tally.scan.offset
    for record in _records(last, tally) if last else ():
        if record.code == fmt.SEAL:
            tally.seal = (offset, record.payload)
    sealed = _is_sealed(path, tally.seal)
    return tally.state(sealed), sealed


def _is_sealed(path: Path, seal: tuple[int, bytes] | None) -> bool | None:
    """Tell whether the file before its seal is what it was when it was sealed; None without a seal."""
    if seal is None:
        return None
    offset, digest = seal
    made = hashlib.sha256()
    with path.open("rb") as stream:
        while offset > 0 and (chunk := stream.read(min(offset, _CHUNK))):
            made.update(chunk)
            offset -= len(chunk)
    return made.digest() == digest


def iter_records(path: Path) -> Iterator[Record]:
    """Yield every record of the session in file order, trace blocks and settings included."""
    for records in iter_pages(path):
        yield from records


def iter_pages(path: Path) -> Iterator[list[Record]]:
    """Yield the records of each page of the session in file order: a trace counts anew in every page."""
    tally = _Tally()
    for page in _pages(path, tally):
        yield _records(page, tally)


def iter_trace(path: Path) -> Iterator[TraceSample]:
    """Yield the samples of the trace in file order; nothing when the session was kept without one."""
    for records in iter_pages(path):
        decoder = TraceDecoder()
        for record in records:
            if record.code == fmt.TRACE:
                yield from decoder.decode(record)


def _pages(path: Path, tally: _Tally) -> Iterator[Page]:
    """Yield each page of the file's session once; others are counted."""
    try:
        with path.open("rb") as stream:
            identity = _main_identity(Counter(), scan_pages(stream))
            if identity is None:
                raise _not_a_log(path)
            stream.seek(0)
            for page in scan_pages(stream, tally.scan):
                known_crc = tally.crcs.get(page.sequence)
                if page.identity != identity or known_crc not in (None, page.crc):
                    tally.strays += 1
                elif known_crc is None:  # the same page once more says nothing new
                    tally.crcs[page.sequence] = page.crc
                    tally.ended |= page.is_last
                    yield page
    except OSError as error:
        raise RollerError(f"{path} cannot be read: {error.strerror}", "check the name and the permissions") from error


def _main_identity(votes: Counter, pages: Iterator[Page]) -> tuple[bytes, int, int] | None:
    """Return the session most pages belong to, the first met among equals."""
    for page in pages:
        if page.identity in votes or len(votes) < _IDENTITIES:
            votes[page.identity] += 1
    return votes.most_common(1)[0][0] if votes else None


def _records(page: Page, tally: _Tally) -> list[Record]:
    records, skipped = read_records(page)
    tally.skipped += skipped
    return records


def _not_a_log(path: Path) -> RollerError:
    return RollerError(f"{path} holds no page of a session log", "give a .roll file, or pull it from the board again")


def decode_json(session: Session) -> dict[str, Any]:
    """Return the whole session as plain data; strokes, alarms and cues under the names of `roller replay`."""
    plain: dict[str, Any] = {"file": session.path.name}
    for item in fields(session):
        value = getattr(session, item.name)
        if item.name != "path" and not (item.name in _LATER and value in (None, [], {})):
            plain[item.name] = [_plain(entry) for entry in value] if isinstance(value, list) else value
    strokes = session.strokes
    plain["session"] = {name: plain.pop(name) for name in ("duration_s", "contact_s", "in_band_s", "over_s")}
    plain["session"].update(
        strokes=len(strokes),
        lift=sum(stroke.kind == "lift" for stroke in strokes),
        knead=sum(stroke.kind == "knead" for stroke in strokes),
        plus=sum(stroke.dir > 0 for stroke in strokes),
        minus=sum(stroke.dir < 0 for stroke in strokes),
        cues=len(session.cues),
    )
    return plain


def _plain(entry: Any) -> dict[str, Any]:
    return {_short(item.name): getattr(entry, item.name) for item in fields(entry) if not _is_unsaid(item, entry)}


def _is_unsaid(item: "Field[Any]", entry: Any) -> bool:
    """Tell whether a field came later than the file: what older files say stays as it was."""
    return item.default is not MISSING and getattr(entry, item.name) == item.default


def _short(name: str) -> str:
    """Return `t_start_s` as `t_start` and `t_s` as `t`, as the replay calls them."""
    return name.removesuffix("_s") if name.startswith("t_") else name
