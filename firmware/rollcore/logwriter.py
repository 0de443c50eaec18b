# SPDX-License-Identifier: MIT
"""Events into log pages at event time, and the rules that say when the flash may be written.

Pure: no file, no clock. The owner of the file asks `flush_due` often and, while it says yes, writes what `take_page`
returns and calls `release`. Adding a record allocates nothing.
"""

import struct

from micropython import const

from rollcore import logformat as fmt
from rollcore.events import ROW_LEN
from rollcore.pagering import PageRing

IDLE_FLUSH_MS = const(10000)
_OFFSET_LIMIT = const(65535)
_EVENT_RESERVE = const(512)  # of the last free page: a trace that overruns the ring must not cost strokes
_TIME_BYTES = const(8)


class LogWriter:
    """Writes one session at a time into `pages` buffers of `page_bytes` (the block size of the file system).

    `active` from begin to end; `dropped` counts the records and trace samples of this session that were lost because
    every page was full. `ring`, `sample_index` and `block_...` are shared with the trace encoder.
    """

    def __init__(self, pages=3, page_bytes=fmt.PAGE_LIMIT):
        if not 1024 <= page_bytes <= fmt.PAGE_LIMIT or pages < 2:
            raise ValueError("a log needs 2 pages or more of 1024..4096 bytes")
        self.ring = PageRing(pages, page_bytes)
        self._page_bytes = page_bytes
        self._fill_limit = pages * page_bytes * 3 // 4
        from rollcore.records import STORAGE, layout_of  # 2 KB that only this line needs

        self._layouts = {code: layout_of(STORAGE[code]) for code in STORAGE if STORAGE[code]}
        self._dropout_bytes = fmt.RECORD_HEAD + self._layouts[fmt.DROPOUT][0]
        self._row = [0] * ROW_LEN  # lists: a unix time does not fit the 31 bits of the board's array("i")
        self._own_row = [0] * ROW_LEN
        self.active = False
        self._demanded = False
        self.dropped = 0
        self.block_at = 0  # where the next trace sample goes; 0: no block is open
        self.block_limit = 0
        self.block_count = 0
        self.block_fresh = True
        self.sample_index = 0  # trace samples offered in this session
        self._block_head = 0
        self._ending = False
        self._end_ms = 0

    @property
    def pending(self):
        """Closed pages that wait to be taken."""
        return self.ring.pending

    # -- a session --------------------------------------------------------------------------------------------

    def begin(self, session, start_ms, device):
        """Begin session `session` (0 to 2^30) at `start_ms` for the `device` tag (4 bytes), in an empty file.

        Raises ValueError while pages of the session before wait, or for a wrong tag.
        """
        if self.active or not self.is_empty():
            raise ValueError("end the session before and take its pages first")
        if len(device) != 4:
            raise ValueError("the device tag has 4 bytes")
        self.ring.begin(session, start_ms, device)
        self._records = 0
        self.sample_index = 0
        self._quiet_ms = start_ms
        self._oldest_ms = start_ms
        self.dropped = 0
        self._lost_records = 0
        self._lost_samples = 0
        self._lost_since_ms = 0
        self._demanded = False
        self.active = True

    def end(self, t_ms):
        """Write the END record, close the last page and demand its flush. Later records are refused."""
        if self.active:
            self.active = False
            self._ending = True
            self._demanded = True
            self._end_ms = t_ms
            self._write_end()

    def _write_end(self):
        # With every page full the END waits for a release: a session must not look cut because the flash was late.
        t_ms = self._end_ms
        if not self._settle_losses(t_ms) or not self._room(t_ms, fmt.RECORD_HEAD + self._layouts[fmt.END][0]):
            return
        row = self._own_row
        row[2] = self.ring.opened
        row[3] = self._records
        row[4] = self.dropped
        self._write(fmt.END, t_ms, row)
        self._ending = False
        self.ring.close_page(fmt.FLAG_LAST, False)

    # -- records ----------------------------------------------------------------------------------------------

    def add_event(self, row):
        """Add one event row (see events.py); return False when it was lost or no session is on."""
        return self._add(row[0], row[1], row)

    def add_battery(self, t_ms, mv, percent_x10):
        """Add a reading of the gauge: mV and tenths of a percent."""
        row = self._row
        row[2] = mv
        row[3] = percent_x10
        return self._add(fmt.BATTERY, t_ms, row)

    def add_clock(self, t_ms, unix_s, unix_ms):
        """Add what a clock that had been set showed at `t_ms`: seconds since 1970 UTC and milliseconds."""
        row = self._row
        row[2] = unix_s
        row[3] = unix_ms
        return self._add(fmt.CLOCK, t_ms, row)

    def add_text(self, code, t_ms, text):
        """Add JSON text as DEVICE, SETTINGS, CALIBRATION or ROUTINE (allocates); errors as in `add_bytes`."""
        return self.add_bytes(code, t_ms, text.encode())

    def add_bytes(self, code, t_ms, data):
        """Add a record with `data` as its payload; ValueError beyond half a page."""
        if len(data) > self._page_bytes // 2:
            raise ValueError("%d bytes do not fit a page of the log" % len(data))
        if not self._ready(t_ms, len(data) + fmt.TRACE_HEAD):
            return False
        at = self._head(code, t_ms, len(data))
        self.ring.page[at : at + len(data)] = data
        self.ring.at = at + len(data)
        return True

    def _add(self, code, t_ms, row):
        layout = self._layouts[code]
        wide = not fmt.fits(layout, t_ms, row)
        if not self._ready(t_ms, fmt.RECORD_HEAD + layout[wide]):
            return False
        self._write(code, t_ms, row, wide)
        return True

    def _write(self, code, t_ms, row, wide=False):
        layout = self._layouts[code]
        at = self._head(code | fmt.WIDE if wide else code, t_ms, layout[wide])
        self.ring.at = fmt.pack_fields(self.ring.page, at, layout, t_ms, row, wide)

    def _head(self, code, t_ms, payload_bytes):
        page = self.ring.page
        at = self.ring.at
        page[at] = code
        if payload_bytes < 128:
            page[at + 1] = payload_bytes
            at += 2
        else:
            page[at + 1] = (payload_bytes & 127) | 128
            page[at + 2] = payload_bytes >> 7
            at += 3
        struct.pack_into("<H", page, at, t_ms - self.ring.base_ms)
        self._records += 1
        return at + 2

    # -- room and losses --------------------------------------------------------------------------------------

    def _ready(self, t_ms, size):
        if not self.active:
            return False
        if self._lost_records:  # what was lost goes first, but only when there is room for both
            if self._room(t_ms, size + self._dropout_bytes):
                self._settle_losses(t_ms)
                return True
        elif self._room(t_ms, size):
            return True
        self._note_loss(t_ms)
        self._lost_records += 1
        return False

    def _room(self, t_ms, size):
        """Make room for `size` bytes at `t_ms`: close a trace block, open a page, move the time base."""
        self.close_block()
        ring = self.ring
        if not ring.is_open and not self._open_page(t_ms):
            return False
        tries = 0
        while ring.at + size + (0 if self._in_reach(t_ms) else _TIME_BYTES) > ring.limit:
            # The rest of a block may be shorter than a text, so a second page can be needed, never a third.
            if tries == 2 or ring.is_last():
                return False
            ring.close_page(0, True)
            self._open_page(t_ms)
            tries += 1
        if not self._in_reach(t_ms):
            self._move_base(t_ms)
        return True

    def _open_page(self, t_ms):
        if not self.ring.open_page(t_ms):
            return False
        if self.ring.pending == 0:
            self._oldest_ms = t_ms
        self.block_fresh = True
        return True

    def _in_reach(self, t_ms):
        return 0 <= t_ms - self.ring.base_ms <= _OFFSET_LIMIT

    def _move_base(self, t_ms):
        self.ring.base_ms = t_ms
        row = self._own_row
        row[2] = t_ms
        self._write(fmt.TIME, t_ms, row)

    def _note_loss(self, t_ms):
        if self._lost_records == 0 and self._lost_samples == 0:
            self._lost_since_ms = t_ms
        self.dropped += 1

    def _settle_losses(self, t_ms):
        """Write what was lost as a DROPOUT record; return False when even that finds no room."""
        if self._lost_records == 0 and self._lost_samples == 0:
            return True
        if not self._room(t_ms, self._dropout_bytes):
            return False
        row = self._own_row
        row[2] = self._lost_records
        row[3] = self._lost_samples
        row[4] = self._lost_since_ms
        self._write(fmt.DROPOUT, t_ms, row)
        self._lost_records = 0
        self._lost_samples = 0
        return True

    # -- trace blocks, for the encoder ------------------------------------------------------------------------

    def open_block(self, t_ms, size):
        """Open a trace block with room for `size` bytes or more: set `block_at` behind its head, or 0 for no room.

        `block_fresh` tells that the block is the first of its page; the encoder clears it.
        """
        self.close_block()
        if not self.active or not self._block_fits(t_ms, size + fmt.TRACE_HEAD):
            return
        self._settle_losses(t_ms)
        self._room(t_ms, size + fmt.TRACE_HEAD)
        self.block_at = self._block_head = self._head(fmt.TRACE, t_ms, fmt.LENGTH_LIMIT)
        self.block_limit = self.ring.limit - self._reserve()
        self.block_count = 0

    def _reserve(self):
        return _EVENT_RESERVE if self.ring.is_last() else 0

    def _block_fits(self, t_ms, size):
        """Find a page for a block, its losses and a time base; return False when only the events' reserve is left."""
        ring = self.ring
        size += _TIME_BYTES + self._dropout_bytes
        while True:
            if not ring.is_open and not self._open_page(t_ms):
                return False
            if ring.at + size + self._reserve() <= ring.limit:
                return True
            if ring.is_last():
                return False
            ring.close_page(0, True)

    def close_block(self):
        """Close the open trace block, if there is one: its length and count are known now."""
        if self.block_at == 0:
            return
        page = self.ring.page
        start = self._block_head
        length = self.block_at - start
        page[start - 4] = (length & 127) | 128
        page[start - 3] = length >> 7
        struct.pack_into("<H", page, start + fmt.TRACE_COUNT_AT, self.block_count)
        self.ring.at = self.block_at
        self.block_at = 0

    def lose_sample(self, t_ms):
        """Count a trace sample that found no room."""
        self._note_loss(t_ms)
        self._lost_samples += 1

    # -- pages to the flash -----------------------------------------------------------------------------------

    def is_empty(self):
        """Tell whether nothing waits to be written."""
        return self.ring.pending == 0 and not self.ring.is_open and not self._ending

    def demand_flush(self):
        """Ask for everything to be written now: Ctrl-C, low battery, before sleep."""
        self._demanded = True

    def flush_due(self, t_ms, in_contact):
        """Tell whether a page should be written now; ask again after each page. Allocates nothing.

        In contact only on demand or when the ring is more than 75 % full; else also when a page is full, and when
        records have waited for 10 s in which nothing was touched.
        """
        if in_contact:
            self._quiet_ms = t_ms
        if self.is_empty():
            self._demanded = False
            return False
        if self._demanded or self._used_bytes() > self._fill_limit:
            return True
        if in_contact:
            return False
        if self.ring.pending:
            return True
        self._demanded = t_ms - self._quiet_ms >= IDLE_FLUSH_MS and t_ms - self._oldest_ms >= IDLE_FLUSH_MS
        return self._demanded

    def _used_bytes(self):
        open_block = self.block_at - self.ring.at if self.block_at else 0
        return self.ring.used_bytes() + open_block

    def take_page(self):
        """Return the oldest full page, or what there is of the open one, sealed; None when nothing waits.

        The memoryview stays valid until `release`. Allocates: call it where the file is written, not per sample.
        """
        if self.ring.pending == 0:
            self.close_block()
            if not self.ring.is_open:
                return None
            self.ring.close_page(0, False)
        return self.ring.take()

    def seal(self, digest):
        """Return the page that goes behind the last one: the SHA-256 of the file so far. `release` it as any other."""
        ring = self.ring
        ring.open_page(self._end_ms)
        at = self._head(fmt.SEAL, self._end_ms, len(digest))
        ring.page[at : at + len(digest)] = digest
        ring.at = at + len(digest)
        ring.close_page(0, False)
        return ring.take()

    def release(self):
        """Give the page of the last `take_page` back: it is on the flash, or given up."""
        ring = self.ring
        ring.release()
        if ring.pending == 0:
            self._oldest_ms = ring.opened_ms
        if self._ending:
            self._write_end()
