# SPDX-License-Identifier: MIT
"""The vocabulary of a hand with a roller: strokes, kneads, and all the things that are neither."""

from dataclasses import dataclass

import numpy as np

from .profile import Array, Rng, smooth, stroke_speed, trapezoid
from .timeline import Site, Timeline

Range = tuple[float, float]

_PAUSE_LENGTH_M = 0.04  # nobody stops in the middle of a shorter stroke


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


class Hand:
    """Plans one move after the other on a timeline. Lengths m, times s, forces N."""

    def __init__(self, timeline: Timeline, habit: Habit, rng: Rng) -> None:
        self.line = timeline
        self.habit = habit
        self.rng = rng

    def _draw(self, low_high: Range) -> float:
        low, high = low_high
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def _chance(self, share: float) -> bool:
        return bool(self.rng.uniform() < share)

    def rest(self, span_s: float) -> None:
        """Do nothing but hold (or let lie)."""
        self.line.now += span_s

    # -- contact ---------------------------------------------------------------------------------------------------

    def _press(self, start: float, end: float, force_n: float, rise: float, fall: float) -> None:
        count = self.line.count(end - start)
        times = np.arange(count) / self.line.fine_hz
        self.line.add("force", start, force_n * trapezoid(times, 0.0, end - start, rise, fall))

    def _press_harder(self, start: float, end: float, base_n: float) -> None:
        """Add a bump on top of `base_n`: mostly over the limit for long, sometimes a short or a near one."""
        if end - start < 0.1:
            return
        doubt = self.habit.over_doubt
        peak = self.rng.uniform(8.0, 9.2) if self._chance(doubt) else self.rng.uniform(12.5, 17.0)
        span = self.rng.uniform(0.08, 0.14) if self._chance(doubt) else self.rng.uniform(0.35, 0.9)
        span = min(span, end - start)
        middle = start + span / 2 + self.rng.uniform() * (end - start - span)
        self._press(middle - span / 2, middle + span / 2, peak - base_n, 0.3 * span, 0.3 * span)

    def _motion(self, start: float, distance: float) -> _Span:
        """Roll by `distance`, with a stop or a slow spot when the habit has one; return when the head moves."""
        speed = self._draw(self.habit.speed) / 100.0
        span = max(0.35, abs(distance) / speed)
        if abs(distance) < _PAUSE_LENGTH_M or not self._chance(self.habit.pauses):
            self.line.roll_by(start, stroke_speed(self.rng, self.line.count(span)), distance)
            return _Span(start, start + span, start)
        share = self.rng.uniform(0.35, 0.65)
        first, second = max(0.35, span * share), max(0.35, span * (1.0 - share))
        dwell = self.rng.choice([self.rng.uniform(0.02, 0.12), self.rng.uniform(0.5, 1.2)])
        again = start + first + dwell
        self.line.roll_by(start, stroke_speed(self.rng, self.line.count(first)), distance * share)
        self.line.roll_by(again, stroke_speed(self.rng, self.line.count(second)), distance * (1.0 - share))
        return _Span(start, again + second, again)

    def _return(self, release: float, moved_to: float, home: float) -> None:
        """Lift off and go back through the air; the hand is then above `home`."""
        line = self.line
        line.rise_to(release, self.rng.uniform(0.25, 0.4), self.rng.uniform(0.008, 0.03))
        start = max(release + 0.05, moved_to)
        distance = home - line.roll
        span = max(0.35, abs(distance) * 100.0 / self._draw(self.habit.speed) / 1.3)
        line.roll_by(start, stroke_speed(self.rng, line.count(span)), distance)
        line.now = start + span + self.rng.uniform(0.0, 0.3)

    def lift_stroke(self, way: int) -> None:
        """Touch, roll one way, lift off, return in the air. `way` is +1 toward the head, else -1."""
        line, rng = self.line, self.rng
        length = self._draw(self.habit.length) / 100.0
        home = line.roll
        down = rng.uniform(0.2, 0.35)
        touch = line.now + down
        ramp_up, ramp_down = rng.uniform(0.08, 0.25, 2)
        lands_moving, leaves_moving = self._chance(self.habit.moving), self._chance(self.habit.moving)
        start = touch + rng.uniform(0.4, 1.3) * ramp_up + rng.uniform(0.0, 0.2)
        if lands_moving:
            start = touch - rng.uniform(0.02, 0.15)
            ramp_up = min(ramp_up, 0.12)  # a slow landing would miss a quick stroke
        moved = self._motion(start, way * length)
        release = moved.end + rng.uniform(0.05, 0.4)
        if leaves_moving:
            release = moved.end - rng.uniform(0.03, 0.2) * (moved.end - moved.again)
        release = max(release, touch + ramp_up + ramp_down + 0.1)
        force = self._draw(self.habit.force)
        line.rise_to(line.now, down, 0.0)
        self._press(touch, release, force, ramp_up, ramp_down)
        if self._chance(self.habit.over):
            self._press_harder(touch + ramp_up, release - ramp_down, force)
        self._return(release, moved.end, home + rng.uniform(-0.005, 0.005))

    def knead(self, halves: int, way: int = 1) -> None:
        """Touch, roll back and forth `halves` times without leaving the skin, lift off."""
        line, rng = self.line, self.rng
        home = line.roll
        down = rng.uniform(0.2, 0.35)
        touch = line.now + down
        ramp_up, ramp_down = rng.uniform(0.1, 0.3, 2)
        line.rise_to(line.now, down, 0.0)
        force = self._draw(self.habit.force)
        at = touch + ramp_up * rng.uniform(0.5, 1.5)
        harder = []
        for _ in range(halves):
            moved = self._motion(at, way * self._draw(self.habit.length) / 100.0)
            if self._chance(self.habit.over):
                harder.append(moved)
            at = moved.end + (rng.uniform(0.05, 0.25) if self._chance(0.3) else 0.0)
            way = -way
        release = at + ramp_down * rng.uniform(0.6, 1.5)
        self._press(touch, release, force, ramp_up, ramp_down)
        for span in harder:
            self._press_harder(span.start, span.end, force)
        self._return(release, at, home)

    # -- contact without rolling -----------------------------------------------------------------------------------

    def press(self) -> None:
        """Press on one spot, and let go."""
        line, rng = self.line, self.rng
        line.rise_to(line.now, 0.3, 0.0)
        touch, span = line.now + 0.3, rng.uniform(0.8, 2.0)
        self._press(touch, touch + span, self._draw((1.5, 8.0)), 0.2, 0.2)
        line.rise_to(touch + span, 0.3, 0.015)
        line.now = touch + span + rng.uniform(0.4, 0.7)

    def rock(self) -> None:
        """Press on one spot and tip the handle up and down about the axle."""
        line, rng = self.line, self.rng
        start, angle = line.now + 0.5, rng.uniform(0.08, 0.25)
        count = int(rng.integers(2, 5))
        beat = rng.uniform(0.35, 0.8)
        axis = rng.choice(["turn_y", "turn_y", "turn_x", "turn_z"])
        for i in range(count):
            line.glide(axis, start + 2 * i * beat, beat, angle)
            line.glide(axis, start + (2 * i + 1) * beat, beat, -angle)
        line.rise_to(line.now, 0.3, 0.0)
        end = start + 2 * count * beat + 0.2
        self._press(start - 0.2, end, self._draw((1.5, 6.0)), 0.15, 0.15)
        line.rise_to(end, 0.3, 0.015)
        line.now = end + 0.5

    def tap(self) -> None:
        """Knock the head on something a few times: short blows of force and acceleration."""
        line, rng = self.line, self.rng
        for _ in range(int(rng.integers(2, 5))):
            span = rng.uniform(0.03, 0.08)
            count = line.count(span)
            blow = np.sin(np.pi * (np.arange(count) + 0.5) / count)
            line.add("force", line.now, blow**2 * rng.uniform(1.0, 6.0))
            ring = np.cos(2 * np.pi * (np.arange(count) + 0.5) / count) - 1.0
            for axis, share in zip("xyz", rng.normal(0.0, 0.04, 3), strict=True):
                line.add(f"move_{axis}", line.now, ring * blow * share)
            line.now += rng.uniform(0.25, 0.6)

    # -- in the air ------------------------------------------------------------------------------------------------

    def _swing(self, channel: str, start: float, span: float, freq: float, speed: float) -> None:
        times = np.arange(self.line.count(span)) / self.line.fine_hz
        envelope = smooth(times / (0.25 * span)) * smooth((span - times) / (0.25 * span))
        self.line.add(channel, start, speed * envelope * np.sin(2 * np.pi * freq * times))

    def shake(self) -> None:
        """Shake the roller in the air at 3-6 Hz."""
        rng, start = self.rng, self.line.now
        span, freq = rng.uniform(0.8, 1.8), rng.uniform(3.0, 6.0)
        for axis, share in zip("xyz", rng.normal(0.0, 0.35, 3), strict=True):
            self._swing(f"move_{axis}", start, span, freq, share)
            self._swing(f"turn_{axis}", start, span, freq, share * 6.0)
        self.line.now += span + 0.3

    def turn(self) -> None:
        """Turn the roller over in the air, look at it, turn it back."""
        line, rng = self.line, self.rng
        there = line.turned + rng.normal(size=3) * 0.8
        back = line.turned.copy()
        for target in (there, back):
            span = rng.uniform(0.5, 1.2)
            line.turn_to(line.now, span, target)
            line.now += span + rng.uniform(0.2, 0.6)

    def air_move(self) -> None:
        """Make the motion of a stroke without touching anything."""
        line, rng = self.line, self.rng
        for way in (1, -1):
            span = rng.uniform(0.4, 1.0)
            line.roll_by(line.now, stroke_speed(rng, line.count(span)), way * 0.07)
            line.now += span + rng.uniform(0.1, 0.5)

    def walk(self, span_s: float) -> None:
        """Carry the roller through the room: swing of the arm, bob of the body, a jolt at every step."""
        line, rng = self.line, self.rng
        start, pace = line.now, rng.uniform(1.6, 2.1)
        way = rng.uniform(0.0, 2 * np.pi)
        for axis, share in (("x", np.cos(way)), ("y", np.sin(way))):
            line.glide(f"move_{axis}", start, span_s, share * 0.9 * span_s)
            self._swing(f"move_{axis}", start, span_s, pace / 2, share * rng.uniform(0.05, 0.35))
        self._swing("move_z", start, span_s, pace, rng.uniform(0.12, 0.25))
        for axis in "xyz":
            self._swing(f"turn_{axis}", start, span_s, pace / 2, rng.normal(0.0, 0.5))
        for step in np.arange(start + 0.5, start + span_s - 0.5, 1.0 / pace):
            self._jolt(step + rng.normal(0.0, 0.02), rng.uniform(0.01, 0.04))
        line.now += span_s

    def _jolt(self, start: float, speed: float) -> None:
        times = np.arange(self.line.count(0.25)) / self.line.fine_hz
        ring = speed * np.exp(-times / 0.04) * np.sin(2 * np.pi * self.rng.uniform(10.0, 16.0) * times)
        self.line.add("move_z", start, ring)
        self.line.add("turn_y", start, ring * 4.0)

    def _carry(self, angles: Array, span: float) -> None:
        line, rng = self.line, self.rng
        line.turn_to(line.now, span, angles)
        for axis in "xyz":
            line.glide(f"move_{axis}", line.now, span, rng.normal(0.0, 0.2))

    def new_site(self, site: Site | None) -> None:
        """Go to another place on the skin, through the air; None keeps the place's shape but changes attitude."""
        line, rng = self.line, self.rng
        if abs(line.roll) > 1e-9:
            line.roll_by(line.now, stroke_speed(rng, line.count(0.4)), -line.roll)
            line.now += 0.4
        span = rng.uniform(0.6, 1.2)
        self._carry(rng.normal(size=3) * 0.5, span)
        line.now += span
        if site is not None:
            line.sites.append(Site(line.now, site.bend, site.wave, site.pitch_m, site.phase))
        line.now += rng.uniform(0.1, 0.4)

    def pick_up(self) -> None:
        """Take the roller from where it lies to the first place; the timeline must start with it lying."""
        line = self.line
        span = self.rng.uniform(0.8, 1.5)
        line.glide("grip", line.now, 0.2, 1.0)
        self._carry(np.zeros(3), span)
        line.now += span + 0.3

    def put_down(self) -> None:
        """Lay the roller down and let go; ends with it lying still."""
        line = self.line
        span = self.rng.uniform(0.8, 1.4)
        self._carry(self.rng.normal(size=3) * 0.9, span)
        line.now += span
        self._jolt(line.now, self.rng.uniform(0.02, 0.05))
        line.glide("grip", line.now, 0.15, -1.0)
        line.now += 0.4
