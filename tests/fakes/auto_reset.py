# SPDX-License-Identifier: MIT
"""The circuit of a dev kit between the DTR and RTS of its USB bridge and the EN and IO0 of its ESP32.

Two transistors, crosswise: EN is pulled low while RTS is asserted and DTR is not, IO0 while DTR is and RTS is not.
EN has a capacitor: it falls fast and rises slowly, and the chip looks at IO0 when EN has risen. The values are those of
the schematic of the ESP32-DevKitC (10 kOhm, 0.1 uF), as remembered; the thresholds are the data sheet's.
"""

import fcntl
import math
import struct
import termios
from types import SimpleNamespace

_RISE_S = 1e-3
_FALL_S = 1e-5
_LOW, _HIGH = 0.25, 0.75  # of the supply: below it is in reset, above it runs
_TRANSFER_S = 1e-3  # a change of the lines is one control transfer over USB: a frame
_APP, _LOADER = "app", "boot loader"


class AutoReset:
    """The lines of one port and what they did to its chip: `boots` is "app" or "boot loader" for every start."""

    def __init__(self) -> None:
        self.dtr = self.rts = False
        self.boots: list[str] = []
        self._en = 1.0
        self._in_reset = False

    def set(self, dtr: bool, rts: bool) -> None:
        """Set both lines in one transfer."""
        self.wait(_TRANSFER_S)
        self.dtr, self.rts = dtr, rts

    def wait(self, seconds: float) -> None:
        """Let time pass: EN charges or is discharged."""
        target, tau_s = (0.0, _FALL_S) if self.rts and not self.dtr else (1.0, _RISE_S)
        self._en = target + (self._en - target) * math.exp(-seconds / tau_s)
        if self._en < _LOW:
            self._in_reset = True
        elif self._en > _HIGH and self._in_reset:
            self._in_reset = False
            self.boots.append(_LOADER if self.dtr and not self.rts else _APP)

    def ioctl(self, request: int, argument: bytes) -> bytes:
        """Do what the kernel does with the lines of a serial port."""
        (bits,) = struct.unpack("I", argument)
        now = termios.TIOCM_DTR * self.dtr | termios.TIOCM_RTS * self.rts
        if request == termios.TIOCMGET:
            return struct.pack("I", now)
        wanted = {termios.TIOCMSET: bits, termios.TIOCMBIS: now | bits, termios.TIOCMBIC: now & ~bits}[request]
        self.set(bool(wanted & termios.TIOCM_DTR), bool(wanted & termios.TIOCM_RTS))
        return argument


LINE_REQUESTS = (termios.TIOCMGET, termios.TIOCMSET, termios.TIOCMBIS, termios.TIOCMBIC)


def kernel_with(lines: AutoReset) -> SimpleNamespace:
    """Return a module `fcntl` whose serial ports have these lines; all else is the real one's."""

    def ioctl(fd: int, request: int, argument: bytes) -> bytes:
        if request in LINE_REQUESTS:
            return lines.ioctl(request, argument)
        return fcntl.ioctl(fd, request, argument)

    return SimpleNamespace(**{**vars(fcntl), "ioctl": ioctl})
