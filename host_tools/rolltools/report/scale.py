# SPDX-License-Identifier: MIT
"""Axes: round steps, their ticks, and the mapping of values to a drawing."""

import math


def round_step(span: float, at_most: int) -> float:
    """Return the smallest of 1, 2, 5 x 10^n that divides `span` (> 0) into at most `at_most` parts."""
    raw = span / at_most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= raw * (1 - 1e-9))


# Steps of a time axis in s: people read minutes and hours, not powers of ten.
_TIME_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1200, 1800, 3600, 7200, 14400)


def time_ticks(start_s: float, end_s: float, at_most: int = 7) -> list[float]:
    """Return the times of at most `at_most` ticks on round times between `start_s` and `end_s`."""
    span = end_s - start_s
    step = next((s for s in _TIME_STEPS_S if span / s <= at_most - 1), None) or round_step(span, at_most - 1)
    first = math.ceil(start_s / step - 1e-9)
    last = math.floor(end_s / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def value_ticks(top: float, at_most: int = 5) -> list[float]:
    """Return round values from 0 to `top` (> 0)."""
    step = round_step(top, at_most)
    return [i * step for i in range(math.floor(top / step + 1e-9) + 1)]


def plain(value: float) -> str:
    """Return `value` without a trailing `.0`."""
    return f"{value:.10g}"
