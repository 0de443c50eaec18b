# SPDX-License-Identifier: MIT
"""The serial port of a board: found, opened so that the board does not reset, and never listened to for ever."""

import contextlib
import os
import struct
import time
from pathlib import Path
from typing import Any

import serial
from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport
from serial.tools import list_ports

from ..errors import RollerError

BAUD = 115200
_READ_S = 2.0  # one read waits no longer
_USB_VENDORS = {0x10C4, 0x1A86, 0x0403, 0x303A}  # CP210x, CH34x, FTDI, Espressif
BOOT_LOADER = b"waiting for download"  # what the boot loader says after a reset
_SYNC = b"\xc0\x00\x08\x24\x00\x00\x00\x00\x00\x07\x07\x12\x20" + b"\x55" * 32 + b"\xc0"
_SYNC_ANSWER = b"\xc0\x01\x08"
_GREETING_S, _GREETINGS = 0.1, 4
_NO_FILE_SYSTEM = b"filesystem appears to be corrupted"
_SOFT_REBOOT = b"soft reboot"
# What mpremote and pyserial raise when the line is cut or says something unexpected.
FAILURES = (TransportError, serial.SerialException, OSError, ValueError, struct.error)


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


def open_transport(port: str, silence_s: float, longest_s: float) -> SerialTransport:
    """Open a port as mpremote does, with a `PatientSerial` as its `serial`; RollerError says why it cannot be opened.

    DTR and RTS are set together, and RTS is dropped first at the end: the auto-reset circuit of a dev kit resets the
    chip on RTS without DTR only.
    """
    try:
        transport = SerialTransport(port, baudrate=BAUD, timeout=min(silence_s, _READ_S))
    except FAILURES as error:
        raise _open_error(port) from error
    transport.serial.write_timeout = silence_s
    transport.serial = PatientSerial(transport.serial, longest_s)
    return transport


def close_transport(transport: SerialTransport) -> None:
    """Close a port; one that is gone already is closed."""
    with contextlib.suppress(*FAILURES):
        transport.close()


def waits_in_boot_loader(port: "PatientSerial") -> bool:
    """Tell whether the chip's boot loader answers at a port: after a reset with BOOT held it says nothing by itself.

    It is greeted as its protocol wants it (Espressif's serial protocol, SYNC), and answers in the same frame.
    """
    port.begin()
    with contextlib.suppress(*FAILURES):
        port.timeout = _GREETING_S
        for _ in range(_GREETINGS):
            port.write(_SYNC)
            if port.read(len(_SYNC_ANSWER)) == _SYNC_ANSWER:
                return True
    return False


class NoFileSystemError(serial.SerialException):
    """MicroPython cannot mount its file system, and after a reset says so for ever."""


class PatientSerial:
    """A serial port that ends a conversation in which bytes keep coming and lead nowhere; mpremote would listen on."""

    def __init__(self, port: Any, longest_s: float) -> None:
        self._port = port
        self._longest_s = longest_s
        self._end_s = 0.0
        self._watching = False
        self.heard = b""  # while it was watched
        self.begin()

    def begin(self, longest_s: float | None = None) -> None:
        """Begin a new question: its answer may take the longest time again, or `longest_s`."""
        self._end_s = time.monotonic() + (self._longest_s if longest_s is None else longest_s)

    def read(self, size: int = 1) -> bytes:
        """Return up to `size` bytes; SerialException when the time for this answer is over."""
        self._check()
        data = bytes(self._port.read(size))
        if self._watching:
            self.heard += data
            if _NO_FILE_SYSTEM in self.heard.partition(_SOFT_REBOOT)[2]:
                self._watching = False
                raise NoFileSystemError
        return data

    def read_some(self) -> bytes:
        """Return what has come, one byte at the least; b"" when the board was silent for as long as the port waits."""
        first = self.read(1)
        return first + self.read(self.inWaiting()) if first else b""

    def watch(self, on: bool) -> None:
        """Keep what is heard, and look in it for a board without a file system after a reset: NoFileSystemError."""
        self._watching = on

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
        if name.startswith("_") or name == "heard":
            object.__setattr__(self, name, value)
        else:
            setattr(self._port, name, value)
