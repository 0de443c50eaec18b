# SPDX-License-Identifier: MIT
"""The pace of a hand: how the speed of a stroke rises and falls, in the styles that people and tools show.

Reaching is smooth (minimum jerk), easy back-and-forth is close to a sine that never rests at its turning points
(rhythmic movement), a shave or a wipe has an even cruise, a pull along an edge starts quickly and fades, and a careful
hand moves in several little pushes (submovements).
"""

from dataclasses import dataclass

import numpy as np

from .profile import Array, Rng, smooth

STYLES = ("smooth", "sine", "cruise", "skewed", "hesitant")


def smooth_speed(rng: Rng, u: Array) -> Array:
    """Return ramps of unequal length, a cruise of any length, a ripple; no acceleration at the ends."""
    rise, fall = rng.uniform(0.2, 0.5, 2)
    shape = smooth(u / rise) * smooth((1.0 - u) / fall)
    return shape * (1.0 + rng.uniform(0.0, 0.12) * np.sin(2 * np.pi * (rng.uniform(0.8, 2.0) * u + rng.uniform())))


def sine_speed(_rng: Rng, u: Array) -> Array:
    """Return half a sine: full acceleration at both ends, so that halves in a row never rest."""
    return np.sin(np.pi * u)


def cruise_speed(rng: Rng, u: Array) -> Array:
    """Return short ramps and a long even cruise."""
    rise, fall = rng.uniform(0.08, 0.2, 2)
    return np.minimum(1.0, np.minimum(u / rise, (1.0 - u) / fall))


def skewed_speed(rng: Rng, u: Array) -> Array:
    """Return a quick start that fades away, or a slow start with a quick end."""
    first, last = rng.uniform(0.9, 1.3), rng.uniform(1.8, 3.0)
    if rng.uniform() < 0.3:
        first, last = last, first
    return u**first * (1.0 - u) ** last


def hesitant_speed(rng: Rng, u: Array) -> Array:
    """Return two to four pushes: the speed falls to half and less between them, never to zero."""
    pushes, depth = int(rng.integers(2, 5)), rng.uniform(0.3, 0.65)
    return smooth(u / 0.2) * smooth((1.0 - u) / 0.2) * (1.0 - depth * 0.5 * (1.0 + np.cos(2 * np.pi * pushes * u)))


_SHAPES = dict(zip(STYLES, (smooth_speed, sine_speed, cruise_speed, skewed_speed, hesitant_speed), strict=True))


def stroke_speed(rng: Rng, count: int, style: str = "smooth") -> Array:
    """Return a stroke's speed over `count` steps, with mean 1."""
    shape = _SHAPES[style](rng, (np.arange(count) + 0.5) / count)
    return shape / shape.mean()


@dataclass(frozen=True)
class Pace:
    """How one hand moves. It keeps to its `style` in a share `loyal` of its strokes and draws any for the rest.

    `back` is the speed of strokes toward -x as a multiple of the others. `even` (0..1) says how alike the strokes of
    one contact are in length and speed.
    """

    style: str = "smooth"
    loyal: float = 1.0
    back: float = 1.0
    even: float = 0.0

    def draw(self, rng: Rng) -> str:
        """Return the style of the next stroke or knead."""
        return self.style if rng.uniform() < self.loyal else str(rng.choice(STYLES))


def draw_pace(rng: Rng, style: str | None) -> Pace:
    """Return a hand's pace, of a `style` if one is asked for; a third of the hands go forth and back at one speed."""
    back = float(rng.choice([1.0, rng.uniform(0.45, 0.8), rng.uniform(1.25, 2.0)]))
    chosen = style or str(rng.choice(STYLES))
    return Pace(chosen, 1.0 if style else 0.65, back, float(rng.choice([0.0, rng.uniform(0.5, 0.9)])))
