# SPDX-License-Identifier: MIT
"""The parts of a combined ESP32 image, each checked by what it carries itself: nothing here needs a board.

`ESP32_GENERIC-*.bin` lies at 0x1000 of the flash: boot loader, partition table (flash 0x8000), and the application
where that table says; 0xFF between them. The formats are Espressif's "firmware image format" and "partition tables".
"""

import hashlib
import struct
from dataclasses import dataclass

from ..errors import RollerError

FLASH_START = 0x1000  # where on the flash the image begins
LARGEST_FLASH = 16 * 1024 * 1024  # what an ESP32 can map

_MAGIC = 0xE9
_ESP32 = 0  # the chip id
_HEADER = struct.Struct("<BBBBI BBBB HBHH4B B")
_SEGMENT = struct.Struct("<II")  # load address, bytes
_MOST_SEGMENTS = 16
_CHECKSUM_SEED = 0xEF
_SHA256_BYTES = 32
_FLASH_SIZE_AT = 3  # in the header: its high half

_TABLE_AT = 0x8000 - FLASH_START
_TABLE_BYTES = 0xC00
_PARTITION = struct.Struct("<HBBII16sI")
_PARTITION_MAGIC = b"\xaa\x50"
_MD5_MARK = b"\xeb\xeb" + b"\xff" * 14
_FIRST_OFFSET = 0x9000  # what comes behind the table
_SECTOR = 0x1000
_APP_TYPE = 0
_BOOTED = (0x00, 0x10)  # what is started on a bare board: factory, else the first of two
_TAKE = "take the ESP32_GENERIC .bin file"
_AGAIN = "download it again, whole: the ESP32_GENERIC .bin file"


@dataclass(frozen=True)
class Partition:
    """One line of the partition table; `offset` and `size` in bytes of the flash."""

    kind: int
    subtype: int
    offset: int
    size: int


@dataclass(frozen=True)
class Layout:
    """What a proven image needs: a flash of `flash_bytes`. `hashed`: every part carries its SHA-256."""

    flash_bytes: int
    hashed: bool


def check(image: bytes, name: str, trust: bool = False) -> Layout:
    """Return the layout of a combined image for the ESP32; RollerError, about the file `name`, for anything else.

    Every bit of it is looked at: the parts by the checksum and the SHA-256 that they carry, the table by its MD5, the
    rest has to be 0xFF. A part without SHA-256 passes with `trust` alone.
    """
    if len(image) < _HEADER.size or image[0] != _MAGIC:
        raise RollerError(f"{name} is no ESP32 image", _TAKE)
    return _Reader(image, name, trust).layout()


