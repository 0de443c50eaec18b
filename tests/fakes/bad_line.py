# SPDX-License-Identifier: MIT
"""A board that takes a file over a line that loses, turns and doubles bytes: the snippet itself, and no clock.

Host and board take turns: one runs until it needs what the other has not sent. That is what silence is here.
"""

import builtins
import contextlib
import threading
from types import SimpleNamespace

from rolltools.errors import RollerError
from rolltools.link import BAUD, Link

LOST, DOUBLED = "lost", "doubled"  # any other fault is the bits that are turned
CTRL_C = 3


class Way:
    """One direction; `faults` is {number of the byte: fault}."""

    def __init__(self, faults):
        self.faults = faults
        self.bytes = bytearray()
        self.passed = 0
        self.most = 0

    def put(self, data):
        for byte in data:
            fault = self.faults.get(self.passed)
            self.passed += 1
            if fault == DOUBLED:
                self.bytes += bytes([byte, byte])
            elif fault is None or fault != LOST:
                self.bytes.append(byte ^ (fault or 0))
        self.most = max(self.most, len(self.bytes))

    def take(self, n):
        data = bytes(self.bytes[:n])
        del self.bytes[:n]
        return data


class Program:
    """A program on the board, in a thread that runs only while the host waits for it."""

    def __init__(self, code, down, up):
        self._down, self._up = down, up
        self._turn = threading.Semaphore(0)
        self._handed_back = threading.Semaphore(0)
        self._stop = False
        self.error = None
        self.ended = False
        fakes = {
            "sys": SimpleNamespace(
                stdin=SimpleNamespace(buffer=SimpleNamespace(readinto=self._readinto, read=self._read)),
                stdout=SimpleNamespace(buffer=SimpleNamespace(write=up.put)),
            ),
            "select": SimpleNamespace(POLLIN=1, poll=lambda: self),
        }
        real = builtins.__import__
        self._scope = {
            "__builtins__": vars(builtins) | {"__import__": lambda name, *more: fakes.get(name) or real(name, *more)}
        }
        self._thread = threading.Thread(target=self._run, args=(code,), daemon=True)
        self._thread.start()

    def _run(self, code):
        self._turn.acquire()
        try:
            exec(code, self._scope)
        except (Exception, KeyboardInterrupt) as error:
            self.error = error
        self.ended = True
        self._up.put(b"\x04\x04>")
        self._handed_back.release()

    def go_on(self):
        """Let the board run until it waits for the host."""
        if not self.ended:
            self._turn.release()
            self._handed_back.acquire()

    def interrupt(self):
        """Ctrl-C."""
        self._stop = True
        while not self.ended:
            self.go_on()

    def _wait(self):
        self._handed_back.release()
        self._turn.acquire()
        if self._stop:
            raise KeyboardInterrupt

    def _read(self, n):
        while not self._down.bytes:
            self._wait()
        if self._down.bytes[0] == CTRL_C:
            self._down.take(1)
            raise KeyboardInterrupt
        return self._down.take(n)

    def _readinto(self, view):
        for i in range(len(view)):
            view[i] = self._read(1)[0]
        return len(view)

    def register(self, *_):
        """Be a poll object."""

    def poll(self, _quiet_ms):
        """Tell whether something comes: the host sends on until it has heard all that was said."""
        while self._up.bytes and not self._down.bytes:
            self._wait()
        return bool(self._down.bytes)


class BadLink(Link):
    """A link to such a board; `down` and `up` are the faults of the two directions."""

    def __init__(self, down=None, up=None):
        self.port = "/dev/bad"
        self._given = set()
        self._baud = BAUD
        self.down, self.up = (Way({} if faults is None else faults) for faults in (down, up))
        self.programs = []
        self.timeout = 4.0

    @contextlib.contextmanager
    def talk(self, code):
        self.down.bytes.clear()  # the prompt took it
        self.up.bytes.clear()
        self.program = Program(code, self.down, self.up)
        self.programs.append(code)
        try:
            yield self
        except BaseException:
            self.program.interrupt()
            raise
        self.program.go_on()
        if not self.program.ended:
            self.program.interrupt()
            raise self._silent()
        if self.program.error:
            raise RollerError(f"the board answered: {self.program.error}", "")

    def begin(self):
        """Be a port."""

    def write(self, data):
        """Send."""
        assert CTRL_C not in data
        self.down.put(data)

    def read(self, n):
        """Return what the board says, b"" when it waits for more."""
        if not self.up.bytes:
            self.program.go_on()
        return self.up.take(n)
