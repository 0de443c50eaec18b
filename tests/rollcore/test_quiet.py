# SPDX-License-Identifier: MIT
"""What is quiet: no axis accelerates, nothing turns; a hand's tremor and a motor are allowed for."""

import numpy as np
import pytest

from rollcore.quiet import QuietDetector

BLOCK_US = 19231
MG = 131  # in 1/16 LSB
DPS = 457


def after(accel_mg, turn_dps=(0, 0, 0), detector=None):
    """Return a detector after blocks of these accelerations, n x 3, less gravity."""
    if detector is None:
        detector = QuietDetector()
        detector.set_block(BLOCK_US)
    turn = [round(w * DPS) for w in turn_dps]
    for x, y, z in np.rint(np.asarray(accel_mg) * MG).astype(int).tolist():
        detector.block(x, y, z, *turn)
    return detector


def step(axis, mg, blocks=2):
    """Return 40 blocks of rest, the last of them with so much more along one axis."""
    accel = np.zeros((40, 3))
    accel[-blocks:, axis] = mg
    return accel


def test_a_rest_is_quiet_and_so_is_an_even_push():
    assert after(np.zeros((40, 3))).is_quiet
    pushed = after(np.tile([5.0, 0.0, 0.0], (40, 1)))
    assert pushed.is_quiet
    assert pushed.accel_x == pytest.approx(5 * MG, abs=1)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("way", [1, -1])
def test_what_changes_along_any_axis_is_not_quiet(axis, way):
    assert not after(step(axis, way * 40.0)).is_quiet
    assert after(step(axis, way * 1.0)).is_quiet


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("way", [1, -1])
def test_what_turns_is_not_quiet(axis, way):
    turn = [0.0, 0.0, 0.0]
    turn[axis] = way * 15.0
    assert not after(np.zeros((40, 3)), turn).is_quiet
    turn[axis] = way * 1.0
    assert after(np.zeros((40, 3)), turn).is_quiet


def test_a_tremor_is_allowed_for():
    shaken = np.zeros((400, 3))
    shaken[:, 0] = 20.0 * np.sin(2 * np.pi * 9.0 * np.arange(400) * BLOCK_US / 1e6)
    calm = QuietDetector()
    calm.set_block(BLOCK_US)
    quiet_with_tremor = [after(shaken[i : i + 1], detector=calm).is_quiet for i in range(400)]
    assert np.mean(quiet_with_tremor[300:]) > np.mean(quiet_with_tremor[2:30])


def test_a_handle_that_turned_and_does_no_longer_has_stopped_turning():
    detector = after(np.zeros((40, 3)), (0, 15, 0))
    assert not detector.has_stopped_turning(), "it turns"
    after(np.zeros((8, 3)), detector=detector)
    assert detector.has_stopped_turning()
    assert not detector.has_stopped_turning(), "that was told"
    long_ago = after(np.zeros((40, 3)), (0, 15, 0))
    after(np.zeros((400, 3)), detector=long_ago)
    assert not long_ago.has_stopped_turning(), "that was long ago"
    assert not after(np.zeros((40, 3))).has_stopped_turning(), "it never turned"
    slower = after(np.zeros((40, 3)), (0, 15, 0))
    after(np.zeros((8, 3)), (0, 8, 0), detector=slower)
    assert not slower.has_stopped_turning(), "it still turns"
    after(np.zeros((12, 3)), (0, 3.5, 0), detector=slower)
    assert slower.has_stopped_turning(), "against the most of before, whoever asked in between"
