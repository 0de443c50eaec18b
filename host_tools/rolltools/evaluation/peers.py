# SPDX-License-Identifier: MIT
"""Counters that a maker would write first, as peers of the engine: peaks of one axis, gated by contact.

Each gives strokes in the form of a replay, with bounds and direction only. They get what helps them: the mass of the
head, a tracked zero of the force, smoothing, a least height, a least span, and bounds at 5 % of the peak. Their
numbers were chosen once for the best F1 over all scenarios together, on seeds below 1000. scipy.signal.find_peaks
finds the peaks of the two that see the whole recording; the causal one knows the past only, as a roller does.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, label, maximum
from scipy.signal import find_peaks

from ..recording import Array, Recording

GRAVITY = 9.80665
HEAD_KG = 0.150
CONTACT_N, RELEASE_N = 0.5, 0.3
_FORCE_S, _ZERO_S = 0.01, 2.0  # time constants: the force itself, and its zero while nothing is touched

_SMOOTH_S = 0.07
_HIGH_PASS_S = 0.6
_BOUND = 0.05  # of the peak
_LOW_PEAK = 0.2  # of the highest in the same contact: a lower one is what a high-pass leaves beside it
_LEAST_S = 0.3
_APART_S = 0.1
_GYRO_DPS, _ACCEL_CM_S = 3.0, 4.0  # least prominence of a peak
_CAUSAL_S, _CAUSAL_DPS, _CAUSAL_BOUND = 0.04, 6.0, 0.1

Mask = NDArray[np.bool_]
Strokes = list[dict[str, Any]]


def contact(recording: Recording, head_kg: float) -> Mask:
    """Return where the roller is pressed: above a zero that follows while it is not. Causal."""
    raw = recording.force_n + head_kg * GRAVITY * recording.accel_g[:, 2]
    quick, slow = (1.0 - np.exp(-1.0 / (span * recording.rate_hz)) for span in (_FORCE_S, _ZERO_S))
    force = zero = float(np.median(raw[: round(0.2 * recording.rate_hz)]))
    pressed = np.zeros(len(raw), dtype=bool)
    down = False
    for i, now in enumerate(raw.tolist()):
        force += quick * (now - force)
        down = force - zero > (RELEASE_N if down else CONTACT_N)
        pressed[i] = down
        if not down:
            zero += slow * (force - zero)
    return pressed


def gyro_peaks(recording: Recording, pressed: Mask) -> Strokes:
    """Return the peaks of the turn rate about the axle; its sign is taken for the direction."""
    turn = recording.gyro_dps[:, 1]
    bias = float(np.median(turn[~pressed])) if not pressed.all() else 0.0
    return _peaks(recording, _smooth(turn - bias, _SMOOTH_S, recording), pressed, _GYRO_DPS)


def accel_peaks(recording: Recording, pressed: Mask) -> Strokes:
    """Return the peaks of the acceleration along the handle, integrated once between two high-passes: cm/s.

    The bare acceleration is mostly gravity that turns with the handle: its own peaks reach F1 .5 where these reach .8.
    """
    along = recording.accel_g[:, 0] * GRAVITY * 100.0
    felt = _smooth(along, _SMOOTH_S, recording) - _smooth(along, _HIGH_PASS_S, recording)
    speed = np.cumsum(felt) / recording.rate_hz
    return _peaks(recording, speed - _smooth(speed, _HIGH_PASS_S, recording), pressed, _ACCEL_CM_S)


def causal_peaks(recording: Recording, pressed: Mask) -> Strokes:
    """Return the swings of the turn rate as a small loop sees them: from a level up to a share of the peak."""
    rate = recording.rate_hz
    quick, slow = 1.0 - np.exp(-1.0 / (_CAUSAL_S * rate)), 1.0 - np.exp(-1.0 / (_ZERO_S * rate))
    bias, turn, peak = float(np.mean(recording.gyro_dps[: round(0.1 * rate), 1])), 0.0, 0.0
    found: Strokes = []
    begin = way = 0
    for i, now in enumerate(recording.gyro_dps[:, 1].tolist()):
        turn += quick * (now - bias - turn)
        if not pressed[i]:
            bias += slow * min(2.0, max(-2.0, now - bias))
        if way:
            peak = max(peak, way * turn)
            if way * turn < _CAUSAL_BOUND * peak or not pressed[i]:
                found += _stroke(recording, begin, i, way)
                begin, way = i, 0
        elif not pressed[i] or abs(turn) < _CAUSAL_BOUND * _CAUSAL_DPS:
            begin = i
        elif abs(turn) > _CAUSAL_DPS:
            way, peak = (1 if turn > 0 else -1), abs(turn)
    return found


PEERS: dict[str, Callable[[Recording, Mask], Strokes]] = {
    "gyro": gyro_peaks,
    "accel": accel_peaks,
    "causal": causal_peaks,
}


def _smooth(values: Array, sigma_s: float, recording: Recording) -> Array:
    return gaussian_filter1d(values, sigma_s * recording.rate_hz)


def _stroke(recording: Recording, first: int, last: int, way: int) -> Strokes:
    """Return the stroke between two samples, none when it is too short."""
    start, end = float(recording.t_s[first]), float(recording.t_s[last])
    return [{"t_start": start, "t_end": end, "dir": way}] if end - start >= _LEAST_S else []


def _peaks(recording: Recording, signal: Array, pressed: Mask, prominence: float) -> Strokes:
    """Return the peaks of either sign within contact, the highest first where two share their bounds."""
    found: Strokes = []
    contacts, count = label(pressed)
    highest = np.concatenate([[0.0], np.atleast_1d(maximum(np.abs(signal), contacts, np.arange(1, count + 1)))])
    least, apart = _LOW_PEAK * highest[contacts], max(1.0, _APART_S * recording.rate_hz)
    for way in (1, -1):
        side = np.where(pressed, way * signal, 0.0)
        tops, _ = find_peaks(side, height=least, prominence=prominence, distance=apart)
        taken = np.zeros(len(side), dtype=bool)
        for top in tops[np.argsort(-side[tops])]:
            if not taken[top]:
                below = np.flatnonzero(side <= _BOUND * side[top])
                at = int(np.searchsorted(below, top))
                first = int(below[at - 1]) + 1 if at else 0
                last = int(below[at]) if at < len(below) else len(side) - 1
                taken[first:last] = True
                found += _stroke(recording, first, last, way)
    return sorted(found, key=lambda stroke: stroke["t_start"])
