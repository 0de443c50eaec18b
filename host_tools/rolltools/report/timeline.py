# SPDX-License-Identifier: MIT
"""A stretch of a session laid out for drawing: times become percent of the width, everything gets its hover text.

However long the session, the number of shapes is bounded: what would fall onto the same few pixels is drawn as one
shape that says how many it stands for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from ..session import Cue, Fault, Gap, Mark, Overpressure, Session, Stroke
from . import trace
from .figures import PUSH, Figures
from .scale import plain, time_ticks, value_ticks
from .steps import steps
from .words import clock, clock_tenths, count, milliseconds, newtons

_AT_MOST = {True: 300, False: 120}  # shapes of one sort in a large drawing, in a small one
_LARGE_PX = 120
_HALF_LANE_PX = 26.0
_SHORTEST_BAR_PX = 3.0

DIRECTION = {1: "push", -1: "pull"}

_Event = TypeVar("_Event", Stroke, Overpressure, Cue, Mark, Gap, Fault)


@dataclass(frozen=True)
class Shape:
    """Something from `x` over `width` (percent of the drawing), `size` px high, with a class and a hover text."""

    x: float
    width: float
    size: float
    style: str
    title: str


@dataclass(frozen=True)
class Tick:
    """A label on an axis: `at` is percent on the time axis, px from the top on the force axis."""

    at: float
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class StepShape:
    """A step of the routine with its own band: `x` and `width` in percent, heights in px, hover text."""

    x: float
    width: float
    limit_y: float
    low_y: float
    title: str


@dataclass
class Timeline:
    """Everything the template draws for one stretch; heights in px from the top of the force axis."""

    start_s: float
    end_s: float
    height: int
    point_s: float
    time_ticks: list[Tick]
    force_ticks: list[Tick]
    limit_y: float | None
    band_y: tuple[float, float] | None
    paths: list[tuple[str, str]]
    unknown: list[Shape]
    holes: list[Shape]
    alarms: list[Shape]
    strokes: list[Shape]
    steps: list[StepShape] = field(default_factory=list)
    cues: list[Shape] = field(default_factory=list)
    marks: list[Shape] = field(default_factory=list)
    faults: list[Shape] = field(default_factory=list)


@dataclass(frozen=True)
class Axes:
    """What all stretches of a session share, so that they can be compared: the tops of the axes."""

    top_n: float
    top_cm: float


def axes(session: Session, figures: Figures) -> Axes:
    """Return the axes of `session`: high enough for every peak, for the limit and for the band."""
    band_top = figures.band_n[1] if figures.band_n else 0.0
    top_n = max(1.15 * (figures.limit_n or 0.0), 1.08 * (figures.peak_n or 0.0), 1.1 * band_top, 2.0)
    return Axes(top_n, max((s.length_cm for s in session.strokes), default=0.0) or 1.0)


def timeline(session: Session, figures: Figures, shared: Axes, window: trace.Span, height: int) -> Timeline:
    """Lay out what happened in `window` (longer than 0 s), with a force axis `height` px high."""
    lay = _Layout(window, _AT_MOST[height > _LARGE_PX])
    points = [p for p in session.force if window.start_s - trace.STEP_S < p.t_s < window.end_s]
    parts = trace.chunks(points)
    lost = trace.merge(_lost(session, parts, window), window_px(window))

    def y(force_n: float) -> float:
        return round(height * (1 - force_n / shared.top_n), 1)

    return Timeline(
        start_s=window.start_s,
        end_s=window.end_s,
        height=height,
        point_s=max(1, -(-len(points) // trace.WIDTH)) * trace.STEP_S,
        time_ticks=_time_ticks(lay),
        force_ticks=[Tick(y(v), plain(v)) for v in value_ticks(0.94 * shared.top_n, 5 if height > _LARGE_PX else 3)],
        limit_y=None if figures.limit_n is None else y(figures.limit_n),
        band_y=figures.band_n and (y(figures.band_n[1]), y(figures.band_n[0])),
        paths=[trace.path(r, window.start_s, window.end_s, shared.top_n, height) for r in trace.runs(parts)],
        unknown=[lay.span(s, "unknown", "force unknown") for s in trace.unknown_spans(parts)],
        holes=[lay.span(s, "hole", "nothing recorded") for s in lost],
        alarms=[_alarms(lay, g, figures.about) for g in lay.groups(session.overpressure, _alarm_span)],
        strokes=_strokes(lay, session.strokes, shared, figures.about),
        steps=_steps(lay, session, y),
        cues=[_cues(lay, g) for g in lay.groups(session.cues, _instant)],
        marks=[_named(lay, g, "mark", "button pressed") for g in lay.groups(session.marks, _instant)],
        faults=[_faults(lay, g) for g in lay.groups(session.faults, _instant)],
    )


def _steps(lay: "_Layout", session: Session, y: Callable[[float], float]) -> list[StepShape]:
    """Return the steps of the routine that the window shows."""
    shapes = []
    for step in steps(session, max(lay.window.end_s, session.duration_s)):
        left, right = lay.x(step.start_s), lay.x(step.end_s)
        if right > left:
            band = f"{plain(step.band_low_n)} to {plain(step.over_limit_n)} N"
            title = f"step {step.number}, {step.name}: {band}"
            shape = StepShape(left, round(right - left, 3), y(step.over_limit_n), y(step.band_low_n), title)
            shapes.append(shape)
    return shapes


def window_px(window: trace.Span) -> float:
    """Return how many seconds one pixel of `window` stands for."""
    return (window.end_s - window.start_s) / trace.WIDTH


def _instant(event: Cue | Mark | Fault) -> trace.Span:
    return trace.Span(event.t_s, event.t_s)


def _alarm_span(alarm: Overpressure) -> trace.Span:
    return trace.Span(alarm.t_cross_s, max(alarm.t_cross_s, alarm.t_off_s))


def _stroke_span(stroke: Stroke) -> trace.Span:
    return trace.Span(stroke.t_start_s, max(stroke.t_start_s, stroke.t_end_s))


def _lost(session: Session, parts: list[trace.Chunk], window: trace.Span) -> list[trace.Span]:
    """Return what was lost: the gaps the board knew of, and what is missing in the log."""
    told = [trace.Span(g.t_s, g.t_s + g.lost_s) for g in session.gaps]
    found = [*told, *trace.holes(parts, window.start_s, min(window.end_s, session.duration_s))]
    inside = [
        trace.Span(max(s.start_s, window.start_s), min(s.end_s, window.end_s))
        for s in found
        if s.end_s > window.start_s and s.start_s < window.end_s
    ]
    return sorted(inside, key=lambda s: s.start_s)


class _Layout:
    """Places times of one window on the drawing."""

    def __init__(self, window: trace.Span, at_most: int) -> None:
        self.window = window
        self._at_most = at_most
        self._per_s = 100.0 / (window.end_s - window.start_s)

    def x(self, t_s: float) -> float:
        """Return `t_s` as percent of the width, held inside the drawing."""
        return round(min(max((t_s - self.window.start_s) * self._per_s, 0.0), 100.0), 3)

    def shape(self, span: trace.Span, size: float, style: str, title: str) -> Shape:
        """Return a shape over `span`."""
        left = self.x(span.start_s)
        return Shape(left, round(self.x(span.end_s) - left, 3), round(size, 1), style, title)

    def span(self, span: trace.Span, style: str, what: str) -> Shape:
        """Return a shape over `span` whose hover text says what it is, from when to when."""
        return self.shape(span, 0, style, f"{what}, {_from_to(span)}")

    def groups(
        self, events: Sequence[_Event], span_of: Callable[[_Event], trace.Span]
    ) -> list[tuple[trace.Span, list[_Event]]]:
        """Return the events that touch the window, each with its span; too many are put together by time."""
        start_s, end_s = self.window.start_s, self.window.end_s
        spanned = ((span_of(e), e) for e in events)
        inside = [(span, e) for span, e in spanned if span.end_s >= start_s and span.start_s <= end_s]
        if len(inside) <= self._at_most:
            return [(span, [e]) for span, e in inside]
        bins: dict[int, list[tuple[trace.Span, _Event]]] = {}
        for span, event in inside:
            bins.setdefault(int(self.x(span.start_s) * self._at_most / 100), []).append((span, event))
        return [(_hull([s for s, _ in found]), [e for _, e in found]) for _, found in sorted(bins.items())]


def _hull(spans: list[trace.Span]) -> trace.Span:
    return trace.Span(min(s.start_s for s in spans), max(s.end_s for s in spans))


def _from_to(span: trace.Span) -> str:
    return f"{clock_tenths(span.start_s)} to {clock_tenths(span.end_s)}"


def _time_ticks(lay: _Layout) -> list[Tick]:
    times = time_ticks(lay.window.start_s, lay.window.end_s)
    label = clock if all(t == int(t) for t in times) else clock_tenths
    made = []
    for t in times:
        x = lay.x(t)
        made.append(Tick(x, label(t), "start" if x < 2 else "end" if x > 98 else "middle"))
    return made


def _alarms(lay: _Layout, group: tuple[trace.Span, list[Overpressure]], about: bool) -> Shape:
    span, alarms = group
    peak = newtons(max(a.peak_n for a in alarms), about)
    if len(alarms) > 1:
        return lay.shape(span, 0, "alarm", f"{count(len(alarms), 'alarm')}, {_from_to(span)}, peak {peak}")
    alarm = alarms[0]
    why = "above the ceiling" if alarm.ceiling else "above the limit"
    after = milliseconds(alarm.t_on_s - alarm.t_cross_s)
    return lay.shape(span, 0, "alarm", f"{why}, {_from_to(span)}, peak {peak}, alarm after {after}")


def _strokes(lay: _Layout, strokes: list[Stroke], shared: Axes, about: bool) -> list[Shape]:
    made = []
    for direction in (PUSH, -PUSH):
        of_one_way = [s for s in strokes if s.dir == direction]
        made += [_stroke(lay, g, shared, about) for g in lay.groups(of_one_way, _stroke_span)]
    return made


def _stroke(lay: _Layout, group: tuple[trace.Span, list[Stroke]], shared: Axes, about: bool) -> Shape:
    span, strokes = group
    longest = max(s.length_cm for s in strokes)
    size = max(_SHORTEST_BAR_PX, _HALF_LANE_PX * min(1.0, longest / shared.top_cm))
    first = strokes[0]
    way = DIRECTION.get(first.dir, "?")
    mostly_knead = 2 * sum(s.kind == "knead" for s in strokes) > len(strokes)
    style = f"{way} {'knead' if mostly_knead else 'lift'}"
    if len(strokes) > 1:
        many = count(len(strokes), "stroke")
        return lay.shape(span, size, style, f"{many}, {way}, {_from_to(span)}, longest {longest:.1f} cm")
    title = (
        f"#{first.id} {way}, {first.kind}, {_from_to(span)}, {first.length_cm:.1f} cm, "
        f"{newtons(first.mean_n, about)} (peak {first.peak_n:.1f}), {first.peak_cm_s:.1f} cm/s"
    )
    return lay.shape(span, size, style, title)


def _cues(lay: _Layout, group: tuple[trace.Span, list[Cue]]) -> Shape:
    span, cues = group
    names = ", ".join(sorted({c.cue for c in cues})[:5])
    level = max(c.level for c in cues)
    text = f"{clock_tenths(span.start_s)} cue {names}, level {level}" + (
        f", {len(cues)} times" if len(cues) > 1 else ""
    )
    return lay.shape(trace.Span(span.start_s, span.start_s), 2.5 + min(max(level, 0), 100) / 40, "cue", text)


def _named(lay: _Layout, group: tuple[trace.Span, list[Mark]], style: str, what: str) -> Shape:
    span, events = group
    times = f", {len(events)} times" if len(events) > 1 else ""
    return lay.shape(trace.Span(span.start_s, span.start_s), 0, style, f"{clock_tenths(span.start_s)} {what}{times}")


def _faults(lay: _Layout, group: tuple[trace.Span, list[Fault]]) -> Shape:
    span, faults = group
    codes = ", ".join(sorted({f.code for f in faults})[:5])
    return lay.shape(trace.Span(span.start_s, span.start_s), 0, "fault", f"{clock_tenths(span.start_s)} fault {codes}")
