# SPDX-License-Identifier: MIT
"""Compares what a roller found with what is known to be true. Times in s, lengths in cm, forces in N."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MIN_OVERLAP = 0.5  # of a found stroke with a true one, shared time over joint time
MUST_ALARM = 1.15  # an over-pressure that peaks this far above the limit has to be announced
BEFORE_S, AFTER_S = 0.15, 0.3  # how far around an over-pressure its alarm may come

Found = dict[str, Any]
Labels = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """The figures of one or several sessions; errors are medians of absolute values, None where nothing matched.

    A finder that leaves out `kind`, `length_cm`, `mean_n` or `t_report` has None there, too.
    """

    true: int
    found: int
    matched: int
    precision: float
    recall: float
    f1: float
    direction: float | None
    kind: float | None
    start_ms: float | None
    end_ms: float | None
    start_p95_ms: float | None
    end_p95_ms: float | None
    length: float | None
    mean_force: float | None
    report_ms: float | None
    report_p95_ms: float | None
    over_true: int
    over_missed: int
    over_false: int
    over_delay_ms: float | None
    over_delay_p95_ms: float | None


def overlap(a: dict[str, Any], b: dict[str, Any]) -> float:
    """Return the shared time of two strokes as a share of their joint time."""
    shared = min(a["t_end"], b["t_end"]) - max(a["t_start"], b["t_start"])
    joint = max(a["t_end"], b["t_end"]) - min(a["t_start"], b["t_start"])
    return max(0.0, shared) / joint if joint > 0 else 0.0


def pair(true: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the pairs (true, found) that share the most time in all, one to one, each overlapping enough.

    True strokes do not overlap each other, so a found one overlaps by half with two of them at most: the candidates
    fall into small groups, and each group is solved exactly.
    """
    weights = {
        (i, j): value
        for i, t in enumerate(true)
        for j, f in enumerate(found)
        if f["t_start"] < t["t_end"] and (value := overlap(t, f)) >= MIN_OVERLAP
    }
    pairs: list[tuple[int, int]] = []
    while weights:
        chain = _connected(weights)
        pairs += _heaviest(chain, {edge: weights.pop(edge) for edge in chain})[1]
    return sorted(pairs)


def _connected(weights: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return the first candidate and all that share a stroke with it, directly or through others."""
    chain = [next(iter(weights))]
    for i, j in chain:
        chain += [edge for edge in weights if edge not in chain and (edge[0] == i or edge[1] == j)]
    return chain


def _heaviest(
    edges: list[tuple[int, int]], weights: dict[tuple[int, int], float]
) -> tuple[float, list[tuple[int, int]]]:
    if not edges:
        return 0.0, []
    first, rest = edges[0], edges[1:]
    apart = [edge for edge in rest if edge[0] != first[0] and edge[1] != first[1]]
    taken, pairs = _heaviest(apart, weights)
    taken += weights[first]
    if len(apart) == len(rest):
        return taken, [first, *pairs]
    left, others = _heaviest(rest, weights)
    return (left, others) if left > taken else (taken, [first, *pairs])


def _alarms(labels: Labels, found: Found) -> tuple[list[float], int, int]:
    """Return the delays of the alarms that came, the number of over-pressures, and the number of false alarms."""
    asked = [alarm["t_on"] for alarm in found.get("overpressure", [])]
    must = [over for over in labels["overpressure"] if over["peak_n"] >= MUST_ALARM * labels["over_thr_n"]]
    delays = []
    for over in must:
        came = [t for t in asked if over["t_start"] - BEFORE_S <= t <= over["t_end"] + AFTER_S]
        if came:
            delays.append(min(came) - over["t_start"])
    excused = labels["near"]
    false = [t for t in asked if not any(a - BEFORE_S <= t <= b + AFTER_S for a, b in excused)]
    return delays, len(must), len(false)


def compare(found: Found, labels: Labels) -> Comparison:
    """Compare one session: the answer of a replay (or a session's strokes in that form) with its labels."""
    return compare_all([(found, labels)])


def compare_all(sessions: list[tuple[Found, Labels]]) -> Comparison:
    """Compare several sessions and pool them."""
    matched: list[tuple[dict[str, Any], dict[str, Any]]] = []
    delays: list[float] = []
    over_true = over_false = 0
    for found, labels in sessions:
        strokes = found.get("strokes", [])
        matched += [(labels["strokes"][i], strokes[j]) for i, j in pair(labels["strokes"], strokes)]
        late, true, false = _alarms(labels, found)
        delays += late
        over_true += true
        over_false += false
    n_true = sum(len(labels["strokes"]) for _, labels in sessions)
    n_found = sum(len(found.get("strokes", [])) for found, _ in sessions)
    precision = len(matched) / n_found if n_found else float(n_true == 0)
    recall = len(matched) / n_true if n_true else 1.0
    starts = _errors(matched, "t_start", lambda t, f: abs(f - t) * 1000.0)
    ends = _errors(matched, "t_end", lambda t, f: abs(f - t) * 1000.0)
    reports = [(f["t_report"] - t["t_end"]) * 1000.0 for t, f in matched if "t_report" in f]
    delays_ms = [delay * 1000.0 for delay in delays]
    return Comparison(
        true=n_true,
        found=n_found,
        matched=len(matched),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        direction=_mean(_errors(matched, "dir", lambda t, f: float(f == t))),
        kind=_mean(_errors(matched, "kind", lambda t, f: float(f == t))),
        start_ms=_median(starts),
        end_ms=_median(ends),
        start_p95_ms=_p95(starts),
        end_p95_ms=_p95(ends),
        length=_median(_errors(matched, "length_cm", lambda t, f: abs(f / t - 1.0))),
        mean_force=_median(_errors(matched, "mean_n", lambda t, f: abs(f / t - 1.0))),
        report_ms=_median(reports),
        report_p95_ms=_p95(reports),
        over_true=over_true,
        over_missed=over_true - len(delays),
        over_false=over_false,
        over_delay_ms=_median(delays_ms),
        over_delay_p95_ms=_p95(delays_ms),
    )


def _errors(
    matched: list[tuple[dict[str, Any], dict[str, Any]]], name: str, of: Callable[[Any, Any], float]
) -> list[float]:
    return [of(true[name], found[name]) for true, found in matched if name in found]


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None


def _p95(values: list[float]) -> float | None:
    return float(np.percentile(values, 95)) if values else None
