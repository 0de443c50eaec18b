# SPDX-License-Identifier: MIT
"""A board at its raw REPL: small programs (`snippets/`) are run there, and files written.

Everything that comes from the board is checked before it is believed.
"""

import contextlib
import hashlib
import io
import json
import re
import time
import tokenize
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from .. import FIRMWARE_DIR
from ..errors import NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE, RollerError
from .frames import DATA, PAYLOAD, Frame, FrameReader
from .port import (
    BAUD,
    BOOT_LOADER,
    FAILURES,
    NoFileSystemError,
    PatientSerial,
    close_transport,
    find_port,
    open_transport,
    waits_in_boot_loader,
)

_SNIPPETS = Path(__file__).parents[1] / "snippets"
_CHUNK = 2048  # bytes a question; the board holds it a few times over
_SILENCE_S = 4.0  # a board that says nothing for so long is gone
_LONGEST_S = 60.0  # one answer takes no longer, even when bytes keep coming
_RESTART_S = 3.0
_MOST_NOISE = 65536  # bytes between frames; a board says one for each 2 KB that it reads ahead of the first frame
_PROMPT_S = 1.5
_MEET_S = 0.06  # between two words to a board that changes its rate ...
_SETTLE_S = 0.02  # an adapter has a buffer of its own: what was written is not yet out
_MEETS = 18  # ... which listens for 1 s
_PROGRAM_OVER = b"\x04>"
_TRACE = b"Traceback (most recent call last):"
_RAW_REPL = b"raw REPL; CTRL-B to exit\r\n"
_FULL = ("Errno 28", "OSError: 28", "ENOSPC")
# What stands on the line where there is no prompt: (words, cause, cure).
_SIGNS = (
    (BOOT_LOADER, "the board waits in its boot loader", "press its reset button, and leave BOOT alone"),
    (b"invalid header", "the board has no MicroPython: its flash is empty", "flash it with `roller flash`"),
    (b"flash read err", "the board has no MicroPython: its flash is empty", "flash it with `roller flash`"),
    (
        b"Guru Meditation",
        "MicroPython crashes on the board, and starts again and again",
        "flash it with `roller flash`",
    ),
)
_OF_THE_PROGRAM = re.compile(r"^from (?:sender|send_files) import .*\n", re.MULTILINE)
Progress = Callable[[int, int], None]  # bytes done, bytes in all


class FileRange(NamedTuple):
    """The bytes `start` to `end` of a file on the board."""

    path: str
    start: int
    end: int


