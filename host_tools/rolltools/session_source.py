# SPDX-License-Identifier: MIT
"""Where sessions are pulled from: a board whose app goes on, or one that is stopped for it.

A running app is asked by its console and not disturbed; its open session is not among what it offers. Where none runs,
or the user wants all of it now, the board is brought to its prompt: that ends a session in good order.
"""

import contextlib
import json
import math
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from typing import Any, Protocol

from . import clock_contact
from .archive import safe_session_name
from .clock_history import Contact, is_count, kept
from .errors import RollerError
from .link import BAUD, AppLink, FileRange, Link, NoAppError, RefusedError, in_contact, nonsense
from .link.frames import DATA, END, Frame

_LARGEST_BYTES = 16 * 1024 * 1024  # no flash of ours holds more; a board that claims more is not believed
_RECORD = struct.Struct("<IIBI")  # of the running app's list: see firmware/sending.py
_MOST_SESSIONS = 4096
_CLOCK_BYTES = 8192
_TRIES = 3


@dataclass(frozen=True)
class Offered:
    """A session file that the board offers; `tail` is the CRC-32 of its last 64 bytes."""

    name: str
    size: int
    pulled: bool
    tail: int


class SessionSource(Protocol):
    """A board that offers sessions."""

    def sessions(self) -> list[Offered]:
        """Return the sessions, oldest first; RollerError for a list or a name that no board of ours sends."""

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """Yield the frames of parts of files, as `Link.frames` does."""

    def mark(self, names: Sequence[str]) -> None:
        """Tell the board which sessions are safe."""

    def contacts(self) -> list[Contact]:
        """Return the last contacts of the board's clock, this one at the end."""


def session_path(name: str) -> str:
    """Return where a session lies on the board."""
    return f"/sessions/{name}.roll"


class StoppedBoard:
    """A board at its prompt: as fast as the line."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.frames = link.frames

    def sessions(self) -> list[Offered]:
        """As SessionSource has it."""
        return believed(self._link.run("list_sessions"))

    def mark(self, names: Sequence[str]) -> None:
        """As SessionSource has it."""
        if names:
            self._link.exec(f"for name in {list(names)!r}: open('/sessions/' + name + '.pulled', 'wb').close()")

    def contacts(self) -> list[Contact]:
        """As SessionSource has it; the clock is set as well."""
        return clock_contact.make(self._link)


class RunningBoard:
    """A board whose app goes on; NotNowError while it is in contact."""

    def __init__(self, app: AppLink) -> None:
        self._app = app
        self._numbers = count(1)

    def sessions(self) -> list[Offered]:
        """As SessionSource has it, without the one that is open; NoAppError where no app answers."""
        data = self._stream("sessions", _MOST_SESSIONS * _RECORD.size)
        if data is None or len(data) % _RECORD.size:
            raise nonsense()
        records = _RECORD.iter_unpack(data)
        return believed([[f"s{number:06}.roll", size, pulled, tail] for number, size, pulled, tail in records])

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """As SessionSource has it."""
        for place, part in enumerate(ranges):
            number = part.path.removeprefix("/sessions/s").removesuffix(".roll")
            request = f"send {int(number)} {part.start} {part.end}"
            for frame in self._app.frames(request, self._next_number()):
                yield replace(frame, request=place)

    def mark(self, names: Sequence[str]) -> None:
        """As SessionSource has it."""
        for name in names:
            answer = self._app.ask(f"pulled {int(name[1:])}")
            if answer == "contact":
                raise in_contact()

    def contacts(self) -> list[Contact]:
        """As SessionSource has it; the clock is not set: that a host has set it could not be kept."""
        try:
            told = _json(self._stream(f"send 0 0 {_CLOCK_BYTES}", _CLOCK_BYTES))
        except RefusedError:
            return []  # it was never set
        before = kept(told, time.time() * 1000)
        if not before:
            return []
        offset_s, error_s = clock_contact.nearest(self._told_s)
        unix_ms = round(time.time() * 1000)
        since_s = round((unix_ms - before[-1].unix_ms) / 1000)
        return [*before, Contact(unix_ms, round(offset_s * 1000), since_s, math.ceil(error_s * 1000))]

    def _told_s(self) -> float:
        told_ms = self._app.ask("clock")
        if not is_count(told_ms):
            raise nonsense()
        return told_ms / 1000

    def _next_number(self) -> int:
        return next(self._numbers) % 0xFFFF + 1

    def _stream(self, request: str, most: int) -> bytes | None:
        """Return all that answers a request, proven by its digest, None where it does not come through."""
        for _ in range(_TRIES):
            data = b""
            for heard, frame in enumerate(self._app.frames(request, self._next_number())):
                if heard > most:
                    raise nonsense()
                if frame.kind == DATA and frame.offset == len(data) and len(data) < most:
                    data += frame.payload
                elif frame.kind == END and frame.payload == sha256(data).digest():
                    return data
        return None


def believed(answer: Any) -> list[Offered]:
    """Return the sessions of a board's list, oldest first; RollerError for a list that no board of ours sends."""
    try:
        found = [Offered(safe_session_name(name), size, bool(pulled), tail) for name, size, pulled, tail in answer]
        sane = all(_is_number(entry.size, _LARGEST_BYTES) and _is_number(entry.tail, 0xFFFFFFFF) for entry in found)
    except (TypeError, ValueError):
        sane = False
    if not sane or len({entry.name for entry in found}) != len(found):
        raise RollerError("the board's list of sessions makes no sense", "run `roller deploy`, then pull again")
    return sorted(found, key=lambda entry: (len(entry.name), entry.name))


@contextlib.contextmanager
def session_source(port: str | None, stop: bool, baud: int = BAUD) -> Iterator[tuple[SessionSource, list[Offered]]]:
    """Yield where to pull from, and what is there; `stop` brings also a running app to the prompt.

    `baud` is the rate for the files of a board at its prompt.
    """
    if not stop:
        with AppLink(port) as app:
            running = RunningBoard(app)
            offered = _asked(running)
            if offered is not None:
                yield running, offered
                return
    with Link(port, baud=baud) as link:
        stopped = StoppedBoard(link)
        yield stopped, stopped.sessions()


def _asked(board: RunningBoard) -> list[Offered] | None:
    try:
        return board.sessions()
    except NoAppError:
        return None


def _is_number(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


def _json(data: bytes | None) -> Any:
    try:
        return json.loads(data or b"null")
    except (ValueError, RecursionError):
        return None
