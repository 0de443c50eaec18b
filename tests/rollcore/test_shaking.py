# SPDX-License-Identifier: MIT
"""What is taken for shaking: accelerations in m/s^2 on blocks of 19 ms, with a gyro that lives and one that is dead."""

import math

import pytest

from rollcore.shaking import Shaking

LSB = 122e-6 * 9.80665 / 16
BLOCK_S = 0.0192


def shake(along, across, hz, seconds=1.0, alive=True, known=True):
    """Return the state after a swing of these amplitudes along and across the handle."""
    shaking = Shaking()
    for i in range(round(seconds / BLOCK_S)):
        swing = math.sin(2 * math.pi * hz * i * BLOCK_S)
        noise = i % 2 if alive else 0
        shaking.block(round(along * swing / LSB), 0, round(across * swing / LSB), noise, 0, 0, known)
    return shaking.is_shaken


@pytest.mark.parametrize(
    ("along", "across", "hz", "shaken"),
    [(1.0, 5.0, 1.0, True), (5.0, 1.0, 1.0, False), (2.0, 6.0, 1.0, True), (0.2, 2.0, 1.0, False)],
)
def test_who_moves_across_the_handle_is_shaken(along, across, hz, shaken):
    assert shake(along, across, hz) is shaken


def test_a_tremor_of_10_hz_is_no_shaking():
    assert not shake(1.0, 4.0, 10.0)


def test_a_dead_gyro_leaves_less_room():
    assert shake(0.5, 1.5, 1.0, alive=False)
    assert not shake(0.5, 1.5, 1.0, alive=True)


@pytest.mark.parametrize(("alive", "shaken"), [(True, False), (False, True)])
def test_rolling_leaves_less_room_too_where_the_gyro_is_dead(alive, shaken):
    assert shake(5.0, 4.0, 1.0, alive=alive) is shaken


def held(x, y, z, gyro=(1, 0, 0)):
    """Return the state after a second of one acceleration in m/s^2; `gyro`: which axes show noise."""
    shaking = Shaking()
    accel = [round(a / LSB) for a in (x, y, z)]
    for i in range(52):
        shaking.block(*accel, *(i % 2 * lives for lives in gyro), True)
    return shaking.is_shaken


@pytest.mark.parametrize("way", [1, -1])
def test_it_does_not_matter_which_way_it_is_thrown(way):
    assert held(0, way * 4.0, 0)
    assert held(0, 0, way * 4.0)
    assert not held(way * 6.0, 0, 4.0), "it rolls faster than it is thrown about"


@pytest.mark.parametrize("gyro", [(1, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_a_gyro_lives_that_shows_noise_on_any_axis(gyro):
    assert not held(0, 0, 1.0, gyro)
    assert held(0, 0, 1.0, (0, 0, 0))


def test_a_speed_that_no_rest_has_told_leaves_less_room():
    assert shake(0.2, 1.6, 1.0, known=False)
    assert not shake(0.2, 1.6, 1.0)
    assert not shake(1.6, 1.6, 1.0, known=False), "it rolls as much as it sways"


def test_shaking_is_forgotten_within_two_seconds():
    shaking = Shaking()
    for i in range(300):
        shaking.block(0, 0, 80000 if i < 100 else 0, i % 2, 0, 0, True)
        if i == 99:
            assert shaking.is_shaken
    assert not shaking.is_shaken
