# SPDX-License-Identifier: MIT
"""The link to a board: the only folder that knows mpremote and the serial port.

`Link` is a board at its raw REPL, the app stopped; `AppLink` is one whose app goes on.
"""

from .app import AppLink, NoAppError
from .port import find_port
from .repl import Link, compact, nonsense, snippet_source
from .upload import Progress

__all__ = ["AppLink", "Link", "NoAppError", "Progress", "compact", "find_port", "nonsense", "snippet_source"]
