# SPDX-License-Identifier: MIT
"""What a user is told of a board that does not answer as it should: one cause, one cure."""

from ..errors import RollerError
from .port import BOOT_LOADER

_FULL = ("Errno 28", "OSError: 28", "ENOSPC")
# What stands on the line where there is no prompt: (words, cause, cure).
_SIGNS = (
    (BOOT_LOADER, "the board waits in its boot loader", "press its reset button, and leave BOOT alone"),
    (b"invalid header", "the board has no MicroPython: its flash is empty", "flash it with `roller flash`"),
    (b"flash read err", "the board has no MicroPython: its flash is empty", "flash it with `roller flash`"),
    (b"Guru Meditation", "MicroPython crashes on the board at every start", "flash it with `roller flash`"),
)


class SilentError(RollerError):
    """The board fell silent."""


def no_micropython(port: str, heard: bytes) -> RollerError:
    """Say why no raw REPL was reached: the boot loader and a crash leave words on the line."""
    for sign, cause, cure in _SIGNS:
        if sign in heard:
            return RollerError(f"{cause} (on {port})", cure)
    if heard:
        says = "what comes is no MicroPython: another program, another rate, or a bad cable"
        return RollerError(f"no MicroPython answers on {port}: {says}", "press its reset button, or flash it anew")
    says = "flash it with `roller flash`; where it has MicroPython, press its reset button, or move it if it sleeps"
    return RollerError(f"no MicroPython answers on {port}", says)


def board_failed(trace: bytes) -> RollerError:
    """Return the error for a program that ended on the board with this traceback."""
    last = trace.decode(errors="replace").strip().splitlines()[-1:] or ["an error without text"]
    full = "its flash is full: pull the sessions; " if any(sign in last[0] for sign in _FULL) else ""
    return RollerError(f"the board answered: {_plain(last[0])}", f"{full}run `roller doctor` to see its state")


def nonsense() -> RollerError:
    """Return the error for an answer that no board of ours gives."""
    return RollerError("the board's answer makes no sense", "try again; `roller doctor` shows its state")


def _plain(text: str) -> str:
    """Return text from a board without control characters, at a length for one line."""
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
