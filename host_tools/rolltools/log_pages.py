# SPDX-License-Identifier: MIT
"""Bytes of a session log into pages and records. Nothing in the bytes is believed before its page's CRC is right.

The scan holds two pages at most, resynchronises on the magic after damage, and counts the stretches it had to skip.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO
from zlib import crc32

from rollcore import logformat as fmt
from rollcore.fields import OLD_TYPES, RECORD_NAMES, fields_of, least_fields
from rollcore.sample import FORCE_UNKNOWN

_CHUNK = 16 * fmt.PAGE_LIMIT
_RAW = (fmt.TRACE, fmt.STATE, fmt.SEAL)
_fields_of = cache(fields_of)  # of a byte
_least_fields = cache(least_fields)


@dataclass(frozen=True)
class Page:
    """One intact page; `identity` names the session it belongs to."""

    version: int
    flags: int
    device: bytes
    session: int
    sequence: int
    start_ms: int
    base_ms: int
    crc: int
    payload: bytes

    @property
    def identity(self) -> tuple[bytes, int, int]:
        """Device tag, session number and start: pages that share it are one session."""
        return (self.device, self.session, self.start_ms)

    @property
    def is_last(self) -> bool:
        """Whether the writer marked this page as the session's last."""
        return bool(self.flags & fmt.FLAG_LAST)


@dataclass
class ScanReport:
    """What a scan met beside intact pages: skipped stretches, and whether the file ends within a page.

    `offset` is where in the file the page begins that was yielded last.
    """

    bad_stretches: int = 0
    torn_tail: bool = False
    offset: int = 0


@dataclass(frozen=True)
class Record:
    """One record: absolute time in ms of the engine's clock, type, and fields, text or raw payload."""

    t_ms: int
    code: int
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    payload: bytes = b""


def scan_pages(stream: BinaryIO, report: ScanReport | None = None) -> Iterator[Page]:
    """Yield every intact page of `stream` in file order; `report` is filled on the way."""
    report = report if report is not None else ScanReport()
    buffer = b""
    start = at = 0  # of the buffer in the stream; of the next page in the buffer
    in_bad = may_be_torn = False
    ended = False
    while True:
        if not ended and len(buffer) - at < fmt.PAGE_LIMIT:
            chunk = stream.read(_CHUNK)
            ended = not chunk
            buffer = buffer[at:] + chunk
            start += at
            at = 0
            continue
        if at == len(buffer):
            if may_be_torn:
                report.torn_tail = True
                report.bad_stretches -= 1
            return
        page, length = _page_at(buffer, at)
        if page is not None:
            in_bad = may_be_torn = False
            report.offset = start + at
            at += length
            yield page
            continue
        if not in_bad:
            in_bad = True
            may_be_torn = ended and _is_torn(buffer, at)
            report.bad_stretches += 1
        at = _next_magic(buffer, at + 1)


def _next_magic(buffer: bytes, at: int) -> int:
    """Return where the next magic starts, or where one could still be completed by the bytes to come."""
    found = buffer.find(fmt.MAGIC, at)
    if found >= 0:
        return found
    for keep in range(min(len(fmt.MAGIC) - 1, len(buffer) - at), 0, -1):
        if fmt.MAGIC.startswith(buffer[-keep:]):
            return len(buffer) - keep
    return len(buffer)


def _page_at(buffer: bytes, at: int) -> tuple[Page | None, int]:
    if len(buffer) - at < fmt.HEADER_BYTES or not buffer.startswith(fmt.MAGIC, at):
        return None, 0
    header = struct.unpack_from(fmt.HEADER_FORMAT, buffer, at)
    _, version, flags, length, device, session, sequence, start_ms, base_ms, crc = header
    if not fmt.HEADER_BYTES <= length <= min(fmt.PAGE_LIMIT, len(buffer) - at):
        return None, 0
    payload = buffer[at + fmt.HEADER_BYTES : at + length]
    if crc32(payload, crc32(buffer[at : at + fmt.CRC_AT])) != crc:
        return None, 0
    return Page(version, flags, device, session, sequence, start_ms, base_ms, crc, payload), length


