# SPDX-License-Identifier: MIT
"""A routine: the steps of a short massage that the hand is led through, without a screen.

waiting -> step 1   the first contact of a session
step    -> next     its time of rolling is over, or somebody presses the button
last    -> done     the same
any     -> waiting  the session has closed

A step's time runs while the roller touches, and on for 2 s after: a lift returns through the air. A step may have
limits of its own; those that it does not name are the settings'.
"""

import micropython
from micropython import const

from rollcore.haptics import CUE_DONE, CUE_NEXT, CUE_SWITCH

_MOST_STEPS = const(12)
_NAME_CHARS = const(24)
_SHORTEST_S = const(5)
_LONGEST_S = const(600)
_APART_MS = const(2000)
_SIDES = ("", "left", "right")
_LIMITS = ("band_low_n", "band_firm_n", "over_limit_n", "over_hysteresis_n", "ceiling_n")


def check_steps(given, settings):
    """Return the rows of a parsed routine for `Routine`: ms, side and five limits in mN each, as `_row` has them.

    The first row is no step: it holds the limits of the settings, for before and after.

    Raises ValueError with the cause and the cure for anything that is not a valid routine.
    """
    if not isinstance(given, dict) or not isinstance(given.get("steps"), list):
        raise ValueError('this is no routine: give {"steps": [{"name": "left cheek", "seconds": 60}, ...]}')
    if not 1 <= len(given["steps"]) <= _MOST_STEPS:
        raise ValueError("a routine has %d steps: give 1 to %d" % (len(given["steps"]), _MOST_STEPS))
    steps = [_checked(number + 1, step, settings) for number, step in enumerate(given["steps"])]
    return tuple([_row(0, 0, settings)] + steps)


def _row(ms, side, s):
    return ms, side, s.band_low_mn, s.band_firm_mn, s.over_limit_mn, s.over_hysteresis_mn, s.ceiling_mn


def _checked(number, step, settings):
    if not isinstance(step, dict):
        raise ValueError("step %d is no object: give its name and seconds" % number)
    limits = {}
    for key in step:
        if key in _LIMITS:
            limits[key] = step[key]
        elif key not in ("name", "seconds", "side"):
            known = ", ".join(("name", "seconds", "side") + _LIMITS)
            raise ValueError("step %d has an unknown %r: use %s" % (number, str(key)[:_NAME_CHARS], known))
    name, seconds, side = step.get("name"), step.get("seconds"), step.get("side", "")
    if not isinstance(name, str) or not 1 <= len(name) <= _NAME_CHARS:
        raise ValueError("step %d has no name: give one of 1 to %d characters" % (number, _NAME_CHARS))
    if not isinstance(seconds, int) or isinstance(seconds, bool) or not _SHORTEST_S <= seconds <= _LONGEST_S:
        raise ValueError(
            "seconds of step %d are wrong: give a whole number, %d to %d" % (number, _SHORTEST_S, _LONGEST_S)
        )
    if side not in _SIDES:
        raise ValueError("side of step %d is unknown: give left or right, or leave it out" % number)
    try:
        return _row(seconds * 1000, _SIDES.index(side), settings.changed(limits))
    except ValueError as error:
        raise ValueError("step %d: %s" % (number, error))


class Routine:
    """Leads through the rows of `check_steps`.

    `number` is the step of now, from 1 on, and 0 before and after. `row` is the row of now. `cue` is to tell the hand
    of the last change, -1 for nothing: who plays it takes it back. The first step has none: the hand has just begun.
    """

    def __init__(self, rows):
        self._rows = rows
        self.begin()

    def begin(self):
        """Wait for the first contact."""
        self.number = 0
        self.row = self._rows[0]
        self.cue = -1
        self._done = False
        self._left_ms = 0
        self._before_ms = 0
        self._touched_ms = 0

    @micropython.native
    def block(self, t_ms, in_contact):
        """Let time pass until `t_ms`; return True when the step changed. Allocates nothing."""
        if self._done:
            return False
        if in_contact:
            self._touched_ms = t_ms
        if self.number and t_ms - self._touched_ms < _APART_MS:
            self._left_ms -= min(t_ms - self._before_ms, _APART_MS)  # what a gap swallowed was not rolled
        self._before_ms = t_ms
        if self._left_ms > 0 or (self.number == 0 and not in_contact):
            return False
        self.go_on()
        return True

    def go_on(self):
        """Go to the next step, after the last to the end."""
        number = self.number + 1
        before = self.row[1]
        self._done = number == len(self._rows)
        if self._done:
            number = 0
        self.number = number
        self.row = row = self._rows[number]
        self._left_ms = row[0]
        if self._done:
            self.cue = CUE_DONE
        elif number > 1:
            self.cue = CUE_SWITCH if before and row[1] and before != row[1] else CUE_NEXT
