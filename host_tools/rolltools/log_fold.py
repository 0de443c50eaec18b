# SPDX-License-Identifier: MIT
"""Records folded into a Session: revisions of strokes, alarms from their two ends, totals, units of the PC."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from rollcore import events
from rollcore import logformat as fmt
from rollcore.faults import FAULT_NAMES
from rollcore.fields import BAND_NAMES, CUE_NAMES, DOUBT_NAMES, KIND_NAMES, SIDE_NAMES
from rollcore.sample import FORCE_UNKNOWN

from .log_pages import Record
from .session import Band, Battery, Cue, Fault, ForcePoint, Gap, Mark, Overpressure, Second, Session, Step, Stroke

_CONTACT_N = 0.3  # design.md: a stroke needs more than this; the estimate of a cut session uses the same
_TEXT_LIMIT = 64
_MOST_STEPS = 64  # of a routine in one session; 12 and an end are what a board makes
_MOST_NUMBER = 1e15  # of a text; no setting and no count is as large


class SessionFold:
    """Takes the records of one session in any order; `finish` fills the session."""

    def __init__(self, session: Session, start_ms: int) -> None:
        self._session = session
        self._start_ms = start_ms
        self._last_ms = start_ms
        self._strokes: dict[int, tuple[int, dict[str, Any]]] = {}
        self._reported: dict[int, int] = {}
        self._on: dict[int, dict[str, Any]] = {}
        self._off: dict[int, tuple[int, dict[str, Any]]] = {}
        self._told: dict[int, int] = {}
        self._again: dict[int, set[int]] = {}
        self._ceilings: set[int] = set()
        self._steps: list[Record] = []
        self._stop: dict[str, Any] | None = None
        self._take = {
            events.STROKE: self._stroke,
            events.OVER_ON: self._over_on,
            events.OVER_OFF: self._over_off,
            events.OVER_TOLD: self._over_told,
            events.OVER_AGAIN: self._over_again,
            events.SESSION_STOP: self._session_stop,
            events.SUMMARY: self._summary,
            events.CUE: self._cue,
            events.CUE_SILENT: self._cue,
            events.BAND: self._band,
            events.STEP: self._step,
            events.MARK: lambda r: session.marks.append(Mark(self._s(r.t_ms))),
            events.GAP: self._gap,
            events.FAULT: lambda r: session.faults.append(Fault(self._s(r.t_ms), _name(FAULT_NAMES, r, "code"))),
            fmt.DROPOUT: self._dropout,
            fmt.BATTERY: self._battery,
            fmt.CLOCK: self._clock,
            fmt.DEVICE: self._device,
            fmt.SETTINGS: self._settings,
            fmt.CALIBRATION: self._calibration,
            fmt.ROUTINE: self._routine,
        }

    def add(self, record: Record) -> None:
        """Take one record."""
        self._last_ms = max(self._last_ms, record.t_ms)
        take = self._take.get(record.code)
        if take is not None:
            take(record)

    def finish(self) -> None:
        """Put what was folded into the session, in the order of time."""
        session = self._session
        for number, (_, values) in self._strokes.items():
            session.strokes.append(self._as_stroke(number, values))
        for on_ms in self._on.keys() | self._off.keys():
            session.overpressure.append(self._as_overpressure(on_ms))
        session.strokes.sort(key=lambda stroke: (stroke.t_start_s, stroke.id))
        session.overpressure.sort(key=lambda over: over.t_on_s)
        for timed in (session.cues, session.marks, session.gaps, session.faults, session.force, session.battery):
            timed.sort(key=lambda item: item.t_s)
        session.bands.sort(key=lambda band: band.t_s)
        session.seconds.sort(key=lambda second: second.t_s)
        session.steps.extend(self._as_step(record) for record in sorted(self._steps, key=lambda r: r.t_ms))
        self._totals()

    def _s(self, t_ms: int) -> float:
        return (t_ms - self._start_ms) / 1000

    def _stroke(self, record: Record) -> None:
        values = record.values
        number, revision = values["id"], values["revision"]
        self._reported[number] = min(record.t_ms, self._reported.get(number, record.t_ms))
        if number not in self._strokes or revision >= self._strokes[number][0]:
            self._strokes[number] = (revision, values)

    def _as_stroke(self, number: int, values: dict[str, Any]) -> Stroke:
        return Stroke(
            id=number,
            t_start_s=self._s(values["start_ms"]),
            t_end_s=self._s(values["end_ms"]),
            t_report_s=self._s(self._reported[number]),
            dir=values["dir"],
            kind=_name(KIND_NAMES, values, "kind"),
            length_cm=values["length_um"] / 10000,
            mean_n=values["mean_mn"] / 1000,
            peak_n=values["peak_mn"] / 1000,
            peak_cm_s=values["peak_um_s"] / 10000,
            quality=values["quality"],
            doubt=_name(DOUBT_NAMES, values, "doubt") if "doubt" in values else "",
        )

    def _over_on(self, record: Record) -> None:
        self._on[record.t_ms] = record.values

    def _over_off(self, record: Record) -> None:
        self._off[record.values["on_ms"]] = (record.t_ms, record.values)

    def _over_told(self, record: Record) -> None:
        self._told[record.values["on_ms"]] = record.t_ms

    def _over_again(self, record: Record) -> None:
        values = record.values
        if values["ceiling"]:
            self._ceilings.add(values["on_ms"])
        if values["cross_ms"] > values["on_ms"]:  # else it is the same over-pressure, which has reached the ceiling
            self._again.setdefault(values["on_ms"], set()).add(values["cross_ms"])

    def _as_overpressure(self, on_ms: int) -> Overpressure:
        """Join the two ends; where one is lost, the alarm begins or ends with what is known."""
        on = self._on.get(on_ms, {"cross_ms": on_ms, "force_mn": 0, "ceiling": 0})
        off_ms, off = self._off.get(on_ms, (self._last_ms, {"peak_mn": on["force_mn"], "impulse_mns": 0}))
        told_ms = self._told.get(on_ms)
        return Overpressure(
            t_cross_s=self._s(on["cross_ms"]),
            t_on_s=self._s(on_ms),
            t_off_s=self._s(off_ms),
            peak_n=max(off["peak_mn"], on["force_mn"]) / 1000,
            impulse_ns=off["impulse_mns"] / 1000,
            ceiling=bool(on["ceiling"]) or on_ms in self._ceilings,
            t_told_s=None if told_ms is None else self._s(told_ms),
            t_again_s=tuple(self._s(cross_ms) for cross_ms in sorted(self._again.get(on_ms, ()))),
        )

    def _session_stop(self, record: Record) -> None:
        self._stop = record.values

    def _summary(self, record: Record) -> None:
        for i in range(10):
            force_mn = record.values[f"p{i}"]
            middle_ms = record.t_ms - 950 + 100 * i
            self._session.force.append(
                ForcePoint(self._s(middle_ms), None if force_mn == FORCE_UNKNOWN else force_mn / 1000)
            )

        mean_mn = record.values.get("mean_mn", FORCE_UNKNOWN)
        second = Second(
            t_s=self._s(record.t_ms),
            speed_cm_s=record.values["speed_um_s"] / 10000,
            mean_n=None if mean_mn == FORCE_UNKNOWN else mean_mn / 1000,
            quality=record.values.get("quality"),
        )
        self._session.seconds.append(second)

    def _cue(self, record: Record) -> None:
        played = record.code == events.CUE
        cue = Cue(self._s(record.t_ms), _name(CUE_NAMES, record, "cue"), record.values["level"], played)
        self._session.cues.append(cue)

    def _band(self, record: Record) -> None:
        band = Band(self._s(record.t_ms), _name(BAND_NAMES, record, "band"), record.values["force_mn"] / 1000)
        self._session.bands.append(band)

    def _step(self, record: Record) -> None:
        if len(self._steps) < _MOST_STEPS:
            self._steps.append(record)

    def _as_step(self, record: Record) -> Step:
        values = record.values
        return Step(
            t_s=self._s(record.t_ms),
            step=values["step"],
            name=_step_name(self._session.routine, values["step"]),
            side=_name(SIDE_NAMES, values, "side"),
            band_low_n=values["band_low_mn"] / 1000,
            over_limit_n=values["over_limit_mn"] / 1000,
        )

    def _gap(self, record: Record) -> None:
        lost_ms = record.values["lost_ms"]  # before the record
        self._session.gaps.append(Gap(self._s(record.t_ms - lost_ms), lost_ms / 1000))

    def _dropout(self, record: Record) -> None:
        since_ms = min(record.values["since_ms"], record.t_ms)
        self._session.gaps.append(Gap(self._s(since_ms), (record.t_ms - since_ms) / 1000))

    def _battery(self, record: Record) -> None:
        values = record.values
        self._session.battery.append(Battery(self._s(record.t_ms), values["mv"], values["percent_x10"] / 10))

    def _clock(self, record: Record) -> None:
        since_start = timedelta(milliseconds=record.t_ms - self._start_ms - record.values["unix_ms"])
        started = datetime.fromtimestamp(record.values["unix_s"], UTC) - since_start
        self._session.started_utc = started.isoformat(timespec="milliseconds")

    def _device(self, record: Record) -> None:
        info = _json(record)
        self._session.device = _plain(info.get("device", ""))
        self._session.firmware = _plain(info.get("firmware", ""))
        clock = info.get("clock")
        self._session.clock = clock if isinstance(clock, dict) else {}

    def _settings(self, record: Record) -> None:
        self._session.settings = _json(record)

    def _calibration(self, record: Record) -> None:
        self._session.calibrated = _json(record).get("calibrated") is True

    def _routine(self, record: Record) -> None:
        self._session.routine = _json(record)

    def _totals(self) -> None:
        session = self._session
        if self._stop is not None:
            session.duration_s = self._stop["duration_ms"] / 1000
            session.contact_s = self._stop["contact_ms"] / 1000
            session.in_band_s = self._stop["in_band_ms"] / 1000
            session.over_s = self._stop["over_ms"] / 1000
            return
        # The end of the session is missing: what the tenths of a second say is the best there is.
        session.duration_s = self._s(self._last_ms)
        low = _number(session.settings.get("band_low_n"), _CONTACT_N)
        high = _number(session.settings.get("over_limit_n"), float("inf"))
        limits = [(float("-inf"), low, high), *((s.t_s, s.band_low_n, s.over_limit_n) for s in session.steps)]
        contact = inside = over = at = 0
        for point in session.force:
            while at + 1 < len(limits) and limits[at + 1][0] <= point.t_s:
                at += 1
            if point.force_n is not None:
                contact += point.force_n > _CONTACT_N
                inside += limits[at][1] <= point.force_n <= limits[at][2]
                over += point.force_n > limits[at][2]
        session.contact_s, session.in_band_s, session.over_s = (round(n / 10, 1) for n in (contact, inside, over))


def _name(names: tuple[str, ...], source: Record | dict[str, Any], key: str) -> str:
    number = (source.values if isinstance(source, Record) else source)[key]
    return names[number] if 0 <= number < len(names) else f"{key} {number}"


def _step_name(routine: dict[str, Any], number: int) -> str:
    """Return what the routine calls its step, its number where it does not say."""
    steps = routine.get("steps")
    step = steps[number - 1] if isinstance(steps, list) and 1 <= number <= len(steps) else None
    name = _plain(step.get("name", "")) if isinstance(step, dict) else ""
    return name or (f"step {number}" if number else "")


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _plain(value: Any) -> str:
    """Return text from the board as one short line that is safe to print."""
    return "".join(c for c in str(value) if c.isprintable())[:_TEXT_LIMIT]


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not abs(value) < _MOST_NUMBER:
        _refuse(text[:_TEXT_LIMIT])
    return value


def _whole(text: str) -> int:
    return int(text) if len(text) < 16 else int(_finite(text))


def _json(record: Record) -> dict[str, Any]:
    text = record.values["text"]
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_whole)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
