# SPDX-License-Identifier: MIT
"""The figures of a report, computed once from a Session: everything the page says in numbers is made here."""

import math
from dataclasses import dataclass

from ..session import Session

PUSH, PULL = 1, -1


@dataclass(frozen=True)
class Spread:
    """Median, 99th percentile (nearest rank) and number of a set of values; only made when there are any."""

    median: float
    p99: float
    number: int


@dataclass(frozen=True)
class Figures:
    """Times in s, forces in N, lengths in cm; None where there is nothing to compute from."""

    strokes: int
    lift: int
    knead: int
    push: int
    pull: int
    mean_n: float | None
    peak_n: float | None
    alarms: int
    ceiling_alarms: int
    alarm_delay_s: Spread | None
    command_delay_s: Spread | None
    back_under_s: Spread | None
    alarm_peak_n: Spread | None
    impulse_ns: Spread | None
    unknown_s: float
    lost_s: float
    about: bool
    limit_n: float | None
    band_n: tuple[float, float] | None


def figures(session: Session) -> Figures:
    """Return the figures of `session`."""
    strokes, alarms = session.strokes, session.overpressure
    return Figures(
        strokes=len(strokes),
        lift=sum(s.kind == "lift" for s in strokes),
        knead=sum(s.kind == "knead" for s in strokes),
        push=sum(s.dir == PUSH for s in strokes),
        pull=sum(s.dir == PULL for s in strokes),
        mean_n=mean_force_n(session),
        peak_n=peak_force_n(session),
        alarms=len(alarms),
        ceiling_alarms=sum(a.ceiling for a in alarms),
        alarm_delay_s=spread([a.t_on_s - a.t_cross_s for a in alarms]),
        command_delay_s=spread([a.t_told_s - a.t_cross_s for a in alarms if a.t_told_s is not None]),
        back_under_s=spread([a.t_off_s - a.t_on_s for a in alarms]),
        alarm_peak_n=spread([a.peak_n for a in alarms]),
        impulse_ns=spread([a.impulse_ns for a in alarms]),
        unknown_s=0.1 * sum(p.force_n is None for p in session.force),
        lost_s=sum(g.lost_s for g in session.gaps),
        about=session.about,
        limit_n=_number(session, "over_limit_n"),
        band_n=_band(session),
    )


def mean_force_n(session: Session) -> float | None:
    """Return the mean force while a stroke was going on, each stroke weighted with the time it took."""
    weighted = [(s.t_end_s - s.t_start_s, s.mean_n) for s in session.strokes if s.t_end_s > s.t_start_s]
    total_s = sum(weight for weight, _ in weighted)
    return sum(weight * force for weight, force in weighted) / total_s if total_s > 0 else None


def peak_force_n(session: Session) -> float | None:
    """Return the highest force anywhere in the log: of a tenth of a second, of a stroke, of an alarm."""
    peaks = [p.force_n for p in session.force if p.force_n is not None]
    peaks += [s.peak_n for s in session.strokes]
    peaks += [a.peak_n for a in session.overpressure]
    return max((p for p in peaks if math.isfinite(p)), default=None)


def spread(values: list[float]) -> Spread | None:
    """Return the spread of `values`, None when there are none."""
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    median = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return Spread(median, ordered[math.ceil(0.99 * len(ordered)) - 1], len(ordered))


def _number(session: Session, name: str) -> float | None:
    value = session.settings.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _band(session: Session) -> tuple[float, float] | None:
    low, high = _number(session, "band_low_n"), _number(session, "over_limit_n")
    return (low, high) if low is not None and high is not None and low < high else None
