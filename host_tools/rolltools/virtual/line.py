# SPDX-License-Identifier: MIT
"""A serial line between a program and a board's port, as slow and as bad as a real one: a port of its own.

The board's own port is held open, as a USB adapter does. Linux and macOS only.
"""

import os
import pty
import select
import termios
import threading
import time
import tty

from .wire import ESP32_FIFO_BYTES, Faults, Wire

USB_DELAY_S = 0.001  # a frame of USB
FIRST_BAUD = 115200
_TOLERANCE = 0.03  # between the rates of two ends that understand each other
_SPEEDS = {getattr(termios, f"B{baud}"): baud for baud in (115200, 230400, 460800, 921600)}
_NO_BAUD = 110_000  # of an adapter that cannot do what it is asked for
_OSPEED = 5  # the place of the rate in what tcgetattr returns
_CHUNK = 4096
_IDLE_S = 0.05
_AHEAD_S = 0.05  # of what is on its way: more is not taken from the board
_JITTER_S = 0.002  # by which the processes of a PC may be late, and a board is not


class Line:
    """A line to the board at `board_port`; a context manager, served by a thread of its own.

    `up` are the faults from the board to the PC, `down` those from the PC to the board. When one of them cuts the
    cable, the port hangs up. `baud` is the rate of both ends for good; None: each begins with 115200, and what one says
    is noise to the other while they differ (see `set_board_baud`).
    """

    def __init__(
        self, board_port: str, baud: int | None = None, up: Faults | None = None, down: Faults | None = None
    ) -> None:
        self._board = os.open(board_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._board)
        self._pc, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._pc, False)
        self.port = os.ttyname(self._slave)
        self._follows = baud is None
        self._board_baud = baud or FIRST_BAUD
        self._up = Wire(self._board_baud, USB_DELAY_S, up, ESP32_FIFO_BYTES, _JITTER_S)
        self._down = Wire(self._board_baud, USB_DELAY_S, down)
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

    def set_board_baud(self, baud: int) -> None:
        """Let the board's end have another rate."""
        self._board_baud = baud
        self._up.set_baud(baud)

    def _as_heard(self, data: bytes) -> bytes:
        """Return what one end hears of what the other says."""
        if not self._follows or not data:
            return data
        pc_baud = _SPEEDS.get(termios.tcgetattr(self._pc)[_OSPEED], _NO_BAUD)
        self._down.set_baud(pc_baud)
        return data if abs(pc_baud - self._board_baud) < _TOLERANCE * pc_baud else bytes(b ^ 0x5A for b in data)

    def _serve(self) -> None:
        while not self._over.is_set():
            self._turn()
            if self._up.is_cut or self._down.is_cut:
                self._hang_up()
                return

    def _turn(self) -> None:
        # What is too much waits in the board's own port: the program there is the one that waits.
        readers = [self._pc] + ([self._board] if self._up.busy_s(time.monotonic()) < _AHEAD_S else [])
        due_s = [at_s for wire in (self._up, self._down) if (at_s := wire.next_s()) is not None]
        wait_s = max(0.0, min(due_s) - time.monotonic()) if due_s else _IDLE_S
        ready = select.select(readers, [], [], min(wait_s, _IDLE_S))[0]
        now_s = time.monotonic()
        if self._pc in ready:
            self._down.put(now_s, self._as_heard(_read(self._pc)))
        if self._board in ready:
            self._up.put(now_s, self._as_heard(_read(self._board)))
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
