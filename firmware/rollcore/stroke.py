# SPDX-License-Identifier: MIT
"""Strokes: the head moves along the handle while the roller touches.

    still  -> moving  speed above 0.6 cm/s in contact (also after lost); the start is looked up in the history
    moving -> lost    the stroke gets longer than any can be: nothing is announced, the speed starts over
    moving -> still   the speed passes max(5 % of its peak, 0.3 cm/s) or zero, the contact ends, or the handle rests
    still  -> moving  the same way within 0.35 s in the same contact: the stroke goes on (its id stays)

A rest says how far the integrated speed has drifted since the rest before; the last stroke is measured again with the
drift taken out, and revised where that changes it. Strokes of a contact are lifts until the direction reverses in it;
then all of them are kneads.
"""

from micropython import const

from rollcore.events import KIND_KNEAD, KIND_LIFT, STROKE
from rollcore.history import History
from rollcore.measure import Measure

_GO_UM_S = const(6000)
_SLOWEST_UM_S = const(3000)
_PEAK_PART = const(20)
_MERGE_MS = const(350)
_SHORTEST_MS = const(100)
_SHORTEST_UM = const(9000)
_TOO_LONG_UM = const(250000)  # 25 cm: no stroke is so long, so the speed is wrong
_REVERSED_UM = const(10000)  # so far the other way, and the contact is a knead
_LEAST_PEAK_UM_S = const(8000)
_REVISE_MS = const(450)  # a rest this soon after a stroke may revise it
_EARLIER_MS = const(60)  # how far a revision may move the start
_LATER_MS = const(200)  # and the end
_CHANGE_MS = const(8)  # what is worth a revision
_CHANGE_PART = const(40)  # of the length
_LOOK_BACK = const(100)  # blocks
_EARLIER = const(4)  # strokes of a contact that can still become kneads


class Stroke:
    """One stroke: plain numbers, made once and overwritten. `id` is 0 until it is announced."""

    def __init__(self):
        self.id = self.revision = 0
        self.contact = 0
        self.way = 0
        self.kind = KIND_LIFT
        self.first = self.last = 0
        self.start_ms = self.end_ms = 0
        self.length_um = self.peak_um_s = 0
        self.mean_mn = self.peak_mn = 0
        self.quality = 0

    def copy(self, other):
        """Take over what an announcement says about another stroke."""
        self.id = other.id
        self.revision = other.revision
        self.contact = other.contact
        self.way = other.way
        self.kind = other.kind
        self.start_ms = other.start_ms
        self.end_ms = other.end_ms
        self.length_um = other.length_um
        self.peak_um_s = other.peak_um_s
        self.mean_mn = other.mean_mn
        self.peak_mn = other.peak_mn
        self.quality = other.quality

    def measured(self, m):
        """Take over a measurement."""
        self.first = m.first
        self.last = m.last
        self.start_ms = m.start_ms
        self.end_ms = m.end_ms
        self.length_um = m.length_um
        self.peak_um_s = m.peak_um_s
        self.mean_mn = m.mean_mn
        self.peak_mn = m.peak_mn


