# SPDX-License-Identifier: MIT
"""Files of a board through a line that may lose anything: what is missing is asked for until the digest is right.

A file grows in a part beside its place, so that a transfer that was cut goes on where it ended. It is renamed into its
place only when its SHA-256 is the board's.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

from .archive import not_written, sync_folder
from .console import printable
from .errors import RollerError
from .link import FileRange, in_contact
from .link.frames import DATA, END, FAILED, FRAME_BYTES, Frame

_MOST_HOLES = 2000  # of a file: more were never lost by a line, but by a board that means harm
_MOST_WORDS = 60
_MOST_TOO_MUCH = 65536  # bytes of frames that nobody asked for
_FRUITLESS = 3  # rounds without a new byte; then the line is given up
Advance = Callable[[int], None]  # hears how many new bytes have come


class Board(Protocol):
    """What sends files: a board at its prompt, or one whose app runs."""

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """Yield what comes of `ranges`; the number of a request is its place there."""


@dataclass
class Fetch:
    """One file that is being fetched: `path` on the board, `size` bytes there, to `target`.

    `known` bytes of it are here already: the beginning of the target. `resent` counts bytes that came in vain.
    """

    path: str
    size: int
    target: Path
    known: int = 0
    resent: int = 0
    finished: bool = False
    _wrong: int = 0
    _holes: list[tuple[int, int]] = field(default_factory=list)
    _digest: bytes | None = None
    _stream: IO[bytes] | None = None

    @property
    def part(self) -> Path:
        """Return where the file grows: under a name that is no session's."""
        return self.target.with_name(f".{self.target.name}.part")

    @property
    def _holes_file(self) -> Path:
        """Return where the holes of a part are kept; a part without it has none."""
        return self.target.with_name(f".{self.target.name}.holes")

    def open(self) -> None:
        """Go on with the part that an earlier transfer left, else begin with what is known of the target."""
        self.target.parent.mkdir(parents=True, exist_ok=True)
        if not self.part.is_file() or not self.known <= self.part.stat().st_size <= self.size:
            self._holes_file.unlink(missing_ok=True)
            self.part.write_bytes(self.target.read_bytes()[: self.known] if self.known else b"")
        self._stream = self.part.open("r+b")
        there = self.part.stat().st_size
        self._holes = _kept_holes(self._holes_file, there) + _hole(there, self.size)
        self._holes_file.unlink(missing_ok=True)

    def ranges(self) -> list[FileRange]:
        """Return what is still to be asked for; with all there but its digest, an empty range at the end."""
        if self._holes or self._digest is None:
            return [FileRange(self.path, *hole) for hole in self._holes or [(self.size, self.size)]]
        return []

    def take(self, frame: Frame) -> int:
        """Take a frame; return how many new bytes it brought, 1 for the digest. RollerError when the board refuses."""
        if self.finished:
            return 0
        if frame.kind == FAILED:
            raise refused(self.path, frame.payload)
        if frame.kind == END:
            if frame.offset != self.size or self._digest is not None:
                return 0
            self._digest = frame.payload
            return 1
        new = self._fill(frame.offset, frame.payload) if frame.kind == DATA else 0
        self.resent += len(frame.payload) - new
        return new

    def _fill(self, start: int, data: bytes) -> int:
        """Write what of `data` is missing; return how much that was."""
        assert self._stream is not None
        new, holes, end = 0, [], start + len(data)
        for first, last in self._holes:
            begin, stop = max(first, start), min(last, end)
            if begin >= stop:
                holes.append((first, last))
                continue
            self._stream.seek(begin)
            self._stream.write(data[begin - start : stop - start])
            new += stop - begin
            holes += [*_hole(first, begin), *_hole(stop, last)]
        self._holes = holes
        if len(holes) > _MOST_HOLES:
            raise RollerError("the line loses more than it brings", "try another cable, then pull again")
        return new

    def is_right(self) -> bool:
        """Tell whether it has just become whole and right; one that is whole and wrong begins anew, once."""
        if self.finished or self._holes or self._digest is None:
            return False
        assert self._stream is not None
        self._stream.flush()
        if hashlib.sha256(self.part.read_bytes()).digest() == self._digest:
            return True
        self._stream.truncate(0)
        self._holes, self._digest = _hole(0, self.size), None
        self._wrong += 1
        if self._wrong > 1:
            raise RollerError(
                f"{self.path} is not what the board says that it is", "pull again; try another cable if it stays so"
            )
        return False

    def finish(self) -> None:
        """Bring the file to its place; RollerError when the disk refuses."""
        assert self._stream is not None
        try:
            os.fsync(self._stream.fileno())
            self._stream.close()
            self.part.chmod(0o644)
            self.part.replace(self.target)
            sync_folder(self.target.parent)
        except OSError as error:
            raise not_written(self.target, error) from error
        self.finished = True

    def leave(self) -> None:
        """Keep what has come of an unfinished file, for the next time."""
        if self._stream is None or self._stream.closed:
            return
        with contextlib.suppress(OSError):
            there = self.size
            if self._holes and self._holes[-1][1] == self.size:
                there = self._holes.pop()[0]
            self._stream.truncate(there)
            self._stream.close()
            if self._holes:
                self._holes_file.write_text(json.dumps(self._holes))


