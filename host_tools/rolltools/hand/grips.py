# SPDX-License-Identifier: MIT
"""How hands hold the roller: along the skin, with a stiff wrist, or swinging about the elbow."""

import numpy as np

from .body import Wrist
from .profile import Rng

STYLES = ("follow", "stiff", "elbow")
_SHARES = (0.45, 0.25, 0.3)

Bend = tuple[float, float]


def draw_grip(rng: Rng, style: str | None) -> tuple[Wrist, Bend]:
    """Return a way to hold the roller, and the curvatures (1/m) on which an arm can hold it so."""
    tilt, mirrored = float(np.radians(rng.uniform(-10.0, 10.0))), bool(rng.uniform() < 0.5)
    restless, trail = rng.uniform(0.02, 0.1), rng.uniform(-0.4, 0.4)
    style = style or str(rng.choice(STYLES, p=_SHARES))
    if style == "follow":
        return Wrist(rng.uniform(0.9, 1.0), 0.0, tilt, mirrored, restless, trail), (-12.0, 25.0)
    if style == "stiff":
        return Wrist(rng.uniform(0.0, 0.15), 0.0, tilt, mirrored, restless, trail), (-7.0, 7.0)
    swing = rng.choice([-1.0, 1.0]) / rng.uniform(0.25, 0.45)  # the length of a forearm with a handle, m
    return Wrist(rng.uniform(0.0, 0.3), swing, tilt, mirrored, restless, trail), (-7.0, 7.0)
