# SPDX-License-Identifier: MIT
"""The whole vocabulary of a hand with a roller: besides rolling, all the things that are no strokes."""

import numpy as np

from .pace import stroke_speed
from .profile import Array, smooth
from .rolling import Habit, RollingHand
from .timeline import Site

__all__ = ["Habit", "Hand"]


class Hand(RollingHand):
    """A hand that also presses, rocks, taps, shakes, turns, walks, and lays the roller down."""

    # -- contact without rolling -----------------------------------------------------------------------------------

    def press(self) -> None:
        """Press on one spot, once or in pulses, sometimes too hard, and let go."""
        rng = self.rng
        touch, span, force = self.approach(), rng.uniform(0.8, 2.5), self.draw((1.5, 8.0))
        self.press_between(touch, touch + span, force, 0.2, 0.2)
        if self.chance(0.3):
            for at in np.arange(touch + 0.3, touch + span - 0.5, rng.uniform(0.4, 0.8)):
                self.press_between(at, at + 0.35, 0.6 * force, 0.12, 0.12)
        elif self.chance(self.habit.over):
            self.press_harder(touch + 0.2, touch + span - 0.2, force)
        self._let_go(touch + span)

    def _let_go(self, at: float) -> None:
        self.line.rise_to(at, 0.3, self.rng.uniform(0.008, 0.03))
        self.line.now = at + self.rng.uniform(0.4, 0.7)

    def rock(self) -> None:
        """Press on one spot and tip the handle to and fro about one axis: the head stays where it is."""
        line, rng = self.line, self.rng
        touch, angle = self.approach(), rng.choice([-1.0, 1.0]) * rng.uniform(0.06, 0.3)
        axis, count, beat = f"turn_{rng.choice(list('xyyz'))}", int(rng.integers(2, 6)), rng.uniform(0.25, 0.8)
        start = touch + rng.uniform(0.15, 0.4)
        for i in range(count):
            line.glide(axis, start + 2 * i * beat, beat, angle)
            line.glide(axis, start + (2 * i + 1) * beat, beat, -angle)
        end = start + 2 * count * beat + 0.2
        force = self.draw((1.5, 6.0))
        self.press_between(touch, end, force, 0.15, 0.15)
        if self.chance(0.5):  # leaning over presses harder
            for i in range(count):
                self.press_between(
                    start + 2 * i * beat, start + 2 * (i + 1) * beat, 0.3 * force, 0.6 * beat, 0.6 * beat
                )
        self._let_go(end)

    def tap(self) -> None:
        """Knock the head on something a few times: short blows of force and acceleration."""
        line, rng = self.line, self.rng
        for _ in range(int(rng.integers(2, 5))):
            span = rng.uniform(0.03, 0.08)
            count = line.count(span)
            blow = np.sin(np.pi * (np.arange(count) + 0.5) / count)
            line.add("force", line.now, blow**2 * rng.uniform(1.0, 8.0))
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

    def hover(self) -> None:
        """Hold the head just above the skin, touch it lightly, go away and come again without rolling."""
        line, rng = self.line, self.rng
        for _ in range(int(rng.integers(1, 4))):
            touch, force, stay = self.approach(), rng.uniform(0.15, 1.2), rng.uniform(0.2, 1.0)
            self.press_between(touch, touch + stay, force, 0.08, 0.08)
            self._let_go(touch + stay)
            line.now += rng.uniform(0.3, 1.5)

    def walk_pressed(self, span_s: float) -> None:
        """Walk with the roller held against the body: contact and steps, but nothing rolls."""
        line, rng = self.line, self.rng
        touch, force = self.approach(), self.draw((1.5, 5.0))
        line.now = touch + 0.3
        pace = self.walk(span_s, swinging=0.3)
        self.press_between(touch, line.now + 0.2, force, 0.2, 0.2)
        times = np.arange(line.count(span_s)) / line.fine_hz
        fade = smooth(times) * smooth(span_s - times)
        line.add("force", touch + 0.3, 0.15 * force * fade * np.sin(2 * np.pi * (pace * times + rng.uniform())))
        self._let_go(line.now + 0.2)

    def walk(self, span_s: float, swinging: float = 1.0) -> float:
        """Carry the roller through the room: swing of the arm, bob of the body, a jolt at every step.

        `swinging` is how freely the arm swings, 0..1. Returns the steps a second.
        """
        line, rng = self.line, self.rng
        start, pace = line.now, rng.uniform(1.6, 2.1)
        way = rng.uniform(0.0, 2 * np.pi)
        for axis, share in (("x", np.cos(way)), ("y", np.sin(way))):
            line.glide(f"move_{axis}", start, span_s, share * 0.9 * span_s)
            self._swing(f"move_{axis}", start, span_s, pace / 2, share * swinging * rng.uniform(0.05, 0.35))
        self._swing("move_z", start, span_s, pace, rng.uniform(0.12, 0.25))
        for axis in "xyz":
            self._swing(f"turn_{axis}", start, span_s, pace / 2, swinging * rng.normal(0.0, 0.5))
        for step in np.arange(start + 0.5, start + span_s - 0.5, 1.0 / pace):
            self._jolt(step + rng.normal(0.0, 0.02), rng.uniform(0.01, 0.04))
        line.now += span_s
        return float(pace)

    def _jolt(self, start: float, speed: float) -> None:
        times = np.arange(self.line.count(0.25)) / self.line.fine_hz
        ring = speed * np.exp(-times / 0.04) * np.sin(2 * np.pi * self.rng.uniform(10.0, 16.0) * times)
        self.line.add("move_z", start, ring)
        self.line.add("turn_y", start, ring * 4.0)

    def _carry(self, angles: Array, span: float) -> None:
        line, rng = self.line, self.rng
        self.posture = np.array(angles, dtype=float)
        line.turn_to(line.now, span, self.posture)
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
        """Take the roller from where it lies to the first posture; it must lie."""
        line = self.line
        span = self.rng.uniform(0.8, 1.5)
        line.glide("grip", line.now, 0.2, 1.0)
        self._carry(np.zeros(3), span)
        line.now += span + 0.3

    def lay_aside(self) -> None:
        """Lay the roller down between two things, and take it again."""
        self.put_down()
        self.rest(self.rng.uniform(0.5, 3.0))
        self.pick_up()

    def put_down(self) -> None:
        """Lay the roller down and let go; ends with it lying still."""
        line = self.line
        span = self.rng.uniform(0.8, 1.4)
        self._carry(self.rng.normal(size=3) * 0.9, span)
        line.now += span
        self._jolt(line.now, self.rng.uniform(0.02, 0.05))
        line.glide("grip", line.now, 0.15, -1.0)
        line.now += 0.4
