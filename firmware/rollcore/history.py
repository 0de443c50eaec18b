# SPDX-License-Identifier: MIT
"""The last seconds, one entry a block, in arrays made once: what a stroke is found in and measured from.

The integrated acceleration is kept as it came; the velocity is that less the drift of whichever guess is believed when
one asks (`guess.py`).
"""

from array import array

import micropython
from micropython import const

from rollcore.guess import difference

_BLOCKS = const(256)  # 4.9 s at 19 ms; a power of two
_MASK = const(255)
_REACH = const(230)  # how far back a look is safe while new blocks come in and knots are kept


class History:
    """Entries are addressed by block number, `count` - 1 the newest; `guess` is the one that is believed."""

    def __init__(self, guess):
        self.guess = guess
        self._t_ms = array("i", [0] * _BLOCKS)
        self._raw = array("i", [0] * _BLOCKS)
        self._force_mn = array("i", [0] * _BLOCKS)
        self._contact_ms = array("i", [-1] * _BLOCKS)
        self.count = 0

    @micropython.native
    def add(self, t_ms, raw, force_mn, contact_ms):
        """Append one block: integrated acceleration, force, and when the contact began, or -1 less when it ended."""
        at = self.count & _MASK
        self._t_ms[at] = t_ms
        self._raw[at] = raw
        self._force_mn[at] = force_mn
        self._contact_ms[at] = contact_ms
        self.count += 1

    @micropython.native
    def gained(self, block, other):
        """Return by how much the integrated acceleration grew from block `other` to `block`, in um/s."""
        return difference(self._raw[block & _MASK], self._raw[other & _MASK]) >> 4

    @micropython.native
    def oldest(self):
        """Return the number of the oldest block that can be read."""
        return max(0, self.count - _REACH)

    @micropython.native
    def time(self, block):
        """Return the time at the end of a block in ms."""
        return self._t_ms[block & _MASK]

    @micropython.native
    def force(self, block):
        """Return the force at a block in mN."""
        return self._force_mn[block & _MASK]

    @micropython.native
    def contact(self, block):
        """Return when the contact began that a block is in, in ms; or -1 less when the last one ended."""
        return self._contact_ms[block & _MASK]

    @micropython.native
    def speed(self, block):
        """Return the velocity at the end of a block in um/s."""
        return difference(self._raw[block & _MASK], self.guess.drift_at(block, self.count - 1)) >> 4
