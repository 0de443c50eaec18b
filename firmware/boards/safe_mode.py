# SPDX-License-Identifier: MIT
"""Whether the app may start, and what became of it: asked once at the boot, again where it dies, forgotten in between.

The clock's memory holds "F", how often in a row the app has failed, and the error that it died of. A start counts as a
failure until the app takes that back (`Board.keep_failures`): after a minute, or at Ctrl-C. The memory outlives a
reset, but no power cut. After safe mode the next start is a new try.
"""

import sys

import machine
from micropython import const

import boards

_FAILURES = const(0x46)
_MOST_FAILURES = const(3)
_BOOT_MS = const(30000)  # the watchdog while the app loads, from sources about 10 s; the app sets it shorter
_AGAIN_MS = const(2000)
_HOST_MS = const(86400000)  # somebody is at the prompt: it cannot be stopped, but it can wait for a day
_FLOOR_MV = const(3300)  # below it the cell may give way in a write
_ERROR_BYTES = const(94)


def safe_mode(board, root):
    """Return why the app is not to be started, said and shown, or ""; then the watchdog waits for it to load."""
    failures, error = _known()
    cause = board.reset_cause()
    # The button that woke it is still down.
    why = "the button was held at boot" if board.button() and cause != "deep sleep" else ""
    if failures >= _MOST_FAILURES:
        why = "the app failed %d times in a row" % failures
    board.keep_failures(0 if why else failures + 1)  # first: whatever fails from here on is counted
    names = ["task"] if error else ["watchdog"] if cause == "watchdog" else []
    if failures >= _MOST_FAILURES:
        names.append("safe_mode")
    _write(board, (cause, why, error), names, root)
    if why:
        print("safe mode: %s; the app is not started" % why)
        board.led(True)
    if not why or cause == "soft reset":  # which leaves a watchdog running
        board.watchdog(_HOST_MS if why else _BOOT_MS)
    if sys.implementation.name == "micropython":
        del sys.modules["boards.safe_mode"]
        del boards.safe_mode
    return why


def record_death(board, error):
    """Keep what ended the app, and let the watchdog start it again soon; Ctrl-C is no failure, and leaves time."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        board.keep_failures(0)
        board.watchdog(_HOST_MS)
    else:
        text = "%s: %s" % (type(error).__name__, error)
        memory = machine.RTC().memory
        memory(memory()[:2] + text.encode()[:_ERROR_BYTES])
        board.watchdog(_AGAIN_MS)


def _known():
    """Return (failures in a row, text of the error or "") from the clock's memory, whatever that holds."""
    kept = machine.RTC().memory()
    if len(kept) < 2 or kept[0] != _FAILURES:
        return 0, ""
    try:
        return kept[1], kept[2:].decode()
    except ValueError:
        return kept[1], "an error without text"


def _write(board, texts, names, root):
    """Count the start in the fault log, unless the cell is nearly empty; nothing about that keeps the app from it."""
    try:
        reading = board.battery()
    except OSError:
        reading = None  # no gauge, no floor
    if reading and reading[0] < _FLOOR_MV:
        return
    try:
        import faultlog

        faultlog.start(texts, names, root)
    except Exception as error:  # a damaged file of the slot, no memory: the app may start all the same
        print("fault log: %s" % error)
