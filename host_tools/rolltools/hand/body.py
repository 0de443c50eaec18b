# SPDX-License-Identifier: MIT
"""Rigid-body kinematics: from the planned motion to what an ideal sensor in the handle would feel.

The handle is one rigid body. Its head follows the surface, its attitude follows the wrist, and the IMU sits behind
the axle, so it feels the head's acceleration, gravity and the rotation over the lever arm.
"""

from dataclasses import dataclass, replace

import numpy as np

from .profile import Array, Rng, blur, tremor, wander
from .timeline import Timeline

GRAVITY = 9.80665
_DRIFT_HZ = 0.5
_YIELD_S = 0.2
_SETTLE_S = 0.6  # how gradually a hand that hovers comes to rest on the skin


@dataclass(frozen=True)
class Wrist:
    """How the handle turns while the head rolls.

    `follow`: share of the surface's turning that the handle takes part in (1 along the tangent, 0 stiff wrist).
    `elbow_per_m`: turning per metre rolled, rad/m, where the forearm swings about the elbow (either sign).
    `tilt_rad`: constant tilt of the handle against the tangent. `mirrored`: the other hand.
    `restless`: rms by which follow wanders, and elbow_per_m as a share of itself, within a few seconds: no two strokes
    are held alike. `trail_s`: how far the handle trails behind the motion of the head, rad per m/s (either sign).
    """

    follow: float = 1.0
    elbow_per_m: float = 0.0
    tilt_rad: float = 0.0
    mirrored: bool = False
    restless: float = 0.0
    trail_s: float = 0.0


@dataclass(frozen=True)
class Hold:
    """What a hand adds on top of the plan.

    `tremor_g` and `tremor_dps`: rms at 8-12 Hz; hands at rest in real recordings show 2-6 mg and 0.2-0.65 deg/s.
    `sway_rad`: rms an axis of slow turning below 0.8 Hz. The quietest pauses of 4 s in which the brush handle of
    shared/data is held (mcu_brush: direction of gravity below 1 Hz, linear trend removed) show 3-6 mrad, and the quiet
    quarter of all its pauses starts at 24 mrad, meant moves among them. The hands of the model sway by 3-12 mrad.
    `hover_m`: rms an axis of slow drift in the air, `skin_m`: of the skin with the roller on it (breath, neck);
    4 mm at 0.3 Hz is 1.4 mg, within what the quiet holds leave. `force_wander`: share of the force, below 1.5 Hz.
    """

    tremor_g: float = 0.004
    tremor_dps: float = 0.4
    sway_rad: float = 0.006
    hover_m: float = 0.004
    skin_m: float = 0.0005
    force_wander: float = 0.05

    def of_one_hand(self, rng: Rng) -> "Hold":
        """Return what one hand adds: some are calmer than others."""
        tremor, sway = rng.uniform(0.5, 1.5), float(np.exp(rng.uniform(np.log(0.5), np.log(2.0))))
        return replace(
            self,
            tremor_g=self.tremor_g * tremor,
            tremor_dps=self.tremor_dps * tremor,
            sway_rad=self.sway_rad * sway,
            hover_m=self.hover_m * sway,
        )


@dataclass(frozen=True)
class Truth:
    """The true motion on the fine grid: accelerations in g in the handle frame, rates in deg/s, speed m/s, force N.

    `speed` is that of the planned rolling over the skin. Tremor, sway and the skin's own drift move the sensor, too,
    but the roller does not turn by them: they are no rolling and do not count.
    """

    fine_hz: float
    imu_g: Array
    head_g: Array
    gyro_dps: Array
    speed: Array
    force: Array


def rotations(vectors: Array) -> Array:
    """Return the rotation matrices (n, 3, 3) of rotation vectors (n, 3) in rad."""
    angle = np.linalg.norm(vectors, axis=1)
    safe = np.where(angle < 1e-9, 1.0, angle)
    x, y, z = (vectors / safe[:, None]).T
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
    sin, cos = np.sin(angle)[:, None, None], np.cos(angle)[:, None, None]
    return np.eye(3) + sin * cross + (1.0 - cos) * (cross @ cross)


