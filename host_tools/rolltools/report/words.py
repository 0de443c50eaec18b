# SPDX-License-Identifier: MIT
"""Numbers as people read them: durations, newtons that say whether they are calibrated, counts with their noun."""

from datetime import UTC, datetime

_NB = "\u00a0"  # a number and its unit stay on one line


def clock(seconds: float) -> str:
    """Return a time within the session as m:ss, or h:mm:ss from one hour on."""
    whole = max(0, int(seconds))
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def clock_tenths(seconds: float) -> str:
    """Return a time within the session as m:ss.t, for events that are shorter than a second."""
    tenths = max(0, round(seconds * 10))
    return f"{clock(tenths // 10)}.{tenths % 10}"


def duration(seconds: float) -> str:
    """Return a length of time as `8.4 s`, `12 min 4 s` or `1 h 5 min`."""
    if seconds < 59.95:
        return f"{max(0.0, seconds):.1f}{_NB}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}{_NB}min" + (f" {whole % 60}{_NB}s" if whole % 60 else "")
    minutes = whole // 60 % 60
    return f"{whole // 3600}{_NB}h" + (f" {minutes}{_NB}min" if minutes else "")


def step(seconds: float) -> str:
    """Return the length of a division: `0.1 s`, `30 s`, `5 min`."""
    if seconds >= 60 and seconds % 60 == 0:
        return f"{seconds / 60:.0f}{_NB}min"
    return f"{round(seconds, 2):g}{_NB}s"


def moment(utc: str | None) -> str:
    """Return a time in ISO 8601 as people write it; a roller whose clock was never set has none."""
    if not utc:
        return "no clock was set"
    try:
        when = datetime.fromisoformat(utc)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return utc
    return when.strftime("%Y-%m-%d %H:%M UTC")


def moment_within(utc: str | None, uncertainty_s: float | None) -> str:
    """Return a time with how far it may be off; a log that says nothing of its clock leaves that open."""
    if not utc:
        return moment(utc)
    spread = "unknown how exactly" if uncertainty_s is None else f"± {milliseconds(uncertainty_s)}"
    return f"{moment(utc)}, {spread}"


def milliseconds(seconds: float) -> str:
    """Return a short delay in whole ms below one second, in seconds above."""
    return f"{seconds * 1000:.0f}{_NB}ms" if seconds < 0.9995 else duration(seconds)


def newtons(force_n: float, about: bool) -> str:
    """Return a force as `4.2 N`; `about 4.2 N` when nobody calibrated the sensor or it cannot measure newtons."""
    return f"about{_NB}{force_n:.1f}{_NB}N" if about else f"{force_n:.1f}{_NB}N"


def percent(part: float, whole: float) -> str:
    """Return `part` of `whole` in percent, a dash when there is no whole."""
    return f"{100 * part / whole:.0f}{_NB}%" if whole > 0 else "–"


def count(number: int, noun: str) -> str:
    """Return `1 stroke`, `7 strokes`, `no strokes`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"
