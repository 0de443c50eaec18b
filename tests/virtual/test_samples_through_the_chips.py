# SPDX-License-Identifier: MIT
"""What the driver reads from the modelled chips is the recording itself: the same counts as in a replay of it."""

from dataclasses import replace

import numpy as np
import pytest
from fakes.board_rig import Rig, SampleFile

from rollcore.sample import FORCE, new_sample
from rolltools import hand
from rolltools.recording import engine_rows, write_chip_samples, write_csv
from rolltools.recording_csv import read_csv


@pytest.fixture(scope="module", params=["as made", "through CSV"])
def recording(request, tmp_path_factory):
    made = replace(hand.make("mixed", 3, duration_s=12.0).recording, motor=None)
    if request.param == "as made":
        return made
    path = tmp_path_factory.mktemp("csv") / "samples.csv"
    with path.open("w") as stream:
        write_csv(made, stream)
    return read_csv(path)


def felt(recording, path, drain_ms=10):
    """Return the samples that the board reads, drained as by the app."""
    write_chip_samples(recording, path)
    rows = []
    with path.open("rb") as stream:
        samples = SampleFile(stream)
        rig = Rig(samples)
        samples.on_start = lambda _t_us: rig.world.chips["imu"].forget()
        board = rig.board()
        board.start()
        sample = new_sample()
        while len(rows) < len(recording):
            for i in range(board.fetch()):
                board.sample(i, sample)
                rows.append(list(sample))
            rig.sleep_ms(drain_ms)
    return np.array(rows[: len(recording)])


def test_the_motion_is_the_rows_themselves_from_the_first_on(recording, tmp_path):
    expected = engine_rows(recording)[:-1, 1:7]  # the last row is held still
    assert np.array_equal(felt(recording, tmp_path / "samples.bin")[:-1, :6], expected)


@pytest.mark.parametrize("drain_ms", [5, 10, 25])
def test_the_force_follows_within_the_way_between_two_readings(recording, tmp_path, drain_ms):
    """A reading is a straight line away from the next: no lag, and no more error than a ramp between them makes."""
    force = engine_rows(recording)[:, 1 + FORCE].astype(float)
    error = felt(recording, tmp_path / "samples.bin", drain_ms)[:, FORCE] - force
    slope = np.gradient(force)
    steep = np.abs(slope) > 20
    lag_rows = -np.sum(error[steep] * slope[steep]) / np.sum(slope[steep] ** 2)
    assert abs(lag_rows) * 4.8 < 1.0
    assert error.std() < (25, 30, 60)[(5, 10, 25).index(drain_ms)]
