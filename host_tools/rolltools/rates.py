# SPDX-License-Identifier: MIT
"""The rates of a serial line that a command may ask for; a board begins with the first."""

from enum import StrEnum


class Baud(StrEnum):
    """A rate in bits a second, as it is typed."""

    b115200 = "115200"
    b230400 = "230400"
    b460800 = "460800"
    b921600 = "921600"

    @property
    def rate(self) -> int:
        """Return it as a number."""
        return int(self.value)
