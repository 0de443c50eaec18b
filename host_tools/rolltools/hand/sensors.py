# SPDX-License-Identifier: MIT
"""What real sensors make of the true motion: mounting, bias, noise, motor vibration, load cell or FSR."""

from dataclasses import dataclass

import numpy as np

from .body import GRAVITY, Truth, rotations
from .profile import Array, Rng, smooth, wander

ACCEL_NOISE_G = 75e-6  # LSM6DSOX at +-4 g, per square root of Hz
GYRO_NOISE_DPS = 3.8e-3
FORCE_SENSORS = ("loadcell", "fsr")


@dataclass(frozen=True)
class Motor:
    """A vibration motor: its tone in Hz, its strength on the handle in g and deg/s, and how fast it starts."""

    tone_hz: float
    strength_g: float
    strength_dps: float
    start_s: float
    unsteady_hz: float


LRA = Motor(175.0, 0.25, 2.0, 0.02, 0.3)
ERM = Motor(150.0, 1.8, 70.0, 0.07, 12.0)


@dataclass(frozen=True)
class Faults:
    """The imperfections of one roller, drawn once a session; angles rad, biases g and deg/s, forces N."""

    mounting: Array
    accel_bias_g: Array
    gyro_bias_dps: Array
    force_offset_n: float
    force_drift_n_min: float
    force_gain: float
    head_mass_kg: float


def draw_faults(rng: Rng, sensor: str) -> Faults:
    """Return a roller of the series: mounted up to 10 deg off, biases of the data sheet, an uncalibrated zero."""
    axis = rng.normal(size=3)
    angle = np.radians(rng.uniform(0.0, 10.0))
    return Faults(
        axis / np.linalg.norm(axis) * angle,
        rng.normal(0.0, 0.01, 3).clip(-0.02, 0.02),
        rng.normal(0.0, 0.5, 3).clip(-1.0, 1.0),
        rng.uniform(-0.4, 0.4),
        rng.uniform(-0.1, 0.1),
        1.0 + (rng.uniform(-0.02, 0.02) if sensor == "loadcell" else rng.uniform(-0.08, 0.08)),
        0.150 * (1.0 + rng.uniform(-0.03, 0.03)),
    )


def sample(values: Array, truth: Truth, rate_hz: float) -> Array:
    """Return true values at the sampling instants (the fine grid is a whole multiple of the rate)."""
    return values[:: round(truth.fine_hz / rate_hz)]


def vibration(motor: Motor, on: np.ndarray, rate_hz: float, rng: Rng) -> tuple[Array, Array]:
    """Return the motor's acceleration (g) and rate (deg/s), n x 3: a tone that sampling folds down, no filter."""
    count = len(on)
    strength = np.zeros(count)
    pace = 1.0 - np.exp(-1.0 / (motor.start_s * rate_hz))
    level = 0.0
    for i in range(count):
        level += pace * (float(on[i]) - level)
        strength[i] = level
    tone = motor.tone_hz * rng.uniform(0.95, 1.05) + wander(rng, count, 1.0 / rate_hz, 2.0, motor.unsteady_hz)
    phase = 2 * np.pi * np.cumsum(tone) / rate_hz
    ways = rng.dirichlet(np.ones(3) * 2.0, 2) ** 0.5
    phases = rng.uniform(0.0, 2 * np.pi, (2, 3))
    wave = np.sqrt(2.0) * strength[:, None]
    accel = wave * np.sin(phase[:, None] + phases[0]) * ways[0] * motor.strength_g
    gyro = wave * np.sin(phase[:, None] + phases[1]) * ways[1] * motor.strength_dps
    return accel, gyro


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


def inertial(
    truth: Truth, faults: Faults, rate_hz: float, rng: Rng, motor: Motor | None, motor_on: np.ndarray
) -> tuple[Array, Array]:
    """Return accelerometer (g) and gyro (deg/s) readings in the axes of the sensor as it is mounted, n x 3.

    `motor_on` holds one value a sample.
    """
    imu = sample(truth.imu_g, truth, rate_hz)
    gyro = sample(truth.gyro_dps, truth, rate_hz)
    if motor is not None:
        shake, spin = vibration(motor, motor_on, rate_hz, rng)
        imu, gyro = imu + shake, gyro + spin
    mounting = rotations(faults.mounting[None, :])[0]
    band = np.sqrt(rate_hz / 2.0)
    accel = imu @ mounting + faults.accel_bias_g + rng.normal(0.0, ACCEL_NOISE_G * band, imu.shape)
    return accel, gyro @ mounting + faults.gyro_bias_dps + rng.normal(0.0, GYRO_NOISE_DPS * band, imu.shape)


def load_cell(truth: Truth, faults: Faults, rate_hz: float, rng: Rng) -> Array:
    """Return a load cell's reading in N: contact, the head's own weight and inertia along z, offset, drift, noise."""
    weight = faults.head_mass_kg * GRAVITY * sample(truth.head_g[:, 2], truth, rate_hz)
    force = sample(truth.force, truth, rate_hz)
    times = np.arange(len(force)) / rate_hz
    drift = faults.force_drift_n_min * times / 60.0
    noise = rng.normal(0.0, 0.005, len(force))
    return faults.force_gain * (force - weight) + faults.force_offset_n + drift + noise


def fsr(truth: Truth, faults: Faults, rate_hz: float, rng: Rng) -> Array:
    """Return a force-sensing resistor's reading in N: hysteresis of 10 %, creep over seconds, never below 0."""
    force = sample(truth.force, truth, rate_hz)
    step = 1.0 / rate_hz
    reading = np.zeros_like(force)
    crept, branch, before = 0.0, -1.0, 0.0
    for i, now in enumerate(force):
        crept += (now - crept) * step / 3.0
        # the branch turns over within 10 % of the force (at least 0.2 N) after the force turns round
        branch = min(1.0, max(-1.0, branch - (now - before) / max(0.2, 0.1 * now) * 2.0))
        before = now
        reading[i] = now * (1.0 + 0.05 * branch) + 0.06 * crept
    insensitive = smooth(reading / 0.25)
    noise = rng.normal(0.0, 0.01, len(force))
    return np.clip(faults.force_gain * reading * insensitive + noise * insensitive, 0.0, None)
