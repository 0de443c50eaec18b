# SPDX-License-Identifier: MIT
"""Composes the answer of a replay from the engine's event rows: units for people, strokes as last revised."""

from typing import Any

from rollcore import events
from rollcore.fields import CUE_NAMES, DOUBT_NAMES, FIELDS, KIND_NAMES, SIDE_NAMES

Row = tuple[int, ...]


def _fields(row: Row) -> dict[str, int]:
    return dict(zip(FIELDS[row[0]], row[2:], strict=False))


class _Answer:
    """Collects rows in the order in which the engine gave them. Times become seconds on the clock of the input."""

    def __init__(self, first_s: float, last_s: float) -> None:
        self.first_s = first_s
        self.last_s = last_s
        self.strokes: dict[tuple[int, int], dict[str, Any]] = {}
        self.over: list[dict[str, Any]] = []
        self.cues: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self.totals = {"contact_ms": 0, "in_band_ms": 0, "over_ms": 0}
        self._session = 0

    def seconds(self, ms: int) -> float:
        return round(self.first_s + ms / 1000.0, 4)

    def add(self, row: Row) -> None:
        handler = _HANDLERS.get(row[0])
        if handler is not None:
            handler(self, row[1], _fields(row))

    def _stroke(self, t_ms: int, f: dict[str, int]) -> None:
        # the engine counts strokes anew in every session
        key = (self._session, f["id"])
        before = self.strokes.get(key)
        self.strokes[key] = {
            "id": before["id"] if before else len(self.strokes) + 1,
            "t_start": self.seconds(f["start_ms"]),
            "t_end": self.seconds(f["end_ms"]),
            "t_report": before["t_report"] if before else self.seconds(t_ms),
            "dir": f["dir"],
            "kind": KIND_NAMES[f["kind"]],
            "length_cm": round(f["length_um"] / 10000.0, 3),
            "mean_n": round(f["mean_mn"] / 1000.0, 3),
            "peak_n": round(f["peak_mn"] / 1000.0, 3),
            "quality": f["quality"],
            "doubt": DOUBT_NAMES[f["doubt"]],
        }

    def _over_on(self, t_ms: int, f: dict[str, int]) -> None:
        peak_n = round(f["force_mn"] / 1000.0, 3)
        self.over.append({"t_on": self.seconds(t_ms), "t_off": self.last_s, "peak_n": peak_n})

    def _over_again(self, t_ms: int, f: dict[str, int]) -> None:
        """Begin the next over-pressure of an alarm that never went off: the one before it ends where it begins."""
        if f["cross_ms"] > f["on_ms"]:
            if self.over:
                self.over[-1]["t_off"] = self.seconds(t_ms)
            self._over_on(t_ms, f)

    def _over_off(self, t_ms: int, f: dict[str, int]) -> None:
        t_on = self.seconds(f["on_ms"])
        for alarm in self.over:
            if alarm["t_on"] >= t_on:
                alarm["peak_n"] = round(f["peak_mn"] / 1000.0, 3)
        if self.over:
            self.over[-1]["t_off"] = self.seconds(t_ms)

    def _cue(self, t_ms: int, f: dict[str, int]) -> None:
        self.cues.append({"t": self.seconds(t_ms), "cue": CUE_NAMES[f["cue"]], "level": f["level"]})

    def _silent(self, t_ms: int, f: dict[str, int]) -> None:
        self._cue(t_ms, f)
        self.cues[-1]["played"] = False

    def _step(self, t_ms: int, f: dict[str, int]) -> None:
        self.steps.append({"t": self.seconds(t_ms), "step": f["step"], "side": SIDE_NAMES[f["side"]]})

    def _session_start(self, _t_ms: int, _f: dict[str, int]) -> None:
        self._session += 1

    def _session_stop(self, _t_ms: int, f: dict[str, int]) -> None:
        for name in self.totals:
            self.totals[name] += f[name]

    def session(self) -> dict[str, Any]:
        strokes = self.strokes.values()
        return {
            "duration_s": round(self.last_s - self.first_s, 3),
            "contact_s": self.totals["contact_ms"] / 1000.0,
            "strokes": len(strokes),
            "lift": sum(stroke["kind"] == "lift" for stroke in strokes),
            "knead": sum(stroke["kind"] == "knead" for stroke in strokes),
            "plus": sum(stroke["dir"] > 0 for stroke in strokes),
            "minus": sum(stroke["dir"] < 0 for stroke in strokes),
            "in_band_s": self.totals["in_band_ms"] / 1000.0,
            "over_s": self.totals["over_ms"] / 1000.0,
            "cues": len(self.cues),
        }


_HANDLERS = {
    events.STROKE: _Answer._stroke,
    events.OVER_ON: _Answer._over_on,
    events.OVER_OFF: _Answer._over_off,
    events.OVER_AGAIN: _Answer._over_again,
    events.CUE: _Answer._cue,
    events.CUE_SILENT: _Answer._silent,
    events.STEP: _Answer._step,
    events.SESSION_START: _Answer._session_start,
    events.SESSION_STOP: _Answer._session_stop,
}


def compose(rows: list[Row], first_s: float, last_s: float) -> dict[str, Any]:
    """Return the answer of `roller replay` for the engine's rows; `first_s` and `last_s` bound the input."""
    answer = _Answer(first_s, last_s)
    for row in rows:
        answer.add(row)
    strokes = sorted(answer.strokes.values(), key=lambda stroke: stroke["id"])
    found = {"strokes": strokes, "overpressure": answer.over, "cues": answer.cues, "session": answer.session()}
    return found | ({"steps": answer.steps} if answer.steps else {})
