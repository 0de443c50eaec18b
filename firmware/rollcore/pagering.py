# SPDX-License-Identifier: MIT
"""A small ring of page buffers made once: pages are opened, filled, closed, taken in order and released.

Pages are cut so that each ends where a littlefs block of the growing file ends: a page across two blocks costs two
erases. Opening and closing allocate nothing, sealing (`take`) does.
"""

import struct
from array import array
from binascii import crc32

from micropython import const

from rollcore import logformat as fmt

_SMALLEST_PAGE = const(256)  # a rest of a block below this is filled up, never opened as a page of its own


class PageRing:
    """`count` buffers of `page_bytes`; `page`, `at` and `limit` are the open page's buffer, position and end.

    `pending` counts the closed pages that wait, `opened` the pages of this session; the last was opened at `opened_ms`.
    """

    def __init__(self, count, page_bytes):
        self._pages = [bytearray(page_bytes) for _ in range(count)]
        self._views = [memoryview(page) for page in self._pages]
        self._lengths = array("H", [0] * count)
        self.capacity = count
        self._page_bytes = page_bytes
        self._first = 0
        self.pending = 0
        self.is_open = False
        self.page = self._pages[0]
        self.at = 0
        self.limit = 0
        self.base_ms = self.opened_ms = 0

    def begin(self, session, start_ms, device):
        """Start the pages of an empty file; the arguments go into every header."""
        self._session = session
        self._start_ms = start_ms
        self._device = device
        self.opened = 0
        self._block_index = 0
        self._block_left = fmt.block_room(0, self._page_bytes)

    def used_bytes(self):
        """Return the bytes that wait in closed pages and in the open one."""
        return self.pending * self._page_bytes + (self.at if self.is_open else 0)

    def is_last(self):
        """Tell whether no buffer is free behind the open page."""
        return self.pending >= self.capacity - 1

    def open_page(self, t_ms):
        """Open the next page with its time base at `t_ms`; return False when every buffer waits."""
        if self.pending == self.capacity:
            return False
        self.page = self._pages[(self._first + self.pending) % self.capacity]
        self.at = fmt.HEADER_BYTES
        self.limit = self._block_left
        self.base_ms = t_ms
        self.opened_ms = t_ms
        self.opened += 1
        self.is_open = True
        return True

    def close_page(self, flags, full):
        """Close the open page; `full` fills it up to the end of its block, as does a rest too small for a page."""
        page = self.page
        length = self.at
        if full or self.limit - length < _SMALLEST_PAGE:
            length = self.limit
            for i in range(self.at, length):
                page[i] = fmt.PAD
        struct.pack_into(
            fmt.HEADER_FORMAT,
            page,
            0,
            fmt.MAGIC,
            fmt.VERSION,
            flags,
            length,
            self._device,
            self._session,
            self.opened - 1,
            self._start_ms,
            self.opened_ms,
            0,
        )
        self._lengths[(self._first + self.pending) % self.capacity] = length
        self.pending += 1
        self.is_open = False
        self._block_left -= length
        if self._block_left == 0:
            self._block_index += 1
            self._block_left = fmt.block_room(self._block_index, self._page_bytes)

    def take(self):
        """Return the oldest closed page with its CRC set; it stays valid until `release`."""
        view = self._views[self._first]
        length = self._lengths[self._first]
        crc = crc32(view[fmt.HEADER_BYTES : length], crc32(view[: fmt.CRC_AT]))
        struct.pack_into("<I", self._pages[self._first], fmt.CRC_AT, crc)
        return view[:length]

    def release(self):
        """Give the buffer of the oldest closed page back."""
        self._first = (self._first + 1) % self.capacity
        self.pending -= 1
