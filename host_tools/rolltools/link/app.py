# SPDX-License-Identifier: MIT
"""A board whose app runs: requests to its console (`firmware/console.py`), and nothing is interrupted."""

import json
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from ..console import printable
from ..errors import NotNowError, RollerError
from .frames import DATA, Frame, FrameReader
from .port import FAILURES, PatientSerial, close_transport, find_port, open_transport

_ANSWER_S = 0.8  # the app looks every 50 ms; it may just write a page
_POLL_S = 0.1
_SILENCE_S = 2.0  # between two frames
_LONGEST_LINE = 4096  # bytes; no line of ours is longer


class NoAppError(RollerError):
    """No app answers at the port: another program runs there, or the prompt waits."""


class RefusedError(RollerError):
    """The app does not do what it is asked for."""


class AppLink:
    """The console of a running app; a context manager. Ctrl-C is never sent, and the board never reset.

    `port` None means the one board that is connected.
    """

    def __init__(self, port: str | None = None) -> None:
        self.port = port or find_port()
        self._transport = open_transport(self.port, _POLL_S, _ANSWER_S)
        self.serial: PatientSerial = self._transport.serial
        self._reader = FrameReader()
        self.bytes_heard = 0  # of whatever: a board without an app is not a silent one
        self._heard = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        close_transport(self._transport)

    def ask(self, request: str, wait_s: float = _ANSWER_S) -> Any:
        """Return the answer to a request, as `status` or `cue 3`; NoAppError when none comes within `wait_s`."""
        self.send(request)
        word = request.split()[0]
        end_s = time.monotonic() + wait_s
        for line in self.lines(wait_s):
            if word in line:
                return line[word]
            if time.monotonic() > end_s:
                break  # it says other things, and would for ever
        raise self.no_app()

    def no_app(self) -> NoAppError:
        """Return the error for a port at which no app answers."""
        return NoAppError(
            f"no app answers on {self.port}", "deploy the firmware with `roller deploy`, or press the reset button"
        )

    def send(self, request: str) -> None:
        """Send a request, on a line of its own."""
        self.serial.begin()
        try:
            self.serial.write(b"\n@" + request.encode() + b"\n")
        except FAILURES as error:
            raise self._gone() from error

    def lines(self, silence_s: float) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects that the app says, until it has said none for `silence_s`."""
        end_s = time.monotonic() + silence_s
        while time.monotonic() < end_s:
            self._read()
            *lines, self._heard = (self._heard + self._reader.text()).split(b"\n")
            self._heard = self._heard[-_LONGEST_LINE:]
            for line in lines:
                said = _parsed(line)
                if said is not None:
                    yield said
                    end_s = time.monotonic() + silence_s

    def frames(self, request: str, number: int) -> Iterator[Frame]:
        """Send a request whose answer are frames with its `number`, and yield them as they come.

        It ends with the last of them, or where the app has nothing more to say: frames may be missing then.
        NotNowError where the roller is in contact.
        """
        answer = self.ask(f"{request} {number}")
        if answer == "contact":
            raise in_contact()
        if answer is not True:
            raise RefusedError(f"the board does not send that: {printable(answer)}", "run `roller doctor` to see why")
        end_s = time.monotonic() + _SILENCE_S
        over = False
        while not over and time.monotonic() < end_s:
            for frame in self._read():
                if frame.request == number:
                    end_s = time.monotonic() + _SILENCE_S
                    over = frame.kind != DATA
                    yield frame
            self._reader.text()  # what the app says beside it

    def _read(self) -> list[Frame]:
        self.serial.begin()
        try:
            data = self.serial.read_some()
        except FAILURES as error:
            raise self._gone() from error
        self.bytes_heard += len(data)
        return self._reader.feed(data)

    def _gone(self) -> RollerError:
        return RollerError(f"the board on {self.port} is gone", "check the cable and try again")


def in_contact() -> NotNowError:
    """Return what is said while the roller is in contact: it can think of nothing else then."""
    return NotNowError(
        "the roller is in contact with the skin", "lift it and try again; `roller pull --stop` ends its session"
    )


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return the object in a line of the app, None for any other line, or one that noise has got into."""
    _, at, text = line.partition(b"@{")
    try:
        said = json.loads(b"{" + text) if at else None
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None
