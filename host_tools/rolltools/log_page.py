# SPDX-License-Identifier: MIT
"""The page of the docs that describes session files byte by byte, from the tables that the firmware writes them with.

python -m rolltools.log_page host_tools/docs/session-log.md        # make docs
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from struct import calcsize
from textwrap import dedent

from rollcore import fields, logformat, snapshot, trace
from rollcore.faults import FAULT_NAMES

from .archive import write_whole

_STORED = ("u", "i", "before", "sign", "N/8")
_UNITS = {  # by how a name ends, the longest first
    "_um_s": "um/s",
    "_mns": "mN s",
    "_x10": "0.1 %",
    "_ms": "ms",
    "_us": "us",
    "_mn": "mN",
    "_um": "um",
    "_s": "s",
    "mv": "mV",
    "ms": "ms",
    "quality": "%",
    "level": "%",
}
_INTRO = """
# Session files, byte by byte

Made by `make docs` from the tables in `firmware/rollcore/`; a test compares. Files are named `sNNNNNN.roll`.
All numbers are little-endian.
"""
_STORAGE = """
How a field is stored: **u** unsigned and **i** two's complement in so many bits; **before**: ms before the time of the
record; **sign**: one bit, 1 for +1 and 0 for -1; **N/8**: one byte, eighths of a newton, 254 for more and 255 for a
force that is not known. With bit 7 of the type set (WIDE) every field but N/8 has 32 bits, **u** and **sign** as **i**.
"""
_CLOCK = """
The text of **device** holds `board`, `device` (its unique id), `firmware`, `reset` (why the board started) and, where a
host has set its clock, `clock`: `set_ms`, when that was (ms since 1970 UTC), to `error_ms`; how fast the clock has run
between the contacts before, `drift_ppm`, and how far that is from what it may do next, `drift_error_ppm` (95 %). The
record **clock** is what the clock shows, as it is. A session without the one began at an unknown time, one without the
other at a time of unknown error.
"""
_READER = """
A reader believes nothing before the CRC of its page is right, keeps every page that is whole, and says of a file:
**complete** (every page up to the last is there, and the seal is right where there is one), **truncated** (the end is
missing: the power went away) or **damaged** (so many pages are missing, unreadable or foreign). Records of a type that
it does not know are skipped by their length, and counted.
"""


def page() -> str:
    """Return the page as Markdown."""
    blocks = [
        _INTRO.strip(),
        _paragraphs(logformat.__doc__),
        "## Header of a page",
        _table(("at", "bytes", "field", "unit", "what"), _header_rows()),
        "## Records",
        _STORAGE.strip(),
        _table(("type", "name", "fields"), _record_rows()),
        _CLOCK.strip(),
        "### Trace",
        _paragraphs(trace.__doc__),
        "Payload: " + _fields(fields.TRACE_FIELDS) + "; where `first` is 1 also " + _fields(fields.TRACE_FIRST_FIELDS),
        "### State",
        _paragraphs(snapshot.__doc__),
        "### Seal",
        "The SHA-256 of all bytes of the file before the page that holds it, 32 bytes.",
        "## Names",
        _table(("field", "values"), _name_rows()),
        "## What a reader does",
        _READER.strip(),
    ]
    return "\n\n".join(blocks) + "\n"


def _paragraphs(docstring: str | None) -> str:
    return dedent(docstring or "").strip()


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _header_rows() -> Iterator[Sequence[str]]:
    at = 0
    for name, code, unit, what in fields.HEADER:
        size = calcsize("<" + code)
        yield str(at), str(size), f"`{name}`", unit, what
        at += size


def _record_rows() -> Iterator[Sequence[str]]:
    for code, name in sorted(fields.RECORD_NAMES.items()):
        known = fields.fields_of(code)
        text = "as below" if known is None else _fields(known) if known else "JSON text in UTF-8"
        yield str(code), name, text
    for code, now in sorted(fields.OLD_TYPES.items()):
        yield str(code), f"{fields.RECORD_NAMES[now]}, up to version 1", _fields(fields.fields_of(code) or ())


def _fields(known: Iterable[tuple[str, int, int]]) -> str:
    return ", ".join(f"`{name}` {_stored(storage, bits)}{_unit(name)}" for name, storage, bits in known)


def _stored(storage: int, bits: int) -> str:
    return _STORED[storage] if storage == logformat.FORCE8 else f"{_STORED[storage]} {bits}"


def _unit(name: str) -> str:
    return next((f" {unit}" for ending, unit in _UNITS.items() if name.endswith(ending)), "")


def _name_rows() -> Iterator[Sequence[str]]:
    for field, names in (
        ("kind", fields.KIND_NAMES),
        ("doubt", fields.DOUBT_NAMES),
        ("side", fields.SIDE_NAMES),
        ("cue", fields.CUE_NAMES),
        ("band", fields.BAND_NAMES),
        ("code of a fault", FAULT_NAMES),
    ):
        yield field, ", ".join(f"{i} {name or 'none'}" for i, name in enumerate(names))


if __name__ == "__main__":
    write_whole(Path(sys.argv[1]), page().encode())
