# SPDX-License-Identifier: MIT
"""The link to a board: the only file that knows mpremote and the serial port.

A `Link` stops the app, runs small programs (`snippets/`) at the board's raw REPL, moves files, and starts the app
again when it is closed. Everything that comes from the board is checked before it is believed.
"""

import contextlib
import hashlib
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import serial
from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from .errors import RollerError

BAUD = 115200
_SNIPPETS = Path(__file__).parent / "snippets"
_CHUNK = 1024
_READ_TIMEOUT_S = 10
_RESTART_S = 3.0
_USB_VENDORS = {0x10C4, 0x1A86, 0x0403, 0x303A}  # CP210x, CH34x, FTDI, Espressif
Progress = Callable[[int, int], None]  # bytes done, bytes in all


def find_port() -> str:
    """Return the port of the one board that is connected; RollerError when there is none or more than one."""
    ports = [port.device for port in list_ports.comports() if port.vid in _USB_VENDORS]
    if not ports:
        raise RollerError("no board is connected", "plug it in with a data cable, or name its port with --port")
    if len(ports) > 1:
        raise RollerError(f"{len(ports)} boards are connected: {', '.join(ports)}", "name one of them with --port")
    return ports[0]


def _open_error(port: str, error: Exception) -> RollerError:
    text = str(error)
    if "Permission" in text or "EACCES" in text:
        return RollerError(f"no permission to open {port}", "join the group of the port (dialout), then log in again")
    if Path(port).exists():
        return RollerError(
            f"{port} is in use by another program", "close the other program (a terminal?) and try again"
        )
    return RollerError(f"there is no port {port}", "check the cable and the name; `roller doctor` lists what is there")


class Link:
    """A board at its raw REPL with a clean heap; a context manager.

    `port` None means the one board that is connected. `restart` starts the board's app again at the end.
    """

    def __init__(self, port: str | None = None, restart: bool = True) -> None:
        self.port = port or find_port()
        self._restart = restart
        try:
            self._transport = SerialTransport(self.port, baudrate=BAUD, timeout=_READ_TIMEOUT_S)
        except (TransportError, serial.SerialException, OSError) as error:
            raise _open_error(self.port, error) from error

    def __enter__(self) -> Self:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):  # mpremote prints what it did not understand
                self._transport.enter_raw_repl()
        except (TransportError, serial.SerialException, OSError) as error:
            self._close()
            raise RollerError(
                f"no MicroPython answers on {self.port}",
                "flash it first with `roller flash`, or press its reset button",
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._restart:
                self._start_app()
        finally:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(serial.SerialException, OSError):
            self._transport.close()

    def _start_app(self) -> None:
        """Leave the raw REPL and reset softly: boot.py and main.py run again."""
        with contextlib.suppress(serial.SerialException, OSError, TransportError):
            self._transport.exit_raw_repl()
            self._transport.read_until(1, b">>> ", timeout=1, timeout_overall=_RESTART_S)
            self._transport.serial.write(b"\x04")
            self._transport.read_until(1, b"soft reboot\r\n", timeout=1, timeout_overall=_RESTART_S)

    def exec(self, code: str) -> bytes:
        """Run Python source on the board; return what it printed. RollerError when it fails or falls silent."""
        try:
            return bytes(self._transport.exec(code))
        except TransportExecError as error:
            last = error.error_output.strip().splitlines()[-1:] or ["an error without text"]
            raise RollerError(
                f"the board answered: {_plain(last[0])}", "run `roller doctor` to see its state"
            ) from error
        except (TransportError, serial.SerialException, OSError, UnicodeDecodeError) as error:
            raise RollerError(f"the board on {self.port} fell silent", "check the cable and try again") from error

    def run(self, snippet: str, **args: Any) -> Any:
        """Call `main(**args)` of `snippets/SNIPPET.py` on the board and return its result, which travels as JSON."""
        call = f"\nimport json\nprint(json.dumps(main(**{args!r})))\n"
        lines = self.exec((_SNIPPETS / f"{snippet}.py").read_text() + call).strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError) as error:
            raise RollerError(
                "the board's answer makes no sense", "try again; `roller doctor` shows its state"
            ) from error

    def read_file(self, path: str, size: int, progress: Progress | None = None) -> bytes:
        """Return the file at `path` on the board, `size` bytes, proven by its SHA-256 on the board."""
        digest = self.run("sha256", paths=[path])[path]
        data = bytearray()
        self.exec(f"f = open({path!r}, 'rb')")
        while len(data) < size:
            chunk = self._eval_bytes(f"f.read({min(_CHUNK, size - len(data))})")
            if not chunk:
                break
            data += chunk
            if progress:
                progress(len(data), size)
        self.exec("f.close()")
        if hashlib.sha256(data).hexdigest() != digest:
            raise RollerError(f"{_plain(path)} came over damaged", "pull again; if it happens often, try another cable")
        return bytes(data)

    def _eval_bytes(self, expression: str) -> bytes:
        try:
            value = self._transport.eval(expression)
        except (TransportError, ValueError, SyntaxError, serial.SerialException, OSError) as error:
            raise RollerError(f"the board on {self.port} fell silent", "check the cable and try again") from error
        if not isinstance(value, bytes) or len(value) > _CHUNK:
            raise RollerError("the board's answer makes no sense", "try again; `roller doctor` shows its state")
        return value

    def write_file(self, path: str, data: bytes, progress: Progress | None = None) -> None:
        """Write `data` to `path` on the board, beside it first and renamed when its SHA-256 is right."""
        part = path + ".part"
        self.exec(f"f = open({part!r}, 'wb'); w = f.write")
        for start in range(0, len(data), _CHUNK):
            self.exec(f"w({data[start : start + _CHUNK]!r})")
            if progress:
                progress(min(start + _CHUNK, len(data)), len(data))
        self.exec("f.close()")
        if self.run("sha256", paths=[part])[part] != hashlib.sha256(data).hexdigest():
            raise RollerError(
                f"{path} arrived damaged on the board", "try again; if it happens often, try another cable"
            )
        self.exec(f"import os\nos.rename({part!r}, {path!r})")

    def set_clock(self) -> None:
        """Set the board's real-time clock to this computer's UTC, so that sessions know when they were."""
        utc = time.gmtime()
        parts = (utc.tm_year, utc.tm_mon, utc.tm_mday, utc.tm_wday, utc.tm_hour, utc.tm_min, utc.tm_sec, 0)
        self.exec(f"import machine\nmachine.RTC().datetime({parts!r})")


def _plain(text: str) -> str:
    """Return text from a board without control characters, at a length for one line."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
