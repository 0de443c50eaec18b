# SPDX-License-Identifier: MIT
"""A board at its raw REPL: small programs (`snippets/`) are run there, and files written.

Everything that comes from the board is checked before it is believed.
"""

import contextlib
import hashlib
import io
import json
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

from ..errors import NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE, RollerError
from .causes import SilentError, board_failed, no_micropython, nonsense
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
from .programs import deflated, snippet_source
from .upload import Progress, StalledError, send

_SILENCE_S = 4.0  # a board that says nothing for so long is gone
_LONGEST_S = 60.0  # one answer takes no longer, even when bytes keep coming
_RESTART_S = 3.0
_MOST_NOISE = 65536  # bytes between frames; a board says one for each 3 KB that it reads ahead of the first frame
_PROMPT_S = 1.5
_MEET_S = 0.06  # between two words to a board that changes its rate ...
_SETTLE_S = 0.02  # an adapter has a buffer of its own: what was written is not yet out
_MEETS = 18  # ... which listens for 1 s
_PROGRAM_OVER = b"\x04>"
_TRACE = b"Traceback (most recent call last):"
_RAW_REPL = b"raw REPL; CTRL-B to exit\r\n"
_STALLED_S = 1.0  # of silence in an upload; doubled each time that it leads no further
_MOST_STALLED = 3
_SMALL_BYTES = 1024  # of a file that goes with the program that writes it
_WORTH_BYTES = 4096  # it costs a quarter of a second to change the rate
_LONG = 400  # characters of a program that is worth the question whether the board can inflate
INFLATES = "try:\n import deflate\n print(True)\nexcept ImportError: print(False)"


class FileRange(NamedTuple):
    """The bytes `start` to `end` of a file on the board."""

    path: str
    start: int
    end: int