class _Reader:
    """Walks through an image, and refuses it at the first thing that does not fit."""

    def __init__(self, image: bytes, name: str, trust: bool) -> None:
        self._image = image
        self._name = name
        self._trust = trust
        self._hashed = True

    def layout(self) -> Layout:
        """Check all parts and what is between them."""
        self._blank(self._part("boot loader", 0, _TABLE_AT), _TABLE_AT)
        partitions = self._partitions()
        app = self._app(partitions)
        start = app.offset - FLASH_START
        self._blank(_TABLE_AT + _TABLE_BYTES, start)
        self._blank(self._part("application", start, start + app.size), len(self._image))
        return Layout(max(part.offset + part.size for part in partitions), self._hashed)

    def _refused(self, what: str, cure: str = _AGAIN) -> RollerError:
        return RollerError(f"{self._name}: {what}", cure)

    def _part(self, what: str, start: int, limit: int) -> int:
        """Check the boot loader or the application that begins at `start`, with room up to `limit`; return its end."""
        limit = min(limit, len(self._image))
        if start + _HEADER.size > limit:
            raise self._refused(f"its {what} is cut off")
        fields = _HEADER.unpack_from(self._image, start)
        magic, segments, chip, hash_appended = fields[0], fields[1], fields[9], fields[-1]
        if magic != _MAGIC:
            raise self._refused(f"there is no {what} where it should be")
        if chip != _ESP32:
            raise self._refused(f"its {what} is made for another chip (id {chip}), not for the ESP32", _TAKE)
        if not 1 <= segments <= _MOST_SEGMENTS or hash_appended > 1:
            raise self._refused(f"the header of its {what} is damaged")
        body_end, checksum = self._segments(what, start + _HEADER.size, segments, limit)
        # The checksum is the last byte of a row of 16, counted from the start of the part.
        end = start + (body_end - start) // 16 * 16 + 16
        if end + _SHA256_BYTES * hash_appended > limit:
            raise self._refused(f"its {what} is cut off")
        if self._image[end - 1] != checksum:
            raise self._refused(f"the checksum of its {what} does not fit")
        if hash_appended:
            return self._check_hash(what, start, end)
        self._hashed = False
        if not self._trust:
            raise self._refused(f"its {what} carries no SHA-256 of its own", f"{_TAKE}, or this one with --trust")
        return end

    def _segments(self, what: str, at: int, count: int, limit: int) -> tuple[int, int]:
        """Return where the segments end that begin at `at`, and the checksum over what they hold."""
        checksum = _CHECKSUM_SEED
        for _ in range(count):
            if at + _SEGMENT.size > limit:
                raise self._refused(f"its {what} is cut off")
            _, size = _SEGMENT.unpack_from(self._image, at)
            at += _SEGMENT.size
            checksum ^= _xor(self._image[at : at + size])
            at += size
        return at, checksum

    def _check_hash(self, what: str, start: int, end: int) -> int:
        """Check the SHA-256 behind a part; return where it ends."""
        hash_end = end + _SHA256_BYTES
        if hashlib.sha256(self._image[start:end]).digest() != self._image[end:hash_end]:
            raise self._refused(f"the SHA-256 of its {what} does not fit")
        return hash_end

    def _blank(self, start: int, end: int) -> None:
        """Refuse anything but 0xFF in a gap: no hash covers it."""
        if self._image[start:end].strip(b"\xff"):
            raise self._refused(f"there is something in the gap at {start:#x} that belongs to no part")

    def _partitions(self) -> list[Partition]:
        """Return the lines of the partition table in the order of the flash: each within it, none over another."""
        table = self._image[_TABLE_AT : _TABLE_AT + _TABLE_BYTES]
        if len(table) < _TABLE_BYTES:
            raise self._refused("its partition table is cut off")
        found: list[Partition] = []
        at = 0
        while table[at : at + 2] == _PARTITION_MAGIC:
            _, kind, subtype, offset, size, _, _ = _PARTITION.unpack_from(table, at)
            found.append(Partition(kind, subtype, offset, size))
            at += _PARTITION.size
        mark = table[at : at + _PARTITION.size]
        if mark[:16] != _MD5_MARK or hashlib.md5(table[:at], usedforsecurity=False).digest() != mark[16:]:
            raise self._refused("the MD5 of its partition table does not fit")
        if table[at + _PARTITION.size :].strip(b"\xff"):
            raise self._refused("there is something behind the end of its partition table")
        return self._in_order(found)

    def _in_order(self, found: list[Partition]) -> list[Partition]:
        found.sort(key=lambda part: part.offset)
        flash_bytes = min(1024 * 1024 << (self._image[_FLASH_SIZE_AT] >> 4), LARGEST_FLASH)
        free = _FIRST_OFFSET
        for part in found:
            end = part.offset + part.size
            if part.offset % _SECTOR or part.offset < free or not part.size or end > flash_bytes:
                raise self._refused("its partition table makes no sense")
            free = end
        return found

    def _app(self, partitions: list[Partition]) -> Partition:
        """Return the partition that a bare board starts."""
        for subtype in _BOOTED:
            for part in partitions:
                if (part.kind, part.subtype) == (_APP_TYPE, subtype):
                    return part
        raise self._refused("its partition table has no application")


def _xor(data: bytes) -> int:
    """Return all bytes of `data` combined by exclusive or."""
    import numpy as np

    return int(np.bitwise_xor.reduce(np.frombuffer(data, np.uint8), initial=0))
