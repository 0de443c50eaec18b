# SPDX-License-Identifier: MIT
"""A session as the PC knows it: plain data in seconds, newtons and centimetres, whatever it was read from.

A field that came later has a default: it holds that where the file is older.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPLETE, TRUNCATED, DAMAGED = "complete", "truncated", "damaged"


@dataclass(frozen=True)
class Stroke:
    """One stroke as last revised; `t_report_s` is its first announcement, `quality` 0-100."""

    id: int
    t_start_s: float
    t_end_s: float
    t_report_s: float
    dir: int
    kind: str
    length_cm: float
    mean_n: float
    peak_n: float
    peak_cm_s: float
    quality: int
    doubt: str = ""  # why it is not sure: `rollcore.fields.DOUBT_NAMES`


@dataclass(frozen=True)
class Overpressure:
    """One alarm: the crossing of the limit, the request for the alarm, the end; `impulse_ns` above the limit.

    `t_told_s` is when the motor was commanded, None where it never was; `t_again_s` are the crossings of further
    over-pressures within the alarm.
    """

    t_cross_s: float
    t_on_s: float
    t_off_s: float
    peak_n: float
    impulse_ns: float
    ceiling: bool
    t_told_s: float | None = None
    t_again_s: tuple[float, ...] = ()


@dataclass(frozen=True)
class Cue:
    """A cue that was decided, with its level 0-100; `played` is False where the motor was to stay silent."""

    t_s: float
    cue: str
    level: int
    played: bool = True


@dataclass(frozen=True)
class Mark:
    """A press of the button."""

    t_s: float


@dataclass(frozen=True)
class Gap:
    """Samples or records were lost for `lost_s`, from `t_s` on."""

    t_s: float
    lost_s: float


@dataclass(frozen=True)
class Fault:
    """Something on the board failed; `code` names it."""

    t_s: float
    code: str


@dataclass(frozen=True)
class Band:
    """From `t_s` on the feedback showed this band of force ("unknown", "apart", "too_light", ...)."""

    t_s: float
    band: str
    force_n: float


@dataclass(frozen=True)
class Step:
    """From `t_s` on the routine was at this step, from 1 on, and its limits held; step 0 is its end."""

    t_s: float
    step: int
    name: str
    side: str
    band_low_n: float
    over_limit_n: float


@dataclass(frozen=True)
class ForcePoint:
    """The peak force within the tenth of a second around `t_s`, None where it was unknown."""

    t_s: float
    force_n: float | None


@dataclass(frozen=True)
class Second:
    """What the second that ended at `t_s` was like: the mean force in contact (None: unknown), the mean speed.

    `quality` 0-100 is the least of the motion in it. Both are None where the log is older.
    """

    t_s: float
    speed_cm_s: float
    mean_n: float | None
    quality: int | None


@dataclass(frozen=True)
class Battery:
    """A reading of the gauge."""

    t_s: float
    mv: int
    percent: float


@dataclass
class Session:
    """A whole session and how much of it could be read. Times are seconds from the start of the session."""

    path: Path
    name: str
    device: str = ""
    firmware: str = ""
    session_no: int = 0
    start_ms: int = 0  # of the session on the engine's clock
    state: str = COMPLETE
    damaged_pages: int = 0
    skipped_records: int = 0
    started_utc: str | None = None  # ISO 8601; None when no clock was ever set
    started_uncertainty_s: float | None = None  # 95 %; None when nobody can tell: the log says nothing of its clock
    duration_s: float = 0.0
    contact_s: float = 0.0
    in_band_s: float = 0.0
    over_s: float = 0.0
    calibrated: bool = False
    strokes: list[Stroke] = field(default_factory=list)
    overpressure: list[Overpressure] = field(default_factory=list)
    cues: list[Cue] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    force: list[ForcePoint] = field(default_factory=list)
    battery: list[Battery] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    bands: list[Band] = field(default_factory=list)
    routine: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seconds: list[Second] = field(default_factory=list)
    clock: dict[str, Any] = field(default_factory=dict)  # what the board knew of its clock: see session_time.py
    sealed: bool | None = None  # the file is what its digest says; None: it has none

    @property
    def about(self) -> bool:
        """Whether its newtons are only about right: nobody calibrated the sensor, or it is one that cannot be."""
        return not self.calibrated or self.settings.get("force_sensor") == "fsr"
