# SPDX-License-Identifier: MIT
"""The port `board://PTY` for pyserial: its own code on a pty, with the DTR and RTS that a pty has not.

The kernel raises both lines in one transfer when a port is opened and drops them in one when it is closed: so do the
drivers of all USB bridges on Linux. What pyserial does in between is pyserial's.
"""

import serial
from fakes.auto_reset import AutoReset

lines = AutoReset()  # of the port that is opened next


class Serial(serial.Serial):
    """A pty with lines."""

    def open(self) -> None:
        """Open it: the kernel is first at the lines."""
        lines.set(dtr=True, rts=True)
        super().open()

    def close(self) -> None:
        """Close it: the kernel is last."""
        if self.is_open:
            super().close()
            lines.set(dtr=False, rts=False)


def serial_class_for_url(url: str) -> tuple[str, type[Serial]]:
    """Return the path of the pty and the class, as pyserial asks for them."""
    return url.removeprefix("board://"), Serial
