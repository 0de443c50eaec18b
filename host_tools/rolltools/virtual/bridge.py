# SPDX-License-Identifier: MIT
"""The serial port of the virtual board: a pty that any program opens, with a MicroPython VM on a second pty behind it.

Between the two stands what the ESP32 has and a PC program has not: Ctrl-C that interrupts a running program, a soft
reset that starts the interpreter again, a reset line that kills it. Linux and macOS only.
"""

import ctypes
import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

PWRON_RESET, SOFT_RESET = 1, 5

_CTRL_A, _CTRL_B, _CTRL_C = 0x01, 0x02, 0x03
_CHUNK = 4096
_LISTEN_MS = 10  # how often to look whether somebody has opened the port
_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_BANNER = b"MicroPython "
_PROMPT = b">>> "
_PR_SET_PDEATHSIG = 1


class Vm:
    """One run of the interpreter, from a reset to the next, on a pty of its own."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.fd, slave = pty.openpty()
        tty.setraw(slave)
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            start_new_session=True,
            preexec_fn=_die_with_us,
        )
        os.close(slave)

    def write(self, data: bytes) -> None:
        """Send bytes to the interpreter; a dead one takes nothing."""
        try:
            os.write(self.fd, data)
        except OSError:
            pass

    def interrupt(self) -> None:
        """Deliver Ctrl-C: a signal while a program runs, a byte while the REPL reads."""
        if self._runs_a_program():
            self._process.send_signal(signal.SIGINT)
        else:
            self.write(bytes([_CTRL_C]))

    def _runs_a_program(self) -> bool:
        """Tell whether the interpreter's handler for SIGINT is armed, which it is only while code runs."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return False
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)

    def kill(self) -> None:
        """End it at once, as a reset line does."""
        self._process.kill()
        self._process.wait()
        os.close(self.fd)


def _die_with_us() -> None:
    """Make the VM die when the board's process is killed: a kill is a power cut."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Bridge:
    """Serves the port until it is killed.

    `start_vm(cause, state, run_main)` starts an interpreter; `on_note(t_us, name, value)` hears what a probe on the
    board would see. `channel` is the reading end of the VM's pipe.
    """

    def __init__(
        self,
        start_vm: Callable[[int, dict[str, Any] | None, bool], Vm],
        channel: int,
        on_note: Callable[[int, str, Any], None],
    ) -> None:
        self._start_vm = start_vm
        self._channel = channel
        self._on_note = on_note
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self._vm = start_vm(PWRON_RESET, None, True)
        self._state: dict[str, Any] | None = None
        self._ready = False
        self._raw = False  # the REPL is in raw mode: a soft reset keeps it so and leaves main.py out
        self._held = b""  # input that came while the interpreter was starting
        self._hidden: bytes | None = None  # output of a start into the raw REPL, until its banner is through
        self._said = b""

    def serve(self) -> None:
        """Pass bytes both ways for ever."""
        while True:
            self._turn()

    def close(self) -> None:
        """Switch the board off."""
        self._vm.kill()
        os.close(self._master)

    def _turn(self) -> None:
        # A pty's master reports a hang-up for as long as nobody has the port open, so it is polled apart then.
        listening = self._somebody_listens()
        readers = [self._vm.fd, self._channel] + ([self._master] if listening else [])
        ready = select.select(readers, [], [], None if listening else _LISTEN_MS / 1000)[0]
        if self._channel in ready:
            self._hear(os.read(self._channel, _CHUNK))
        if self._vm.fd in ready:
            self._from_vm(listening)
        if self._master in ready:
            self._from_port()

    def _somebody_listens(self) -> bool:
        poller = select.poll()
        poller.register(self._master, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in poller.poll(0))

    def _from_port(self) -> None:
        try:
            data = os.read(self._master, _CHUNK)
        except OSError:
            return  # closed between the look and the read
        self._to_vm(data)

    def _to_vm(self, data: bytes) -> None:
        if not self._ready:
            self._held += data
            return
        start = 0
        for i, byte in enumerate(data):
            if byte == _CTRL_C:
                self._vm.write(data[start:i])
                self._vm.interrupt()
                start = i + 1
            elif byte in (_CTRL_A, _CTRL_B):
                self._raw = byte == _CTRL_A
        self._vm.write(data[start:])

    def _from_vm(self, listening: bool) -> None:
        try:
            data = os.read(self._vm.fd, _CHUNK)
        except OSError:
            data = b""
        if not data:
            self._drain_channel()
            self._restart(SOFT_RESET, "MPY: soft reboot\r\n", listening)
            return
        data = self._hide_start(data)
        if listening:
            self._to_port(data)

    def _hide_start(self, data: bytes) -> bytes:
        """Take the friendly banner out of a start that goes straight into the raw REPL."""
        if self._hidden is None:
            return data
        self._hidden += data
        if self._hidden.endswith(_PROMPT):
            head, self._hidden = self._hidden[: self._hidden.rfind(_BANNER)], b""
            self._vm.write(bytes([_CTRL_A]))
            self._ready = True
            return head
        if _RAW_BANNER in self._hidden:
            data = _RAW_BANNER + self._hidden.partition(_RAW_BANNER)[2]
            self._hidden = None
            held, self._held = self._held, b""
            self._to_vm(held)
            return data
        return b""

    def _to_port(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                if not self._somebody_listens():
                    return
                select.select([], [self._master], [], _LISTEN_MS / 1000)
            except OSError:
                return  # nobody listens: a serial line forgets

    def _hear(self, data: bytes) -> None:
        *lines, self._said = (self._said + data).split(b"\n")
        for line in lines:
            what, value = json.loads(line)
            if what == "note":
                self._on_note(*value)
            elif what == "state":
                self._state = value
            elif what == "ready":
                self._started()
            elif what == "reset":
                listening = self._somebody_listens()
                self._say_the_rest(listening)
                self._raw = False
                self._restart(value, "", listening)

    def _started(self) -> None:
        if self._hidden is not None:
            return  # the raw REPL first
        self._ready = True
        held, self._held = self._held, b""
        self._to_vm(held)

    def _say_the_rest(self, listening: bool) -> None:
        """Pass on what was printed before the reset; on the fast clock that is only just now."""
        while select.select([self._vm.fd], [], [], 0)[0]:
            data = self._hide_start(os.read(self._vm.fd, _CHUNK))
            if listening:
                self._to_port(data)

    def _drain_channel(self) -> None:
        while select.select([self._channel], [], [], 0)[0]:
            self._hear(os.read(self._channel, _CHUNK))

    def _restart(self, cause: int, text: str, listening: bool) -> None:
        self._vm.kill()
        if listening:
            self._to_port(text.encode())
        self._ready = False
        self._hidden = b"" if self._raw else None
        self._vm = self._start_vm(cause, self._state, not self._raw)
