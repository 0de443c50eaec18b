# SPDX-License-Identifier: MIT
"""The truth about a modelled session: its strokes and over-pressure events by definition, from true speed and force.

A stroke lasts while the head is faster than 5 % of the stroke's own peak (at least 0.3 cm/s) and pressed with more
than 0.3 N; a stop of 0.35 s or more splits it, a reversal always does. The speed is the planned one of the roller over
the skin: a tremor or a sway along x shakes the sensor to and fro but is no rolling; it neither starts nor splits one.
"""

from typing import Any

import numpy as np

from .body import Truth
from .profile import Array

SPEED_FLOOR_M_S = 0.003
SPEED_SHARE = 0.05
CONTACT_N = 0.3
STOP_S = 0.35
OVER_S = 0.15
NEAR_SHARE, NEAR_S = 0.85, 0.1
CEILING_N, CEILING_S = 25.0, 0.02

Labels = dict[str, Any]
Span = tuple[int, int]


def runs(mask: np.ndarray) -> list[Span]:
    """Return the spans [first, last) in which `mask` is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _one_way(speed: Array, contact: Span, stop: int) -> list[Span]:
    """Split a contact where the motion reverses or stops: spans in which every motion above the floor goes one way."""
    first, last = contact
    moving = [(first + a, first + b) for a, b in runs(np.abs(speed[first:last]) > SPEED_FLOOR_M_S)]
    pieces: list[Span] = []
    for a, b in moving:
        way = runs(speed[a:b] > 0) + runs(speed[a:b] < 0)
        pieces += [(a + c, a + d) for c, d in sorted(way)]
    groups: list[Span] = []
    for a, b in pieces:
        if groups and a - groups[-1][1] < stop and (speed[a] > 0) == (speed[groups[-1][1] - 1] > 0):
            groups[-1] = (groups[-1][0], b)
        else:
            groups.append((a, b))
    return groups


def _strokes_in(speed: Array, group: Span, stop: int) -> list[Span]:
    """Return the strokes of a one-way span, each above the threshold that its own peak sets."""
    first, last = group
    part = np.abs(speed[first:last])
    above = runs(part > max(SPEED_FLOOR_M_S, SPEED_SHARE * float(part.max())))
    cuts = [i for i in range(1, len(above)) if above[i][0] - above[i - 1][1] >= stop]
    if not cuts:
        return [(first + above[0][0], first + above[-1][1])]
    strokes: list[Span] = []
    for begin, end in zip([0, *cuts], [*cuts, len(above)], strict=True):
        # a weaker part beside a stop has a threshold of its own, down to the middle of the stop
        left = 0 if begin == 0 else (above[begin - 1][1] + above[begin][0]) // 2
        right = len(part) if end == len(above) else (above[end - 1][1] + above[end][0]) // 2
        strokes += _strokes_in(speed, (first + left, first + right), stop)
    return strokes


def _stroke(truth: Truth, span: Span, kind: str) -> dict[str, Any]:
    first, last = span
    speed, force = truth.speed[first:last], truth.force[first:last]
    return {
        "t_start": round(first / truth.fine_hz, 4),
        "t_end": round(last / truth.fine_hz, 4),
        "dir": 1 if speed.sum() > 0 else -1,
        "kind": kind,
        "length_cm": round(float(np.abs(speed).sum()) / truth.fine_hz * 100.0, 3),
        "mean_n": round(float(force.mean()), 3),
        "peak_n": round(float(force.max()), 3),
    }


def find_strokes(truth: Truth) -> list[dict[str, Any]]:
    """Return the true strokes in the order of time."""
    stop = round(STOP_S * truth.fine_hz)
    found = []
    for contact in runs(truth.force > CONTACT_N):
        groups = _one_way(truth.speed, contact, stop)
        kind = "knead" if len({truth.speed[first] > 0 for first, _ in groups}) > 1 else "lift"
        for group in groups:
            found += [_stroke(truth, span, kind) for span in _strokes_in(truth.speed, group, stop)]
    return found


def _spans_above(truth: Truth, level_n: float, least_s: float) -> list[Span]:
    least = round(least_s * truth.fine_hz)
    return [(a, b) for a, b in runs(truth.force > level_n) if b - a >= least]


def label(truth: Truth, over_limit_n: float = 10.0) -> Labels:
    """Return the labels of a session: strokes, over-pressure events, and `near` spans where an alarm is not false."""
    seconds = 1.0 / truth.fine_hz
    over = _spans_above(truth, over_limit_n, OVER_S)
    near = _spans_above(truth, NEAR_SHARE * over_limit_n, NEAR_S) + _spans_above(truth, CEILING_N, CEILING_S)
    return {
        "duration_s": round(len(truth.force) * seconds, 4),
        "over_thr_n": over_limit_n,
        "strokes": find_strokes(truth),
        "overpressure": [
            {
                "t_start": round(a * seconds, 4),
                "t_end": round(b * seconds, 4),
                "peak_n": round(float(truth.force[a:b].max()), 3),
            }
            for a, b in over
        ],
        "near": [[round(a * seconds, 4), round(b * seconds, 4)] for a, b in sorted(near)],
    }
