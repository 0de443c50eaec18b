# SPDX-License-Identifier: MIT
"""A modelled hand with a roller: recordings with labels, from physics and a seed, to test what detects strokes.

Nothing here knows how strokes are detected. `make("lifts", seed=1)` gives the samples of a session and the truth.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..recording import Recording
from . import body, force, motor, sensors
from .grips import draw_grip
from .labels import Labels, label
from .moves import Hand
from .pace import draw_pace
from .profile import Rng
from .scenarios import TABLE, Scenario, draw_site
from .timeline import Timeline

LEVER_M = 0.1
START_HEIGHT_M = 0.02
FINE_HZ = 1000.0  # the least rate at which motion is planned and differentiated
SCENARIOS = {name: scenario.help for name, scenario in TABLE.items()}
STROKELESS = frozenset(name for name, scenario in TABLE.items() if not scenario.rolls)


class HandSession(NamedTuple):
    """What the sensors recorded and what was true (the format of labels is that of `labels.label`)."""

    recording: Recording
    labels: Labels


def _plan(scenario: Scenario, rng: Rng, fine_hz: float, duration_s: float, bend: tuple[float, float]) -> Timeline:
    line = Timeline(fine_hz, START_HEIGHT_M)
    line.sites.append(draw_site(bend, rng))
    hand = Hand(line, scenario.habit, rng, draw_pace(rng, scenario.pace))
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
    wrist, reach = draw_grip(rng, chosen.wrist)
    bend = (max(reach[0], chosen.bend[0]), min(reach[1], chosen.bend[1]))
    line = _plan(chosen, rng, fine_hz, chosen.duration_s if duration_s is None else duration_s, bend)
    return body.simulate(line, wrist, chosen.hold.of_one_hand(rng), body.random_rotation(rng), LEVER_M, rng), rng


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
    if sensor not in force.FORCE_SENSORS:
        raise ValueError(f"no force sensor {sensor!r}; there are: {', '.join(force.FORCE_SENSORS)}")
    fine_hz = rate_hz * np.ceil(FINE_HZ / rate_hz)
    truth, rng = simulate(scenario, seed, float(fine_hz), duration_s)
    return _sense(TABLE[scenario], truth, rng, rate_hz, sensor, over_limit_n, f"{scenario}-{seed}")


def _sense(
    chosen: Scenario, truth: body.Truth, rng: Rng, rate_hz: float, sensor: str, limit_n: float, name: str
) -> HandSession:
    buzz = motor.alarm_schedule(truth, limit_n)
    if chosen.cues:
        buzz |= motor.cue_schedule(truth, rng)
    imu = sensors.draw_faults(rng, rate_hz)
    shake = None
    if chosen.motor is not None:
        shake = motor.vibration(chosen.motor, buzz, truth.fine_hz, rng)
        if chosen.motor.raw:
            imu = replace(imu, filter=sensors.OPEN)
    accel, gyro = sensors.inertial(truth, imu, rate_hz, rng, shake)
    faults = force.draw_faults(rng, sensor, chosen.fsr)
    if sensor == "loadcell":
        reading = force.load_cell(truth, faults, rate_hz, rng)
    else:
        reading = force.fsr_reading(truth, faults, rate_hz, rng, chosen.fsr)
    recording = Recording(
        name=name,
        rate_hz=rate_hz,
        t_s=np.arange(len(reading)) / rate_hz,
        accel_g=accel,
        gyro_dps=gyro,
        force_n=reading,
        motor=sensors.sample(buzz, truth, rate_hz).astype(np.int8) if chosen.motor else None,
    )
    return HandSession(recording, label(truth, limit_n))
