# SPDX-License-Identifier: MIT
"""The contacts of a board's clock with hosts, and what they say of it: how fast it runs, and how surely.

A board keeps the last ones in a file; whatever comes from there is checked before it is believed.
"""

import math
from dataclasses import asdict, dataclass, fields
from statistics import fmean, stdev
from typing import Any, TypeGuard

WORST_PPM = 3333  # 12 s an hour: an ESP32 in deep sleep is off by 9 to 11
IMPLAUSIBLE_PPM = 2 * WORST_PPM  # nobody drifts so much: somebody else has set the clock
KEPT = 8  # contacts on a board
_SHORTEST_S = 3600  # of an interval that tells of the drift: below, the error of the measurement does
_LARGEST = 1 << 53
# Student's t, two-sided 95 %, by the number of drifts: so few say little of how far the next one may lie.
_T95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36}


@dataclass(frozen=True)
class Contact:
    """One contact: when it was, and how the board's clock stood then, ahead of the host's (negative: behind).

    `offset_ms` is None where the clock was not set, `since_s` (the time since the contact before) at the first one.
    `error_ms` bounds the measurement, and so how well the clock is set since.
    """

    unix_ms: int
    offset_ms: int | None
    since_s: int | None
    error_ms: int

    @property
    def drift_ppm(self) -> float | None:
        """Return how fast the clock ran since the contact before; None where nobody can tell."""
        if not self.since_s or not self.may_drift_in(self.since_s * 1000):
            return None
        return (self.offset_ms or 0) * 1000 / self.since_s

    def may_drift_in(self, ms: float) -> bool:
        """Tell whether a clock can be off so much by itself after `ms`; False where nobody knows how much it was."""
        return self.offset_ms is not None and abs(self.offset_ms) <= ms * IMPLAUSIBLE_PPM / 1e6 + self.error_ms


def drift(contacts: list[Contact]) -> tuple[float, float]:
    """Return the usual drift of a clock with up to `KEPT` contacts, and its uncertainty (95 %), in ppm.

    With fewer than two measured drifts that is 0 and the worst there is.

    The clock runs otherwise asleep than awake, so that the drifts of different days differ by more than their errors:
    the uncertainty is that of the next one (a prediction interval).
    """
    ppm, measured_ppm = [], 0.0
    for contact in contacts:
        drift_ppm, since_s = contact.drift_ppm, contact.since_s or 0
        if drift_ppm is not None and since_s >= _SHORTEST_S:
            ppm.append(drift_ppm)
            measured_ppm = max(measured_ppm, 2000 * contact.error_ms / since_s)  # both of its ends were measured
    if len(ppm) < 2:
        return 0.0, float(WORST_PPM)
    spread_ppm = _T95[len(ppm)] * stdev(ppm) * math.sqrt(1 + 1 / len(ppm))
    mean_ppm = fmean(ppm)
    return mean_ppm, min(spread_ppm + measured_ppm, WORST_PPM + abs(mean_ppm))


def board_file(contacts: list[Contact]) -> dict[str, Any]:
    """Return what a board keeps of up to `KEPT` contacts: all for the next host, what they say for its sessions."""
    ppm, error_ppm = drift(contacts)
    last = contacts[-1]
    session = {
        "set_ms": last.unix_ms,
        "error_ms": last.error_ms,
        "drift_ppm": round(ppm),
        "drift_error_ppm": math.ceil(error_ppm),
    }
    return {"session": session, "contacts": [asdict(contact) for contact in contacts]}


def kept(given: Any, now_ms: float) -> list[Contact]:
    """Return the contacts in a board's file, oldest first; none where it is missing or makes no sense.

    Those from the future are left out: the clock of that host was wrong.
    """
    rows = given.get("contacts") if isinstance(given, dict) else None
    if not isinstance(rows, list) or len(rows) > KEPT:
        return []
    found = [contact_of(row) for row in rows]
    contacts = [contact for contact in found if contact and contact.unix_ms <= now_ms]
    return sorted(contacts, key=lambda contact: contact.unix_ms)


def contact_of(given: Any) -> Contact | None:
    """Return the contact that plain data holds, None where it is none."""
    if not isinstance(given, dict):
        return None
    unix_ms, offset_ms, since_s, error_ms = (given.get(field.name) for field in fields(Contact))
    if not (is_count(unix_ms) and is_count(error_ms) and (since_s is None or is_count(since_s))):
        return None
    if offset_ms is not None and not (type(offset_ms) is int and abs(offset_ms) < _LARGEST):
        return None
    return Contact(unix_ms, offset_ms, since_s, error_ms)


def is_count(value: Any) -> TypeGuard[int]:
    """Tell whether a value is a whole number of a size that a time can have, and no bool."""
    return type(value) is int and 0 <= value < _LARGEST
