# SPDX-License-Identifier: MIT
"""What a running roller says of itself (`firmware/live.py`, `firmware/answers.py`), checked, and what it adds up to.

A board may say anything: a value of the wrong type or beyond what a roller can feel is no value.
"""

from dataclasses import dataclass, replace
from typing import Any

from rollcore.faults import FAULT_NAMES
from rollcore.fields import BAND_NAMES, DOUBT_NAMES, STATE_NAMES

from .battery import Charge

_LAST_MS = 2**31
_MOST_MN = 1_000_000  # either way; the load cell ends at 50 N
_MOST_UM = 10_000_000
_MOST_CHARS = 40
_MOST_FAULTS = 16
_STROKES_KEPT = 50  # more than a screen has lines

# Of a row of live values, in its order, the force left out: the least and the most of each.
_RANGES = {
    0: (0, _LAST_MS),
    2: (0, len(BAND_NAMES) - 1),
    3: (0, 1),
    4: (0, 2**31),
    5: (-1, 1),
    6: (0, _MOST_UM),
    7: (0, len(DOUBT_NAMES) - 1),
    8: (0, 1),
}


@dataclass(frozen=True)
class LiveStroke:
    """A stroke as last revised; `t_s` is when it was first told of, `dir` 1 away from the hand, -1 toward it."""

    id: int
    dir: int
    length_cm: float
    doubt: str
    t_s: float


@dataclass(frozen=True)
class Felt:
    """What is felt at `t_s` of the board's clock; `force_n` is None where it is not known, `stroke` is the newest."""

    t_s: float
    force_n: float | None
    band: str
    contact: bool
    in_session: bool
    stroke: LiveStroke | None


@dataclass(frozen=True)
class Limits:
    """Where in band, firm and over begin, and the ceiling: those in force now, in N, in this order."""

    band_low_n: float
    band_firm_n: float
    over_limit_n: float
    ceiling_n: float


@dataclass(frozen=True)
class Status:
    """How the board is; None or "" for what it did not say, or not as it should. `faults` are names.

    `about`: newtons are about right only.
    """

    t_s: float | None
    board: str
    device: str
    firmware: str
    state: str
    about: bool
    limits: Limits | None
    charge: Charge | None
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Marked:
    """The answer to the wish for a mark: False without a session."""

    done: bool


Said = Felt | Status | Marked


def understood(said: dict[str, Any]) -> Said | None:
    """Return what one JSON object of the app says, None for any other object."""
    if "live" in said:
        return _felt(said["live"])
    if isinstance(said.get("status"), dict):
        return _status(said["status"])
    if isinstance(said.get("mark"), bool):
        return Marked(said["mark"])
    return None


def _felt(row: Any) -> Felt | None:
    if not isinstance(row, list) or len(row) <= max(_RANGES):
        return None
    for place, (least, most) in _RANGES.items():
        if _whole(row[place], least, most) is None:
            return None
    force_mn = _whole(row[1], -_MOST_MN, _MOST_MN)
    if force_mn is None and row[1] is not None:
        return None
    t_ms, _, band, contact, number, way, length_um, doubt, in_session = row[:9]
    stroke = LiveStroke(number, way, round(length_um / 10000, 1), DOUBT_NAMES[doubt], t_ms / 1000)
    return Felt(
        t_ms / 1000,
        None if force_mn is None else force_mn / 1000,
        BAND_NAMES[band],
        contact == 1,
        in_session == 1,
        stroke if number and way else None,
    )


def _status(said: dict[str, Any]) -> Status:
    t_ms, state = _whole(said.get("t_ms"), 0, _LAST_MS), _whole(said.get("state"), 0, len(STATE_NAMES) - 1)
    return Status(
        None if t_ms is None else t_ms / 1000,
        _text(said.get("board")),
        _text(said.get("device")),
        _text(said.get("firmware")),
        "" if state is None else STATE_NAMES[state],
        said.get("about") is not False,
        _limits(said.get("limits_mn")),
        _charge(said),
        _faults(said),
    )


def _limits(edges_mn: Any) -> Limits | None:
    if not isinstance(edges_mn, list) or len(edges_mn) != 4:
        return None
    known = [mn for mn in edges_mn if _whole(mn, 1, _MOST_MN)]
    if len(known) < 4 or known != sorted(known):
        return None
    return Limits(*(mn / 1000 for mn in known))


def _charge(said: dict[str, Any]) -> Charge | None:
    mv, percent_x10 = _whole(said.get("battery_mv"), 0, 10000), _whole(said.get("percent_x10"), 0, 2000)
    if mv is None or percent_x10 is None:
        return None
    rate_x10 = _whole(said.get("rate_x10"), -10000, 10000)
    return Charge(mv / 1000, percent_x10 / 10, None if rate_x10 is None else rate_x10 / 10)


def _faults(said: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of what is wrong; what the engine found about the force has a number of its own."""
    given = said.get("faults")
    names = [_text(name) for name in given[:_MOST_FAULTS]] if isinstance(given, list) else []
    number = _whole(said.get("force_fault"), 1, len(FAULT_NAMES) - 1)
    if number is not None:
        names.append(FAULT_NAMES[number])
    return tuple(sorted({name for name in names if name}))


def _whole(value: Any, least: int, most: int) -> int | None:
    return value if type(value) is int and least <= value <= most else None


def _text(value: Any) -> str:
    return value[:_MOST_CHARS] if isinstance(value, str) else ""


@dataclass(frozen=True)
class Seen:
    """All that was said since the start: `strokes` the newest first, each once, however often it was revised.

    `whole_session`: the session of now began after the start, so that `session_strokes` are all of it.
    """

    felt: Felt | None = None
    status: Status | None = None
    mark: tuple[float, bool] | None = None  # when (s of the board's clock), and whether it was taken
    strokes: tuple[LiveStroke, ...] = ()
    live_strokes: int = 0
    session_strokes: int = 0
    whole_session: bool = False

    def after(self, said: Said) -> "Seen":
        """Return what is known after the board has said `said`."""
        if isinstance(said, Status):
            return replace(self, status=said)
        if isinstance(said, Marked):
            return replace(self, mark=(self.felt.t_s if self.felt else 0.0, said.done))
        return self._begun_anew(said)._with_stroke(said.stroke)

    def _begun_anew(self, felt: Felt) -> "Seen":
        """Take what is felt; a session that has just begun has no strokes, a board that has just begun no old ones."""
        seen = replace(self, felt=felt)
        if self.felt and felt.t_s < self.felt.t_s:
            seen = replace(seen, strokes=(), mark=None)
        if self.felt and felt.in_session and not self.felt.in_session:
            seen = replace(seen, session_strokes=0, whole_session=True)
        return seen

    def _with_stroke(self, stroke: LiveStroke | None) -> "Seen":
        if stroke is None:
            return self
        known = {old.id: old for old in self.strokes}
        if stroke.id in known:
            known[stroke.id] = replace(stroke, t_s=known[stroke.id].t_s)
            return replace(self, strokes=tuple(known.values()))
        if self.strokes and stroke.id < self.strokes[0].id:
            return self  # a late word on one that is not kept any more
        return replace(
            self,
            strokes=(stroke, *self.strokes)[:_STROKES_KEPT],
            live_strokes=self.live_strokes + 1,
            session_strokes=self.session_strokes + 1,
        )
