# SPDX-License-Identifier: MIT
"""The serial port of the virtual board: a pty that any program opens, with a MicroPython VM on a second pty behind it.

Between the two stands what the ESP32 has and a PC program has not: Ctrl-C that interrupts a running program, a soft
reset that starts the interpreter again, a reset line that kills it. Linux and macOS only.
"""

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Any

PWRON_RESET, SOFT_RESET = 1, 5

_CTRL_A, _CTRL_B, _CTRL_C = 0x01, 0x02, b"\x03"
_CHUNK = 4096
_LISTEN_MS = 10  # how often to look whether somebody has opened the port
_PATIENCE_S = 0.1
_STUCK_S = 1.0  # a program that has the port open and does not read for so long has lost what was said
_ENDING_S = 1.0  # a program that took a Ctrl-C and goes on gets what came behind it after as long
_RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_BANNER = b"MicroPython "
_PROMPT = b">>> "


class Vm:
    """One run of the interpreter, from a reset to the next, on a pty of its own.

    `holds_bytes` is how much of its input it keeps until it reads; what comes on top is lost. None: as much as comes.
    """

    def __init__(self, command: list[str], folder: Path, holds_bytes: int | None = None) -> None:
        self.fd, slave = pty.openpty()
        tty.setraw(slave)
        self._tty = os.ttyname(slave)
        self._holds_bytes = holds_bytes
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            start_new_session=True,
            preexec_fn=_hang_up_with_us,
        )
        os.close(slave)
        os.set_blocking(self.fd, False)

    def write(self, data: bytes) -> None:
        """Send bytes to the interpreter; a dead one takes nothing, one that does not read loses what is too much."""
        try:
            if self._holds_bytes is not None:
                data = data[: max(0, self._holds_bytes - self._unread())]
            os.write(self.fd, data)
        except OSError:
            pass

    def _unread(self) -> int:
        """Return how many bytes the interpreter has not read yet."""
        fd = os.open(self._tty, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), sys.byteorder)
        finally:
            os.close(fd)

    def read(self) -> bytes:
        """Return what the interpreter has printed, b"" when it has ended. Call it when there is something to read."""
        try:
            return os.read(self.fd, _CHUNK)
        except OSError:
            return b""  # the other end of a pty is gone

    def interrupt(self) -> None:
        """Interrupt the program that runs, wherever it is."""
        self._process.send_signal(signal.SIGINT)

    def runs_a_program(self) -> bool:
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


