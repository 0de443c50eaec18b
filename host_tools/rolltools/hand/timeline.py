# SPDX-License-Identifier: MIT
"""The plan of a session: what the hand does, as additive pieces on named channels of a fine time grid."""

from dataclasses import dataclass, field

import numpy as np

from .profile import Array, bell, blur

# Velocities are planned, positions follow by integration; so every piece is smooth and pieces may overlap.
# roll_speed: head along the surface, m/s. lift_speed: height above it, m/s. force: contact, N (never below 0 as felt).
# turn_*: the hand in the surface's frame, rad/s. move_*: the hand in the room, m/s.
# grip: how fast a hand closes around the handle, 1/s; its integral is 0 lying, 1 held.
CHANNELS = (
    "roll_speed",
    "lift_speed",
    "force",
    "turn_x",
    "turn_y",
    "turn_z",
    "move_x",
    "move_y",
    "move_z",
    "grip",
)

# No arm changes its acceleration at once: muscle force takes 50-100 ms to build up, whatever shape a stroke is meant
# to have, so rolling is smoothed by a window of this length (80 ms, half of it in the middle 40).
_MUSCLE_S = 0.08


@dataclass(frozen=True)
class Site:
    """A place on the skin from `start_s` on: its curvature is `bend + wave * sin(s / pitch_m + phase)`, in 1/m.

    A positive curvature is convex (a cheek), a negative one concave (the side of a nose), zero is flat.
    """

    start_s: float
    bend: float
    wave: float = 0.0
    pitch_m: float = 0.03
    phase: float = 0.0

    def tangent_angle(self, s: Array) -> Array:
        """Return how far the surface has turned (rad, about the axle) at arc positions `s` in m."""
        swing = self.wave * self.pitch_m * (np.cos(self.phase) - np.cos(s / self.pitch_m + self.phase))
        return self.bend * s + swing

    def curvature(self, s: Array) -> Array:
        """Return the curvature at arc positions `s`, in 1/m."""
        return self.bend + self.wave * np.sin(s / self.pitch_m + self.phase)


@dataclass
class Timeline:
    """Pieces added at times; `now` is where the next move starts, `roll`, `height` and `turned` where the hand is.

    The head is `start_height_m` above the surface at first.
    """

    fine_hz: float
    start_height_m: float = 0.0
    now: float = 0.0
    roll: float = 0.0
    height: float = field(init=False)
    turned: np.ndarray = field(default_factory=lambda: np.zeros(3))
    sites: list[Site] = field(default_factory=list)
    _pieces: list[tuple[str, int, Array]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.height = self.start_height_m

    def count(self, span_s: float) -> int:
        """Return how many steps of the grid a span has, at least 2."""
        return max(2, round(span_s * self.fine_hz))

    def add(self, channel: str, start_s: float, values: Array) -> None:
        """Add `values`, one a step, to a channel from `start_s` on."""
        if channel not in CHANNELS:
            raise ValueError(f"no channel {channel!r}")
        self._pieces.append((channel, round(start_s * self.fine_hz), values))

    def glide(self, channel: str, start_s: float, span_s: float, distance: float) -> None:
        """Move a velocity channel by `distance` within a span, with minimum jerk."""
        count = self.count(span_s)
        self.add(channel, start_s, bell(count) * (distance * self.fine_hz / count))

    def roll_by(self, start_s: float, speed_shape: Array, distance_m: float) -> None:
        """Move the head along the surface; `speed_shape` has mean 1 and one value a step."""
        self.add("roll_speed", start_s, speed_shape * (distance_m * self.fine_hz / len(speed_shape)))
        self.roll += distance_m

    def rise_to(self, start_s: float, span_s: float, height_m: float) -> None:
        """Bring the head to a height above the surface (0 touches it)."""
        self.glide("lift_speed", start_s, span_s, height_m - self.height)
        self.height = height_m

    def turn_to(self, start_s: float, span_s: float, angles: np.ndarray) -> None:
        """Turn the hand to a rotation vector (rad) in the frame of the first site."""
        for axis, delta in zip("xyz", angles - self.turned, strict=True):
            self.glide(f"turn_{axis}", start_s, span_s, float(delta))
        self.turned = np.array(angles, dtype=float)

    def render(self) -> dict[str, Array]:
        """Return every channel over the whole session, `now` long."""
        total = self.count(self.now)
        channels = {name: np.zeros(total) for name in CHANNELS}
        for name, first, values in self._pieces:
            last = min(first + len(values), total)
            if last > max(first, 0):
                channels[name][max(first, 0) : last] += values[max(-first, 0) : last - first]
        channels["roll_speed"] = blur(channels["roll_speed"], self.count(_MUSCLE_S))
        return channels
