# SPDX-License-Identifier: MIT
"""What the report says in words: the headline, the tiles with the main figures, and what is wrong with the file."""

from dataclasses import dataclass

from ..session import TRUNCATED, Session
from .figures import Figures, Spread
from .scale import plain
from .words import count, duration, milliseconds, newtons, percent


@dataclass(frozen=True)
class Tile:
    """One main figure: what it is, its value, and a line that explains it; `tone` is '', 'good' or 'bad'."""

    label: str
    value: str
    detail: str
    tone: str = ""


def headline(session: Session, figures: Figures) -> str:
    """Return the session in one sentence."""
    if not figures.strokes and session.duration_s <= 0:
        return "Nothing was recorded in this session."
    if not figures.strokes:
        start = f"{duration(session.duration_s)} without a stroke"
    else:
        start = f"{count(figures.strokes, 'stroke')} in {duration(session.duration_s)}"
    return f"{start}, {_band_words(session, figures)}{_pressure_words(figures)}."


def _band_words(session: Session, figures: Figures) -> str:
    if not figures.strokes or session.contact_s <= 0:
        return ""
    return f"{percent(session.in_band_s, session.contact_s)} of the contact inside the band, "


def _pressure_words(figures: Figures) -> str:
    if figures.peak_n is None:
        return "the force was never known"
    if figures.alarms == 0:
        return "never pressed too hard"
    return {1: "pressed too hard once", 2: "pressed too hard twice"}.get(
        figures.alarms, f"pressed too hard {figures.alarms} times"
    )


def tiles(session: Session, figures: Figures) -> list[Tile]:
    """Return the main figures in the order in which they matter."""
    return [
        Tile("Duration", duration(session.duration_s), f"{duration(session.contact_s)} in contact"),
        _strokes(figures),
        _force(figures),
        _band(session, figures),
        _pressure(session, figures),
        _alarm(figures),
    ]


def _strokes(figures: Figures) -> Tile:
    detail = f"{figures.push} push, {figures.pull} pull · {figures.lift} lift, {figures.knead} knead"
    return Tile("Strokes", str(figures.strokes), detail)


def _force(figures: Figures) -> Tile:
    if figures.mean_n is None:
        value = "–"
    else:
        value = newtons(figures.mean_n, figures.about)
    peak = "no force known" if figures.peak_n is None else f"peak {newtons(figures.peak_n, figures.about)}"
    return Tile("Mean force of a stroke", value, peak)


def _band(session: Session, figures: Figures) -> Tile:
    about = "about " if figures.about else ""
    if session.steps:
        edges = ", of each step its own"
    elif figures.band_n is None:
        edges = ""
    else:
        edges = f", {about}{plain(figures.band_n[0])} to {plain(figures.band_n[1])} N"
    share = percent(session.in_band_s, session.contact_s)
    return Tile("In the band", share, f"{duration(session.in_band_s)} of the contact{edges}")


def _pressure(session: Session, figures: Figures) -> Tile:
    if figures.peak_n is None:
        return Tile("Over-pressure", "–", "no force known")
    about = "about " if figures.about else ""
    if session.steps:
        limit = " above the limit of the step"
    else:
        limit = "" if figures.limit_n is None else f" above {about}{plain(figures.limit_n)} N"
    if not figures.alarms:
        return Tile("Over-pressure", "none", f"{duration(session.over_s)}{limit}", "good")
    ceiling = f", {figures.ceiling_alarms} at the ceiling" if figures.ceiling_alarms else ""
    return Tile("Over-pressure", count(figures.alarms, "alarm"), f"{duration(session.over_s)}{limit}{ceiling}", "bad")


def _alarm(figures: Figures) -> Tile:
    delay, back = figures.alarm_delay_s, figures.back_under_s
    if delay is None or back is None:
        return Tile("Alarm delay", "–", "no alarm in this session")
    detail = f"from crossing to alarm, {_worst(delay)}; back under after {milliseconds(back.median)}"
    return Tile("Alarm delay", milliseconds(delay.median), detail)


def _worst(delay: Spread) -> str:
    if delay.number == 1:
        return "once"
    return f"median of {delay.number}, p99 {milliseconds(delay.p99)}"


def _why_silent(session: Session) -> str:
    if session.settings.get("cues") == "off":
        return "cues were off"
    if any(fault.code == "low_battery" for fault in session.faults):
        return "the battery was too low for the motor"
    return "the motor had run long enough"


def warnings(session: Session, figures: Figures) -> list[str]:
    """Return what the reader has to know before trusting the figures."""
    found = []
    if session.state == TRUNCATED:
        found.append("The end of this session is missing: the power went away. What was saved before is complete.")
    if session.sealed is False:
        found.append("The bytes of this file are not what the board has sealed: read every figure with care.")
    if session.damaged_pages:
        pages = count(session.damaged_pages, "page")
        found.append(f"This file is damaged: {pages} could not be read. The figures count only what could be read.")
    if session.skipped_records:
        found.append(f"{count(session.skipped_records, 'record')} of a newer firmware could not be understood.")
    if figures.lost_s > 0:
        found.append(f"Nothing was recorded for {duration(figures.lost_s)}: crossed out below, and in no figure.")
    if figures.unknown_s > 0:
        found.append(f"The force was unknown for {duration(figures.unknown_s)}: hatched below, and in no figure.")
    if session.faults:
        codes = ", ".join(sorted({f.code for f in session.faults})[:8])
        found.append(f"The board reported {count(len(session.faults), 'fault')}: {codes}.")
    silent = sum(not cue.played for cue in session.cues)
    if silent:
        found.append(f"{count(silent, 'cue')} stayed silent: {_why_silent(session)}.")
    if session.settings.get("force_sensor") == "fsr":
        found.append("This sensor tells light from firm, not newtons: read every force as a rough guide.")
    elif figures.about:
        found.append("The force sensor was not calibrated: read every force as “about”.")
    return found
