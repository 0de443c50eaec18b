# SPDX-License-Identifier: MIT
"""What was done in each step of the routine."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from ..session import Session


@dataclass(frozen=True)
class StepRow:
    """One step that was begun, with what began in it; `mean_n` is None without a stroke."""

    number: int
    name: str
    side: str
    start_s: float
    end_s: float
    strokes: int
    mean_n: float | None
    band_low_n: float
    over_limit_n: float
    alarms: int


def steps(session: Session, end_s: float) -> list[StepRow]:
    """Return the steps of the session's routine in order; the last ends with the session where it was not finished."""
    bounds = [step.t_s for step in session.steps] + [end_s]
    rows = []
    for step, (start_s, stop_s) in zip(session.steps, pairwise(bounds), strict=True):
        if step.step == 0:
            continue
        forces = [stroke.mean_n for stroke in session.strokes if start_s <= stroke.t_start_s < stop_s]
        alarms = sum(start_s <= alarm.t_on_s < stop_s for alarm in session.overpressure)
        row = StepRow(
            number=step.step,
            name=step.name,
            side=step.side,
            start_s=start_s,
            end_s=max(start_s, stop_s),
            strokes=len(forces),
            mean_n=fmean(forces) if forces else None,
            band_low_n=step.band_low_n,
            over_limit_n=step.over_limit_n,
            alarms=alarms,
        )
        rows.append(row)
    return rows
