# SPDX-License-Identifier: MIT
"""A serial line between a program and a board's port, as slow and as bad as a real one: a port of its own.

The board's own port is held open, as a USB adapter does. Linux and macOS only.
"""

import os
import pty
import select
import threading
import time
import tty

from .wire import ESP32_FIFO_BYTES, Faults, Wire

USB_DELAY_S = 0.001  # a frame of USB
_CHUNK = 4096
_IDLE_S = 0.05


class Line:
    """A line of `baud` to the board at `board_port`; a context manager, served by a thread of its own.

    `up` are the faults from the board to the PC, `down` those from the PC to the board. When one of them cuts the
    cable, the port hangs up.
    """

    def __init__(self, board_port: str, baud: int, up: Faults | None = None, down: Faults | None = None) -> None:
        self._board = os.open(board_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._board)
        self._pc, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._pc, False)
        self.port = os.ttyname(self._slave)
        self._up = Wire(baud, USB_DELAY_S, up, ESP32_FIFO_BYTES)
        self._down = Wire(baud, USB_DELAY_S, down)
        self._looked_s = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> "Line":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        for fd in (self._pc, self._slave, self._board):
            if fd >= 0:
                os.close(fd)

    def _serve(self) -> None:
        while not self._over.is_set():
            self._turn()
            if self._up.is_cut or self._down.is_cut:
                self._hang_up()
                return

    def _turn(self) -> None:
        # What the sender still holds waits in the board's own port: the program there is the one that waits.
        readers = [self._pc] + ([self._board] if self._up.waiting == 0 else [])
        due_s = [at_s for wire in (self._up, self._down) if (at_s := wire.next_s()) is not None]
        wait_s = max(0.0, min(due_s) - time.monotonic()) if due_s else _IDLE_S
        ready = select.select(readers, [], [], min(wait_s, _IDLE_S))[0]
        now_s = time.monotonic()
        if self._pc in ready:
            self._down.put(now_s, _read(self._pc))
        if self._board in ready:
            self._up.put(now_s, _read(self._board), self._looked_s)
        if self._board in readers:
            self._looked_s = now_s
        _write(self._pc, self._up.take(now_s))
        _write(self._board, self._down.take(now_s))

    def _hang_up(self) -> None:
        """Pull the cable out: the program's port reports an error from now on."""
        os.close(self._slave)
        os.close(self._pc)
        self._pc = self._slave = -1


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, _CHUNK)
    except OSError:
        return b""  # nobody has it open


def _write(fd: int, data: bytes) -> None:
    """Write all; what the other side does not take is lost, as on a line."""
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        pass
