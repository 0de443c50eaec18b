# SPDX-License-Identifier: MIT
"""Reads a recorded session from CSV, whatever is in the file: in bounded memory, refusing by line and column."""

import math
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np

from .errors import RollerError
from .recording import Recording, finish

COLUMNS = ("t", "ax", "ay", "az", "gx", "gy", "gz", "force")
OPTIONAL = ("motor",)
HEADER = ",".join(COLUMNS)

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 3_000_000  # four hours at 208 Hz
_MAX_LINE = 4096
_UNKNOWN = math.nan


def read_csv(path: Path) -> Recording:
    """Read `path`; RollerError says which line and column is wrong, OSError that the file cannot be read.

    A file that claims more than `MAX_BYTES` is refused before a byte of it is read.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline=None) as stream:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_long(path.name, f"{size / 1e6:.0f} MB")
        return _read(stream, path.name)


def _too_long(name: str, how_long: str) -> RollerError:
    return RollerError(
        f"{name} is too long: {how_long}", f"cut it into files of at most {MAX_BYTES >> 20} MB and {MAX_ROWS} samples"
    )


def _read(stream: IO[str], name: str) -> Recording:
    columns = _read_header(stream, name)
    values = array("d")
    order = [columns.index(column) for column in (*COLUMNS, *OPTIONAL) if column in columns]
    before = -math.inf
    for number, line in _lines(stream, name):
        cells = line.split(",")
        if len(cells) != len(columns):
            raise RollerError(
                f"{name} line {number}: {len(cells)} values under {len(columns)} columns",
                "repair or delete the line; the file may be cut off there",
            )
        for at in order:
            values.append(_value(name, number, columns[at], cells[at]))
        now = values[-len(order)]
        if now <= before:
            raise RollerError(
                f"{name} line {number}, column t: {now:g} s does not come after {before:g} s",
                "sort the samples by time and delete repeated ones",
            )
        before = now
        if len(values) > MAX_ROWS * len(order):
            raise _too_long(name, f"more than {MAX_ROWS} samples")
    return _build(np.frombuffer(values, dtype=np.float64).reshape(-1, len(order)), name)


def _lines(stream: IO[str], name: str) -> Iterator[tuple[int, str]]:
    """Yield the numbered lines after the header that are not blank."""
    number = 1
    while line := stream.readline(_MAX_LINE):
        number += 1
        if len(line) == _MAX_LINE:
            raise RollerError(f"{name} line {number}: more than {_MAX_LINE} characters", f"give lines of {HEADER}")
        if line.strip():
            yield number, line


def _read_header(stream: IO[str], name: str) -> list[str]:
    line = stream.readline(_MAX_LINE)
    if not line.strip():
        raise RollerError(f"{name} line 1: the header is missing", f"start the file with the line {HEADER}")
    columns = [cell.strip() for cell in line.split(",")]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise RollerError(
            f"{name} line 1: column {', '.join(missing)} is missing", f"start the file with the line {HEADER}"
        )
    for column in (*COLUMNS, *OPTIONAL):
        if columns.count(column) > 1:
            raise RollerError(f"{name} line 1: column {column} is there twice", "keep one of them")
    return columns


def _value(name: str, number: int, column: str, text: str) -> float:
    text = text.strip()
    if not text and column == "force":
        return _UNKNOWN
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or "_" in text:
        shown = repr(text[:20]) if text else "nothing"
        cure = "give a number; an empty force stands for unknown" if column == "force" else "give a number"
        raise RollerError(f"{name} line {number}, column {column}: {shown} is not a number", cure)
    if column == "motor" and value not in (0.0, 1.0):
        raise RollerError(f"{name} line {number}, column motor: {value:g} is neither 0 nor 1", "give 0 or 1")
    return value


def _build(table: np.ndarray, name: str) -> Recording:
    if len(table) == 0:
        raise RollerError(f"{name} holds a header and no samples", "give a recording of at least two samples")
    motor = table[:, 8].astype(np.int8) if table.shape[1] > 8 else None
    return finish(Recording(name, 0.0, table[:, 0], table[:, 1:4], table[:, 4:7], table[:, 7], motor))