def random_rotation(rng: Rng) -> Array:
    """Return a rotation matrix drawn evenly from all attitudes."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q * np.linalg.det(q)


def _by_site(timeline: Timeline, s: Array, what: str) -> Array:
    result = np.zeros_like(s)
    for site in timeline.sites:
        first = round(site.start_s * timeline.fine_hz)
        result[first:] = getattr(site, what)(s[first:])
    return result


def _hand_noise(plan: dict[str, Array], hold: Hold, rng: Rng, step: float) -> tuple[Array, Array]:
    """Return extra turning (rad, n x 3) and extra velocity in the room (m/s, n x 3): tremor and sway."""
    count = len(plan["grip"])
    held = np.clip(np.cumsum(plan["grip"]) * step, 0.0, 1.0)
    pace = 2 * np.pi * 10.0
    turn_amp = np.radians(hold.tremor_dps) / pace
    move_amp = hold.tremor_g * GRAVITY / pace / np.sqrt(3.0)
    shares = rng.dirichlet(np.ones(3) * 3.0) ** 0.5
    turning = np.stack([tremor(rng, count, step) * turn_amp * share for share in shares], axis=1)
    moving = np.stack([tremor(rng, count, step) * move_amp for _ in range(3)], axis=1)
    sway = np.stack([wander(rng, count, step, 0.8, hold.sway_rad) for _ in range(3)], axis=1)
    return (turning + sway) * held[:, None], (moving + _drift(plan["force"], hold, rng, step)) * held[:, None]


def _drift(force: Array, hold: Hold, rng: Rng, step: float) -> Array:
    """Return the velocity in the room (m/s, n x 3) of a hovering hand, or of the skin that it rests on."""
    touching = blur((force > 0.0).astype(float), round(_SETTLE_S / step))
    reach = hold.hover_m + (hold.skin_m - hold.hover_m) * touching
    drift = np.stack([wander(rng, len(force), step, _DRIFT_HZ, 1.0) for _ in range(3)], axis=1)
    return np.gradient(drift * reach[:, None], step, axis=0)


def _pitch(timeline: Timeline, plan: dict[str, Array], s: Array, wrist: Wrist, rng: Rng) -> Array:
    """Return the handle's pitch (rad) against the first site's frame, as far as rolling turns it."""
    step = 1.0 / timeline.fine_hz
    follow, elbow = (wander(rng, len(s), step, 0.4, wrist.restless) for _ in range(2))
    along = (wrist.follow + follow) * _by_site(timeline, s, "tangent_angle")
    swing = wrist.elbow_per_m * (1.0 + elbow) * s
    trail = wrist.trail_s * blur(plan["roll_speed"], round(_YIELD_S / step))  # a wrist yields, it does not snap
    return along + swing + wrist.tilt_rad - trail


def _attitude(
    timeline: Timeline, plan: dict[str, Array], pitch: Array, wrist: Wrist, extra: Array
) -> tuple[Array, Array]:
    """Return surface frames and handle frames in the first site's frame, both (n, 3, 3)."""
    step = 1.0 / timeline.fine_hz
    turned = np.stack([np.cumsum(plan[f"turn_{axis}"]) * step for axis in "xyz"], axis=1)
    if wrist.mirrored:
        turned = turned * (-1.0, 1.0, -1.0)
    pitch_vectors = np.zeros((len(pitch), 3))
    pitch_vectors[:, 1] = pitch
    return rotations(turned), rotations(turned + extra) @ rotations(pitch_vectors)


def _local_velocity(timeline: Timeline, plan: dict[str, Array], s: Array) -> Array:
    """Return the head's velocity in the surface's frame: along the tangent at its height, and off the surface."""
    angle = _by_site(timeline, s, "tangent_angle")
    height = timeline.start_height_m + np.cumsum(plan["lift_speed"]) / timeline.fine_hz
    along = plan["roll_speed"] * (1.0 + _by_site(timeline, s, "curvature") * height)
    cos, sin = np.cos(angle), np.sin(angle)
    off = plan["lift_speed"]
    return np.stack([along * cos + off * sin, np.zeros_like(s), -along * sin + off * cos], axis=1)


def simulate(timeline: Timeline, wrist: Wrist, hold: Hold, attitude: Array, lever_m: float, rng: Rng) -> Truth:
    """Return what ideal sensors feel; `attitude` turns the first site's frame into the room, whose z points up."""
    step = 1.0 / timeline.fine_hz
    plan = timeline.render()
    s = np.cumsum(plan["roll_speed"]) * step
    extra, shiver = _hand_noise(plan, hold, rng, step)
    surface, handle = _attitude(timeline, plan, _pitch(timeline, plan, s, wrist, rng), wrist, extra)
    velocity = np.einsum("ij,njk,nk->ni", attitude, surface, _local_velocity(timeline, plan, s))
    velocity += np.stack([plan[f"move_{axis}"] for axis in "xyz"], axis=1) + shiver
    frames = attitude @ handle
    head_accel = np.gradient(velocity, step, axis=0)
    arm = frames @ np.array([-lever_m, 0.0, 0.0])
    imu_accel = head_accel + np.gradient(np.gradient(arm, step, axis=0), step, axis=0)
    up = np.array([0.0, 0.0, GRAVITY])
    spin = np.swapaxes(frames, 1, 2) @ np.gradient(frames, step, axis=0)
    gyro = np.stack([spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]], axis=1)
    press = np.clip(plan["force"], 0.0, None)
    press = press * (1.0 + wander(rng, len(s), step, 1.5, hold.force_wander))
    press = press * (1.0 + min(0.1, 1.5 * hold.tremor_g) * tremor(rng, len(s), step))
    return Truth(
        timeline.fine_hz,
        np.einsum("nij,ni->nj", frames, imu_accel + up) / GRAVITY,
        np.einsum("nij,ni->nj", frames, head_accel + up) / GRAVITY,
        np.degrees(gyro),
        plan["roll_speed"],
        np.clip(press, 0.0, None),
    )
