# SPDX-License-Identifier: MIT
"""The ceiling: what strapdown integration gives to somebody who was told the true bounds of every stroke.

Attitude from the gyro, gravity from the quietest time before the stroke, the speed of the head over the lever arm,
drawn in a straight line to what a stroke has at its ends by definition: 5 % of its peak. A stroke that lands or lifts
off while moving is faster there: that is the limit of this ceiling, and an engine that knows better may beat it.
"""

from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from ..recording import Array, Recording

GRAVITY = 9.80665
END_SHARE, END_M_S = 0.05, 0.003  # of the peak, at least: the speed at which a stroke begins and ends
_QUIET_S, _LOOK_BACK_S = 0.2, 3.0
_QUIET_SHARE = 0.2  # of a session, from which the gyro's bias is taken: a holding hand sways


def integrate(recording: Recording, strokes: list[dict[str, Any]], lever_m: float) -> list[dict[str, Any]]:
    """Return `dir` and `length_cm` of each true stroke, with its true bounds."""
    turn = np.radians(recording.gyro_dps)
    quiet = _unrest(recording, turn)
    turn = turn - turn[quiet <= np.quantile(quiet, _QUIET_SHARE)].mean(axis=0)
    frames = _attitudes(turn, 1.0 / recording.rate_hz)
    felt = np.einsum("nij,nj->ni", frames, recording.accel_g) * GRAVITY
    lever = np.einsum("nij,nj->ni", frames, np.cross(turn, (lever_m, 0.0, 0.0)))
    found = []
    for stroke in strokes:
        first, last = (int(np.searchsorted(recording.t_s, stroke[name])) for name in ("t_start", "t_end"))
        span = slice(first, max(last, first + 2))
        gravity = _gravity(felt, quiet, first, recording.rate_hz)
        speed = _speed(felt[span] - gravity, lever[span], frames[span, :, 0], 1.0 / recording.rate_hz)
        found.append(
            {
                "t_start": stroke["t_start"],
                "t_end": stroke["t_end"],
                "dir": 1 if speed.sum() > 0 else -1,
                "length_cm": float(np.abs(speed).sum()) / recording.rate_hz * 100.0,
            }
        )
    return found


def _speed(accel: Array, lever: Array, ahead: Array, step: float) -> Array:
    """Return the head's speed along the handle in m/s; `accel` without gravity, all in one resting frame."""
    velocity = np.cumsum(accel, axis=0) * step + lever
    ramp = np.linspace(0.0, 1.0, len(velocity))[:, None]
    speed = np.einsum("ni,ni->n", velocity - velocity[0] * (1.0 - ramp) - velocity[-1] * ramp, ahead)
    peak = float(np.abs(speed).max())
    return speed + np.sign(speed.sum()) * max(END_M_S, peak * END_SHARE / (1.0 - END_SHARE))


def _attitudes(turn: Array, step: float) -> Array:
    """Return the handle's frames (n, 3, 3) in the frame of the first sample; `turn` in rad/s."""
    frames = np.empty((len(turn), 3, 3))
    frame = np.eye(3)
    for i, small in enumerate(Rotation.from_rotvec(turn * step).as_matrix()):
        frame = frame @ small
        frames[i] = frame
    return frames


def _unrest(recording: Recording, turn: Array) -> Array:
    """Return how much moves around each sample, in no particular unit: turning, and change of acceleration."""
    change = np.abs(np.gradient(recording.accel_g, axis=0)).sum(axis=1) * GRAVITY
    return np.linalg.norm(turn - np.median(turn, axis=0), axis=1) + change


def _quietest(unrest: Array, width: int) -> int:
    """Return where the quietest window of a width begins."""
    sums = np.cumsum(np.concatenate([[0.0], unrest]))
    return int(np.argmin(sums[width:] - sums[:-width])) if len(unrest) > width else 0


def _gravity(felt: Array, unrest: Array, first: int, rate_hz: float) -> Array:
    """Return gravity as it was felt in the quietest moment before sample `first`, in the resting frame."""
    begin = max(0, first - round(_LOOK_BACK_S * rate_hz))
    width = round(_QUIET_S * rate_hz)
    quiet = begin + _quietest(unrest[begin:first], width)
    return felt[quiet : quiet + width].mean(axis=0)
