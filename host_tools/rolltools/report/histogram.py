# SPDX-License-Identifier: MIT
"""How a quantity of the strokes is spread: bars of equal width, pushes and pulls on top of each other."""

import math
from dataclasses import dataclass

from ..session import Stroke
from .figures import PUSH, spread
from .scale import plain, round_step

_BARS_AT_MOST = 16


@dataclass(frozen=True)
class Bar:
    """One bar, in percent of the drawing: pushes below, pulls above them."""

    x: float
    width: float
    push: float
    pull: float
    title: str


@dataclass(frozen=True)
class Histogram:
    """The bars, the labels (x in percent, text, anchor) below them, and where the median lies."""

    title: str
    unit: str
    bars: list[Bar]
    ticks: list[tuple[float, str, str]]
    median: float
    median_x: float
    most: int


def histogram(title: str, unit: str, strokes: list[Stroke], quantity: str) -> Histogram | None:
    """Return the histogram of the field `quantity` of `strokes`, None when there is nothing to show."""
    known = [(getattr(s, quantity), s.dir) for s in strokes if math.isfinite(getattr(s, quantity))]
    middle = spread([v for v, _ in known])
    if middle is None:
        return None
    low, high = min(v for v, _ in known), max(v for v, _ in known)
    step = round_step(max(high - low, 0.05 * abs(high), 0.1), _BARS_AT_MOST - 2)
    first = math.floor(low / step + 1e-9)
    bars = max(4, math.floor(high / step + 1e-9) - first + 1)
    push, pull = [0] * bars, [0] * bars
    for value, direction in known:
        into = push if direction == PUSH else pull
        into[min(bars - 1, max(0, math.floor(value / step + 1e-9) - first))] += 1
    most = max(a + b for a, b in zip(push, pull, strict=True))
    width = 100 / bars
    drawn = [
        Bar(
            x=round(i * width, 3),
            width=round(width, 3),
            push=round(100 * push[i] / most, 2),
            pull=round(100 * pull[i] / most, 2),
            title=f"{plain((first + i) * step)} to {plain((first + i + 1) * step)} {unit}: "
            f"{push[i]} push, {pull[i]} pull",
        )
        for i in range(bars)
        if push[i] + pull[i]
    ]
    ticks = [
        (0.0, plain(first * step), "start"),
        (50.0, plain((first + bars / 2) * step), "middle"),
        (100.0, plain((first + bars) * step), "end"),
    ]
    return Histogram(title, unit, drawn, ticks, middle.median, (middle.median / step - first) * width, most)