class Link:
    """A board at its raw REPL with a clean heap; a context manager.

    `port` None means the one board that is connected. `restart` starts the board's app again at the end. A board that
    is silent for `silence_s`, or not done with one answer after `longest_s`, is given up; so is one whose file system
    is damaged, unless it may be `without_files`. `baud` is the rate for files, where board and adapter can.
    """

    def __init__(
        self,
        port: str | None = None,
        restart: bool = True,
        silence_s: float = _SILENCE_S,
        longest_s: float = _LONGEST_S,
        without_files: bool = False,
        baud: int = BAUD,
    ) -> None:
        self.port = port or find_port()
        self._restart = restart
        self._silence_s = silence_s
        self._without_files = without_files
        self._baud = baud
        self._inflates: bool | None = None  # nobody knows yet
        self._given: set[str] = set()  # snippets that the board keeps
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
            raise no_micropython(self.port, heard) from error
        except BaseException:
            close_transport(self._transport)
            raise
        return self

    def _enter(self) -> None:
        self._serial.watch(True)
        self._serial.begin(self._silence_s)
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
                self._start_app(not isinstance(error, SilentError))
        finally:
            close_transport(self._transport)

    def _start_app(self, answers: bool) -> None:
        """Leave the raw REPL and reset softly: boot.py and main.py run again. Nobody waits for one that is silent."""
        self._serial.begin()
        with contextlib.suppress(*FAILURES):
            self._transport.serial.write(b"\r\x03")  # whatever was cut off in the middle
            self._transport.exit_raw_repl()
            if answers:
                self._transport.read_until(1, b">>> ", timeout=1, timeout_overall=_RESTART_S)
            self._transport.serial.write(b"\x04")
            if answers:
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
        if len(code) > _LONG and self._can_inflate():
            code = deflated(code)
        self._serial.begin()
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it did not understand
                self._transport.exec_raw_no_follow(code)
        except FAILURES as error:
            raise self._silent() from error

    def _can_inflate(self) -> bool:
        """Tell whether the board inflates a program that comes deflated; asked once."""
        if self._inflates is None:
            self._inflates = False  # the question itself is short
            self._inflates = self.exec(INFLATES).strip() == b"True"
        return self._inflates

    def _end(self) -> bytes:
        try:
            said, failed = self._transport.follow(self._silence_s)
        except FAILURES as error:
            raise self._silent() from error
        if failed:
            raise board_failed(failed)
        return bytes(said)

    def _interrupt(self) -> None:
        """End the program that runs, and reach the prompt of the raw REPL anew; RollerError when there is none."""
        self._serial.begin()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                self._transport.enter_raw_repl(soft_reset=False, timeout_overall=_PROMPT_S)
        except FAILURES as error:
            raise self._silent() from error

    def _silent(self) -> SilentError:
        return SilentError(f"the board on {self.port} fell silent", "check the cable and try again")

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

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """Yield the frames of `ranges` of files, as they come; the number of a request is its place in `ranges`.

        It ends with the last of them, or where the board has nothing more to say: frames may be missing then.
        RollerError when the line is cut.
        """
        arguments = f"{[tuple(part) for part in ranges]!r}, {PAYLOAD}"
        fast = self._goes_fast("send_files", arguments, sum(part.end - part.start for part in ranges))
        if not fast:
            self._start(self._call("send_files", arguments))
        try:
            yield from self._hear(FrameReader(), len(ranges))
        finally:
            self._stop(fast)

    def _goes_fast(self, snippet: str, arguments: str, size: int) -> bool:
        """Start a snippet at the faster rate of the link.

        False where there is none, or `size` bytes are not worth the change, or board or adapter cannot.
        """
        if self._baud == BAUD or size < _WORTH_BYTES:
            return False
        self._start(self._call(f"{snippet}_fast", f"{arguments}, {self._baud}"))
        if self._meet(self._baud):
            return True
        self._stop(True)
        self._baud = BAUD
        return False

    def _call(self, snippet: str, arguments: str) -> str:
        return f"{self._once(snippet)}{snippet}({arguments})"

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

    def _stop(self, fast: bool) -> bytes:
        """End the program that runs, and go back to the first rate; return what it says at its end."""
        said = self._slow_down() if fast else b""
        self._interrupt()
        return said

    def _slow_down(self) -> bytes:
        """Go back to the first rate; the board does when its program ends, at the latest after a second of silence."""
        self._serial.begin()
        with contextlib.suppress(*FAILURES):
            self._serial.write(b"\x03")
            self._serial.flush()
            time.sleep(_SETTLE_S)
            self._serial.baudrate = BAUD
            return bytes(self._transport.read_until(1, _PROGRAM_OVER, timeout=_PROMPT_S, timeout_overall=_PROMPT_S))
        return b""

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
            raise board_failed(trace)

    def write_file(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write `data` to `path` on the board, beside it first and renamed when its SHA-256 is right."""
        part = path + ".part"
        write = ""
        if len(data) <= _SMALL_BYTES:
            write = f"with open({part!r}, 'wb') as f: f.write({data!r})\n"
        else:
            self.upload(part, data, progress)
        settle = f"print(settle({part!r}, {path!r}, {hashlib.sha256(data).hexdigest()!r}))"
        if self.exec(f"{self._once('settle')}{write}{settle}").strip().splitlines()[-1:] != [b"True"]:
            raise RollerError(
                f"{path} arrived damaged on the board", "try again; if it happens often, try another cable"
            )

    def upload(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write `data` to `path` on the board, each block proven by its CRC-32, as often as it takes."""
        done = stalled = 0
        while True:
            try:
                for written in self._send(path, data, done, _STALLED_S * 2**stalled):
                    done, stalled = written, 0
                    if progress:
                        progress(done, len(data))
                return
            except SilentError:
                if stalled == _MOST_STALLED:
                    raise
                with contextlib.suppress(RollerError):
                    self._interrupt()
            except StalledError as error:
                if stalled == _MOST_STALLED:
                    raise RollerError(
                        f"bytes get lost on the way to {self.port}", "try another cable, or another USB port"
                    ) from error
            stalled += 1
            self._given.clear()  # perhaps not as it was sent

    def _send(self, path: str, data: bytes, done: int, silence_s: float) -> Iterator[int]:
        """Send what follows the first `done` bytes of a file; yield how many the board has written."""
        arguments = f"{path!r}, {done}, {len(data)}"
        if not self._goes_fast("receive", arguments, len(data) - done):
            with self.talk(self._call("receive", arguments)) as port:
                yield from send(port, data, done, silence_s)
            return
        try:
            yield from send(self._serial, data, done, silence_s)
        except FAILURES as error:
            raise self._silent() from error
        except BaseException:
            with contextlib.suppress(RollerError):
                self._stop(True)
            raise
        _, failed, trace = self._stop(True).partition(_TRACE)
        if failed:
            raise board_failed(trace.removesuffix(_PROGRAM_OVER))

    def _once(self, snippet: str) -> str:
        """Return the source of a function with the name of a snippet, its `main`; "" where the board has it already."""
        if snippet in self._given:
            return ""
        self._given.add(snippet)
        body = "".join(f" {line}\n" for line in snippet_source(snippet).splitlines())
        return f"def {snippet}():\n{body} return main\n{snippet} = {snippet}()\n"
