# SPDX-License-Identifier: MIT
"""What the readings of the battery gauge say: how long the charge lasts, and what a session took of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from .session import Battery

_LEAST_RATE = 0.5  # percent an hour: the gauge counts in steps of 0.2
_LEAST_S = 600.0  # of a session that tells a rate: below, the voltage's recovery says more than the drain


@dataclass(frozen=True)
class Charge:
    """What the gauge reads; `percent_h` is its rate, negative while it drains, None where it does not tell."""

    v: float
    percent: float
    percent_h: float | None

    @property
    def left_h(self) -> float | None:
        """Hours until the gauge shows 0: see `time_left_h`."""
        return time_left_h(self.percent, self.percent_h)

    def says(self) -> str:
        """Return it in words."""
        charge = f"{self.percent:.0f} %, {self.v:.2f} V"
        if self.percent_h is not None and self.percent_h > 0:
            return f"{charge}, charging"
        return charge if self.left_h is None else f"{charge}, about {self.left_h:.0f} h left at the present drain"


@dataclass(frozen=True)
class Drain:
    """What a session took: in percent of the whole charge, and per hour (None where it was too short to tell)."""

    percent: float
    percent_h: float | None


def time_left_h(percent: float, percent_h: float | None) -> float | None:
    """Return the hours until the gauge shows 0, from its charge and its rate (percent an hour, negative: draining).

    None where nobody can tell: the rate is not known, it charges, or it drains too slowly for the gauge to count.
    """
    if percent_h is None or not percent_h <= -_LEAST_RATE:
        return None
    return max(0.0, percent) / -percent_h


def drain(readings: Sequence[Battery]) -> Drain | None:
    """Return what was taken between the first and the last reading; None with fewer than two, or while it charged."""
    if len(readings) < 2:
        return None
    first, last = readings[0], readings[-1]
    taken, seconds = first.percent - last.percent, last.t_s - first.t_s
    if taken < 0:
        return None
    return Drain(round(taken, 1), round(taken * 3600 / seconds, 1) if seconds >= _LEAST_S else None)
