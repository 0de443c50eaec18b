# SPDX-License-Identifier: MIT
"""Replay of recordings that nobody here made; they are not part of the project and may be absent."""

from pathlib import Path

import numpy as np
import pytest

from rolltools.recording import Recording, finish
from rolltools.replay import replay

DATA = Path(__file__).parents[2].parent / "shared" / "data"
GRAVITY = 9.80665

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no real recordings in ../shared/data beside the project")

WALKS = sorted(DATA.glob("walk_in_hand/*/accelerometer.csv"))
STRUMS = sorted(DATA.glob("strum_direction/*.csv"))


def recorded(name, times, accel_g, force_n):
    zeros = np.zeros_like(accel_g)
    return finish(Recording(name, 0.0, times, accel_g, zeros, np.full(len(times), force_n)))


@pytest.mark.parametrize("path", WALKS, ids=lambda path: path.parent.name)
def test_a_walk_without_force_is_no_stroke(path):
    table = np.loadtxt(path, delimiter=",")
    order = np.argsort(table[:, 0], kind="stable")
    table = table[order][np.concatenate([[True], np.diff(table[order, 0]) > 0])]
    times = (table[:, 0] - table[0, 0]) / 1e9
    answer = replay(recorded(path.parent.name, times, table[:, 2:5] / GRAVITY, 0.0))
    assert answer["strokes"] == []
    assert answer["overpressure"] == []
    assert answer["session"]["contact_s"] == 0.0


@pytest.mark.parametrize("path", STRUMS, ids=lambda path: path.stem)
def test_strums_run_through(path):
    table = np.loadtxt(path, delimiter="\t" if "\t" in path.read_text()[:200] else ",", usecols=(0, 1), skiprows=1)
    accel = np.zeros((len(table), 3))
    accel[:, 0] = table[:, 1] / GRAVITY
    accel[:, 2] = 1.0
    recording = recorded(path.stem, table[:, 0], accel, 3.0)
    answer = replay(recording)
    assert recording.force_as_is
    assert any("outside 50-416" in text for text in recording.warnings)
    assert answer["session"]["contact_s"] == pytest.approx(answer["session"]["duration_s"], abs=0.2)
    assert all(stroke["mean_n"] == 3.0 for stroke in answer["strokes"])
