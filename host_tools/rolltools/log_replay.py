# SPDX-License-Identifier: MIT
"""A session with a full trace through the engine once more: from the state in its log, to the same events.

The log holds what came from outside in the order in which it came: samples, presses of the button, cues that the app
asked for. So the engine says the same again, to the bit; where it does not, another engine made the log, or it lost
something.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rollcore import events
from rollcore import logformat as fmt
from rollcore.fields import FIELDS
from rollcore.haptics import CUE_BATTERY, CUE_ERROR
from rollcore.logformat import force_code
from rollcore.sample import FORCE_UNKNOWN

from . import replay_runner
from . import routine as routines
from .errors import RollerError
from .log_pages import Record
from .log_trace import TraceDecoder, TraceSample
from .replay import Advance, checked_settings, integers, job_head, run_job
from .replay_result import Row, compose
from .session import Session
from .session_log import iter_pages, read_session

_GAP_MS = 1 << 29  # the log has its own records of gaps
# What the engine says again; the others come from the app, or from before the trace.
_SAID_AGAIN = (
    events.STROKE,
    events.OVER_ON,
    events.OVER_OFF,
    events.OVER_AGAIN,
    events.CUE,
    events.CUE_SILENT,
    events.SUMMARY,
    events.BAND,
    events.STEP,
    events.MARK,
    events.MUTE,
    events.SESSION_STOP,
)
_OF_THE_APP = (CUE_BATTERY, CUE_ERROR)
_LATEST_MS = 1 << 30  # of the engine's clock


@dataclass
class LogReplay:
    """What the engine found in a trace, as `replay` gives it, and in how many events the log says otherwise."""

    answer: dict[str, Any]
    events: int
    different: int


class _Collected:
    """A log after its state: what goes into the engine, and what the engine said."""

    def __init__(self, path: Path) -> None:
        self.inputs: list[bytes] = []
        self.said: list[Row] = []
        self.state = b""
        self.period_us = 0
        self.lost = 0
        for page in iter_pages(path):
            decoder = TraceDecoder()
            for record in page:
                self._add(record, decoder)
            self.lost += decoder.skipped

    def _add(self, record: Record, decoder: TraceDecoder) -> None:
        if record.code == fmt.DROPOUT:
            self.lost += 1
        elif record.code == fmt.STATE:
            self.state += record.payload
        elif record.code == fmt.TRACE:
            for item in decoder.decode(record):
                self.period_us = item.period_us
                self._add_sample(item)
        elif self.state and record.code in FIELDS:
            self._add_event(record)

    def _add_sample(self, item: TraceSample) -> None:
        if not 0 <= item.t_ms < _LATEST_MS or any(abs(value) > _LATEST_MS for value in item.sample):
            raise RollerError("the trace holds a sample that no roller takes", "pull the session from the board again")
        self.inputs.append(struct.pack("<9i", item.t_ms, *item.sample))

    def _add_event(self, record: Record) -> None:
        code, values = record.code, record.values
        pressed = code == events.MARK or (code == events.STEP and values["pressed"] != 0)
        by_app = code in (events.CUE, events.CUE_SILENT) and values["cue"] in _OF_THE_APP
        if pressed:
            self._put_in(record.t_ms, replay_runner.PRESS)
        elif by_app:
            self._put_in(record.t_ms, values["cue"])
        elif code == events.MUTE:
            self._put_in(record.t_ms, replay_runner.MUTE if values["on"] else replay_runner.UNMUTE)
        elif code == events.SESSION_STOP:
            self._put_in(record.t_ms, replay_runner.FINISH)
        if code in _SAID_AGAIN:
            self.said.append((code, record.t_ms, *(values.get(name, 0) for name in FIELDS[code])))

    def _put_in(self, t_ms: int, what: int) -> None:
        if not 0 <= t_ms < _LATEST_MS:
            raise RollerError("the log holds a time that no roller has", "pull the session from the board again")
        self.inputs.append(struct.pack("<9i", replay_runner.INPUT, t_ms, what, *[0] * 6))


def replay_log(path: Path, vm: str = "cpython", advance: Advance | None = None) -> LogReplay:
    """Run the engine over the full trace of a session file; RollerError where it has none, or lost some of it."""
    session = read_session(path)
    log = _Collected(path)
    if not log.state or not log.inputs:
        raise RollerError(f"{path} holds no full trace", "record with the setting trace: full, and replay that")
    if session.damaged_pages or session.skipped_records or log.lost:
        raise RollerError(
            f"{path}: parts of its trace are lost", "if its state is damaged, pull it again; else the board lost them"
        )
    settings = checked_settings(session.settings)
    steps = routines.rows(session.routine, settings) if session.routine else ()
    head = job_head(log.period_us, _GAP_MS, len(log.inputs), integers(settings), steps, log.state)
    try:
        rows = run_job(head + b"".join(log.inputs), vm, advance)
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:  # whatever a state of others leads to
        raise RollerError(
            f"the state in {path} is of another firmware ({session.firmware or 'unknown'})",
            "replay it with the version of the tools that the board had",
        ) from error
    answer = compose(rows, -session.start_ms / 1000, session.duration_s)
    return LogReplay(answer, len(log.said), _differences(session, log.said, rows))


def _differences(session: Session, said: list[Row], rows: list[Row]) -> int:
    again = [_as_logged(row) for row in rows if row[0] in _SAID_AGAIN]
    if session.state != "complete":
        again = again[: len(said)]  # the power went away: what the engine says at the end was never written
    return sum(a != b for a, b in zip(said, again, strict=False)) + abs(len(said) - len(again))


def _as_logged(row: Row) -> Row:
    """Return an event as the log keeps it: exact, but for the ten peaks of a summary."""
    row = row[: 2 + len(FIELDS[row[0]])]
    if row[0] != events.SUMMARY:
        return row
    peaks = [mn if mn == FORCE_UNKNOWN else force_code(mn) * 125 for mn in row[2:12]]
    return (*row[:2], *peaks, *row[12:])
