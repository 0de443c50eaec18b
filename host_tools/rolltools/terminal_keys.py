# SPDX-License-Identifier: MIT
"""Keys as they are pressed, without Enter and without waiting; there are none where stdin is no terminal."""

import contextlib
import os
import select
import sys
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def pressed_keys() -> Iterator[Callable[[], str]]:
    """Yield a function that returns the next key that was pressed, "" for none; the terminal is as before at the end.

    Ctrl-C stays what it is. Where a terminal cannot be told so (on Windows), no key is ever pressed.
    """
    try:
        import termios
        import tty
    except ImportError:
        yield lambda: ""
        return
    if not sys.stdin.isatty():
        yield lambda: ""
        return
    stdin = sys.stdin.fileno()
    before = termios.tcgetattr(stdin)
    try:
        tty.setcbreak(stdin)
        yield lambda: os.read(stdin, 1).decode("latin-1") if select.select([stdin], [], [], 0)[0] else ""
    finally:
        termios.tcsetattr(stdin, termios.TCSAFLUSH, before)