def fetch(board: Board, files: Sequence[Fetch], advance: Advance, done: Callable[[Fetch], None]) -> None:
    """Bring every file of `files` to its place; `done` hears of each as soon as it is there.

    RollerError when the board refuses, sends what it does not have, or the line brings nothing new any more. What has
    come of an unfinished file is kept for the next time.
    """
    fruitless = 0
    waiting = list(files)
    try:
        for file in files:
            _open(file)
        while waiting:
            new = 0
            for file, brought in _round(board, waiting):
                new += brought
                advance(brought)
                if file.is_right():
                    file.finish()
                    done(file)
            waiting = [file for file in waiting if not file.finished]
            fruitless = 0 if new else fruitless + 1
            if fruitless == _FRUITLESS:
                raise RollerError("nothing comes through the line but noise", "try another cable, then pull again")
    finally:
        for file in files:
            file.leave()


def digests(board: Board, parts: Sequence[tuple[str, int]]) -> list[bytes]:
    """Return the SHA-256 of the first `size` bytes of each (path, size) on the board; RollerError as in `fetch`."""
    found: dict[int, bytes] = {}
    for _ in range(_FRUITLESS):
        asked = [place for place in range(len(parts)) if place not in found]
        ranges = [FileRange(parts[place][0], parts[place][1], parts[place][1]) for place in asked]
        for frame in _bounded(board, ranges):
            if frame.request >= len(asked) or frame.kind == DATA:
                continue
            path, size = parts[asked[frame.request]]
            if frame.kind == FAILED:
                raise refused(path, frame.payload)
            if frame.offset == size:
                found[asked[frame.request]] = frame.payload
    if len(found) < len(parts):
        raise RollerError("nothing comes through the line but noise", "try another cable, then pull again")
    return [found[place] for place in range(len(parts))]


def _open(file: Fetch) -> None:
    try:
        file.open()
    except OSError as error:
        raise not_written(file.target, error) from error


def _round(board: Board, files: list[Fetch]) -> Iterator[tuple[Fetch, int]]:
    """Ask for all that is missing; yield which file a frame was for, and what it brought."""
    asked = [(file, part) for file in files for part in file.ranges()]
    for frame in _bounded(board, [part for _, part in asked]):
        if frame.request < len(asked):
            file = asked[frame.request][0]
            try:
                yield file, file.take(frame)
            except OSError as error:
                raise not_written(file.target, error) from error


def _bounded(board: Board, ranges: list[FileRange]) -> Iterator[Frame]:
    """Yield the frames of `ranges`; RollerError for a board that sends much more than it was asked for."""
    left = 2 * sum(part.end - part.start for part in ranges) + _MOST_TOO_MUCH
    for frame in board.frames(ranges) if ranges else ():
        left -= len(frame.payload) + FRAME_BYTES
        if left < 0:
            raise RollerError("the board sends more than it was asked for", "run `roller deploy`, then try again")
        yield frame


def _kept_holes(path: Path, size: int) -> list[tuple[int, int]]:
    """Return the holes that an earlier transfer left in the first `size` bytes; where that is unclear, all is one."""
    if not path.is_file():
        return []
    try:
        holes = [(int(start), int(end)) for start, end in json.loads(path.read_bytes())]
        bounds = [bound for hole in holes for bound in hole]
    except (ValueError, TypeError, RecursionError):
        return _hole(0, size)
    sane = bounds and bounds == sorted(set(bounds)) and bounds[0] >= 0 and bounds[-1] <= size
    return holes if sane else _hole(0, size)


def _hole(start: int, end: int) -> list[tuple[int, int]]:
    return [(start, end)] if start < end else []


def refused(path: str, why: bytes) -> RollerError:
    """Return the error for a file that the board does not send."""
    if why == b"contact":
        return in_contact()
    text = printable(why.decode(errors="replace"))[:_MOST_WORDS]
    return RollerError(f"the board does not send {path}: {text}", "run `roller doctor` to see its state")
