# SPDX-License-Identifier: MIT
"""The last seconds of motion, one entry a block, in arrays made once: what a stroke is measured from after it ended."""

from array import array

from micropython import const

BLOCKS = const(256)  # 4.9 s at 19 ms; a power of two
_MASK = const(255)
_REACH = const(250)  # how far back a look is safe while new blocks come in
_LONGEST_MS = const(60000)


class History:
    """Ring of (time in ms, speed in um/s, force in mN); entries are addressed by block number, `count` - 1 the newest.

    A drift may be laid over the speeds: 0 at `drift_from_ms`, `drift_um_s` from `drift_to_ms` on, straight in between.
    `speed` gives the speed without it.
    """

    def __init__(self):
        self.t_ms = array("i", [0] * BLOCKS)
        self._v = array("i", [0] * BLOCKS)
        self._f = array("i", [0] * BLOCKS)
        self.count = 0
        self._drift = 0
        self._from_ms = 0
        self._span_ms = 1

    def add(self, t_ms, speed_um_s, force_mn):
        """Append one block."""
        at = self.count & _MASK
        self.t_ms[at] = t_ms
        self._v[at] = speed_um_s
        self._f[at] = force_mn
        self.count += 1

    def oldest(self):
        """Return the number of the oldest block that can be read."""
        return max(0, self.count - _REACH)

    def set_drift(self, drift_um_s, from_ms, to_ms):
        """Lay a drift over the speeds (at most 3 m/s); 0 takes it away."""
        self._drift = drift_um_s
        self._span_ms = min(_LONGEST_MS, max(1, to_ms - from_ms))
        self._from_ms = to_ms - self._span_ms

    def time(self, block):
        """Return the time at the end of a block in ms."""
        return self.t_ms[block & _MASK]

    def force(self, block):
        """Return the force at a block in mN."""
        return self._f[block & _MASK]

    def speed(self, block):
        """Return the speed at the end of a block in um/s, less the drift."""
        at = block & _MASK
        v = self._v[at]
        if self._drift == 0:
            return v
        age = self.t_ms[at] - self._from_ms
        if age <= 0:
            return v
        if age >= self._span_ms:
            return v - self._drift
        return v - (self._drift * ((age << 8) // self._span_ms) >> 8)
