# SPDX-License-Identifier: MIT
"""A modelled hand with a roller: recordings with labels, from physics and a seed, to test what detects strokes.

Nothing here knows how strokes are detected. `make("lifts", seed=1)` gives the samples of a session and the truth.
"""

from typing import NamedTuple

import numpy as np

from ..recording import Recording
from . import body, sensors
from .labels import Labels, label
from .moves import Hand
from .profile import Rng
from .scenarios import TABLE, Scenario, draw_site
from .timeline import Timeline

LEVER_M = 0.1
START_HEIGHT_M = 0.02
FINE_HZ = 1000.0  # the least rate at which motion is planned and differentiated
SCENARIOS = {name: scenario.help for name, scenario in TABLE.items()}


class HandSession(NamedTuple):
    """What the sensors recorded and what was true (the format of labels is that of `labels.label`)."""

    recording: Recording
    labels: Labels


def _wrist(rng: Rng) -> tuple[body.Wrist, tuple[float, float]]:
    """Return a way to hold the roller, and the curvatures (1/m) on which an arm can hold it so."""
    tilt, mirrored = float(np.radians(rng.uniform(-10.0, 10.0))), bool(rng.uniform() < 0.5)
    style = rng.uniform()
    if style < 0.5:
        return body.Wrist(rng.uniform(0.9, 1.0), 0.0, tilt, mirrored), (-12.0, 25.0)
    if style < 0.75:
        return body.Wrist(rng.uniform(0.0, 0.15), 0.0, tilt, mirrored), (-7.0, 7.0)
    swing = rng.choice([-1.0, 1.0]) / rng.uniform(0.25, 0.45)
    return body.Wrist(rng.uniform(0.0, 0.3), swing, tilt, mirrored), (-7.0, 7.0)


def _plan(scenario: Scenario, rng: Rng, fine_hz: float, duration_s: float, bend: tuple[float, float]) -> Timeline:
    line = Timeline(fine_hz, START_HEIGHT_M)
    line.sites.append(draw_site(bend, rng))
    hand = Hand(line, scenario.habit, rng)
    if not scenario.lying:
        line.add("grip", 0.0, np.array([fine_hz]))
        hand.rest(rng.uniform(1.0, 2.0))
    scenario.script(hand)
    while line.now < duration_s - 1.0:
        if not scenario.lying and rng.uniform() < 0.4:
            hand.new_site(draw_site(bend, rng))
        scenario.script(hand)
    line.now = max(line.now + 0.5, duration_s)
    return line


def simulate(scenario: str, seed: int, fine_hz: float, duration_s: float | None = None) -> tuple[body.Truth, Rng]:
    """Return the true motion of a session and the generator to draw its sensors from."""
    if scenario not in TABLE:
        raise ValueError(f"no scenario {scenario!r}; there are: {', '.join(TABLE)}")
    chosen = TABLE[scenario]
    rng = np.random.default_rng([seed, *scenario.encode()])
    wrist, reach = _wrist(rng)
    bend = (max(reach[0], chosen.bend[0]), min(reach[1], chosen.bend[1]))
    line = _plan(chosen, rng, fine_hz, chosen.duration_s if duration_s is None else duration_s, bend)
    return body.simulate(line, wrist, chosen.hold, body.random_rotation(rng), LEVER_M, rng), rng


def make(
    scenario: str,
    seed: int,
    rate_hz: float = 208.0,
    duration_s: float | None = None,
    force_sensor: str | None = None,
    over_limit_n: float = 10.0,
) -> HandSession:
    """Return a session of a scenario; the same arguments give the same samples.

    `rate_hz` 15-420. `duration_s` is the least length (the last moves are always finished); None takes the scenario's.
    `force_sensor` loadcell or fsr, None takes the scenario's. ValueError when a name is unknown.
    """
    chosen = TABLE.get(scenario)
    sensor = force_sensor or (chosen.sensor if chosen else "loadcell")
    if sensor not in sensors.FORCE_SENSORS:
        raise ValueError(f"no force sensor {sensor!r}; there are: {', '.join(sensors.FORCE_SENSORS)}")
    fine_hz = rate_hz * np.ceil(FINE_HZ / rate_hz)
    truth, rng = simulate(scenario, seed, float(fine_hz), duration_s)
    return _sense(TABLE[scenario], truth, rng, rate_hz, sensor, over_limit_n, f"{scenario}-{seed}")


def _sense(
    chosen: Scenario, truth: body.Truth, rng: Rng, rate_hz: float, sensor: str, limit_n: float, name: str
) -> HandSession:
    faults = sensors.draw_faults(rng, sensor)
    buzz = sensors.alarm_schedule(truth, limit_n)
    if chosen.cues:
        buzz |= sensors.cue_schedule(truth, rng)
    motor_on = sensors.sample(buzz, truth, rate_hz)
    accel, gyro = sensors.inertial(truth, faults, rate_hz, rng, chosen.motor, motor_on)
    force = (sensors.load_cell if sensor == "loadcell" else sensors.fsr)(truth, faults, rate_hz, rng)
    recording = Recording(
        name=name,
        rate_hz=rate_hz,
        t_s=np.arange(len(force)) / rate_hz,
        accel_g=accel,
        gyro_dps=gyro,
        force_n=force,
        motor=motor_on.astype(np.int8) if chosen.motor else None,
    )
    return HandSession(recording, label(truth, limit_n))