def _hang_up_with_us() -> None:
    """Make its pty the VM's terminal: it hangs up, and the VM dies, when the board's process is killed."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _ahead_of_the_banner(hidden: bytes) -> tuple[bytes, bytes]:
    """Return the whole lines that are printed before the friendly banner, and what follows them."""
    said = b""
    while b"\n" in hidden and not hidden.startswith(_BANNER):
        line, newline, hidden = hidden.partition(b"\n")
        said += line + newline
    return said, hidden


class Bridge:
    """Serves the port until it is killed.

    `start_vm(cause, state, run_main)` starts an interpreter; `on_note(t_us, name, value)` hears what a probe on the
    board would see. `channel` is the reading end of the VM's pipe, `interrupts` the writing end of one to the VM.

    A byte in that one is Ctrl-C for a program that waits or looks at the time: it is raised there, as on the ESP32
    between two bytecodes. Only a program that does neither gets a signal, which strikes anywhere: within a collection
    of garbage it would leave the heap locked.
    """

    def __init__(
        self,
        start_vm: Callable[[int, dict[str, Any] | None, bool], Vm],
        channel: int,
        interrupts: int,
        on_note: Callable[[int, str, Any], None],
    ) -> None:
        self._start_vm = start_vm
        self._channel = channel
        self._interrupts = interrupts
        self._insist_s: float | None = None  # when a program that was asked to stop gets a signal
        self._quiet_s: float | None = None  # until when one that took it is given time to end
        self._on_note = on_note
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self._vm = start_vm(PWRON_RESET, None, True)
        self._state: dict[str, Any] | None = None
        self._ready = False
        self._booting = False  # into the raw REPL, and not there yet
        self._raw = False  # the REPL is in raw mode: a soft reset keeps it so and leaves main.py out
        self._held = b""  # input that came while the interpreter was starting, or behind a Ctrl-C not yet taken
        self._hidden: bytes | None = None  # output of a start into the raw REPL, until its banner is through
        self._said = b""
        self._out = b""  # what the port has not taken yet; the interpreter waits as long as this is much
        self._stuck_s = 0.0  # when the port took something last
        self._deaf = False  # it has taken nothing for long: what is said is lost at once

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
        if not listening:
            self._out = b""  # a serial line forgets
        if not listening or (not self._out and not self._deaf):
            self._deaf = False
            self._stuck_s = time.monotonic()
        vm = self._vm
        readers = [self._channel]
        readers += [vm.fd] if len(self._out) < _CHUNK else []
        readers += [self._master] if listening else []
        writers = [self._master] if self._out else []
        idle = listening and not writers and self._insist_s is None and self._quiet_s is None
        wait_s = None if idle else _LISTEN_MS / 1000
        ready, writable, _ = select.select(readers, writers, [], wait_s)
        if self._out:
            self._to_port(bool(writable))
        if self._channel in ready:
            self._hear(os.read(self._channel, _CHUNK))
        if vm.fd in ready and vm is self._vm:
            self._from_vm(listening)
        if self._master in ready:
            self._from_port()
        if self._insist_s is not None and (time.monotonic() > self._insist_s or not self._asked()):
            self._insist()
        if self._quiet_s is not None:
            self._end_quiet()

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
        if self._booting and not self._ready and _CTRL_C in data:
            self._interrupt()  # whatever boot.py or the port itself does ahead of the REPL
        if self._booting or self._asked():
            data = data.replace(_CTRL_C, b"")  # one interrupt is pending at a time, as on the ESP32
        self._held += data
        self._pass_on()

    def _pass_on(self) -> None:
        """Pass on what is held, up to a Ctrl-C that a running program has yet to take.

        What came behind it is for the REPL: a program that reads the port itself must not get it, and MicroPython on
        a PC throws away what comes while it goes from a program to its prompt.
        """
        if self._insist_s is not None and not self._vm.runs_a_program():
            self._insist()  # the program it was for has ended: the one that comes now must not get it
        while self._held and self._ready and self._insist_s is None and self._quiet_s is None:
            head, ctrl_c, self._held = self._held.partition(_CTRL_C)
            modes = [byte for byte in head if byte in (_CTRL_A, _CTRL_B)]
            self._raw = modes[-1] == _CTRL_A if modes else self._raw
            self._vm.write(head)
            if ctrl_c:
                self._interrupt()
                self._held = self._held.replace(_CTRL_C, b"") if self._asked() else self._held

    def _end_quiet(self) -> None:
        """Pass on what is held once the program that took a Ctrl-C has ended, or goes on all the same."""
        now_s = time.monotonic()
        if not self._vm.runs_a_program():
            self._quiet_s = min(self._quiet_s or now_s, now_s + _LISTEN_MS / 1000)
        if now_s >= (self._quiet_s or now_s):
            self._quiet_s = None
            self._pass_on()

    def _interrupt(self) -> None:
        """Deliver Ctrl-C: to a running program, or as a byte to the REPL that reads."""
        if not self._vm.runs_a_program():
            self._vm.write(_CTRL_C)
        else:
            os.write(self._interrupts, _CTRL_C)
            self._insist_s = time.monotonic() + _PATIENCE_S

    def _asked(self) -> bool:
        """Tell whether a Ctrl-C waits for the program to take it."""
        return bool(select.select([self._interrupts], [], [], 0)[0])

    def _insist(self) -> None:
        """See whether the program took its Ctrl-C; if not, strike."""
        self._insist_s = None
        self._quiet_s = time.monotonic() + _ENDING_S
        if not self._asked():
            return
        if self._vm.runs_a_program():
            self._vm.interrupt()
        else:
            self._vm.write(_CTRL_C)  # it has ended meanwhile
        os.read(self._interrupts, _CHUNK)

    def _from_vm(self, listening: bool) -> None:
        data = self._vm.read()
        if data:
            data = self._hide_start(data)
            self._out += data if listening else b""
        else:
            self._drain_channel()
            self._restart(SOFT_RESET, "MPY: soft reboot\r\n")

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
            self._booting = False
            self._pass_on()
            return data
        if self._ready:
            return b""
        said, self._hidden = _ahead_of_the_banner(self._hidden)
        return said

    def _to_port(self, writable: bool) -> None:
        """Write what waits; when a program has the port open and reads nothing, it is lost, as on a serial line."""
        now_s = time.monotonic()
        if writable:
            try:
                self._out = self._out[os.write(self._master, self._out) :]
            except OSError:
                self._out = b""  # closed between the look and the write
            self._deaf = False
            self._stuck_s = now_s
        elif now_s - self._stuck_s > _STUCK_S:
            self._deaf = True
            self._out = b""

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
                self._say_the_rest()
                self._raw = False
                self._restart(value, "")

    def _started(self) -> None:
        if self._hidden is not None:
            self._booting = True
            return  # the raw REPL first
        self._ready = True
        self._pass_on()

    def _say_the_rest(self) -> None:
        """Pass on what was printed before the reset; on the fast clock that is only just now."""
        while select.select([self._vm.fd], [], [], 0)[0]:
            data = self._vm.read()
            if not data:
                return
            self._out += self._hide_start(data)

    def _drain_channel(self) -> None:
        while select.select([self._channel], [], [], 0)[0]:
            self._hear(os.read(self._channel, _CHUNK))

    def _restart(self, cause: int, text: str) -> None:
        self._vm.kill()
        self._insist_s = self._quiet_s = None
        if self._asked():
            os.read(self._interrupts, _CHUNK)  # it was meant for the one before
        self._out += text.encode()
        self._ready = False
        self._hidden = b"" if self._raw else None
        self._vm = self._start_vm(cause, self._state, not self._raw)
