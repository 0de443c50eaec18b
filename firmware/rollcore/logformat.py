# SPDX-License-Identifier: MIT
"""The session log, byte by byte: one source for the board that writes it and the PC that reads it.

A file is a row of self-contained pages. A page is `HEADER` (little-endian) and records up to its `length`; its CRC-32
covers the page without the CRC field. A record is a type byte, the payload length (one byte, or two when bit 7 of
the first is set: seven low bits, then the rest), a time offset of 16 bits in ms and the payload. The offset counts
from the page's base time, or from the last TIME record in the page. Type 0 fills the rest of a page.

A payload of numbers is its fields packed without gaps, lowest bit first, in their order in records.py. When a value
does not fit, the record is written with type | WIDE: the same fields in 32 bits each, so no value is ever cut. Fields
may be added at the end and types may be added at any time: a reader skips what it does not know by its length. A change
that breaks this gets a new magic.
"""

from micropython import const

from rollcore.sample import FORCE_UNKNOWN

MAGIC = b"\xabRLP"
VERSION = const(2)
HEADER_FORMAT = "<4sBBH4sIIIII"
HEADER_BYTES = const(32)
CRC_AT = const(28)
PAGE_LIMIT = const(4096)  # longest page: one block of the flash
FLAG_LAST = const(1)  # the last page of a session, holds its END record
PAD = const(0)
# Types 1 to 31 are the events of the engine, numbered as there.
TIME = const(32)
DEVICE = const(33)
SETTINGS = const(34)
CALIBRATION = const(35)
BATTERY = const(36)
CLOCK = const(37)
DROPOUT = const(38)
END = const(39)
TRACE = const(40)
ROUTINE = const(41)
STATE = const(42)
SEAL = const(43)
WIDE = const(128)

RECORD_HEAD = const(4)
TRACE_HEAD = const(5)  # a trace block always spends two bytes on its length: it is written before the length is known
LENGTH_LIMIT = const(16383)

# How a field is stored: plain, two's complement, as "ms before the record's time", as a sign bit, as a force of
# 1/8 N with two values set apart. In this order: "u", "i", "b", "s", "f" in records.py, each with its bits.
UINT = const(0)
INT = const(1)
BEFORE = const(2)
SIGN = const(3)
FORCE8 = const(4)
FORCE8_CLIPPED = const(254)
FORCE8_UNKNOWN = const(255)

# Of the payload of a TRACE record; `rollcore.fields` names its fields, and those of the header.
TRACE_FIELDS_BYTES = const(3)
TRACE_FIRST_BYTES = const(10)
TRACE_COUNT_AT = const(1)  # of `count` within the payload
TRACE_FIRST = const(128)
TRACE_RICE = const(2)  # `mode` is the kind of the trace plus this; the kind alone once stood for varints


def force_code(force_mn):
    """Return the byte of a force: N/8 from 0 to 253, FORCE8_CLIPPED above, FORCE8_UNKNOWN."""
    if force_mn == FORCE_UNKNOWN:
        return FORCE8_UNKNOWN
    if force_mn <= 0:
        return 0
    if force_mn >= 31688:  # the first that would round to 254
        return FORCE8_CLIPPED
    return (force_mn * 8 + 500) // 1000


def fits(layout, t_ms, row):
    """Tell whether every field of `row` (from index 2) fits the narrow form. Allocates nothing."""
    for i in range(2, len(layout), 2):
        value = row[(i >> 1) + 1]
        storage = layout[i]
        bits = layout[i + 1]
        if storage == SIGN:
            if value != 1 and value != -1:
                return False
        elif storage == INT:
            if bits < 32 and not -1 <= value >> (bits - 1) <= 0:
                return False
        elif storage != FORCE8:
            if storage == BEFORE:
                value = t_ms - value
            if value < 0 or (bits < 32 and value >> bits):
                return False
    return True


def pack_fields(buffer, at, layout, t_ms, row, wide=False):
    """Write the fields of `row` (from index 2) at `at`; return the position behind them. Allocates nothing.

    `wide` writes the form of the type with WIDE.
    """
    held = 0  # bits waiting in `low`; at most 7 + 16, so every intermediate stays a small int
    low = 0
    for i in range(2, len(layout), 2):
        value = row[(i >> 1) + 1]
        storage = layout[i]
        left = 32 if wide and storage != FORCE8 else layout[i + 1]
        if storage == BEFORE:
            value = t_ms - value
        elif storage == FORCE8:
            value = force_code(value)
        elif storage == SIGN and not wide:
            value = 1 if value > 0 else 0
        while left > 0:
            take = 16 if left > 16 else left
            low |= (value & ((1 << take) - 1)) << held
            value >>= take
            left -= take
            held += take
            while held >= 8:
                buffer[at] = low & 255
                at += 1
                low >>= 8
                held -= 8
    if held:
        buffer[at] = low
        at += 1
    return at


def block_room(index, page_bytes):
    """Return the file bytes littlefs puts into block `index` of a file: all but its 4 * (ctz(index) + 1) of links."""
    if index == 0:
        return page_bytes
    links = 1
    while not index & 1:
        index >>= 1
        links += 1
    return page_bytes - 4 * links
