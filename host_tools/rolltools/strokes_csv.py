# SPDX-License-Identifier: MIT
"""The table of strokes beside a session file: NAME.strokes.csv, one row a stroke, units in the column names.

Where the newtons are about right only, a last column `newtons` says "about" in every row.
"""

import csv
import io
from dataclasses import astuple, fields
from pathlib import Path

from .archive import write_whole
from .session import Session, Stroke

COLUMNS = tuple(item.name for item in fields(Stroke))


def strokes_table(session: Session) -> str:
    """Return the strokes of a session as CSV text; times in seconds from the start of the session."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS + (("newtons",) if session.about else ()))
    for stroke in session.strokes:
        writer.writerow(astuple(stroke) + (("about",) if session.about else ()))
    return out.getvalue()


def write_strokes(session: Session) -> Path:
    """Write NAME.strokes.csv beside the session's file and return its path; RollerError when that fails."""
    path = session.path.with_suffix(".strokes.csv")
    write_whole(path, strokes_table(session).encode())
    return path
