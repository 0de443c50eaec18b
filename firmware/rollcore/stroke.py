# SPDX-License-Identifier: MIT
"""Strokes: the head moves along the handle while the roller touches.

    still  -> moving  speed above 0.58 cm/s in contact; the start is looked up in the history
    moving -> still   the speed passes max(5 % of its peak, 0.3 cm/s) or zero, or the contact ends
    still  -> moving  the same way within 0.35 s in the same contact: the stroke goes on (its id stays)

The detector walks 0.1 s behind the newest block, for by then most doubts are settled, and in the velocity of the guess
that is believed. When that changes after the fact, it walks again from where it changed, but never back over a stroke
that was announced: that one is measured again, and revised where it differs. Strokes of a contact are lifts until the
direction reverses in it; then all of them are kneads.

What starts and stops is felt as acceleration; a mistaken velocity is not. So a stroke that nobody felt counts only
where it may have started or stopped in the air, and none counts while the handle is thrown about.
"""

import micropython
from micropython import const

from rollcore.events import KIND_KNEAD, KIND_LIFT, STROKE
from rollcore.guess import quality
from rollcore.history import History
from rollcore.measure import Measure

_LAG = const(5)  # blocks
_STRIDE = const(12)  # blocks that are walked at most while one comes in
_GO_UM_S = const(5750)
_SLOWEST_UM_S = const(3000)
_PEAK_PART = const(20)
_MERGE_MS = const(350)
_SHORTEST_MS = const(100)
_SHORTEST_UM = const(9000)
_LONGEST_UM = const(250000)  # no stroke is so long
_TOUCH_MS = const(170)  # a shorter contact is a tap or a jolt
_REVERSED_UM = const(10000)  # so far the other way, and the contact is a knead
_LEAST_PEAK_UM_S = const(8000)
_FELT_UM_S = const(20000)  # a start and a stop feel like that, or
_UNFELT_UM = const(19200)  # the stroke is so long, and
_UNSTOPPED_UM = const(40000)  # so long where its stop does not feel like half of its speed, and
_LANDED_MS = const(530)  # the roller touched so shortly before, or
_AT_REST_UM_S = const(11000)  # it is slower than that in the end
_RESUMED_UM = const(3000)  # a stroke goes on for so far,
_RESUMED_UM_S = const(15000)  # and its new start and stop feel like that, or it has ended
_REVISE_MS = const(480)  # so soon after it was announced, a stroke may be revised
_EARLIER_MS = const(200)  # how far a revision may move the start
_LATER_MS = const(200)  # and the end,
_LATER = const(10)  # in blocks
_CHANGE_MS = const(8)  # what is worth a revision
_CHANGE_PART = const(40)  # of the length
_LOOK_BACK = const(100)  # blocks
_SUM_MAX = const(268435456)
_KEPT = const(5)  # strokes of a contact that can still become kneads
_LATEST_MS = const(1000)  # a stroke that ended so long ago is not announced any more
_SURE = const(50)  # quality
_SHORT_UM = const(15000)
_STEP_MS = const(350)  # a step of who walks makes no longer one
_AT_TOUCH_MS = const(25)  # a block, and what rounds
# why a stroke is not sure, the gravest first: `rollcore.fields.DOUBT_NAMES`
_DOUBT_RIVAL = const(1)
_DOUBT_LANDED = const(2)
_DOUBT_LEFT = const(3)
_DOUBT_UNFELT = const(4)
_DOUBT_SHORT = const(5)


