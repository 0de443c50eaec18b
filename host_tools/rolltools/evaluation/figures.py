# SPDX-License-Identifier: MIT
"""From played sessions to figures: pooled over sessions, None where there is nothing to measure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..scoring import Found, Labels, compare, compare_all

_RESAMPLES = 2000
_SEED = 1  # of the bootstrap: the same sessions give the same interval

Figures = dict[str, float | int | None]


@dataclass(frozen=True)
class Played:
    """One session: what was true, and what engine, peers and ceiling made of it."""

    scenario: str
    seed: int
    fsr: bool
    labels: Labels
    engine: Found
    peers: dict[str, Found]
    ceiling: Found


def f1_interval(counts: Sequence[tuple[int, int, int]]) -> tuple[float, float]:
    """Return the 95 % interval of F1 by bootstrap over sessions of (matched, true, found) strokes."""
    table = np.array(counts, dtype=float)
    drawn = np.random.default_rng(_SEED).integers(0, len(table), (_RESAMPLES, len(table)))
    matched, true, found = table[drawn].sum(axis=1).T
    strokes = true + found
    f1 = np.where(strokes > 0, 2.0 * matched / np.maximum(strokes, 1.0), 1.0)
    low, high = np.percentile(f1, (2.5, 97.5))
    return float(low), float(high)


def engine_figures(played: Sequence[Played]) -> Figures:
    """Return all figures of the engine over some sessions; shares 0..1, errors relative, times in ms."""
    pairs = [(one.engine, one.labels) for one in played]
    pooled = compare_all(pairs)
    each = [compare(*pair) for pair in pairs]
    low, high = f1_interval([(c.matched, c.true, c.found) for c in each])
    off = [abs(c.found - c.true) for c in each]
    over = pooled.over_true
    return {
        "sessions": len(played),
        "minutes": _minutes(played),
        "strokes": pooled.true,
        "found": pooled.found,
        "f1": pooled.f1 if pooled.true else None,
        "f1_low": low if pooled.true else None,
        "f1_high": high if pooled.true else None,
        "precision": pooled.precision if pooled.true else None,
        "recall": pooled.recall if pooled.true else None,
        "count_exact": sum(n == 0 for n in off) / len(off),
        "count_within_1": sum(n <= 1 for n in off) / len(off),
        "direction": pooled.direction,
        "kind": pooled.kind,
        "false_per_min": (pooled.found - pooled.matched) / _minutes(played),
        "start_ms": pooled.start_ms,
        "start_p95_ms": pooled.start_p95_ms,
        "end_ms": pooled.end_ms,
        "end_p95_ms": pooled.end_p95_ms,
        "length": pooled.length,
        "mean_force": pooled.mean_force,
        "report_ms": pooled.report_ms,
        "report_p95_ms": pooled.report_p95_ms,
        "over_true": over,
        "over_recall": (over - pooled.over_missed) / over if over else None,
        "over_delay_ms": pooled.over_delay_ms,
        "over_delay_p95_ms": pooled.over_delay_p95_ms,
        "over_false": pooled.over_false,
        "over_false_per_min": pooled.over_false / _minutes(played),
    }


def peer_figures(played: Sequence[Played], peer: str) -> Figures:
    """Return what a naive peer reaches on some sessions."""
    pooled = compare_all([(one.peers[peer], one.labels) for one in played])
    return {
        "f1": pooled.f1 if pooled.true else None,
        "direction": pooled.direction,
        "false_per_min": (pooled.found - pooled.matched) / _minutes(played),
    }


def ceiling_figures(played: Sequence[Played]) -> Figures:
    """Return direction and length error of integration between the true bounds."""
    pooled = compare_all([(one.ceiling, one.labels) for one in played])
    return {"direction": pooled.direction, "length": pooled.length}


def _minutes(played: Sequence[Played]) -> float:
    return sum(float(one.labels["duration_s"]) for one in played) / 60.0
