# SPDX-License-Identifier: MIT
"""Real recordings of hands that do not roll: no stroke without a force, and none of them stops the engine."""

import csv

import numpy as np
import pytest
from strokes import of_type, run

from rollcore.events import STROKE
from rollcore.sample import MOTOR_OWN
from rollcore.settings import Settings


def rows_of(times_s, accel_g, force_mn):
    """Return engine rows of an accelerometer alone; the gyro is 0."""
    rows = np.full((len(times_s), 9), MOTOR_OWN, dtype=int)
    rows[:, 0] = np.floor((times_s - times_s[0]) * 1000)
    rows[:, 1:4] = np.clip(np.rint(accel_g / 122e-6), -32768, 32767)
    rows[:, 4:7] = 0
    rows[:, 7] = force_mn
    return rows


def as_it_stands():
    settings = Settings()
    settings.force_as_is = True
    return settings


@pytest.mark.parametrize("force_mn", [0, 3000])
def test_walking_with_the_phone_in_the_hand(shared_data, force_mn):
    files = sorted((shared_data / "walk_in_hand").rglob("accelerometer.csv"))
    assert files
    for file in files:
        with file.open() as stream:
            table = np.array([[float(row[i]) for i in (0, 2, 3, 4)] for row in csv.reader(stream) if row[0].isdigit()])
        times = table[:, 0] / 1e9
        rate_hz = (len(times) - 1) / (times[-1] - times[0])
        rows = rows_of(times, table[:, 1:] / 9.80665, force_mn)
        found = run(rows, rate_hz, as_it_stands())
        if force_mn == 0:
            assert of_type(found, STROKE) == []
        else:
            assert max((event["length_um"] for event in of_type(found, STROKE)), default=0) < 2**29


def test_brush_recordings_with_no_force(shared_data):
    for file in sorted((shared_data / "mcu_brush").glob("VID_*.csv")):
        table = np.genfromtxt(file, delimiter=",", skip_header=1)
        rows = rows_of(table[:, 0], table[:, 1:4], 0)
        assert of_type(run(rows, 50.0, as_it_stands()), STROKE) == []
