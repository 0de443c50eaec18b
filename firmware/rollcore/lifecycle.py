# SPDX-License-Identifier: MIT
"""The states of the roller, and what leads from one to the other.

`TRANSITIONS` is all there is. From BOOT `main.py` goes, from ASLEEP the chips do; the rows between are gone by here.
The diagram in the docs is drawn from it; the words for its numbers are in `rollcore.fields`.
"""

from array import array

from micropython import const

_BOOT = const(0)  # settings, chips, first samples
_SAFE_MODE = const(1)  # no app, the prompt, the blue light on; until a reset
_AWAKE = const(2)  # feels for a contact; slower processor
SESSION = const(3)  # strokes, alarms, a log
ASLEEP = const(4)  # processor and force sensor off, the motion sensor alone listens

_STARTED = const(0)
_REFUSED = const(1)  # the button was held at the boot, or the app has failed three times in a row
_CONTACT = const(2)  # or a long press
_CLOSED = const(3)  # no contact for `session_gap_s`, or a long press
_STILL = const(4)  # for `sleep_s` neither contact, motion, button nor host, and off the charger
_EMPTY = const(5)  # below the floor of the cell
_WOKEN = const(6)  # motion or button; where the cell is empty, the button alone

TRANSITIONS = (
    (_BOOT, _STARTED, _AWAKE),
    (_BOOT, _REFUSED, _SAFE_MODE),
    (_AWAKE, _CONTACT, SESSION),
    (_AWAKE, _STILL, ASLEEP),
    (_AWAKE, _EMPTY, ASLEEP),
    (SESSION, _CLOSED, _AWAKE),
    (SESSION, _EMPTY, ASLEEP),
    (ASLEEP, _WOKEN, _BOOT),
)

_MOVED_LSB = const(512)  # 62.5 mg between two looks: what wakes the sleeping sensor, too


class Lifecycle:
    """The state between boot and sleep: `state`. It sleeps after `sleep_s` without anything going on."""

    def __init__(self, sleep_s):
        self.state = _AWAKE
        self._sleep_ms = sleep_s * 1000
        self._busy_ms = 0  # when something went on last
        self._seen = array("h", [0, 0, 0])

    def moved(self, sample):
        """Tell whether the acceleration is another than at the last call. Allocates nothing."""
        seen = self._seen
        moved = False
        for i in range(3):
            if abs(sample[i] - seen[i]) > _MOVED_LSB:
                moved = True
            seen[i] = sample[i]
        return moved

    def step(self, now_ms, in_session, busy, empty):
        """Take what goes on at `now_ms`; return whether the state has changed. Allocates nothing.

        `busy`: something speaks against sleeping. `empty`: the cell is below its floor.
        """
        if busy or in_session:
            self._busy_ms = now_ms
        if empty:
            return self._happen(_EMPTY)
        if in_session != (self.state == SESSION):
            return self._happen(_CONTACT if in_session else _CLOSED)
        return now_ms - self._busy_ms >= self._sleep_ms and self._happen(_STILL)

    def _happen(self, event):
        for row in TRANSITIONS:
            if row[0] == self.state and row[1] == event:
                self.state = row[2]
                return True
        return False
