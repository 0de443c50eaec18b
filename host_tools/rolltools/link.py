# SPDX-License-Identifier: MIT
"""The link to a board: the only file that knows mpremote and the serial port.

A `Link` stops the app, runs small programs (`snippets/`) at the board's raw REPL, moves files, and starts the app
again when it is closed. Everything that comes from the board is checked before it is believed.
"""

import binascii
import contextlib
import hashlib
import io
import json
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import serial
from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from .errors import RollerError

BAUD = 115200
_SNIPPETS = Path(__file__).parent / "snippets"
_CHUNK = 2048  # bytes a question; the board holds it a few times over
_SILENCE_S = 10.0  # a board that says nothing for so long is gone
_LONGEST_S = 60.0  # one answer takes no longer, even when bytes keep coming
_RESTART_S = 3.0
_USB_VENDORS = {0x10C4, 0x1A86, 0x0403, 0x303A}  # CP210x, CH34x, FTDI, Espressif
# What mpremote and pyserial raise when the line is cut or says something unexpected.
_FAILURES = (TransportError, serial.SerialException, OSError, ValueError, struct.error)
_SOFT_REBOOT = b"soft reboot"
_NO_FILE_SYSTEM = b"filesystem appears to be corrupted"
_RAW_REPL = b"raw REPL; CTRL-B to exit\r\n"
_FULL = ("Errno 28", "OSError: 28", "ENOSPC")
Progress = Callable[[int, int], None]  # bytes done, bytes in all


def find_port() -> str:
    """Return the port of the one board that is connected; RollerError when there is none or more than one."""
    ports = [port.device for port in list_ports.comports() if port.vid in _USB_VENDORS]
    if not ports:
        raise RollerError("no board is connected", "plug it in with a data cable, or name its port with --port")
    if len(ports) > 1:
        raise RollerError(f"{len(ports)} boards are connected: {', '.join(ports)}", "name one of them with --port")
    return ports[0]


def _open_error(port: str) -> RollerError:
    """Say why a port cannot be opened; mpremote keeps the reason to itself."""
    known = [found.device for found in list_ports.comports()]
    path = Path(port)
    if port not in known and not path.exists():
        there = f"the ports here: {', '.join(known)}" if known else "there is none here: check the cable"
        return RollerError(f"there is no port {port}", there)
    if path.exists() and not path.is_char_device():
        return RollerError(f"{port} is no serial port", "name the board's port, as /dev/ttyUSB0")
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        return RollerError(f"no permission to open {port}", "join the group of the port (dialout), then log in again")
    return RollerError(f"{port} is in use by another program", "close the other program (a terminal?) and try again")


class _NoFileSystemError(serial.SerialException):
    """MicroPython cannot mount its file system, and after a reset says so for ever."""


class _PatientSerial:
    """A serial port that ends a conversation in which bytes keep coming and lead nowhere; mpremote would listen on."""

    def __init__(self, port: Any, longest_s: float) -> None:
        self._port = port
        self._longest_s = longest_s
        self._end_s = 0.0
        self._heard: bytes | None = None
        self.begin()

    def begin(self) -> None:
        """Begin a new question: its answer may take the longest time again."""
        self._end_s = time.monotonic() + self._longest_s

    def read(self, size: int = 1) -> bytes:
        """Return up to `size` bytes; SerialException when the time for this answer is over."""
        self._check()
        data = bytes(self._port.read(size))
        if self._heard is not None:
            self._heard += data
            if _NO_FILE_SYSTEM in self._heard.partition(_SOFT_REBOOT)[2]:
                self._heard = None
                raise _NoFileSystemError
        return data

    def watch(self, on: bool) -> None:
        """Look for a board that has no file system in what it says after a reset: _NoFileSystemError."""
        self._heard = b"" if on else None

    def inWaiting(self) -> int:  # noqa: N802 - the name that mpremote calls
        """Return how many bytes wait; SerialException when the time for this answer is over."""
        self._check()
        return int(self._port.in_waiting)

    def _check(self) -> None:
        if time.monotonic() > self._end_s:
            raise serial.SerialException("no end of the answer")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # rts and dtr belong to the port
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            setattr(self._port, name, value)


