# SPDX-License-Identifier: MIT
"""The roller's own vibration motor: what it does to the handle, and when it runs."""

from dataclasses import dataclass

import numpy as np

from .body import Truth
from .profile import Array, Rng, wander


@dataclass(frozen=True)
class Motor:
    """A vibration motor: its tone in Hz, its strength on the handle in g and deg/s, and how fast it starts.

    `raw`: the IMU's filter lets the tone through, so that sampling folds it down to anywhere.
    """

    tone_hz: float
    strength_g: float
    strength_dps: float
    start_s: float
    unsteady_hz: float
    raw: bool = False


LRA = Motor(175.0, 0.25, 2.0, 0.02, 0.3)
ERM = Motor(150.0, 1.8, 70.0, 0.07, 12.0, raw=True)  # as measured: 1.66 g and 72-101 deg/s beside an unfiltered IMU


def vibration(motor: Motor, on: np.ndarray, fine_hz: float, rng: Rng) -> tuple[Array, Array]:
    """Return the motor's acceleration (g) and rate (deg/s), n x 3, where `on` says on the fine grid when it runs."""
    count = len(on)
    pace = np.exp(-1.0 / (motor.start_s * fine_hz))
    since = np.arange(count) - np.maximum.accumulate(np.where(np.diff(on, prepend=False), np.arange(count), 0))
    strength = _spin_up(on, since, pace)
    tone = motor.tone_hz * rng.uniform(0.95, 1.05) + wander(rng, count, 1.0 / fine_hz, 2.0, motor.unsteady_hz)
    phase = 2 * np.pi * np.cumsum(tone) / fine_hz
    ways = rng.dirichlet(np.ones(3) * 2.0, 2) ** 0.5
    phases = rng.uniform(0.0, 2 * np.pi, (2, 3))
    wave = np.sqrt(2.0) * strength[:, None]
    accel = wave * np.sin(phase[:, None] + phases[0]) * ways[0] * motor.strength_g
    gyro = wave * np.sin(phase[:, None] + phases[1]) * ways[1] * motor.strength_dps
    return accel, gyro


def _spin_up(on: np.ndarray, since: np.ndarray, pace: float) -> Array:
    """Return the motor's strength 0..1, up while `on`, else down; `since`: steps after the last switch."""
    level, strength = 0.0, np.zeros(len(on))
    starts = np.flatnonzero(since == 0)
    for first, last in zip(starts, [*starts[1:], len(on)], strict=True):
        target = 1.0 if on[first] else 0.0
        strength[first:last] = target + (level - target) * pace ** (since[first:last] + 1)
        level = strength[last - 1]
    return strength


def alarm_schedule(truth: Truth, limit_n: float) -> np.ndarray:
    """Return when a roller would buzz for over-pressure, on the fine grid: 100 ms over the limit until 0.5 N under."""
    hold, over, buzzing = round(0.1 * truth.fine_hz), 0, False
    on = np.zeros(len(truth.force), dtype=bool)
    for i, force in enumerate(truth.force):
        over = over + 1 if force > limit_n else 0
        buzzing = over >= hold or (buzzing and force > limit_n - 0.5)
        on[i] = buzzing
    return on


def cue_schedule(truth: Truth, rng: Rng) -> np.ndarray:
    """Return random buzzes of 0.1-0.5 s all over a session, on the fine grid: about a third of the time."""
    on = np.zeros(len(truth.force), dtype=bool)
    at = rng.uniform(0.5, 1.5)
    while at * truth.fine_hz < len(on):
        span = rng.uniform(0.1, 0.5)
        on[round(at * truth.fine_hz) : round((at + span) * truth.fine_hz)] = True
        at += span + rng.uniform(0.2, 1.2)
    return on
