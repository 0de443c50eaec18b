# SPDX-License-Identifier: MIT
"""Cues: a small table of vibration patterns, and the player that steps them without allocating.

A pattern is a list of (level in % of the cue strength, ms). Every cue has a maximum: it ends then, whatever happens.
"""

from array import array

import micropython
from micropython import const

CUE_OVER = const(0)  # too much pressure: quick pulses until it is less
CUE_CEILING = const(1)  # far too much: one long strong buzz
CUE_SENSOR = const(2)  # the force is not known: three slow short pulses
CUE_MARK = const(3)  # the button was taken: one tick
CUE_NAMES = ("over", "ceiling", "sensor_fault", "mark")

# repeats, longest duration in ms, pattern; in the order of the cues; a cue replaces only cues after it in the table.
_PATTERNS = (
    (True, 3000, ((100, 120), (0, 80))),
    (True, 3000, ((100, 400), (0, 60))),
    (False, 1200, ((70, 60), (0, 240), (70, 60), (0, 240), (70, 60))),
    (False, 200, ((60, 40),)),
)
_PRIORITY = (1, 0, 2, 3)
_NONE = const(-1)


def _flatten():
    """Return the first steps, one array of level and ms in turn, and the repeats and limits of the patterns."""
    first = array("h", [0])
    steps = array("h")
    limits = array("h")
    repeats = array("b")
    for repeat, limit_ms, pattern in _PATTERNS:
        for level, ms in pattern:
            steps.append(level)
            steps.append(ms)
        first.append(len(steps))
        limits.append(limit_ms)
        repeats.append(1 if repeat else 0)
    return first, steps, limits, repeats


class Haptics:
    """Plays one cue at a time: `level` is what the motor is to do now, 0-100; `cue` the cue that plays, or -1."""

    def __init__(self, strength_percent):
        self._strength = strength_percent
        self._first, self._steps, self._limits, self._repeats = _flatten()
        self._at = 0
        self._start_ms = 0
        self._next_ms = 0
        self.cue = _NONE
        self.level = 0

    def start(self, cue, t_ms):
        """Begin a cue unless a more urgent one plays; return its level 0-100, or 0 when it was not begun."""
        if self.cue != _NONE and _PRIORITY[self.cue] <= _PRIORITY[cue]:
            return 0
        self.cue = cue
        self._start_ms = t_ms
        self._enter(self._first[cue], t_ms)
        return self.level

    def stop(self, cue):
        """End the cue if it is the one that plays."""
        if self.cue == cue:
            self.cue = _NONE
            self.level = 0

    @micropython.native
    def step(self, t_ms):
        """Move on in the pattern. Allocates nothing."""
        cue = self.cue
        if cue == _NONE:
            return
        if t_ms - self._start_ms >= self._limits[cue]:
            self.stop(cue)
        elif t_ms - self._next_ms >= 0:
            at = self._at + 2
            if at < self._first[cue + 1]:
                self._enter(at, self._next_ms)
            elif self._repeats[cue]:
                self._enter(self._first[cue], self._next_ms)
            else:
                self.stop(cue)

    def _enter(self, at, t_ms):
        self._at = at
        self.level = self._steps[at] * self._strength // 100
        self._next_ms = t_ms + self._steps[at + 1]
