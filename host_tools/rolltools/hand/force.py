# SPDX-License-Identifier: MIT
"""What the two force sensors make of the true contact force: a load cell behind a converter, and an FSR."""

from dataclasses import dataclass

import numpy as np

from .body import GRAVITY, Truth
from .profile import Array, Rng, smooth

FORCE_SENSORS = ("loadcell", "fsr")
CONVERSIONS_HZ, CLOCK_ERROR = 320.0, 0.03  # NAU7802 with its RC clock
CONVERTER_S = 0.0125  # its digital filter spans four conversions
DRAIN_S = 0.0096  # the newest conversion is read with every drain of the IMU's FIFO and holds until the next


@dataclass(frozen=True)
class ForceFaults:
    """The imperfections of one force sensor. Forces N; `drift_n_min` and `gain_drift_min` a minute."""

    offset_n: float = 0.0
    drift_n_min: float = 0.0
    gain: float = 1.0
    gain_drift_min: float = 0.0
    head_mass_kg: float = 0.15
    clock: float = 1.0


@dataclass(frozen=True)
class Fsr:
    """How a force-sensing resistor strays.

    `hysteresis` between loading and unloading, as a share of the force; `creep`, as a share for every tenfold of time
    under load (0.1 to 100 s); `gain_drift_min`, at most, a minute.
    FSR 402 (Interlink's data sheet): hysteresis 10 %, drift below 5 % for every tenfold of time.
    """

    hysteresis: float = 0.10
    creep: float = 0.02
    gain_drift_min: float = 0.01


DRIFTING = Fsr(0.12, 0.05, 0.05)
_CREEP_S = (0.4, 4.0, 40.0)  # three exponentials a tenfold apart make a straight line over the logarithm of time


def draw_faults(rng: Rng, sensor: str, fsr: Fsr) -> ForceFaults:
    """Return a sensor of the series with an uncalibrated zero.

    Both zeros stray within the contract (0.5 N at the start, 0.1 N a minute). An FSR's zero is the preload of its
    housing, or, below 0, a gap that must be closed before it feels anything.
    """
    drift, mass, clock = (
        rng.uniform(-0.1, 0.1),
        1.0 + rng.uniform(-0.03, 0.03),
        1.0 + rng.uniform(-1.0, 1.0) * CLOCK_ERROR,
    )
    if sensor == "loadcell":
        return ForceFaults(rng.uniform(-0.4, 0.4), drift, 1.0 + rng.uniform(-0.02, 0.02), 0.0, 0.15 * mass, clock)
    sinking = rng.uniform(-1.0, 1.0) * fsr.gain_drift_min
    return ForceFaults(rng.uniform(-0.15, 0.4), drift, 1.0 + rng.uniform(-0.08, 0.08), sinking)


def _sample(values: Array, truth: Truth, rate_hz: float) -> Array:
    return values[:: round(truth.fine_hz / rate_hz)]


def _as_converted(force: Array, truth: Truth, rate_hz: float, clock: float) -> Array:
    """Return what is read at each sample: the newest finished conversion at the last drain."""
    span = round(CONVERTER_S * truth.fine_hz)
    total = np.cumsum(np.concatenate([np.full(span, force[0]), force]))
    mean = (total[span:] - total[:-span]) / span
    every = max(1, round(DRAIN_S * rate_hz))
    count = len(_sample(force, truth, rate_hz))
    drained = np.arange(count) // every * every / rate_hz
    done = np.floor(drained * CONVERSIONS_HZ * clock) / (CONVERSIONS_HZ * clock)
    return mean[np.minimum(np.round(done * truth.fine_hz).astype(int), len(mean) - 1)]


def load_cell(truth: Truth, faults: ForceFaults, rate_hz: float, rng: Rng) -> Array:
    """Return a load cell's reading in N: contact, the head's own weight and inertia along z, offset, drift, noise."""
    pull = truth.force - faults.head_mass_kg * GRAVITY * truth.head_g[:, 2]
    felt = _as_converted(pull, truth, rate_hz, faults.clock)
    drift = faults.drift_n_min * np.arange(len(felt)) / rate_hz / 60.0
    return faults.gain * felt + faults.offset_n + drift + rng.normal(0.0, 0.005, len(felt))


def fsr_reading(truth: Truth, faults: ForceFaults, rate_hz: float, rng: Rng, nature: Fsr) -> Array:
    """Return an FSR's reading in N: preload, hysteresis, creep, a gain that drifts, never below 0."""
    force = _sample(truth.force, truth, rate_hz)
    minutes = np.arange(len(force)) / rate_hz / 60.0
    pressed = np.clip(force + faults.offset_n + faults.drift_n_min * minutes, 0.0, None)
    paces = 1.0 - np.exp(-1.0 / (np.array(_CREEP_S) * rate_hz))
    reading = np.zeros_like(pressed)
    crept, branch, before = np.full(3, pressed[0]), -1.0, float(pressed[0])
    for i, now in enumerate(pressed):
        crept += (now - crept) * paces
        # the branch turns over within 10 % of the force (at least 0.2 N) after the force turns round
        branch = min(1.0, max(-1.0, branch - (now - before) / max(0.2, 0.1 * now) * 2.0))
        before = now
        reading[i] = now * (1.0 + 0.5 * nature.hysteresis * branch) + nature.creep * crept.sum()
    gain = faults.gain * (1.0 + faults.gain_drift_min * minutes)
    insensitive = smooth(reading / 0.25)
    noise = rng.normal(0.0, 0.01, len(force))
    return np.clip(gain * reading * insensitive + noise * insensitive, 0.0, None)
