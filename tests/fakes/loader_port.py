# SPDX-License-Identifier: MIT
"""The serial port of a modelled ESP32: a pty, served by a thread, that esptool opens as it opens any other."""

import os
import pty
import select
import termios
import threading
import tty
from collections.abc import Callable

from fakes.nor_flash import PowerCut
from fakes.rom_loader import ROM_BAUD, Esp32

_END, _ESCAPE = 0xC0, 0xDB
_ESCAPED = {0xDC: _END, 0xDD: _ESCAPE}
_LISTEN_MS = 2  # how often to look whether somebody has opened the port
_BAUDS = {termios.B115200: 115200, termios.B460800: 460800, termios.B921600: 921600}


class Unslip:
    """Frames out of a stream of bytes; what is between them is dropped."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the frames that `data` ends."""
        found = []
        for byte in data:
            if byte == _END:
                if self._frame:
                    found.append(bytes(self._frame))
                    self._frame = None
                else:
                    self._frame = bytearray()
                self._escaped = False
            elif self._frame is None:
                continue
            elif self._escaped:
                self._frame.append(_ESCAPED.get(byte, byte))
                self._escaped = False
            elif byte == _ESCAPE:
                self._escaped = True
            else:
                self._frame.append(byte)
        return found


class LoaderPort:
    """Serves `chip` at `port` for the length of a with-block.

    A pty has no DTR and RTS. What the circuit of a board does when esptool moves these, a reset into the boot loader,
    happens here when the port is closed, and when a host comes at the loader's rate to a chip that is at another.

    `cut_at`: the cable is pulled when the chip has got so many commands, before it does the last of them.
    """

    def __init__(self, chip: Esp32, cut_at: int | None = None) -> None:
        self.chip = chip
        self._cut_at = cut_at
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.port = os.ttyname(slave)
        os.close(slave)
        os.set_blocking(self._master, False)
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._closed = threading.Event()
        self._frames = Unslip()
        self._name_keeper = -1

    def __enter__(self) -> "LoaderPort":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stop_writer, b"x")
        self._thread.join()
        for fd in (self._stop_reader, self._stop_writer, self._master, self._name_keeper):
            if fd >= 0:
                os.close(fd)

    def wait_until_closed(self) -> None:
        """Wait until the chip has noticed that nobody has the port open any more."""
        assert self._closed.wait(10)
        self._closed.clear()

    def leave_to_the_parent(self) -> None:
        """Close the chip's end of the line: for a forked process, which must not keep it alive."""
        os.close(self._master)

    def _serve(self) -> None:
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        poll.register(self._stop_reader, select.POLLIN)
        stop = select.poll()
        stop.register(self._stop_reader, select.POLLIN)
        was_open = False
        while True:
            ready = dict(poll.poll())
            if self._stop_reader in ready:
                return
            data = self._read() if ready[self._master] & select.POLLIN else b""
            if data:
                was_open = True
                try:
                    self._heard(data)
                except PowerCut:
                    self.chip.flash.operations_left = None
                    self._pull()
                    return
            elif was_open:
                was_open = False
                self._hung_up()
                self._closed.set()
            elif stop.poll(_LISTEN_MS):
                return

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except OSError:
            return b""  # nobody has the other end open

    def _heard(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            self._take(frame)

    def _hung_up(self) -> None:
        self._frames = Unslip()
        self.chip.restart()

    def _take(self, frame: bytes) -> None:
        baud = self._host_baud()
        if baud == ROM_BAUD and self.chip.baud not in (None, ROM_BAUD):
            self.chip.restart()
        for answer in self.chip.answers(frame, baud):
            if self._cut_at is not None and len(self.chip.commands) >= self._cut_at:
                raise PowerCut
            self._send(answer)

    def _host_baud(self) -> int:
        return _BAUDS.get(termios.tcgetattr(self._master)[4], 0)

    def _send(self, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                poll = select.poll()
                poll.register(self._master, select.POLLOUT)
                poll.register(self._stop_reader, select.POLLIN)
                if any(fd == self._stop_reader or state & select.POLLHUP for fd, state in poll.poll()):
                    return
            except OSError:
                return

    def _pull(self) -> None:
        """Take the cable out: whoever has the port open gets an error from now on.

        Its name stays taken up to the end, or a port of another process would get it, and be found at it.
        """
        self._name_keeper = os.open(self.port, os.O_RDWR | os.O_NOCTTY)
        os.close(self._master)
        self._master = -1


class NoisyPort(LoaderPort):
    """A line that damages one answer: `damage` of the one in that place, the first of all being 1."""

    def __init__(self, chip: Esp32, place: int, damage: Callable[[bytes], bytes]) -> None:
        super().__init__(chip)
        self._left = place
        self._damage = damage

    def _send(self, data: bytes) -> None:
        self._left -= 1
        super()._send(data if self._left else self._damage(data))
