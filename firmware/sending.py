# SPDX-License-Identifier: MIT
"""Closed sessions to a host while the app goes on: loaded when one asks (see answers.py).

@sessions N             the closed sessions, in frames with the number N: see `_Sessions`
@send S START END N     those bytes of session S, or of the last contacts of the clock for S = 0
@pulled S               a host has a copy of session S
@clock                  ms since 1970 on the board's clock

Refused with "contact" while the roller is in contact. A frame fits into the port's buffer of 128 bytes, and goes when
the one before is out, so that nothing waits for the port.
"""

import asyncio
import os
import struct
import sys
from binascii import crc32

from micropython import const
from sender import Sender

from storage import PULLED_SUFFIX, SESSIONS_PATH, SUFFIX, session_name, session_number

_PAYLOAD = const(104)
_PACE_MS = const(12)  # 119 bytes take 10.4 ms at 115200 baud
_HASHED_AT_ONCE = const(8)
_TAIL = const(64)  # bytes at the end of a session that tell it from another: its seal, the digest of all the rest
_RECORD = const(13)
_CONTACT = "contact"
_sender = Sender(lambda frame: sys.stdout.buffer.write(frame), _PAYLOAD)
_number = 0  # of the request that is being answered


class _Sessions:
    """The closed sessions as a stream: for each its number, size, whether a host has it, CRC-32 of its last bytes."""

    def __init__(self, root, open_number):
        self._path = root + SESSIONS_PATH + "/"
        try:
            names = os.listdir(self._path[:-1])
        except OSError:
            names = []  # no session was ever kept
        numbers = [session_number(name) for name in names]
        self._numbers = sorted([number for number in numbers if number and number != open_number])
        self._marks = [session_number(name, PULLED_SUFFIX) for name in names]

    def readinto(self, view):
        """Put the next session into `view`; return how many bytes that takes."""
        if not self._numbers:
            return 0
        number = self._numbers.pop(0)
        with open(self._path + session_name(number) + SUFFIX, "rb") as stream:
            size = stream.seek(0, 2)
            stream.seek(max(0, size - _TAIL))
            tail = crc32(stream.read(_TAIL))
        struct.pack_into("<IIBI", view, 0, number, size, number in self._marks, tail)
        return _RECORD

    def close(self):
        """Nothing is open."""


def sessions(app, words):
    """Begin to send the list of sessions."""
    if app.engine.in_contact:
        return _CONTACT
    return _begin(app, int(words[0]), _Sessions(app.root, app.recorder.number), 0, 1 << 20)


def send(app, words):
    """Begin to send a part of a file."""
    if app.engine.in_contact:
        return _CONTACT
    session, start, end, number = [int(word) for word in words]
    if session and session == app.recorder.number:
        return "open"
    path = SESSIONS_PATH + "/" + session_name(session) + SUFFIX if session else "/clock.json"
    return _begin(app, number, open(app.root + path, "rb"), start, end)


def pulled(app, words):
    """Keep that a host has a session."""
    if app.engine.in_contact:
        return _CONTACT
    path = app.root + SESSIONS_PATH + "/" + session_name(int(words[0]))
    os.stat(path + SUFFIX)
    app.before_write()
    open(path + PULLED_SUFFIX, "wb").close()
    return True


def clock(app, _words):
    """Return what the clock shows, None where it was never set."""
    wall = app.board.unix_time()
    return wall and wall[0] * 1000 + wall[1]


def _begin(app, number, stream, start, end):
    global _number
    goes_on = _number
    _number = number
    _sender.begin(number, stream, start, end)
    if not goes_on:
        asyncio.create_task(_serve(app))
    return True


async def _serve(app):
    global _number
    more = True
    try:
        while more:
            await asyncio.sleep_ms(_PACE_MS)
            app.upkeep.busy = True
            if app.engine.in_contact:
                _sender.fail(_CONTACT)
                break
            for _ in range(_HASHED_AT_ONCE):
                more = _sender.turn()
                if not (more and _sender.hashes):
                    break
    finally:
        _number = 0
