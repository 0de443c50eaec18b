# SPDX-License-Identifier: MIT
"""What a real IMU makes of the true motion: mounting, bias, scale, drift, the chip's low-pass filter, noise."""

from dataclasses import dataclass

import numpy as np

from .body import Truth, rotations
from .profile import Array, Rng

ACCEL_NOISE_G = 75e-6  # LSM6DSOX at +-4 g, per square root of Hz
GYRO_NOISE_DPS = 3.8e-3

# The low-pass filters that a chip may be set to, as cutoffs of accelerometer and gyro in shares of its rate; None lets
# everything through. LSM6DSOX: LPF1 ODR/2, LPF2 ODR/4 or ODR/10, and gyro LPF1 62 or 23 Hz at 208 Hz.
Filter = tuple[float | None, float | None]
OPEN: Filter = (None, None)
WIDE: Filter = (1 / 2, 0.45)
MIDDLE: Filter = (1 / 4, 62 / 208)
NARROW: Filter = (1 / 10, 23 / 208)  # as the reference build sets it
_NARROW_FROM_HZ = 200.0  # at lower rates it would cut into the strokes, and nobody would set it so


@dataclass(frozen=True)
class ImuFaults:
    """The imperfections of one IMU, drawn once a session; angles rad, biases g and deg/s, `warming` deg/s a minute."""

    mounting: Array
    accel_bias_g: Array
    accel_scale: Array
    gyro_bias_dps: Array
    gyro_scale: Array
    warming_dps_min: Array
    filter: Filter = OPEN


def draw_faults(rng: Rng, rate_hz: float) -> ImuFaults:
    """Return an IMU of the series: mounted up to 10 deg off, biases and scales of the data sheet, warmed by a hand."""
    axis = rng.normal(size=3)
    angle = np.radians(rng.uniform(0.0, 10.0))
    filters = (OPEN, WIDE, MIDDLE, NARROW)
    return ImuFaults(
        axis / np.linalg.norm(axis) * angle,
        rng.normal(0.0, 0.01, 3).clip(-0.02, 0.02),
        1.0 + rng.normal(0.0, 0.005, 3).clip(-0.01, 0.01),
        rng.normal(0.0, 0.5, 3).clip(-1.0, 1.0),
        1.0 + rng.normal(0.0, 0.01, 3).clip(-0.02, 0.02),
        rng.normal(0.0, 0.05, 3),
        filters[int(rng.integers(4 if rate_hz >= _NARROW_FROM_HZ else 3))],
    )


def sample(values: Array, truth: Truth, rate_hz: float) -> Array:
    """Return true values at the sampling instants (the fine grid is a whole multiple of the rate)."""
    return values[:: round(truth.fine_hz / rate_hz)]


def low_pass(values: Array, cutoff_hz: float, fine_hz: float) -> Array:
    """Return columns of `values` behind a Butterworth filter of second order, settled at the start.

    It delays slow motion by 0.225 / `cutoff_hz` s.
    """
    pace = 2 * np.pi * cutoff_hz / fine_hz / np.sqrt(2.0)
    at = pace * np.arange(int(9.0 / pace) + 2)
    taps = np.diff(1.0 - np.exp(-at) * (np.cos(at) + np.sin(at)))
    before = np.repeat(values[:1], len(taps), axis=0)
    padded = np.concatenate([before, values])
    columns = [np.convolve(column, taps)[len(taps) : len(padded)] for column in padded.T]
    return np.stack(columns, axis=1) / taps.sum()


def _behind_filter(values: Array, share: float | None, truth: Truth, rate_hz: float) -> Array:
    if share is not None:
        values = low_pass(values, share * rate_hz, truth.fine_hz)
    return sample(values, truth, rate_hz)


def _noise(rng: Rng, density: float, share: float | None, rate_hz: float, count: int) -> Array:
    band = rate_hz * min(0.5, share or 0.5)
    return rng.normal(0.0, density * np.sqrt(band), (count, 3))


def inertial(
    truth: Truth, faults: ImuFaults, rate_hz: float, rng: Rng, shake: tuple[Array, Array] | None
) -> tuple[Array, Array]:
    """Return accelerometer (g) and gyro (deg/s) readings in the axes of the sensor as it is mounted, n x 3.

    `shake`: the motor's acceleration and rate on the fine grid.
    """
    accel, gyro = truth.imu_g, truth.gyro_dps
    if shake is not None:
        accel, gyro = accel + shake[0], gyro + shake[1]
    accel = _behind_filter(accel, faults.filter[0], truth, rate_hz)
    gyro = _behind_filter(gyro, faults.filter[1], truth, rate_hz)
    mounting = rotations(faults.mounting[None, :])[0]
    minutes = np.arange(len(accel))[:, None] / rate_hz / 60.0
    accel = (accel @ mounting) * faults.accel_scale + faults.accel_bias_g
    gyro = (gyro @ mounting) * faults.gyro_scale + faults.gyro_bias_dps + faults.warming_dps_min * minutes
    accel += _noise(rng, ACCEL_NOISE_G, faults.filter[0], rate_hz, len(accel))
    return accel, gyro + _noise(rng, GYRO_NOISE_DPS, faults.filter[1], rate_hz, len(gyro))
