# SPDX-License-Identifier: MIT
"""A file onto the board as fast as the line carries it: raw bytes in checked blocks; the board's side is `receive.py`.

The board holds 256 bytes that it has not taken yet, so two pieces are under way, and it answers each. Ctrl-C (0x03)
never travels in the data: it stays the way to stop the board. While the board writes a block to its flash nothing is
under way at all.
"""

import binascii
from collections.abc import Callable, Iterator

from .port import PatientSerial

PIECE = 128  # bytes; the board answers each
BLOCK = 2048  # bytes of the file, checked and written together
_UNDER_WAY = 2
_MOST_DAMAGED = 8  # times in a row that a block may come over damaged
_NEXT, _AGAIN, _FAILED, _OK = b".", b"!", b"9", 0xC0
_END = b"\x04"  # what MicroPython says when a program ends
Progress = Callable[[int, int], None]  # bytes done, bytes in all


class StalledError(Exception):
    """The conversation got stuck: bytes were lost, or the program on the board has ended."""


def escape(data: bytes) -> bytes:
    """Return `data` without a byte 0x03, as `receive.py` reads it: 0x10 becomes 0x10 P, 0x03 becomes 0x10 C."""
    return data.replace(b"\x10", b"\x10P").replace(b"\x03", b"\x10C")


def send(port: PatientSerial, data: bytes, done: int, silence_s: float) -> Iterator[int]:
    """Send what follows the first `done` bytes; yield how many bytes the board has written, after each block.

    Ends early when the board says that it failed; StalledError when it says nothing for `silence_s`.
    """
    patience_s = port.timeout
    port.timeout = silence_s
    try:
        while done < len(data):
            if not _send_block(port, data[done : done + BLOCK], done):
                return
            done = min(done + BLOCK, len(data))
            yield done
    finally:
        port.timeout = patience_s


def _send_block(port: PatientSerial, block: bytes, place: int) -> bool:
    """Send one block until it is on the board; False when the board cannot write it."""
    content = escape(block)
    head = b"%04x%08x" % (len(content), place)
    message = head + b"%08x" % binascii.crc32(block, binascii.crc32(head)) + content
    written = bytes([_OK | place // BLOCK % 32])
    for _ in range(_MOST_DAMAGED):
        port.begin()
        answer = _pass(message, port, written)
        if answer != _AGAIN:
            return answer == written
    raise StalledError


def _pass(message: bytes, port: PatientSerial, written: bytes) -> bytes:
    """Send a block once; return the board's answer to the whole of it: `written`, _AGAIN or _FAILED."""
    sent = 0
    wanted = _UNDER_WAY
    while True:
        while wanted and sent < len(message):
            port.write(message[sent : sent + PIECE])
            sent += PIECE
            wanted -= 1
        said = port.read(1)
        if said in (written, _AGAIN, _FAILED):
            return said
        if said in (b"", _END):
            raise StalledError
        wanted += said == _NEXT  # anything else is noise
