# SPDX-License-Identifier: MIT
"""What a host does for a board's clock whenever it meets it: measure how far it is off, set it, and keep that.

The board keeps its last contacts in `/clock.json`, with what they say of its clock; every session begins with that.
The host's own clock is taken to be right.
"""

import contextlib
import json
import math
import time
from collections.abc import Callable

from .clock_history import KEPT, Contact, board_file, kept
from .errors import RollerError
from .link import Link, nonsense

CONTACTS_PATH = "/clock.json"
_ROUNDS = 5
_EPOCH_2000_S = 946684800  # the ESP32 counts from 2000-01-01
_FIRST_SET_MS = 1767225600000  # 2026: an earlier date was never set, as the board has it, too


def make(link: Link, now_s: Callable[[], float] = time.time) -> list[Contact]:
    """Set the board's clock; return its last contacts, this one at the end. RollerError when the board is silent.

    A board that cannot keep the contact (its flash is full) has its clock set all the same.
    """
    contacts: list[Contact] = []
    with contextlib.suppress(RollerError):  # a file that the board cannot even read tells nothing
        contacts = kept(link.run("json_file", path=CONTACTS_PATH), now_s() * 1000)
    offset_s, _ = _measure(link, now_s)
    link.run("shift_clock", us=round(-offset_s * 1e6))
    left_s, error_s = _measure(link, now_s)
    unix_ms = round(now_s() * 1000)
    was_set = unix_ms + offset_s * 1000 >= _FIRST_SET_MS
    contact = Contact(
        unix_ms,
        round(offset_s * 1000) if was_set else None,
        round((unix_ms - contacts[-1].unix_ms) / 1000) if contacts else None,
        math.ceil((abs(left_s) + error_s) * 1000),
    )
    contacts = [*contacts, contact][-KEPT:]
    with contextlib.suppress(RollerError):
        link.write_file(CONTACTS_PATH, json.dumps(board_file(contacts)).encode())
    return contacts


def _measure(link: Link, now_s: Callable[[], float]) -> tuple[float, float]:
    """Return how far the board's clock is ahead in s, and the error."""
    link.exec("from time import time_ns")
    return nearest(lambda: _told_s(link), now_s)


def nearest(told_s: Callable[[], float], now_s: Callable[[], float] = time.time) -> tuple[float, float]:
    """Return how far a clock is ahead of ours in s, and the error: half the shortest of a few round trips.

    `told_s()` asks for what it shows, in s since 1970.
    """
    best = (0.0, math.inf)
    for _ in range(_ROUNDS):
        asked_s = now_s()
        shown_s = told_s()
        heard_s = now_s()
        error_s = abs(heard_s - asked_s) / 2
        if error_s < best[1]:
            best = (shown_s - (asked_s + heard_s) / 2, error_s)
    return best


def _told_s(link: Link) -> float:
    told = link.exec("print(time_ns())").strip()
    if not (told.isdigit() and len(told) < 20):
        raise nonsense()
    return int(told) / 1e9 + _EPOCH_2000_S
