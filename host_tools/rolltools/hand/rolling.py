# SPDX-License-Identifier: MIT
"""A hand that rolls: strokes one way, kneads, and the force under them."""

from dataclasses import dataclass

import numpy as np

from .pace import Pace, stroke_speed
from .profile import Rng, trapezoid
from .timeline import Timeline

Range = tuple[float, float]

LIMIT_N = 10.0  # the limit that people press against unless told otherwise
_PAUSE_LENGTH_M = 0.04  # nobody stops in the middle of a shorter stroke
_LEAST_S = 0.3  # nor rolls for a shorter time


@dataclass(frozen=True)
class Habit:
    """How this hand rolls: ranges it draws from, and how often it does the special things (0..1).

    `speed` is the mean over a stroke in cm/s, `length` in cm, `force` in N; `moving` is the share of strokes that
    land or lift off while moving, `pauses` of strokes with a stop or a slow spot, `over` of strokes pressed too hard,
    `over_doubt` of those too hard that stay near the limit or over it only for a moment.
    """

    speed: Range = (4.0, 12.0)
    length: Range = (3.0, 10.0)
    force: Range = (2.0, 7.0)
    moving: float = 0.4
    pauses: float = 0.0
    over: float = 0.0
    over_doubt: float = 0.2
    halves: tuple[int, int] = (3, 9)


@dataclass(frozen=True)
class _Span:
    """When the head moves: from `start`, for the last time from `again`, until `end`."""

    start: float
    end: float
    again: float


@dataclass(frozen=True)
class _Roll:
    """One way of a stroke as it is meant: `distance` m with its sign, mean `speed` m/s, style of its pace."""

    distance: float
    speed: float
    style: str


