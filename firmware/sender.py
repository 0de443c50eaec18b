# SPDX-License-Identifier: MIT
"""Files to a host in frames that a bad line cannot fake; what is lost on the way is asked for again.

A frame, little-endian: "\xa5R", kind, request (2 bytes), offset (4), length (2), `length` bytes, CRC-32 of all from the
kind on. D: bytes of the file at `offset`. E: the end at `offset`, with the SHA-256 of the file up to there. F: it goes
no further, and why. Used by the app (sending.py), and sent to the prompt of a board without one, so it imports nothing
of ours.
"""

import hashlib
import struct
from binascii import crc32

from micropython import const

_HEAD = const(11)
_SYNC = const(2)
_CRC = const(4)
_DIGEST = const(32)


class Sender:
    """Sends by `write(memoryview)`, in frames of up to `payload` bytes."""

    def __init__(self, write, payload):
        self._write = write
        self._frame = bytearray(_HEAD + max(payload, _DIGEST) + _CRC)
        self._view = memoryview(self._frame)
        self._most = payload
        self._stream = None

    def begin(self, request, stream, start, end):
        """Send the bytes `start` to `end` of `stream`, a file that was just opened; it is closed at the end.

        What comes before `start` is read, too: the digest covers it. A stream that ends sooner ends the sending.
        """
        self.close()
        self._request = request
        self._stream = stream
        self._at = 0
        self._start = start
        self._end = end
        self._digest = hashlib.sha256()

    @property
    def hashes(self):
        """Whether what comes before the start is still being read."""
        return self._at < self._start

    def turn(self):
        """Read one piece and send it, or the end; return whether there is more to do."""
        try:
            size = self._read()
        except OSError as error:
            self.fail("error %s" % error.errno)
            return False
        if size:
            self._digest.update(self._view[_HEAD : _HEAD + size])
            if self.hashes:
                self._write(b".")  # the host knows by it that something goes on
            else:
                self._send(b"D", size)
            self._at += size
            return True
        self.close()
        digest = self._digest.digest()
        self._view[_HEAD : _HEAD + len(digest)] = digest
        self._send(b"E", len(digest))
        return False

    def fail(self, why):
        """Say why there will be no more."""
        self.close()
        text = why.encode()[: self._most]
        self._view[_HEAD : _HEAD + len(text)] = text
        self._send(b"F", len(text))

    def close(self):
        """Close the file, where one is open."""
        if self._stream:
            self._stream.close()
            self._stream = None

    def _read(self):
        """Read the next piece into the frame; return its size, 0 at the end."""
        left = (self._start if self.hashes else self._end) - self._at
        if left <= 0 or not self._stream:
            return 0
        return self._stream.readinto(self._view[_HEAD : _HEAD + min(left, self._most)])

    def _send(self, kind, size):
        frame, end = self._frame, _HEAD + size
        struct.pack_into("<2s1sHIH", frame, 0, b"\xa5R", kind, self._request, self._at, size)
        struct.pack_into("<I", frame, end, crc32(self._view[_SYNC:end]))
        self._write(self._view[: end + _CRC])