class StrokeDetector:
    """Finds strokes from the motion and the contact of every block and pushes them into the event ring."""

    def __init__(self, events):
        self._events = events
        self._history = History()
        self._measure = Measure(self._history)
        self._stroke = Stroke()
        self._earlier = [Stroke() for _ in range(_EARLIER)]
        self._next_earlier = 0
        self._next_id = 1
        self._contact = 0  # number of the contact
        self._was_contact = False
        self._from_ms = 0  # when this contact began
        self._knead = False
        self._moving = False
        self._speed_sum = 0
        self._peak_um_s = 0
        self._rest_ms = 0

    def block(self, t_ms, motion, force):
        """Look at one block (see `Motion` and `Force`). Allocates nothing."""
        v = motion.speed_um_s
        if motion.at_rest:
            v = motion.drift_um_s
        self._history.add(t_ms, v, force.net_mn)
        contact = force.in_contact
        if contact and not self._was_contact:
            self._touch(force.contact_ms)
        self._was_contact = contact
        if motion.at_rest:
            self._at_rest(t_ms, motion.drift_um_s, t_ms - motion.quiet_ms, t_ms if contact else force.apart_ms)
        elif self._moving:
            if not self._move(t_ms, v, contact, force.apart_ms):
                motion.start_over()
        elif contact:
            self._look(t_ms, v)

    def finish(self, t_ms):
        """End the stroke that is open, if any."""
        if self._moving:
            self._close(t_ms, t_ms)

    def _touch(self, t_ms):
        self._contact += 1
        self._from_ms = t_ms
        self._knead = False

    def _look(self, t_ms, v):
        """Begin a stroke where the head moves."""
        if v >= _GO_UM_S:
            way = 1
        elif v <= -_GO_UM_S:
            way = -1
        else:
            return
        history = self._history
        first = history.count - 1
        stop = max(history.oldest(), first - _LOOK_BACK)
        limit_ms = self._limit_ms()
        while first > stop and history.speed(first - 1) * way > _SLOWEST_UM_S and history.time(first - 1) > limit_ms:
            first -= 1
        stroke = self._stroke
        self._moving = True
        self._speed_sum = v * way >> 4
        self._peak_um_s = v * way
        if self._goes_on(way, history.time(first)):
            self._peak_um_s = max(self._peak_um_s, stroke.peak_um_s)
            return
        if stroke.id and stroke.contact == self._contact:
            self._keep(stroke)
        stroke.id = stroke.revision = 0
        stroke.contact = self._contact
        stroke.way = way
        stroke.first = stroke.last = first
        stroke.length_um = 0

    def _limit_ms(self):
        """Return the earliest time at which a stroke that begins now can have begun."""
        stroke = self._stroke
        if stroke.contact == self._contact and stroke.end_ms > self._from_ms:
            return stroke.end_ms
        return self._from_ms

    def _goes_on(self, way, start_ms):
        stroke = self._stroke
        return stroke.contact == self._contact and stroke.way == way and start_ms - stroke.end_ms < _MERGE_MS

    def _keep(self, stroke):
        """Remember an announced stroke of this contact: it may become a knead."""
        self._earlier[self._next_earlier].copy(stroke)
        self._next_earlier = (self._next_earlier + 1) % _EARLIER

    def _move(self, t_ms, v, contact, apart_ms):
        """Follow the open stroke to its end; return False when it got longer than any can be, and forget it."""
        v *= self._stroke.way
        if not contact:
            self._close(t_ms, apart_ms)
            return True
        if v < _SLOWEST_UM_S or v * _PEAK_PART < self._peak_um_s:
            self._close(t_ms, t_ms)
            return True
        if v > self._peak_um_s:
            self._peak_um_s = v
        self._speed_sum += v >> 4
        if self._reaches(_TOO_LONG_UM):
            self._moving = False
            return False
        self._check_reversal(t_ms)
        return True

    def _reaches(self, length_um):
        """Tell whether the open stroke is that long by now."""
        history = self._history
        newest = history.count - 1
        block_ms = history.time(newest) - history.time(newest - 1)
        return self._speed_sum >= (length_um * 1000 >> 4) // max(1, block_ms)

    def _check_reversal(self, t_ms):
        """Turn the strokes of this contact into kneads once the open one has clearly gone the other way."""
        if self._knead:
            return
        if not self._reaches(_REVERSED_UM):
            return
        way = self._stroke.way
        for earlier in range(_EARLIER):
            other = self._earlier[earlier]
            if other.contact == self._contact and other.way != way:
                self._knead = True
        if self._knead:
            for earlier in range(_EARLIER):
                other = self._earlier[earlier]
                if other.contact == self._contact and other.kind == KIND_LIFT:
                    other.kind = KIND_KNEAD
                    self._announce(other, t_ms)

    def _at_rest(self, t_ms, drift_um_s, quiet_ms, apart_ms):
        """Use a rest: end the open stroke, or measure the last one again without the drift."""
        stroke = self._stroke
        history = self._history
        if self._moving:
            history.set_drift(drift_um_s, self._rest_ms, quiet_ms)
            self._close(t_ms, min(quiet_ms, apart_ms))
            history.set_drift(0, 0, 1)
        elif stroke.id and drift_um_s and stroke.end_ms > self._rest_ms and t_ms - stroke.end_ms < _REVISE_MS:
            self._measure_again(t_ms, drift_um_s, quiet_ms, apart_ms)
        self._rest_ms = t_ms

    def _measure_again(self, t_ms, drift_um_s, quiet_ms, apart_ms):
        """Measure the last stroke without the drift that a rest has shown, and revise it if that differs."""
        stroke = self._stroke
        history = self._history
        m = self._measure
        same = stroke.contact == self._contact
        from_ms = max(stroke.start_ms - _EARLIER_MS, self._from_ms if same else 0)
        to_ms = min(stroke.end_ms + _LATER_MS, apart_ms) if same else stroke.end_ms
        history.set_drift(drift_um_s, self._rest_ms, quiet_ms)
        m.take(stroke.first, stroke.last, stroke.way, from_ms, to_ms)
        history.set_drift(0, 0, 1)
        if m.length_um < _SHORTEST_UM // 2:
            return
        change = abs(m.length_um - stroke.length_um)
        moved = max(abs(m.end_ms - stroke.end_ms), abs(m.start_ms - stroke.start_ms))
        if moved >= _CHANGE_MS or change * _CHANGE_PART > stroke.length_um:
            stroke.measured(m)
            self._announce(stroke, t_ms)

    def _close(self, t_ms, end_ms):
        """End the open stroke and announce it if it is one."""
        self._moving = False
        stroke = self._stroke
        m = self._measure
        m.take(stroke.first, self._history.count - 1, stroke.way, self._from_ms, end_ms)
        stroke.measured(m)
        if m.length_um < _SHORTEST_UM or m.peak_um_s < _LEAST_PEAK_UM_S or m.end_ms - m.start_ms < _SHORTEST_MS:
            return
        self._check_reversal(t_ms)
        stroke.kind = KIND_KNEAD if self._knead else KIND_LIFT
        stroke.quality = 80
        self._announce(stroke, t_ms)

    def _announce(self, stroke, t_ms):
        if stroke.id == 0:
            stroke.id = self._next_id
            self._next_id += 1
        else:
            stroke.revision += 1
        self._events.push(
            STROKE,
            t_ms,
            stroke.id,
            stroke.start_ms,
            stroke.end_ms,
            stroke.way,
            stroke.kind,
            stroke.length_um,
            stroke.mean_mn,
            stroke.peak_mn,
            stroke.peak_um_s,
            stroke.quality,
            stroke.revision,
        )
