# SPDX-License-Identifier: MIT
"""Which board this is: `roller deploy --board` writes another name here."""

from boards.thing_plus import Board  # noqa: F401 - main.py starts it
