# SPDX-License-Identifier: MIT
"""The link to a board: the only folder that knows mpremote and the serial port.

`Link` is a board at its raw REPL, the app stopped; `AppLink` is one whose app goes on.
"""

from .app import AppLink, NoAppError, RefusedError, in_contact
from .causes import nonsense
from .port import BAUD, find_port
from .programs import compact, snippet_source
from .repl import FileRange, Link
from .upload import Progress

__all__ = [
    "BAUD",
    "AppLink",
    "FileRange",
    "Link",
    "NoAppError",
    "Progress",
    "RefusedError",
    "compact",
    "find_port",
    "in_contact",
    "nonsense",
    "snippet_source",
]
