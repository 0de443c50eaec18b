# SPDX-License-Identifier: MIT
"""What is kept of a session: events into the log writer, full pages into the session's file at the right moment."""

import hashlib
import struct
from binascii import crc32

from rollcore.events import SESSION_START, SESSION_STOP
from rollcore.logformat import CALIBRATION, DEVICE, ROUTINE, SETTINGS
from rollcore.logwriter import LogWriter
from storage import SESSIONS_PATH, SessionStore

_TRACE_OFF = 0
_TRACE_FULL = 2
_PAGES = 2  # 6 KB before the ring overflows in contact: three minutes without letting go
_TRACE_PAGES = 3
_AGAIN_MS = 2000


class Recorder:
    """Joins `LogWriter` (pure) and `SessionStore` (files).

    `texts` are the JSON texts that every session begins with, by record type, and `trace` is that of the settings.
    `motor_off()` is called ahead of every write: an erase stops everything, the end of a cue too. `root` is where the
    folder of the sessions is, "" for the root of the file system.
    """

    def __init__(self, board, texts, trace, motor_off, root=""):
        self._board = board
        self._motor_off = motor_off
        self._texts = texts
        self._full = trace == _TRACE_FULL
        self._tag = struct.pack("<I", crc32(board.unique_id().encode()))
        self._store = SessionStore(root + SESSIONS_PATH)
        self._writer = LogWriter(_PAGES if trace == _TRACE_OFF else _TRACE_PAGES)
        self.locked = False  # nothing is written: the cell may not last through an erase
        self.state_due = False  # a full trace begins with the engine's state
        self._digest = hashlib.sha256()  # of the file so far
        self._again_ms = 0
        self._trace = None
        if trace != _TRACE_OFF:
            from rollcore.trace import TraceEncoder  # 1.7 KB that most boards never need

            self._trace = TraceEncoder(self._writer, trace, board.period_us)

    @property
    def traces(self):
        """Whether samples are kept, and not the events alone."""
        return self._trace is not None

    @property
    def active(self):
        """Whether a session is being recorded."""
        return self._writer.active

    @property
    def number(self):
        """The number of the session whose file is open, 0 where there is none."""
        return self._store.number

    @property
    def fault(self):
        """The code of the last failure of the store, or an empty text."""
        return self._store.fault

    def add_event(self, row, now_ms):
        """Keep one event of the engine; the start and the end of a session open and end its log.

        `now_ms` is the time of the call on the engine's clock: the wall clock belongs to it, not to the event.
        """
        if row[0] == SESSION_START:
            self._begin(row[1], now_ms)
        self._writer.add_event(row)
        if row[0] == SESSION_STOP:
            self._writer.end(row[1])

    def add_sample(self, t_ms, sample):
        """Keep one sample; only where the recorder `traces`. No allocation."""
        if self._trace is not None and self._writer.active:
            self._trace.add(t_ms, sample)

    def add_state(self, engine, t_ms):
        """Keep the engine's state, from which on a full trace can be replayed; its events are to be drained before."""
        from rollcore.snapshot import StateWriter, walk  # 3 KB that only such a trace needs

        self.state_due = False
        walk(engine, StateWriter(self._writer, t_ms))

    def add_battery(self, t_ms, mv, percent_x10):
        """Keep a reading of the gauge."""
        self._writer.add_battery(t_ms, mv, percent_x10)

    def hurry(self):
        """Bring what there is to the flash at the next turn: the battery may not last."""
        self._writer.demand_flush()

    def turn(self, t_ms, in_contact):
        """Write one page if the rules want it; one that the flash refuses is tried again. Never raises: see `fault`."""
        if t_ms < self._again_ms or self.locked:
            return
        if self._writer.flush_due(t_ms, in_contact):
            page = self._writer.take_page()
            if page is not None and not self._write(page):
                self._again_ms = t_ms + _AGAIN_MS
        else:
            self._seal()  # in a turn of its own: each write stops everything

    def close(self):
        """Write all there is: Ctrl-C, before sleep, at the end of the app."""
        self._empty()
        self._store.close()

    def _begin(self, t_ms, now_ms):
        wall = self._board.unix_time()  # first: what follows takes its time
        self._empty()
        number = self._store.open()
        self._writer.begin(number, t_ms, self._tag)
        for code in (DEVICE, SETTINGS, CALIBRATION, ROUTINE):
            if code in self._texts:
                self._writer.add_text(code, t_ms, self._texts[code])
        if wall:
            self._writer.add_clock(now_ms, wall[0], wall[1])
        self.state_due = self._full
        self._digest = hashlib.sha256()

    def _empty(self):
        """Write all that waits; what the flash refuses now is given up."""
        self._again_ms = 0
        page = self._writer.take_page()
        while page is not None:
            if not self._write(page):
                self._writer.release()
            page = self._writer.take_page()
        self._seal()

    def _write(self, page):
        """Write a page and give its buffer back; return False when the flash refuses it, or must not be written."""
        if self.locked:
            return False
        self._motor_off()
        if not self._store.number:
            self._store.open()  # that failed when the session began
        if not self._store.append(page, not self._writer.active):
            return False
        self._digest.update(page)
        self._writer.release()
        return True

    def _seal(self):
        """End the file of a session that is over with the digest of what it holds.

        Without one, it is as complete, but not proven to be.
        """
        writer = self._writer
        if writer.active or not writer.is_empty() or not self._store.number or self.locked:
            return
        if self._store.offset:
            self._motor_off()
            self._store.append(writer.seal(self._digest.digest()), True)
            writer.release()
        self._store.close()
