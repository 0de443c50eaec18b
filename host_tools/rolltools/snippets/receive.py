# SPDX-License-Identifier: MIT
"""On the board: take a file from the port, in blocks that are checked; the host's side is `link/upload.py`.

A block is 12 characters (4 of hex: its bytes on the line, 8: its place in the file), 8 of hex (the CRC-32 of these 12
and of what the block holds), then its bytes with 0x10 and 0x03 spelled out. It comes in pieces.
"""

import select
import sys
from binascii import crc32

_PIECE = 128
_BLOCK = 2048
_HEAD = 20
_LONGEST = 4096  # bytes of a block on the line
_QUIET_MS = 100  # after a damaged block: nothing of it comes any more
_NEXT, _AGAIN, _FAILED, _OK = b".", b"!", b"9", 0xC0  # no bit of one makes another of it


def read_all(view, n):
    """Read `n` bytes into `view`."""
    at = 0
    while at < n:
        at += sys.stdin.buffer.readinto(view[at:n]) or 0


def take(buffer):
    """Return (place, content) of the block that comes, None for a damaged one, of which the rest is then skipped."""
    view = memoryview(buffer)
    read_all(view, _HEAD)
    try:
        head = bytes(view[:12])
        total = _HEAD + int(head[:4], 16)
        place, crc = int(head[4:], 16), int(bytes(view[12:_HEAD]), 16)
    except ValueError:
        return skip()
    if total > len(buffer):
        return skip()
    at = _HEAD
    while at < total:
        end = min(total, (at // _PIECE + 1) * _PIECE)
        read_all(view[at:], end - at)
        at = end
        if at < total:
            sys.stdout.buffer.write(_NEXT)
    data = bytes(view[_HEAD:total]).replace(b"\x10C", b"\x03").replace(b"\x10P", b"\x10")
    return (place, data) if crc32(data, crc32(head)) == crc else skip()


def skip():
    """Read on until the line is quiet."""
    poll = select.poll()
    poll.register(sys.stdin, select.POLLIN)
    while poll.poll(_QUIET_MS):
        sys.stdin.buffer.read(1)


def take_file(path, done, size):
    """Write the bytes from `done` on of a file of `size` bytes, as they come; what is there before `done` stays."""
    buffer = bytearray(_HEAD + _LONGEST)
    try:
        with open(path, "r+b" if done else "wb") as stream:
            while done < size:
                block = take(buffer)
                if block is None:
                    sys.stdout.buffer.write(_AGAIN)
                    continue
                place, data = block
                stream.seek(place)
                stream.write(data)
                done = place + len(data)
                sys.stdout.buffer.write(bytes([_OK | place // _BLOCK % 32]))
    except OSError:  # any other error is of a program that came over damaged: it is sent again
        sys.stdout.buffer.write(_FAILED)
        raise


def main(path, done, size):
    """As `take_file`."""
    take_file(path, done, size)