class Stroke:
    """One stroke: plain numbers, made once and overwritten. `id` is 0 until it is announced."""

    def __init__(self):
        self.id = self.revision = 0
        self.contact = 0
        self.touch_ms = 0
        self.way = 0
        self.kind = KIND_LIFT
        self.first = self.last = 0
        self.start_ms = self.end_ms = 0
        self.length_um = self.peak_um_s = 0
        self.mean_mn = self.peak_mn = 0
        self.quality = self.doubt = 0
        self.report_ms = 0

    @micropython.native
    def copy(self, other):
        """Take over everything from another stroke."""
        self.id = other.id
        self.revision = other.revision
        self.contact = other.contact
        self.touch_ms = other.touch_ms
        self.way = other.way
        self.kind = other.kind
        self.first = other.first
        self.last = other.last
        self.start_ms = other.start_ms
        self.end_ms = other.end_ms
        self.length_um = other.length_um
        self.peak_um_s = other.peak_um_s
        self.mean_mn = other.mean_mn
        self.peak_mn = other.peak_mn
        self.quality = other.quality
        self.doubt = other.doubt
        self.report_ms = other.report_ms

    @micropython.native
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

    def __init__(self, events, guesses):
        self._events = events
        self._guesses = guesses
        self._history = History(guesses.best)
        self._measure = Measure(self._history)
        self._open = Stroke()
        self._resumed = 0  # where the open stroke goes on, if it does
        self._done = [Stroke() for _ in range(_KEPT)]
        self._last_done = 0
        self._stroke = self._done[0]  # the last that was announced
        self._next_id = 1
        self._at = 0  # the block to walk next
        self._contact = 0  # number of the contact
        self._touch_ms = -1  # when it began
        self._knead = False
        self._shaken = self._sways = False
        self._moving = False
        self._speed_sum = 0
        self._peak_um_s = 0

    @micropython.native
    def block(self, t_ms, motion, force, updated):
        """Look at one block (see `Motion` and `Force`); `updated`: past velocities may have changed."""
        history = self._history
        self._shaken = motion.shaking.is_shaken
        self._sways = motion.shaking.sways
        history.guess = self._guesses.best
        history.add(t_ms, motion.raw, force.mean_mn, force.contact_ms if force.in_contact else -1 - force.apart_ms)
        if updated and self._guesses.changed < self._at:
            self._look_again(t_ms, self._guesses.changed)
        stop = min(history.count - _LAG, self._at + _STRIDE)
        while self._at < stop:
            self._walk(t_ms, self._at)
            self._at += 1

    @micropython.native
    def finish(self, t_ms):
        """Walk to the end, and end the stroke that is open, if any."""
        history = self._history
        while self._at < history.count:
            self._walk(t_ms, self._at)
            self._at += 1
        if self._moving:
            self._close(t_ms, history.count - 1, t_ms)

    @micropython.native
    def _look_again(self, t_ms, changed):
        """Go back to where the velocity changed, and revise the last stroke if it changed within."""
        stroke = self._stroke
        if stroke.id and changed <= stroke.last + _LATER and t_ms - stroke.report_ms < _REVISE_MS:
            self._measure_again(t_ms)
        back = max(changed, self._history.oldest() + 1, stroke.last + 1)
        if back < self._at:
            self._at = back
            self._moving = False

    @micropython.native
    def _walk(self, t_ms, block):
        history = self._history
        touch_ms = history.contact(block)
        speed = history.speed(block)
        if touch_ms >= 0 and touch_ms != self._touch_ms:
            if self._moving:
                self._close(t_ms, block, touch_ms)
            self._touch_ms = touch_ms
            self._contact += 1
            self._knead = False
        if self._moving:
            self._move(t_ms, block, speed, touch_ms)
        elif touch_ms >= 0:
            self._look(block, speed)

    @micropython.native
    def _look(self, block, speed):
        """Begin a stroke where the head moves."""
        if speed >= _GO_UM_S:
            way = 1
        elif speed <= -_GO_UM_S:
            way = -1
        else:
            return
        history = self._history
        stroke = self._stroke
        same = stroke.contact == self._contact
        limit_ms = max(self._touch_ms, stroke.end_ms) if same else self._touch_ms
        first = block
        stop = max(history.oldest(), first - _LOOK_BACK)
        while first > stop and history.speed(first - 1) * way > _SLOWEST_UM_S and history.time(first - 1) > limit_ms:
            first -= 1
        self._moving = True
        self._speed_sum = speed * way >> 4
        self._peak_um_s = speed * way
        opened = self._open
        if same and stroke.way == way and history.time(first) - stroke.end_ms < _MERGE_MS:
            opened.copy(stroke)
            self._resumed = first
            self._peak_um_s = max(self._peak_um_s, stroke.peak_um_s)
            return
        opened.id = opened.revision = 0
        opened.contact = self._contact
        opened.touch_ms = self._touch_ms
        opened.way = way
        opened.first = first

    @micropython.native
    def _move(self, t_ms, block, speed, touch_ms):
        """Follow the open stroke to its end."""
        speed *= self._open.way
        if touch_ms < 0:
            self._close(t_ms, block, -1 - touch_ms)
        elif speed < _SLOWEST_UM_S or speed * _PEAK_PART < self._peak_um_s:
            self._close(t_ms, block, t_ms)
        else:
            if speed > self._peak_um_s:
                self._peak_um_s = speed
            if self._speed_sum < _SUM_MAX:
                self._speed_sum += speed >> 4
            if not self._knead and self._reaches(block, _REVERSED_UM):
                self._check_reversal(t_ms)

    @micropython.native
    def _reaches(self, block, length_um):
        """Tell whether the open stroke is that long by now."""
        block_ms = self._history.time(block) - self._history.time(block - 1)
        return self._speed_sum >= (length_um * 1000 >> 4) // max(1, block_ms)

    @micropython.native
    def _check_reversal(self, t_ms):
        """Turn the strokes of this contact into kneads when the open one goes the other way."""
        way = self._open.way
        for i in range(_KEPT):
            other = self._done[i]
            if other.contact == self._contact and other.way != way:
                self._knead = True
        if self._knead:
            for i in range(_KEPT):
                other = self._done[i]
                if other.contact == self._contact and other.kind == KIND_LIFT:
                    other.kind = KIND_KNEAD
                    self._announce(other, t_ms)

    @micropython.native
    def _measure_again(self, t_ms):
        """Measure the last stroke in the velocity that is believed now, and revise it if that differs."""
        stroke = self._stroke
        history = self._history
        m = self._measure
        from_ms = max(stroke.start_ms - _EARLIER_MS, stroke.touch_ms)
        to_ms = stroke.end_ms + _LATER_MS
        if history.contact(min(stroke.last + 2, history.count - 1)) < 0:
            to_ms = stroke.end_ms
        m.take(stroke.first, stroke.last, stroke.way, from_ms, to_ms)
        if m.length_um < _SHORTEST_UM // 2 or m.length_um > _LONGEST_UM:
            return
        change = abs(m.length_um - stroke.length_um)
        moved = max(abs(m.end_ms - stroke.end_ms), abs(m.start_ms - stroke.start_ms))
        if moved >= _CHANGE_MS or change * _CHANGE_PART > stroke.length_um:
            stroke.measured(m)
            self._announce(stroke, t_ms)

    @micropython.native
    def _close(self, t_ms, block, end_ms):
        """End the open stroke and announce it if it is one."""
        self._moving = False
        opened = self._open
        m = self._measure
        if opened.id:
            m.take(self._resumed, block, opened.way, self._stroke.end_ms, end_ms)
            if m.start_ms - self._stroke.end_ms >= _MERGE_MS:
                opened.id = opened.revision = 0
                opened.first = m.first
            elif m.length_um < _RESUMED_UM or not self._starts_and_stops(_RESUMED_UM_S):
                return
        m.take(opened.first, block, opened.way, self._touch_ms, end_ms)
        if not _SHORTEST_UM <= m.length_um <= _LONGEST_UM or m.peak_um_s < _LEAST_PEAK_UM_S:
            return
        if (
            m.end_ms - m.start_ms < _SHORTEST_MS
            or self._touched_ms(t_ms, block) < _TOUCH_MS
            or t_ms - m.end_ms > _LATEST_MS
            or (opened.id == 0 and (self._is_tossed() or not self._is_felt()))
        ):
            return
        self._check_reversal(t_ms)
        opened.measured(m)
        opened.kind = KIND_KNEAD if self._knead else KIND_LIFT
        opened.quality = quality(self._guesses.lead)
        opened.doubt = self._doubt(opened.quality)
        if opened.id == 0:
            self._last_done = (self._last_done + 1) % _KEPT
            self._stroke = self._done[self._last_done]
        self._stroke.copy(opened)
        self._announce(self._stroke, t_ms)

    @micropython.native
    def _doubt(self, sure):
        """Return why what was measured last may be no stroke, or not quite this one; 0 where nothing speaks so."""
        m = self._measure
        if sure < _SURE:
            return _DOUBT_RIVAL
        if m.start_ms - self._touch_ms <= _AT_TOUCH_MS:
            return _DOUBT_LANDED
        if self._history.contact(min(m.last + 1, self._history.count - 1)) < 0:
            return _DOUBT_LEFT
        if not self._starts_and_stops(_FELT_UM_S):
            return _DOUBT_UNFELT
        return _DOUBT_SHORT if m.length_um < _SHORT_UM else 0

    @micropython.native
    def _is_tossed(self):
        """Tell whether what was measured is what the handle does when it is thrown about, or carried step by step."""
        m = self._measure
        return self._shaken or (self._sways and m.end_ms - m.start_ms < _STEP_MS)

    @micropython.native
    def _is_felt(self):
        """Tell whether what was measured starts and stops, or may do so in the air: else the velocity is mistaken."""
        if self._starts_and_stops(_FELT_UM_S):
            return True
        m = self._measure
        if m.length_um < _UNFELT_UM or (m.length_um < _UNSTOPPED_UM and 2 * m.lost_um_s < m.peak_um_s):
            return False
        return m.start_ms - self._touch_ms < _LANDED_MS or self._history.speed(m.last) * self._open.way <= _AT_REST_UM_S

    @micropython.native
    def _starts_and_stops(self, least_um_s):
        """Tell whether a start and a stop of so much speed were felt in what was measured last."""
        m = self._measure
        m.feel(self._open.way)
        return m.won_um_s >= least_um_s and m.lost_um_s >= least_um_s

    @micropython.native
    def _touched_ms(self, t_ms, block):
        """Return how long the contact lasts that `block` is in or ended, as far as is known by now."""
        history = self._history
        while history.contact(block) == self._touch_ms:
            block += 1
            if block == history.count:
                return t_ms - self._touch_ms
        there = history.contact(block)
        return (there if there >= 0 else -1 - there) - self._touch_ms

    @micropython.native
    def _announce(self, stroke, t_ms):
        if stroke.id == 0:
            stroke.id = self._next_id
            stroke.report_ms = t_ms
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
            stroke.doubt,
        )
