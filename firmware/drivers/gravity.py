# SPDX-License-Identifier: MIT
"""Is it gravity that an accelerometer shows at rest? A chip of another scale, or a clone, would show something else."""

from math import sqrt

from micropython import const

GRAVITY_LOW_MG = const(750)  # a hand that holds the roller moves it a little
GRAVITY_HIGH_MG = const(1500)


def length_mg(counts, ug_per_count: int) -> int:
    """Return the length in mg of an acceleration x, y, z given in counts."""
    x, y, z = counts
    return int(sqrt(x * x + y * y + z * z) * ug_per_count / 1000)


def is_gravity(mg: int) -> bool:
    """Tell whether an acceleration of `mg` may be gravity alone."""
    return GRAVITY_LOW_MG <= mg <= GRAVITY_HIGH_MG
