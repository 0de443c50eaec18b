# SPDX-License-Identifier: MIT
"""A stroke detector on blocks of speed and contact as motion and force would give them.

The believed velocity is told to the detector directly, so that it can be changed after the fact.
"""

from array import array
from types import SimpleNamespace

from strokes import revised

from rollcore.events import EventRing, new_row
from rollcore.fields import FIELDS
from rollcore.guess import Guess
from rollcore.stroke import StrokeDetector

BLOCK_MS = 20
ALONE = 3072  # the lead of a guess without a rival


class Blocks:
    """A detector and what was told to it; speeds in cm/s, times in ms. `contact_ms` is None in the air."""

    def __init__(self):
        self.events = EventRing()
        self.guesses = SimpleNamespace(best=Guess(), changed=0, lead=ALONE)
        self.detector = StrokeDetector(self.events, self.guesses)
        self.now_ms = 0
        self.shaken = False
        self.contact_ms = None
        self._apart_ms = 0
        self.found = []

    def touch(self):
        self.contact_ms = self.now_ms
        return self

    def leave(self):
        self._apart_ms, self.contact_ms = self.now_ms, None
        return self

    def go(self, speed_cm_s, span_ms, force_mn=3000):
        """Move at one speed; return when it begins and ends."""
        start_ms = self.now_ms
        for _ in range(span_ms // BLOCK_MS):
            self._block(speed_cm_s, force_mn)
        return [start_ms, self.now_ms]

    def _block(self, speed_cm_s, force_mn, updated=False):
        self.now_ms += BLOCK_MS
        touches = self.contact_ms is not None
        force = SimpleNamespace(
            mean_mn=force_mn, in_contact=touches, contact_ms=self.contact_ms or 0, apart_ms=self._apart_ms
        )
        raw = (round(speed_cm_s * 160000) + self.guesses.best.drift) & 0xFFFFFFF
        motion = SimpleNamespace(raw=raw, shaking=SimpleNamespace(is_shaken=self.shaken))
        self.detector.block(self.now_ms, motion, force, updated)
        self._drain()

    def believe(self, changes, since_ms, now_cm_s=0.0):
        """Let another guess win: `changes` are (from ms, to ms, cm/s more); nothing before `since_ms` is touched.

        Its knots are 8 blocks apart, so a change is blurred by as much.
        """
        other = Guess()
        newest = self.now_ms // BLOCK_MS
        count = len(other.knots)
        knots = [0] * count
        for at in range(max(0, newest // 8 - count + 2), newest // 8 + 1):
            at_ms = (at * 8 + 1) * BLOCK_MS
            knots[at % count] = sum(round(-more * 160000) for a, b, more in changes if a <= at_ms < b) & 0xFFFFFFF
        other.knots = array("i", knots)
        self.guesses.best = other
        self.guesses.changed = since_ms // BLOCK_MS
        self._block(now_cm_s, 3000, updated=True)
        self.guesses.changed = newest + 1

    def finish(self):
        self.detector.finish(self.now_ms)
        self._drain()
        return self

    def _drain(self):
        row = new_row()
        while self.events.pop(row):
            self.found.append({"type": row[0], "t_ms": row[1], **dict(zip(FIELDS[row[0]], row[2:], strict=False))})

    @property
    def strokes(self):
        return revised(self.found)


def bounds(stroke):
    return [stroke["start_ms"], stroke["end_ms"]]
