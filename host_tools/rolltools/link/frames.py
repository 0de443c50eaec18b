# SPDX-License-Identifier: MIT
"""Frames of a board (see `firmware/sender.py`) found in whatever the port gives: text, noise, cut and damaged ones."""

import struct
from binascii import crc32
from dataclasses import dataclass

PAYLOAD = 3072  # bytes a frame at the raw REPL: what a damaged one costs, and a board has room for
DATA, END, FAILED = b"D", b"E", b"F"
_SYNC = b"\xa5R"
_HEAD = struct.Struct("<2s1sHIH")
_CRC = struct.Struct("<I")
FRAME_BYTES = _HEAD.size + _CRC.size  # of a frame beside its payload


@dataclass(frozen=True)
class Frame:
    """One frame whose CRC is right; `payload` is at most PAYLOAD bytes."""

    kind: bytes
    request: int
    offset: int
    payload: bytes


class FrameReader:
    """Takes bytes as they come; gives frames, and the bytes between them."""

    def __init__(self) -> None:
        self._waiting = b""
        self._text = b""

    def feed(self, data: bytes) -> list[Frame]:
        """Return the frames that `data` completes."""
        self._waiting += data
        found: list[Frame] = []
        while True:
            frame, used = self._next()
            if not used:
                return found
            self._waiting = self._waiting[used:]
            if frame is not None:
                found.append(frame)

    def end(self) -> list[Frame]:
        """Return the frames that hide behind one that will never be whole: nothing more comes."""
        found: list[Frame] = []
        while self._waiting:
            self._waiting = self._waiting[self._pass_over() :]
            found += self.feed(b"")
        return found

    def text(self) -> bytes:
        """Return the bytes since the last call that belong to no frame."""
        said, self._text = self._text, b""
        return said

    def _next(self) -> tuple[Frame | None, int]:
        """Return the next frame, and how many bytes are done with: 0 when more must come first."""
        data = self._waiting
        start = data.find(_SYNC)
        if start < 0:
            start = len(data) - data.endswith(_SYNC[:1])
        if start:
            self._text += data[:start]
            return None, start
        if len(data) < _HEAD.size:
            return None, 0
        _, kind, request, offset, size = _HEAD.unpack_from(data)
        end = _HEAD.size + size
        if size > PAYLOAD:
            return None, self._pass_over()
        if len(data) < end + _CRC.size:
            return None, 0
        if crc32(data[len(_SYNC) : end]) != _CRC.unpack_from(data, end)[0]:
            return None, self._pass_over()
        return Frame(kind, request, offset, data[_HEAD.size : end]), end + _CRC.size

    def _pass_over(self) -> int:
        """Take a sync that begins no frame for text: the next one may lie within what it seemed to hold."""
        self._text += self._waiting[: len(_SYNC)]
        return len(_SYNC)
