# SPDX-License-Identifier: MIT
"""Cues: a small table of vibration patterns, and the player that steps them without allocating.

A pattern is a row of pulses and pauses in ms, at one level. Cues differ by rhythm: a hand tells two levels apart only
side by side. Every cue has a maximum: it ends then, whatever happens.
"""

import micropython
from micropython import const

from rollcore.duty import Duty

CUE_OVER = const(0)  # too much pressure: quick pulses until it is less
CUE_CEILING = const(1)  # far too much: long strong buzzes
CUE_SENSOR = const(2)  # the force is not known: three slow short pulses
CUE_MARK = const(3)  # the button was taken, a note is recorded: one tick
CUE_LIGHT = const(4)  # too light for a while: a double knock, twice
CUE_NEXT = const(5)  # move on to the next step of the routine: short, short, long
CUE_SWITCH = const(6)  # and to the other side: short, long, short
CUE_DONE = const(7)  # the routine is done: two long ones
CUE_BATTERY = const(8)  # the battery is low: one long, and a short that gives out
CUE_ERROR = const(9)  # something on the board failed: a rattle

# In the order of the cues. How urgent: a cue replaces those with a higher number; exempt: the caps on the motor's time
# do not hold for it (nobody may miss it); whether it repeats; the longest duration in ms; the level in %; the pattern,
# ms on and ms off in turn.
_CUES = (
    (1, False, True, 3000, 100, (120, 80)),
    (0, True, True, 3000, 100, (400, 60)),
    (2, True, False, 1200, 70, (60, 240, 60, 240, 60)),
    (5, False, False, 200, 60, (40,)),
    (9, False, False, 1200, 60, (60, 80, 60, 400, 60, 80, 60)),
    (8, False, False, 1200, 80, (80, 120, 80, 120, 400)),
    (7, False, False, 1200, 80, (80, 120, 350, 120, 80)),
    (6, False, False, 2000, 90, (600, 200, 600)),
    (4, False, False, 1200, 80, (450, 350, 90)),
    (3, True, False, 1200, 90, (40, 60) * 8),
)
_NONE = const(-1)

# How hard the over-pressure cue plays, in % of its strength.
_URGE_START = const(60)
_URGE_MOST = const(100)
_URGE_LEAST = const(30)
_IGNORED_MOST = const(30)  # more, after 3 s in which nothing got better
_IGNORED_MS = const(100)  # for 1 % more
_MOVING = const(20)  # more: a hand that moves feels less
_BETTER = const(30)  # less, once the excess has halved


def over_urge(on_ms, force_mn, peak_mn, moving):
    """Return how hard to play the over-pressure cue, 30-100 %; `force_mn` and `peak_mn` are what is above the limit.

    It escalates while the alarm is ignored, fades as the user improves and is stronger while the hand moves.
    """
    urge = _URGE_START + min(_IGNORED_MOST, on_ms // _IGNORED_MS)
    if moving:
        urge += _MOVING
    if 2 * force_mn < peak_mn:
        urge -= _BETTER
    return max(_URGE_LEAST, min(_URGE_MOST, urge))


class Haptics:
    """Plays one cue at a time: `level` is what the motor is to do now, 0-100; `cue` the cue that goes on, or -1.

    `silent` is True where the cue goes on without the motor: cues are off (made `silent`, for studies: everything else
    is the same) or muted, or the caps on the motor's time are reached, in s for any minute and for the session.
    """

    def __init__(self, percent, silent=False, cue_s_per_min=30, cue_s_per_session=600):
        self._strength = percent
        self._off = self._silent = silent
        self._duty = Duty(cue_s_per_min, cue_s_per_session)
        self._urge = _URGE_MOST
        self._at = 0
        self._start_ms = 0
        self._next_ms = 0
        self.cue = _NONE
        self.level = 0
        self.silent = False

    def begin(self):
        """Begin a session: its cap starts anew."""
        self._duty.begin()

    def start(self, cue, t_ms, urge=_URGE_MOST):
        """Begin a cue unless a more urgent one goes on; return its level 0-100, 0 when it was not begun.

        `urge` (1-100 %) is how hard it plays; a silent cue returns the level that it would have had.
        """
        if self.cue != _NONE and _CUES[self.cue][0] <= _CUES[cue][0]:
            return 0
        self.cue = cue
        self._urge = urge
        self._start_ms = t_ms
        self.silent = False
        self._enter(0, t_ms)
        return self._level()

    def mute(self, muted):
        """Leave the motor alone from now on, or no longer; cues are decided as ever. Return whether that is new."""
        before = self._silent
        self._silent = muted or self._off
        if muted:
            self.level = 0
        return self._silent != before

    def urge(self, cue, percent):
        """Play the cue harder or softer from its next pulse on, if it is the one that plays."""
        if self.cue == cue:
            self._urge = percent

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
        row = _CUES[cue]
        if t_ms - self._start_ms >= row[3]:
            self.stop(cue)
        elif t_ms - self._next_ms >= 0:
            at = self._at + 1
            if at < len(row[5]):
                self._enter(at, self._next_ms)
            elif row[2]:
                self._enter(0, self._next_ms)
            else:
                self.stop(cue)

    @micropython.native
    def _enter(self, at, t_ms):
        on_ms = _CUES[self.cue][5][at]
        self._at = at
        self._next_ms = t_ms + on_ms
        self.level = 0
        if at & 1 == 0:
            # a pulse that was refused leaves the rest of the cue silent
            if self.silent or self._silent or not self._duty.take(t_ms, on_ms, _CUES[self.cue][1]):
                self.silent = True
            else:
                self.level = self._level()

    @micropython.native
    def _level(self):
        return max(1, _CUES[self.cue][4] * self._strength * self._urge // 10000)
