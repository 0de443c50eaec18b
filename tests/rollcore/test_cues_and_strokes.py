# SPDX-License-Identifier: MIT
"""Strokes found while the motor plays cues are those found with cues off, on the same hand (`pytest -s` prints it)."""

from dataclasses import replace

import numpy as np
import pytest
from strokes import run

from rolltools import hand
from rolltools.hand import force, motor, sensors
from rolltools.recording import Recording, engine_rows
from rolltools.replay import replay
from rolltools.scoring import compare_all

RATE_HZ, FINE_HZ = 208.0, 1040.0
SEEDS = (1, 2)
# Not the tone but the flag that the motor runs costs strokes: `quiet.py` takes more for rest while it is set.
SCENARIOS = [
    "edge",
    pytest.param("light", marks=pytest.mark.exhaustive),
    pytest.param("everything", marks=pytest.mark.exhaustive),
    pytest.param("overpressure", marks=pytest.mark.exhaustive),
]


def recorded(scenario, seed, on=None):
    """Return the session of a hand whose LRA runs where `on` says (one for each sample), or never.

    Hand, sensors and their noise are the same in both cases; the IMU's filter is the one that the reference board sets.
    """
    truth, rng = hand.simulate(scenario, seed, FINE_HZ)
    imu, cell = sensors.draw_faults(rng, RATE_HZ), force.draw_faults(rng, "loadcell", force.Fsr())
    shake = None
    if on is not None:
        fine_on = np.repeat(on, round(FINE_HZ / RATE_HZ))[: len(truth.force)]
        shake = motor.vibration(motor.LRA, fine_on, FINE_HZ, np.random.default_rng([seed, 1]))
    imu = replace(imu, filter=sensors.NARROW)
    accel, gyro = sensors.inertial(truth, imu, RATE_HZ, np.random.default_rng([seed, 2]), shake)
    reading = force.load_cell(truth, cell, RATE_HZ, np.random.default_rng([seed, 3]))
    return Recording(scenario, RATE_HZ, np.arange(len(reading)) / RATE_HZ, accel, gyro, reading)


def played(recording):
    """Return where the engine's own motor runs on a recording."""
    levels = []
    run(engine_rows(recording), each=lambda _t_ms, engine: levels.append(engine.motor_level))
    return np.array(levels) > 0


def against_cue_off(scenario, seed):
    """Return what is found with cues, what is found with cues off as the truth, and the share of motor time."""
    still = recorded(scenario, seed)
    on = played(still)
    shaken = recorded(scenario, seed, on)
    return replay(shaken), {**hand.make(scenario, seed).labels, **replay(still, {"cues": "off"})}, on.mean()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_cues_of_an_lra_change_no_stroke(scenario):
    print()
    pairs = []
    for seed in SEEDS:
        found, off, share = against_cue_off(scenario, seed)
        pairs.append((found, off | {"overpressure": []}))
        counts = f"{len(found['strokes'])} strokes with cues, {len(off['strokes'])} with cues off"
        print(f"{scenario} {seed}: motor on {100 * share:.1f} % of the time, {len(found['cues'])} cues; {counts}")
    f1 = compare_all(pairs).f1
    print(f"{scenario}: F1 of one against the other {f1:.4f}")
    assert f1 >= 0.98