def _is_torn(buffer: bytes, at: int) -> bool:
    """Tell whether the file simply stops within the page at `at`."""
    rest = len(buffer) - at
    if rest < fmt.HEADER_BYTES:
        return fmt.MAGIC.startswith(buffer[at : at + len(fmt.MAGIC)])
    length = struct.unpack_from("<H", buffer, at + 6)[0]
    return buffer.startswith(fmt.MAGIC, at) and rest < length <= fmt.PAGE_LIMIT


def read_records(page: Page) -> tuple[list[Record], int]:
    """Return the records of a page and how many could not be understood (unknown types, odd lengths)."""
    records: list[Record] = []
    skipped = 0
    base_ms = page.base_ms
    at = 0
    payload = page.payload
    while at < len(payload) and payload[at] != fmt.PAD:
        framed = _frame(payload, at)
        if framed is None:
            return records, skipped + 1  # the rest has no frame: nothing in it can be trusted
        code, offset, start, at = framed
        record = _decode(code, base_ms + offset, payload[start:at])
        if record is None:
            skipped += 1
        elif record.code == fmt.TIME:
            base_ms = record.values["ms"]
        else:
            records.append(record)
    return records, skipped


def _frame(payload: bytes, at: int) -> tuple[int, int, int, int] | None:
    """Return type, time offset, payload start and end of the record at `at`, None where it overruns the page."""
    code = payload[at]
    head = payload[at + 1 : at + fmt.TRACE_HEAD]
    if len(head) < fmt.RECORD_HEAD - 1:
        return None
    length = head[0] & 127
    skip = 1
    if head[0] & 128:
        if len(head) < fmt.TRACE_HEAD - 1:
            return None
        length |= head[1] << 7
        skip = 2
    offset = head[skip] | head[skip + 1] << 8
    start = at + 1 + skip + 2
    if start + length > len(payload):
        return None
    return code, offset, start, start + length


def _decode(code: int, t_ms: int, payload: bytes) -> Record | None:
    if code in _RAW:
        return Record(t_ms, code, RECORD_NAMES[code], {}, payload)
    fields = _fields_of(code)
    if fields is None:
        return None
    least = _least_fields(code)
    code &= ~fmt.WIDE
    code = OLD_TYPES.get(code, code)
    name = RECORD_NAMES[code]
    if not fields:
        return Record(t_ms, code, name, {"text": payload.decode("utf-8", "replace")}, payload)
    values = unpack_fields(fields, t_ms, payload, least)
    return None if values is None else Record(t_ms, code, name, values, payload)


def unpack_fields(fields: tuple, t_ms: int, payload: bytes, least: int | None = None) -> dict[str, Any] | None:
    """Return the fields of a payload by name, None when it is too short for the first `least` (all) of them.

    More bytes are a newer version's; fields that an older version did not have are left out.
    """
    rest = int.from_bytes(payload, "little")
    left = len(payload) * 8
    values: dict[str, Any] = {}
    for name, storage, bits in fields:
        if bits > left:
            return values if least is not None and len(values) >= least else None
        left -= bits
        values[name] = _value(storage, bits, rest & ((1 << bits) - 1), t_ms)
        rest >>= bits
    return values


def _value(storage: int, bits: int, raw: int, t_ms: int) -> int:
    signed = raw - (1 << bits) if raw >> (bits - 1) else raw
    if storage == fmt.INT:
        return signed
    if storage == fmt.BEFORE:
        return t_ms - (signed if bits == 32 else raw)
    if storage == fmt.SIGN:
        return 1 if raw else -1
    if storage == fmt.FORCE8:
        return FORCE_UNKNOWN if raw == fmt.FORCE8_UNKNOWN else raw * 125
    return raw
