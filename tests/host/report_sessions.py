# SPDX-License-Identifier: MIT
"""Builds sessions for the tests of the report: what a log would hold, without a log."""

import math
import random
from pathlib import Path

from rolltools.session import Battery, Cue, Fault, ForcePoint, Gap, Mark, Overpressure, Session, Stroke

SETTINGS = {
    "over_limit_n": 10.0,
    "over_hysteresis_n": 0.5,
    "over_hold_ms": 100,
    "ceiling_n": 25.0,
    "band_low_n": 1.0,
    "imu_to_head_mm": 100,
    "head_mass_g": 150,
    "rate_hz": 208,
    "force_sensor": "loadcell",
    "trace": "off",
}


def empty(**fields) -> Session:
    """Return a session in which nothing happened."""
    fields = {"path": Path("S0001.roll"), "name": "S0001", "calibrated": True, "settings": dict(SETTINGS)} | fields
    return Session(**fields)


def stroke(number: int = 1, start_s: float = 1.0, **fields) -> Stroke:
    """Return one stroke of half a second."""
    values = {
        "id": number,
        "t_start_s": start_s,
        "t_end_s": start_s + 0.5,
        "t_report_s": start_s + 0.62,
        "dir": 1,
        "kind": "lift",
        "length_cm": 5.0,
        "mean_n": 4.0,
        "peak_n": 6.0,
        "peak_cm_s": 14.0,
        "quality": 90,
    }
    return Stroke(**(values | fields))


def session(duration_s: float = 90.0, count: int = 70, seed: int = 7, **fields) -> Session:
    """Return a lively session: lift and knead strokes, alarms, cues, a mark, a gap, unknown force."""
    chance = random.Random(seed)
    period = duration_s / max(count, 1)
    made, alarms, cues, level = [], [], [], [0.0] * (int(duration_s * 10) + 1)
    for i in range(count):
        start = 0.1 * period + i * period
        length = 0.75 * period
        knead = (i // 8) % 2 == 1
        mean = max(0.8, chance.gauss(4.2, 1.2))
        peak = mean * chance.uniform(1.15, 1.6)
        if i % 17 == 11:
            mean, peak = 8.5, chance.uniform(11.5, 15)
        made.append(
            stroke(
                i + 1,
                round(start, 3),
                t_end_s=round(start + length, 3),
                t_report_s=round(start + length + 0.11, 3),
                dir=1 if not knead or i % 2 else -1,
                kind="knead" if knead else "lift",
                length_cm=round(max(0.6, chance.gauss(6.5, 1.6)), 2),
                mean_n=round(mean, 2),
                peak_n=round(peak, 2),
                peak_cm_s=round(max(1.0, chance.gauss(11, 3)), 2),
                quality=chance.randint(60, 100),
            )
        )
        for k in range(int(start * 10), int((start + length) * 10) + 1):
            phase = min(1.0, max(0.0, (k / 10 - start) / length))
            level[min(k, len(level) - 1)] = peak * min(1.0, 1.3 * math.sin(math.pi * phase) + 0.15)
        if peak > 10:
            crossing = start + 0.3 * length
            alarms.append(
                Overpressure(crossing, crossing + 0.104, crossing + 0.4 * length + 0.15, round(peak, 2), 0.42, False)
            )
            cues.append(Cue(crossing + 0.104, "over", 80))
    unknown = range(int(duration_s * 3), int(duration_s * 3.3))
    lost = range(int(duration_s * 7), int(duration_s * 7.2))
    points = [
        ForcePoint(
            round(k / 10 + 0.05, 2), None if k in unknown else round(max(0.0, v + chance.gauss(0, 0.08)) * 8) / 8
        )
        for k, v in enumerate(level[:-1])
        if k not in lost
    ]
    values = {
        "path": Path("S0042.roll"),
        "name": "S0042",
        "device": "c0ffee12",
        "firmware": "0.1.0",
        "session_no": 42,
        "started_utc": "2025-11-03T19:24:00Z",
        "duration_s": duration_s,
        "contact_s": 0.8 * duration_s,
        "in_band_s": 0.63 * duration_s,
        "over_s": round(sum(a.t_off_s - a.t_cross_s for a in alarms), 2),
        "strokes": made,
        "overpressure": alarms,
        "cues": cues,
        "marks": [Mark(duration_s * 0.47)],
        "gaps": [Gap(duration_s * 0.7, duration_s * 0.02)],
        "force": points,
        "battery": [Battery(0.0, 3982, 81.0), Battery(duration_s, 3960, 79.0)],
    }
    return empty(**(values | fields))


def hostile() -> Session:
    """Return a session in which every text that a board can write is an attack on the page."""
    attack = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m"
    return session(
        path=Path("x<script>.roll"),
        name=attack,
        device=attack,
        firmware=attack,
        started_utc=attack,
        state="damaged",
        damaged_pages=2,
        cues=[Cue(3.0, attack, 70)],
        faults=[Fault(4.0, attack)],
        strokes=[stroke(kind=attack)],
        settings=SETTINGS | {attack: attack},
    )
