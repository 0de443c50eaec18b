# SPDX-License-Identifier: MIT
"""When a session began, and how far that may be off: its log holds what the board's clock showed, and how it was set.

The clock was right at the contact before the session, to `error_ms`. Where the contact after it is known
(`NAME.clock.json`, which `roller pull` puts beside the session), what the clock was off by then is shared out evenly
over the time between the two. Else the clock ran on as it usually does. Away from the nearer contact the uncertainty
grows by that of the drift; up to an hour of it may have passed awake, when the clock does not drift as it does asleep.
The file of the session stays as the board wrote it.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .clock_history import IMPLAUSIBLE_PPM, Contact, contact_of, is_count
from .session import Session

_AWAKE_MS = 3_600_000


def judge(session: Session) -> None:
    """Put right when the session began, and say how far that may be off; None where the log cannot tell."""
    told = _told(session.clock)
    if session.started_utc is None or told is None:
        return
    set_ms, error_ms, drift_ppm, drift_error_ppm = told
    shown = datetime.fromisoformat(session.started_utc)
    since_ms = shown.timestamp() * 1000 - set_ms
    if since_ms < 0:
        return  # somebody else has set the clock since
    offset_ms, nearest_ms, rate_ppm = since_ms * drift_ppm / 1e6, since_ms, float(drift_ppm)
    after = _next_contact(session.path)
    if after is not None and after.offset_ms is not None:
        until_ms = after.unix_ms + after.offset_ms - shown.timestamp() * 1000
        if until_ms < 0 or not after.may_drift_in(since_ms + until_ms):
            return
        rate_ppm = after.offset_ms * 1e6 / max(1.0, since_ms + until_ms)
        offset_ms, nearest_ms = since_ms * rate_ppm / 1e6, min(since_ms, until_ms)
        error_ms = max(error_ms, after.error_ms)
    session.started_utc = (shown - timedelta(milliseconds=offset_ms)).isoformat(timespec="milliseconds")
    drifted_ms = (nearest_ms * drift_error_ppm + min(nearest_ms, _AWAKE_MS) * abs(rate_ppm)) / 1e6
    session.started_uncertainty_s = round((drifted_ms + error_ms) / 1000, 3)


def _told(clock: dict[str, Any]) -> tuple[int, int, int, int] | None:
    """Return set_ms, error_ms, drift_ppm and drift_error_ppm as the log has them; None where one makes no sense."""
    set_ms, error_ms, drift_ppm, error_ppm = map(clock.get, ("set_ms", "error_ms", "drift_ppm", "drift_error_ppm"))
    if not (is_count(set_ms) and is_count(error_ms) and is_count(error_ppm) and type(drift_ppm) is int):
        return None
    if abs(drift_ppm) > IMPLAUSIBLE_PPM or error_ppm > 2 * IMPLAUSIBLE_PPM:
        return None
    return set_ms, error_ms, drift_ppm, error_ppm


def contact_path(session: Path) -> Path:
    """Return where the contact after a session is kept."""
    return session.with_suffix(".clock.json")


def _next_contact(path: Path) -> Contact | None:
    """Return the contact after a session; None where it is not known: a damaged file tells no more than none."""
    try:
        return contact_of(json.loads(contact_path(path).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
