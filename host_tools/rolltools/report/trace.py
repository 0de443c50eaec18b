# SPDX-License-Identifier: MIT
"""The force over time as one SVG path, thinned to a bounded number of points without losing a peak or hiding a hole."""

import math
from dataclasses import dataclass

from ..session import ForcePoint

STEP_S = 0.1  # a ForcePoint stands for this long, half of it before its time
_HOLE_S = 2.5 * STEP_S  # two neighbours further apart than this have lost something between them
WIDTH = 1000  # of the drawing; the page stretches it


@dataclass(frozen=True)
class Span:
    """A stretch of the session, in s."""

    start_s: float
    end_s: float


@dataclass(frozen=True)
class Chunk:
    """Neighbouring points drawn as one: their highest known force, and whether one of them was unknown."""

    start_s: float
    end_s: float
    peak_n: float | None
    has_unknown: bool


def chunks(points: list[ForcePoint], at_most: int = WIDTH) -> list[Chunk]:
    """Group `points` (in order of time) so that about `at_most` groups remain; none reaches across a hole."""
    size = max(1, math.ceil(len(points) / at_most))
    made: list[Chunk] = []
    group: list[ForcePoint] = []
    for point in points:
        if group and (len(group) == size or point.t_s - group[-1].t_s > _HOLE_S):
            made.append(_chunk(group))
            group = []
        group.append(point)
    if group:
        made.append(_chunk(group))
    return made


def _chunk(group: list[ForcePoint]) -> Chunk:
    known = [p.force_n for p in group if p.force_n is not None and math.isfinite(p.force_n)]
    return Chunk(
        group[0].t_s - STEP_S / 2, group[-1].t_s + STEP_S / 2, max(known, default=None), len(known) < len(group)
    )


def runs(parts: list[Chunk]) -> list[list[Chunk]]:
    """Split `parts` into the stretches over which the force is known without interruption."""
    made: list[list[Chunk]] = []
    previous: Chunk | None = None
    for part in parts:
        if part.peak_n is not None:
            joined = previous is not None and previous.peak_n is not None and part.start_s - previous.end_s < _HOLE_S
            if not joined:
                made.append([])
            made[-1].append(part)
        previous = part
    return made


def unknown_spans(parts: list[Chunk]) -> list[Span]:
    """Return the stretches in which the force was unknown."""
    return merge([Span(p.start_s, p.end_s) for p in parts if p.has_unknown], _HOLE_S)


def holes(parts: list[Chunk], start_s: float, end_s: float) -> list[Span]:
    """Return the stretches between `start_s` and `end_s` for which the log holds nothing at all."""
    edges = [Span(start_s, start_s), *(Span(p.start_s, p.end_s) for p in parts), Span(end_s, end_s)]
    # Summaries come once a second: the last second of a session that has just ended is not a loss.
    found = [Span(a.end_s, b.start_s) for a, b in zip(edges, edges[1:], strict=False)]
    return [s for i, s in enumerate(found) if s.end_s - s.start_s > (_HOLE_S if i < len(found) - 1 else 1.05)]


def merge(spans: list[Span], closer_than_s: float) -> list[Span]:
    """Join spans (in order of time) with less than `closer_than_s` between them."""
    made: list[Span] = []
    for span in spans:
        if made and span.start_s - made[-1].end_s < closer_than_s:
            made[-1] = Span(made[-1].start_s, max(made[-1].end_s, span.end_s))
        else:
            made.append(span)
    return made


def path(run: list[Chunk], start_s: float, end_s: float, top_n: float, height: int) -> tuple[str, str]:
    """Return the SVG path of the line through `run` and that of the area below it.

    x runs from 0 at `start_s` to `WIDTH` at `end_s`, y from `height` at 0 N to 0 at `top_n`.
    """
    per_s = WIDTH / (end_s - start_s)
    corners = []
    for part in run:
        middle_s = (part.start_s + part.end_s) / 2
        y = height * (1 - min(max(part.peak_n or 0.0, 0.0), top_n) / top_n)
        corners.append(f"{(middle_s - start_s) * per_s:.1f} {y:.1f}")
    left = f"{(run[0].start_s - start_s) * per_s:.1f}"
    right = f"{(run[-1].end_s - start_s) * per_s:.1f}"
    line = "L".join([f"{left} {corners[0].split()[1]}", *corners, f"{right} {corners[-1].split()[1]}"])
    return f"M{line}", f"M{left} {height}L{line}L{right} {height}Z"
