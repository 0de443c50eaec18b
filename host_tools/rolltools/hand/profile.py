# SPDX-License-Identifier: MIT
"""Shapes in time that a hand makes: smooth steps, force trapezoids, slow wander and tremor."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rng = np.random.Generator


def smooth(u: Array) -> Array:
    """Return the minimum-jerk step: 0 for u <= 0, 1 for u >= 1, speed and acceleration zero at both ends."""
    u = np.clip(u, 0.0, 1.0)
    return u * u * u * (u * (6.0 * u - 15.0) + 10.0)


def bell(count: int) -> Array:
    """Return the speed of a minimum-jerk move over `count` steps, with mean 1."""
    u = (np.arange(count) + 0.5) / count
    shape = 30.0 * (u * (1.0 - u)) ** 2
    return shape / shape.mean()


def trapezoid(times: Array, start: float, end: float, rise: float, fall: float) -> Array:
    """Return 0..1 at `times`: up over `rise` s from `start`, down over `fall` s to `end`."""
    return np.clip(np.minimum((times - start) / rise, (end - times) / fall), 0.0, 1.0)


def wander(rng: Rng, count: int, step_s: float, cutoff_hz: float, rms: float) -> Array:
    """Return smooth random motion with content below `cutoff_hz` and the given rms, as a sum of slow sines."""
    times = np.arange(count) * step_s
    freqs = rng.uniform(0.1 * cutoff_hz, cutoff_hz, 5)
    phases = rng.uniform(0.0, 2 * np.pi, 5)
    total = np.sin(2 * np.pi * np.outer(times, freqs) + phases).sum(axis=1)
    return total * (rms / np.sqrt(2.5))


def tremor(rng: Rng, count: int, step_s: float) -> Array:
    """Return a tremor of 8-12 Hz with unit rms whose frequency and strength drift."""
    freq = rng.uniform(8.0, 12.0) + wander(rng, count, step_s, 0.5, 0.4)
    phase = 2 * np.pi * np.cumsum(freq) * step_s + rng.uniform(0.0, 2 * np.pi)
    strength = np.clip(1.0 + wander(rng, count, step_s, 0.7, 0.3), 0.2, 2.0)
    return np.sqrt(2.0) * strength * np.sin(phase)


def blur(values: Array, count: int) -> Array:
    """Return `values` smoothed by a Hann window of `count` steps (made odd) that neither delays nor loses anything."""
    kernel = np.hanning(count // 2 * 2 + 3)
    return np.convolve(values, kernel / kernel.sum(), mode="same")