class Link:
    """A board at its raw REPL with a clean heap; a context manager.

    `port` None means the one board that is connected. `restart` starts the board's app again at the end. A board that
    is silent for `silence_s`, or not done with one answer after `longest_s`, is given up; so is one whose file system
    is damaged, unless it may be `without_files`.
    """

    def __init__(
        self,
        port: str | None = None,
        restart: bool = True,
        silence_s: float = _SILENCE_S,
        longest_s: float = _LONGEST_S,
        without_files: bool = False,
    ) -> None:
        self.port = port or find_port()
        self._restart = restart
        self._silence_s = silence_s
        self._without_files = without_files
        self._transport = open_transport(self.port, silence_s, longest_s)
        self._serial: PatientSerial = self._transport.serial

    def __enter__(self) -> Self:
        try:
            self._enter()
        except FAILURES as error:
            heard = self._serial.heard
            if not heard and waits_in_boot_loader(self._serial):
                heard = BOOT_LOADER
            close_transport(self._transport)
            raise _no_micropython(self.port, heard) from error
        except BaseException:
            close_transport(self._transport)
            raise
        return self

    def _enter(self) -> None:
        self._serial.watch(True)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it did not understand
                self._transport.enter_raw_repl(timeout_overall=self._silence_s)
        except NoFileSystemError:
            if not self._without_files:
                raise RollerError(f"the board has no file system: {NO_FILE_SYSTEM}", NO_FILE_SYSTEM_CURE) from None
            self._serial.write(b"\x03")  # the REPL behind it is the raw one since before the reset
            if not self._transport.read_until(1, _RAW_REPL, timeout_overall=self._silence_s).endswith(_RAW_REPL):
                raise
            self._transport.in_raw_repl = True
        finally:
            self._serial.watch(False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._restart:
                self._start_app()
        finally:
            close_transport(self._transport)

    def _start_app(self) -> None:
        """Leave the raw REPL and reset softly: boot.py and main.py run again."""
        self._serial.begin()
        with contextlib.suppress(*FAILURES):
            self._transport.serial.write(b"\r\x03")  # whatever was cut off in the middle
            self._transport.exit_raw_repl()
            self._transport.read_until(1, b">>> ", timeout=1, timeout_overall=_RESTART_S)
            self._transport.serial.write(b"\x04")
            self._transport.read_until(1, b"soft reboot\r\n", timeout=1, timeout_overall=_RESTART_S)

    def exec(self, code: str) -> bytes:
        """Run Python source on the board; return what it printed. RollerError when it fails or falls silent."""
        self._start(code)
        return self._end()

    @contextlib.contextmanager
    def talk(self, code: str) -> Iterator[PatientSerial]:
        """Run Python source that talks with the port itself; the block is the other side of that conversation.

        A block that is left by an error ends the program with Ctrl-C; the link is good for more then. RollerError as
        in `exec`.
        """
        self._start(code)
        try:
            yield self._serial
        except FAILURES as error:
            raise self._silent() from error
        except BaseException:
            with contextlib.suppress(RollerError):
                self._interrupt()
            raise
        self._end()

    def _start(self, code: str) -> None:
        self._serial.begin()
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it did not understand
                self._transport.exec_raw_no_follow(code)
        except FAILURES as error:
            raise self._silent() from error

    def _end(self) -> bytes:
        try:
            said, failed = self._transport.follow(self._silence_s)
        except FAILURES as error:
            raise self._silent() from error
        if failed:
            raise _board_failed(failed)
        return bytes(said)

    def _interrupt(self) -> None:
        """End the program that runs, and reach the prompt of the raw REPL anew; RollerError when there is none."""
        self._serial.begin()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_PROMPT_S)
        except FAILURES as error:
            raise self._silent() from error

    def _silent(self) -> RollerError:
        return RollerError(f"the board on {self.port} fell silent", "check the cable and try again")

    def run(self, snippet: str, **args: Any) -> Any:
        """Call `main(**args)` of `snippets/SNIPPET.py` on the board and return its result, which travels as JSON."""
        call = f"\nimport json\nprint(json.dumps(main(**{args!r})))\n"
        lines = self.exec(snippet_source(snippet) + call).strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError, RecursionError) as error:
            raise nonsense() from error

    def digests(self, paths: list[str]) -> dict[str, str | None]:
        """Return the SHA-256 in hex of each of the files `paths` on the board, None where there is no such file."""
        found = self.run("sha256", paths=paths)
        if not isinstance(found, dict) or set(found) != set(paths):
            raise nonsense()
        if not all(value is None or isinstance(value, str) for value in found.values()):
            raise nonsense()
        return found

    def frames(self, ranges: Sequence[FileRange], baud: int = BAUD) -> Iterator[Frame]:
        """Yield the frames of `ranges` of files, as they come; the number of a request is its place in `ranges`.

        It ends with the last of them, or where the board has nothing more to say: frames may be missing then.
        `baud` is the rate meanwhile, if board and adapter can. RollerError when the line is cut.
        """
        asked = [tuple(part) for part in ranges]
        rate = f", {baud}" if baud != BAUD else ""
        self._start(f"{_sender_source(baud != BAUD)}main({asked!r}, {PAYLOAD}{rate})")
        try:
            if baud == BAUD or self._meet(baud):
                yield from self._hear(FrameReader(), len(ranges))
                return
        finally:
            if baud != BAUD:
                self._slow_down()
            self._interrupt()
        yield from self.frames(ranges)

    def _meet(self, baud: int) -> bool:
        """Change the rate with the board; return whether each hears the other. RollerError when the line is cut."""
        try:
            if not self._transport.read_until(1, b"R", timeout=_PROMPT_S, timeout_overall=_PROMPT_S).endswith(b"R"):
                return False
            self._serial.baudrate = baud
            patience_s, self._serial.timeout = self._serial.timeout, _MEET_S
            for _ in range(_MEETS):
                self._serial.write(b"U")
                if self._serial.read(1) == b"U":
                    self._serial.timeout = patience_s
                    return True
            self._serial.timeout = patience_s
            return False
        except FAILURES as error:
            raise self._silent() from error

    def _slow_down(self) -> None:
        """Go back to the first rate; the board does when its program ends, at the latest after a second of silence."""
        self._serial.begin()
        with contextlib.suppress(*FAILURES):
            self._serial.write(b"\x03")
            self._serial.flush()
            time.sleep(_SETTLE_S)
            self._serial.baudrate = BAUD
            self._transport.read_until(1, _PROGRAM_OVER, timeout=_PROMPT_S, timeout_overall=_PROMPT_S)

    def _hear(self, reader: FrameReader, requests: int) -> Iterator[Frame]:
        ended = 0
        text = b""
        while ended < requests and not text.endswith(_PROGRAM_OVER) and len(text) < _MOST_NOISE:
            self._serial.begin()
            try:
                data = self._serial.read_some()
            except FAILURES as error:
                raise self._silent() from error
            if not data:
                break
            for frame in reader.feed(data):
                ended += frame.kind != DATA
                yield frame
            text += reader.text()
        yield from reader.end()
        _, failed, trace = text.removesuffix(_PROGRAM_OVER).partition(_TRACE)
        if failed:
            raise _board_failed(trace)

    def write_file(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write `data` to `path` on the board, beside it first and renamed when its SHA-256 is right."""
        part = path + ".part"
        self.exec(f"f = open({part!r}, 'wb'); w = f.write")
        for start in range(0, len(data), _CHUNK):
            self.exec(f"w({data[start : start + _CHUNK]!r})")
            if progress:
                progress(min(start + _CHUNK, len(data)), len(data))
        self.exec("f.close()")
        if self.digests([part])[part] != hashlib.sha256(data).hexdigest():
            raise RollerError(
                f"{path} arrived damaged on the board", "try again; if it happens often, try another cable"
            )
        self.exec(f"import os\nos.rename({part!r}, {path!r})")


@cache
def snippet_source(name: str) -> str:
    """Return the source of `snippets/NAME.py` without comments and docstrings: the line is slow."""
    return compact((_SNIPPETS / f"{name}.py").read_text(encoding="utf-8"))


@cache
def _sender_source(fast: bool) -> str:
    """Return the program that sends files; what it imports from its other parts stands before them."""
    sender = compact((FIRMWARE_DIR / "sender.py").read_text(encoding="utf-8"))
    parts = [sender, snippet_source("send_files"), *([snippet_source("send_fast")] if fast else [])]
    return _OF_THE_PROGRAM.sub("", "".join(parts))


def compact(source: str) -> str:
    """Return Python source that does the same, without comments, docstrings and empty lines."""
    lines = ["", *source.splitlines()]  # tokens count from 1
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (row, column), (last, _) = token.start, token.end
        if token.type in (tokenize.COMMENT, tokenize.NL):
            lines[row] = lines[row][:column].rstrip()
            continue
        if token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            lines[row : last + 1] = [" " * column + "0", *[""] * (last - row)]
        before = token.type
    narrow = [" " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in lines if line]
    return "\n".join(narrow) + "\n"


def _no_micropython(port: str, heard: bytes) -> RollerError:
    """Say why no raw REPL was reached: the boot loader and a crash leave words on the line."""
    for sign, cause, cure in _SIGNS:
        if sign in heard:
            return RollerError(f"{cause} (on {port})", cure)
    if heard:
        says = "what comes is no MicroPython: another program, another rate, or a bad cable"
        return RollerError(f"no MicroPython answers on {port}: {says}", "press its reset button, or flash it anew")
    says = "flash it with `roller flash`; where it has MicroPython, press its reset button, or move it if it sleeps"
    return RollerError(f"no MicroPython answers on {port}", says)


def _board_failed(trace: bytes) -> RollerError:
    last = trace.decode(errors="replace").strip().splitlines()[-1:] or ["an error without text"]
    full = "its flash is full: pull the sessions; " if any(sign in last[0] for sign in _FULL) else ""
    return RollerError(f"the board answered: {_plain(last[0])}", f"{full}run `roller doctor` to see its state")


def nonsense() -> RollerError:
    """Return the error for an answer that no board of ours gives."""
    return RollerError("the board's answer makes no sense", "try again; `roller doctor` shows its state")


def _plain(text: str) -> str:
    """Return text from a board without control characters, at a length for one line."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