class Link:
    """A board at its raw REPL with a clean heap; a context manager.

    `port` None means the one board that is connected. `restart` starts the board's app again at the end. A board that
    is silent for `silence_s`, or not done with one answer after `longest_s`, is given up.
    """

    def __init__(
        self,
        port: str | None = None,
        restart: bool = True,
        silence_s: float = _SILENCE_S,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self.port = port or find_port()
        self._restart = restart
        self._silence_s = silence_s
        try:
            self._transport = SerialTransport(self.port, baudrate=BAUD, timeout=silence_s)
        except _FAILURES as error:
            raise _open_error(self.port) from error
        self._transport.serial.write_timeout = silence_s
        self._serial = _PatientSerial(self._transport.serial, longest_s)
        self._transport.serial = self._serial

    def __enter__(self) -> Self:
        try:
            self._enter()
        except _FAILURES as error:
            self._close()
            raise RollerError(
                f"no MicroPython answers on {self.port}",
                "flash it first with `roller flash`, or press its reset button",
            ) from error
        except BaseException:
            self._close()
            raise
        return self

    def _enter(self) -> None:
        self._serial.watch(True)
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # mpremote prints what it did not understand
                self._transport.enter_raw_repl(timeout_overall=self._silence_s)
        except _NoFileSystemError:
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
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(*_FAILURES):
            self._transport.close()

    def _start_app(self) -> None:
        """Leave the raw REPL and reset softly: boot.py and main.py run again."""
        self._serial.begin()
        with contextlib.suppress(*_FAILURES):
            self._transport.serial.write(b"\r\x03")  # whatever was cut off in the middle
            self._transport.exit_raw_repl()
            self._transport.read_until(1, b">>> ", timeout=1, timeout_overall=_RESTART_S)
            self._transport.serial.write(b"\x04")
            self._transport.read_until(1, b"soft reboot\r\n", timeout=1, timeout_overall=_RESTART_S)

    def exec(self, code: str) -> bytes:
        """Run Python source on the board; return what it printed. RollerError when it fails or falls silent."""
        self._serial.begin()
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                self._transport.exec_raw_no_follow(code)
                said, failed = self._transport.follow(self._silence_s)
        except _FAILURES as error:
            raise self._silent() from error
        if failed:
            last = failed.decode(errors="replace").strip().splitlines()[-1:] or ["an error without text"]
            full = "its flash is full: pull the sessions; " if any(sign in last[0] for sign in _FULL) else ""
            raise RollerError(f"the board answered: {_plain(last[0])}", f"{full}run `roller doctor` to see its state")
        return bytes(said)

    def _silent(self) -> RollerError:
        return RollerError(f"the board on {self.port} fell silent", "check the cable and try again")

    def run(self, snippet: str, **args: Any) -> Any:
        """Call `main(**args)` of `snippets/SNIPPET.py` on the board and return its result, which travels as JSON."""
        call = f"\nimport json\nprint(json.dumps(main(**{args!r})))\n"
        lines = self.exec((_SNIPPETS / f"{snippet}.py").read_text() + call).strip().splitlines()
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

    def read_file(self, path: str, size: int, progress: Progress | None = None) -> bytes:
        """Return the file at `path` on the board, `size` bytes, proven by its SHA-256 on the board."""
        digest = self.digests([path])[path]
        data = bytearray()
        self.exec(f"from binascii import hexlify\nf = open({path!r}, 'rb')")
        while len(data) < size:
            chunk = self._read_chunk(min(_CHUNK, size - len(data)))
            if not chunk:
                break
            data += chunk
            if progress:
                progress(len(data), size)
        self.exec("f.close()")
        if len(data) != size or hashlib.sha256(data).hexdigest() != digest:
            raise RollerError(f"{_plain(path)} came over damaged", "pull again; if it happens often, try another cable")
        return bytes(data)

    def _read_chunk(self, size: int) -> bytes:
        try:
            chunk = binascii.unhexlify(self.exec(f"print(hexlify(f.read({size})).decode())").strip())
        except ValueError as error:
            raise nonsense() from error
        if len(chunk) > size:
            raise nonsense()
        return chunk

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


def nonsense() -> RollerError:
    """Return the error for an answer that no board of ours gives."""
    return RollerError("the board's answer makes no sense", "try again; `roller doctor` shows its state")


def _plain(text: str) -> str:
    """Return text from a board without control characters, at a length for one line."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
