# SPDX-License-Identifier: MIT
"""A small ideal roller for tests: a planned speed over a curve in any pose becomes samples of the engine.

`Plan` collects pieces of motion and force; `samples` turns them into rows `[t_ms, sample...]`. Nothing is drawn unless
noise is asked for.
"""

from array import array

import numpy as np

from rollcore.engine import Engine
from rollcore.events import new_row
from rollcore.fields import FIELDS
from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN
from rollcore.settings import Settings

GRAVITY = 9.80665
LEVER_M = 0.1
FINE_HZ = 2080.0


def _smooth(n):
    """Return a ramp from 0 to 1 with a soft start and end."""
    x = np.linspace(0.0, 1.0, max(2, n))
    return x * x * (3.0 - 2.0 * x)


class Plan:
    """Pieces of speed (cm/s) and contact force (N, NaN where unknown) on a fine grid."""

    def __init__(self):
        self.speed = np.zeros(0)
        self.force = np.zeros(0)

    @property
    def now_s(self):
        return len(self.speed) / FINE_HZ

    def _add(self, speed, force):
        self.speed = np.concatenate([self.speed, speed])
        self.force = np.concatenate([self.force, np.broadcast_to(force, len(speed))])

    def rest(self, seconds, force=0.0):
        """Hold still."""
        self._add(np.zeros(round(seconds * FINE_HZ)), force)
        return self

    def press(self, start_n, end_n, seconds=0.15):
        """Change the force while the head stands."""
        n = round(seconds * FINE_HZ)
        self._add(np.zeros(n), start_n + (end_n - start_n) * _smooth(n))
        return self

    def roll(self, length_cm, seconds, force=3.0):
        """Roll so far (negative: towards -x) with a smooth rise and fall of the speed; return [start, end] in s."""
        x = np.linspace(0.0, 1.0, round(seconds * FINE_HZ))
        shape = 30.0 * x**2 * (1.0 - x) ** 2
        start = self.now_s
        self._add(shape * length_cm / seconds, force)
        above = np.flatnonzero(shape > max(0.05 * shape.max(), 0.3 * seconds / abs(length_cm))) / FINE_HZ
        return [start + above[0], start + above[-1]]

    def cruise(self, speed_cm_s, even_s, ramp_s=0.12, force=3.0):
        """Roll at an even speed (negative: towards -x) between two ramps; return [start, end] in s."""
        ramp = _smooth(round(ramp_s * FINE_HZ))
        shape = np.concatenate([ramp, np.ones(round(even_s * FINE_HZ)), ramp[::-1]])
        start = self.now_s
        self._add(shape * speed_cm_s, force)
        above = np.flatnonzero(shape > max(0.05, 0.3 / abs(speed_cm_s))) / FINE_HZ
        return [start + above[0], start + above[-1]]


def samples(
    plan,
    rate_hz=208.0,
    curve_per_m=0.0,
    attitude=None,
    noise=0.0,
    bias_dps=(0, 0, 0),
    mass_g=150.0,
    offset_n=0.0,
    seed=1,
):
    """Return integer rows for the engine: the handle turns with the curve, the IMU sits LEVER_M behind the axle."""
    step = 1.0 / FINE_HZ
    speed = plan.speed / 100.0
    angle = np.cumsum(speed) * step * curve_per_m
    ahead = np.stack([np.cos(angle), np.zeros_like(angle), -np.sin(angle)], axis=1)
    velocity = speed[:, None] * ahead - LEVER_M * np.gradient(ahead, step, axis=0)
    room = np.eye(3) if attitude is None else np.asarray(attitude, float)
    felt = np.gradient(velocity, step, axis=0) + room.T @ np.array([0.0, 0.0, GRAVITY])
    cos, sin = np.cos(angle), np.sin(angle)
    accel = (
        np.stack([felt[:, 0] * cos - felt[:, 2] * sin, felt[:, 1], felt[:, 0] * sin + felt[:, 2] * cos], axis=1)
        / GRAVITY
    )
    turn = np.zeros_like(accel)
    turn[:, 1] = np.degrees(np.gradient(angle, step))
    pick = np.round(np.arange(0.0, len(speed) - 1, FINE_HZ / rate_hz)).astype(int)
    rng = np.random.default_rng(seed)
    accel = accel[pick] + rng.normal(0.0, 1.0, (len(pick), 3)) * noise * 75e-6 * np.sqrt(rate_hz / 2)
    turn = turn[pick] + bias_dps + rng.normal(0.0, 1.0, (len(pick), 3)) * noise * 3.8e-3 * np.sqrt(rate_hz / 2)
    force = plan.force[pick] - mass_g / 1000.0 * GRAVITY * accel[:, 2] + offset_n
    rows = np.full((len(pick), 9), MOTOR_OWN, dtype=int)
    rows[:, 0] = np.floor(np.arange(len(pick)) * 1000.0 / rate_hz)
    rows[:, 1:4] = np.clip(np.rint(accel / 122e-6), -32768, 32767)
    rows[:, 4:7] = np.clip(np.rint(turn / 35e-3), -32768, 32767)
    rows[:, 7] = np.where(np.isnan(force), FORCE_UNKNOWN, np.rint(np.nan_to_num(force) * 1000.0))
    return rows


def run(rows, rate_hz=208.0, settings=None, engine=None, each=None):
    """Step an engine through rows; return its events as dicts with `type` and `t_ms`."""
    engine = engine or Engine(settings or Settings())
    row, sample, found = new_row(), array("i", [0] * 8), []
    dt_us = round(1e6 / rate_hz)

    def drain():
        while engine.events.pop(row):
            found.append({"type": row[0], "t_ms": row[1], **dict(zip(FIELDS[row[0]], row[2:], strict=False))})

    for values in rows.tolist():
        for i in range(8):
            sample[i] = values[i + 1]
        engine.step(values[0], dt_us, sample)
        if each:
            each(values[0], engine)
        drain()
    engine.finish(int(rows[-1, 0]))
    drain()
    return found


def of_type(found, kind):
    """Return the events of one type in order."""
    return [event for event in found if event["type"] == kind]


def revised(found):
    """Return the strokes as last revised, each with the time of its first announcement as `report_ms`."""
    from rollcore.events import STROKE

    strokes = {}
    for event in of_type(found, STROKE):
        report_ms = strokes[event["id"]]["report_ms"] if event["id"] in strokes else event["t_ms"]
        strokes[event["id"]] = {**event, "report_ms": report_ms}
    return list(strokes.values())


def lifts(way=1, count=3, length_cm=6.0, seconds=0.8):
    """Return a plan of strokes one way, back through the air, and where they are: [start s, end s, way]."""
    plan, spans = Plan().rest(1.5), []
    for _ in range(count):
        plan.press(0, 3).rest(0.15, 3.0)
        spans.append([*plan.roll(way * length_cm, seconds), way])
        plan.rest(0.15, 3.0).press(3, 0).rest(0.1)
        plan.roll(-way * length_cm, 0.8, 0.0)
        plan.rest(0.3)
    return plan, spans
