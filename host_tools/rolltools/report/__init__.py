# SPDX-License-Identifier: MIT
"""A session as one standalone HTML file: no network, no script, the same bytes for the same session.

Everything that came from a board passes through the template's escaping; the page forbids itself to load anything.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..archive import write_whole
from ..battery import drain
from ..session import Session
from .figures import figures
from .histogram import Histogram, histogram
from .prose import headline, tiles, warnings
from .scale import plain
from .steps import steps
from .timeline import DIRECTION, axes, timeline
from .trace import Span
from .words import clock, clock_tenths, duration, milliseconds, moment, moment_within, step

if TYPE_CHECKING:
    from jinja2 import Template

OVERVIEW_PX, STRIP_PX = 230, 110
MOST_ROWS = 1000  # of a table; the rest is in the CSV that lies beside the log
_MOST_STRIPS = 24
_FEWEST_STROKES = 5  # fewer are no distribution
_STRIP_STEPS_S = (30, 60, 120, 300, 600, 900, 1800, 3600)


def write_report(session: Session, out: Path) -> Path:
    """Write the report of `session` to `out` and return `out`; a reader never sees half a file.

    RollerError when the disk refuses.
    """
    write_whole(out, render(session).encode())
    return out


def render(session: Session) -> str:
    """Return the report of `session` as the text of an HTML file."""
    numbers = figures(session)
    shared = axes(session, numbers)
    whole = Span(0.0, length_s(session))
    return _template().render(
        session=session,
        numbers=numbers,
        headline=headline(session, numbers),
        tiles=tiles(session, numbers),
        warnings=warnings(session, numbers),
        overview=timeline(session, numbers, shared, whole, OVERVIEW_PX),
        strips=[timeline(session, numbers, shared, window, STRIP_PX) for window in strip_windows(whole.end_s)],
        histograms=_histograms(session, numbers.about),
        heights=(OVERVIEW_PX, STRIP_PX),
        steps=steps(session, whole.end_s),
        limit_parts=_limit_parts(numbers.limit_n, shared.top_n),
        most_rows=MOST_ROWS,
        direction=DIRECTION,
        drained=drain(session.battery),
    )


def length_s(session: Session) -> float:
    """Return the length of the time axis, at least 1 s: the duration, further if a stroke or an alarm ends later.

    The log goes on for a while after the last contact; that tail is no part of the session and is not drawn.
    """
    ends = [s.t_end_s for s in session.strokes] + [a.t_off_s for a in session.overpressure]
    if session.duration_s <= 0:
        ends += [p.t_s for p in session.force[-1:]]
    return max(session.duration_s, 1.0, *ends)


def strip_windows(end_s: float) -> list[Span]:
    """Return the windows of the closer look: round lengths, at most 24 of them, none for a session that is short."""
    if end_s <= 45:
        return []
    step = next((s for s in _STRIP_STEPS_S if end_s / s <= _MOST_STRIPS), None) or end_s / _MOST_STRIPS
    windows = []
    start = 0.0
    while start < end_s - 0.05:
        windows.append(Span(start, start + step))
        start += step
    return windows


def _histograms(session: Session, about: bool) -> list[Histogram]:
    if len(session.strokes) < _FEWEST_STROKES:
        return []
    quantities = (
        ("Stroke length", "cm", "length_cm"),
        ("Peak speed", "cm/s", "peak_cm_s"),
        ("Mean force, about N" if about else "Mean force", "" if about else "N", "mean_n"),
    )
    made = (histogram(title, unit, session.strokes, name) for title, unit, name in quantities)
    return [h for h in made if h is not None]


def _limit_parts(limit_n: float | None, top_n: float) -> float:
    """Return how far down the limit lies, as a part of the height of the force axis; 0 without a limit."""
    return 0.0 if limit_n is None else round(1 - limit_n / top_n, 5)


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("rolltools.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for said in (clock, clock_tenths, duration, milliseconds, moment, moment_within, plain, step):
        environment.filters[said.__name__] = said
    return environment.get_template("page.html.j2")


__all__ = ["render", "write_report"]