class RollingHand:
    """Plans one move after the other on a timeline. Lengths m, times s, forces N."""

    def __init__(self, timeline: Timeline, habit: Habit, rng: Rng, pace: Pace | None = None) -> None:
        self.line = timeline
        self.habit = habit
        self.rng = rng
        self.pace = pace or Pace()
        self.posture = timeline.turned.copy()

    def draw(self, low_high: Range, near: float | None = None) -> float:
        """Return a value of a range, drawn evenly on a log scale; as far as the pace is even, near to `near`."""
        low, high = np.log(low_high)
        value = self.rng.uniform(low, high)
        if near is not None:
            value += self.pace.even * (np.log(near) - value)
        return float(np.exp(value))

    def chance(self, share: float) -> bool:
        """Return true in a `share` of the cases."""
        return bool(self.rng.uniform() < share)

    def rest(self, span_s: float) -> None:
        """Do nothing but hold (or let lie)."""
        self.line.now += span_s

    def approach(self) -> float:
        """Bring the head down to the skin, held a little differently each time; return when it touches."""
        line, down = self.line, self.rng.uniform(0.2, 0.35)
        line.rise_to(line.now, down, 0.0)
        line.turn_to(line.now, down, self.posture + self.rng.normal(0.0, 0.02, 3))
        return line.now + down

    # -- force -----------------------------------------------------------------------------------------------------

    def press_between(self, start: float, end: float, force_n: float, rise: float, fall: float) -> None:
        """Add a force from `start` to `end`: up within `rise`, even, down within `fall`."""
        count = self.line.count(end - start)
        times = np.arange(count) / self.line.fine_hz
        self.line.add("force", start, force_n * trapezoid(times, 0.0, end - start, rise, fall))

    def _excess(self) -> tuple[float, float, float]:
        """Return an over-pressure: its peak (N), for how long it is over the limit (s), and how quickly it rises (s).

        In doubt there are four kinds: near misses, blows shorter than any alarm, spans around the alarm's hold time,
        and blows so hard that they go beyond the ceiling.
        """
        rng = self.rng
        if not self.chance(self.habit.over_doubt):
            return rng.uniform(12.5, 17.0), rng.uniform(0.25, 0.8), rng.uniform(0.05, 0.2)
        kind = rng.uniform()
        if kind < 0.35:
            return rng.uniform(8.0, 9.6), rng.uniform(0.2, 0.6), rng.uniform(0.05, 0.2)
        if kind < 0.65:
            return rng.uniform(11.5, 16.0), rng.uniform(0.03, 0.09), rng.uniform(0.02, 0.05)
        if kind < 0.9:
            return rng.uniform(11.5, 15.0), rng.uniform(0.1, 0.15), rng.uniform(0.03, 0.08)
        return rng.uniform(26.0, 31.0), rng.uniform(0.06, 0.3), rng.uniform(0.04, 0.08)

    def press_harder(self, start: float, end: float, base_n: float) -> None:
        """Add a bump on top of `base_n`, between `start` and `end`."""
        peak, over_s, rise = self._excess()
        flanks = 2.0 * rise * max(0.0, LIMIT_N - base_n) / max(peak - base_n, 1.0) if peak > LIMIT_N else 2.0 * rise
        span = min(over_s + flanks, end - start)
        if span < 2.5 * rise:
            rise = span / 2.5
        if span < 0.05:
            return
        first = start + self.rng.uniform() * (end - start - span)
        self.press_between(first, first + span, peak - base_n, rise, rise)

    # -- rolling ---------------------------------------------------------------------------------------------------

    def _meant(self, way: int, style: str, like: _Roll | None = None) -> _Roll:
        """Return a stroke toward `way`, in the same contact as `like`."""
        low, high = self.habit.speed
        length = self.draw(self.habit.length, None if like is None else abs(like.distance) * 100.0)
        speed = self.draw(self.habit.speed, None if like is None else like.speed * 100.0)
        if self.pace.even == 0.0 or like is None:
            speed *= self.pace.back if way < 0 else 1.0
        elif like.distance * way < 0.0:
            speed *= self.pace.back ** (-way)
        return _Roll(way * length / 100.0, min(high, max(low, speed)) / 100.0, style)

    def _motion(self, start: float, roll: _Roll) -> _Span:
        """Roll, with a stop or a slow spot when the habit has one; return when the head moves."""
        span = max(_LEAST_S, abs(roll.distance) / roll.speed)
        if abs(roll.distance) < _PAUSE_LENGTH_M or not self.chance(self.habit.pauses):
            self._roll(start, span, roll.distance, roll.style)
            return _Span(start, start + span, start)
        share = self.rng.uniform(0.35, 0.65)
        first, second = max(_LEAST_S, span * share), max(_LEAST_S, span * (1.0 - share))
        dwell = self.rng.choice([self.rng.uniform(0.02, 0.12), self.rng.uniform(0.5, 1.2)])
        again = start + first + dwell
        self._roll(start, first, roll.distance * share, roll.style)
        self._roll(again, second, roll.distance * (1.0 - share), roll.style)
        return _Span(start, again + second, again)

    def _roll(self, start: float, span: float, distance: float, style: str) -> None:
        self.line.roll_by(start, stroke_speed(self.rng, self.line.count(span), style), distance)

    def _return(self, release: float, moved_to: float, home: float) -> None:
        """Lift off and go back through the air; the hand is then above `home`."""
        line = self.line
        line.rise_to(release, self.rng.uniform(0.25, 0.4), self.rng.uniform(0.008, 0.03))
        start = max(release + 0.05, moved_to)
        distance = home - line.roll
        span = max(0.35, abs(distance) * 100.0 / self.draw(self.habit.speed) / 1.3)
        self._roll(start, span, distance, "smooth")
        line.now = start + span + self.rng.uniform(0.0, 0.3)

    def lift_stroke(self, way: int) -> None:
        """Touch, roll one way, lift off, return in the air. `way` is +1 toward the head, else -1."""
        line, rng = self.line, self.rng
        roll = self._meant(way, self.pace.draw(rng))
        home = line.roll
        touch = self.approach()
        ramp_up, ramp_down = rng.uniform(0.08, 0.25, 2)
        lands_moving, leaves_moving = self.chance(self.habit.moving), self.chance(self.habit.moving)
        start = touch + rng.uniform(0.4, 1.3) * ramp_up + rng.uniform(0.0, 0.2)
        if lands_moving:
            start = touch - rng.uniform(0.02, 0.15)
            ramp_up = min(ramp_up, 0.12)  # a slow landing would miss a quick stroke
        moved = self._motion(start, roll)
        release = moved.end + rng.uniform(0.05, 0.4)
        if leaves_moving:
            release = moved.end - rng.uniform(0.03, 0.2) * (moved.end - moved.again)
        release = max(release, touch + ramp_up + ramp_down + 0.1)
        force = self.draw(self.habit.force)
        self.press_between(touch, release, force, ramp_up, ramp_down)
        if self.chance(self.habit.over):
            self.press_harder(touch + ramp_up, release - ramp_down, force)
        self._return(release, moved.end, home + rng.uniform(-0.005, 0.005))

    def knead(self, halves: int, way: int = 1) -> None:
        """Touch, roll back and forth `halves` times without leaving the skin, lift off."""
        line, rng = self.line, self.rng
        home, touch = line.roll, self.approach()
        ramp_up, ramp_down = rng.uniform(0.1, 0.3, 2)
        force, leaning = self.draw(self.habit.force), max(0.0, rng.uniform(-0.3, 0.3))
        style = self.pace.draw(rng)
        rests = 0.0 if style == "sine" else 0.3  # a rhythm swings through its turning points
        at = touch + ramp_up * rng.uniform(0.5, 1.5)
        roll: _Roll | None = None
        harder = []
        for _ in range(halves):
            roll = self._meant(way, style, roll)
            moved = self._motion(at, roll)
            if way > 0:  # an arm that pushes leans on the roller more than one that pulls
                rise = 0.3 * (moved.end - moved.start)
                self.press_between(moved.start, moved.end, leaning * force, rise, rise)
            if self.chance(self.habit.over):
                harder.append((moved, force * (1.0 + (leaning if way > 0 else 0.0))))
            at = moved.end + (rng.uniform(0.05, 0.25) if self.chance(rests) else 0.0)
            way = -way
        release = at + ramp_down * rng.uniform(0.6, 1.5)
        self.press_between(touch, release, force, ramp_up, ramp_down)
        for span, base in harder:
            self.press_harder(span.start, span.end, base)
        self._return(release, at, home)
