# SPDX-License-Identifier: MIT
"""What the sensors of the virtual board feel: rows of a recording at any instant, read through a small window.

File, little-endian: magic "RSMP", u32 version 1, u32 rate in mHz, u32 rows; then rows of 8 int32: acceleration x y z
in ug, turn rate x y z in mdps, force in mN (FORCE_UNKNOWN where there is none), and 1 where the recording holds a motor
that shook the sensors, else 0.
"""

import struct
from array import array

from micropython import const

FORCE = 6  # index of the force in a row
_HEAD_MN = const(-1471)  # the weight of 150 g
_MOTOR = const(7)
FORCE_UNKNOWN = -536870912  # -(1 << 29), as in the firmware, which the models do not see
_HEADER = const(16)
_ROW = const(8)
_ROW_BYTES = const(32)
_WINDOW = const(48)  # rows in memory: 1.5 KB
_SHARE_BITS = const(8)
_BACK = const(16)  # rows kept behind the newest, for the chip that looks a little later than the other


class Still:
    """A roller that lies on the table: 1 g along z, and nothing but the head hangs on the force sensor."""

    holds_motor = False  # True: the motor's vibration is in the samples, and must not be felt a second time

    def __init__(self):
        self.on_start = None

    def start(self, t_us):
        """Tell `on_start(t_us)` of the first call; it lies there for ever."""
        if self.on_start:
            self.on_start(t_us)
            self.on_start = None

    def at(self, t_us, out):
        """Write the row for `t_us` into `out` (array("i", 7))."""
        for i in range(7):
            out[i] = 0
        out[2] = 1000000
        out[FORCE] = _HEAD_MN

    def save(self, now_us):
        """Return the state as a list for JSON."""
        return []

    def restore(self, state, now_us):
        """Take over a saved state."""


class SampleFile:
    """A sample file behind a seekable binary `stream`. ValueError when it is not one."""

    def __init__(self, stream):
        header = stream.read(_HEADER)
        if len(header) != _HEADER or header[:4] != b"RSMP":
            raise ValueError("not a sample file")
        _, version, self.rate_mhz, self.rows = struct.unpack("<4sIII", header)
        if version != 1 or self.rate_mhz == 0 or self.rows == 0:
            raise ValueError("sample file: version %d, %d mHz, %d rows" % (version, self.rate_mhz, self.rows))
        self._stream = stream
        self._window = array("i", bytes(_WINDOW * _ROW_BYTES))
        self._first = 0
        self._held = 0
        self._start_us = None
        self.on_start = None
        self._locate(0)
        self.holds_motor = self._window[_MOTOR] == 1

    def start(self, t_us):
        """Let row 0 belong to `t_us`; only the first call counts, and `on_start(t_us)` hears of it."""
        if self._start_us is None:
            self._start_us = t_us
            if self.on_start:
                self.on_start(t_us)

    def at(self, t_us, out):
        """Write the row for `t_us` into `out` (array("i", 7)), linear between rows; `t_us` may step back by 70 ms.

        Before the start and after the end the first and the last row are held, without turning.
        """
        position = 0 if self._start_us is None else (t_us - self._start_us) * self.rate_mhz
        row = position // 1000000000
        if self._start_us is None or row < 0 or row >= self.rows - 1:
            self._hold(0 if row <= 0 else self.rows - 1, out)
            return
        at = self._locate(row)
        if at < 0:
            self._hold(self.rows - 1, out)
            return
        # Rounded: a chip that samples at the rate of the rows gets the rows themselves, not a mixture of two.
        share = (((position % 1000000000) << _SHARE_BITS) + 500000000) // 1000000000
        window = self._window
        for i in range(6):
            value = window[at + i]
            out[i] = value + (((window[at + _ROW + i] - value) * share) >> _SHARE_BITS)
        force = window[at + FORCE]
        after = window[at + _ROW + FORCE]
        if force != FORCE_UNKNOWN and after != FORCE_UNKNOWN:
            force += ((after - force) * share) >> _SHARE_BITS
        out[FORCE] = force

    def _hold(self, row, out):
        at = self._locate(row)
        for i in range(7):
            out[i] = 0 if 3 <= i < FORCE else self._window[at + i]

    def _locate(self, row):
        """Return where `row` lies in the window, reading it in with its successor; -1 past a file cut short."""
        offset = row - self._first
        if offset < 0 or offset + 1 >= self._held:
            self._first = max(0, row - _BACK)
            self._stream.seek(_HEADER + self._first * _ROW_BYTES)
            self._held = (self._stream.readinto(self._window) or 0) // _ROW_BYTES
            offset = row - self._first
            end = self._first + self._held
            if end < self.rows and self._held < _WINDOW:
                self.rows = max(1, end)
        if offset >= self._held or (offset + 1 >= self._held and row < self.rows - 1):
            return -1
        return offset * _ROW

    def end_us(self):
        """Return the instant of the last row, None before the start."""
        if self._start_us is None:
            return None
        return self._start_us + (self.rows - 1) * 1000000000 // self.rate_mhz

    def save(self, now_us):
        """Return the state as a list for JSON."""
        return [] if self._start_us is None else [now_us - self._start_us]

    def restore(self, state, now_us):
        """Take over a saved state."""
        if state:
            self._start_us = now_us - state[0]
