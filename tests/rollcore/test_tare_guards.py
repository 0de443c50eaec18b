# SPDX-License-Identifier: MIT
"""The offset out of contact: for a load cell by pose, for an FSR alone, and bounded whatever is read."""

import random

import pytest
from small import Small

from rollcore.tare import Tare

G = 256
FLAT, NOSE_UP, SIDE = (0, 0, G), (G, 0, 0), (0, G, 0)


def learnt(tare, pose, raw_mn, readings=60):
    """Return the tare after so many readings in a pose."""
    for _ in range(readings):
        tare.learn(Small(raw_mn), 0, *map(Small, pose))
        tare.look(*pose)
    return tare


def test_an_offset_of_any_pose_is_learnt_and_a_pose_that_was_not_seen_is_in_doubt():
    tare = learnt(Tare(150, False), FLAT, 120)
    assert tare.at(*FLAT) == pytest.approx(120, abs=10)
    sure_mn = tare.sigma_mn
    for _ in range(20):
        tare.look(*NOSE_UP)
    assert tare.sigma_mn > 2 * sure_mn
    learnt(tare, NOSE_UP, 220)
    assert tare.at(*NOSE_UP) == pytest.approx(220, abs=20)
    assert tare.at(*FLAT) == pytest.approx(120, abs=30), "what is known of the other pose stays"


@pytest.mark.parametrize("pose", [NOSE_UP, SIDE])
def test_an_fsr_reads_the_same_in_every_pose(pose):
    tare = learnt(Tare(150, True), pose, 120)
    sure_mn = tare.sigma_mn
    for other in (FLAT, NOSE_UP, SIDE):
        assert tare.at(*other) == pytest.approx(120, abs=10)
        for _ in range(20):
            tare.look(*other)
        assert tare.sigma_mn == pytest.approx(sure_mn, abs=1)


@pytest.mark.parametrize("pose", [FLAT, NOSE_UP])
def test_an_fsr_is_as_quick_to_learn_in_every_pose(pose):
    once = learnt(Tare(150, True), pose, 120, readings=1)
    flat = learnt(Tare(150, True), (0, 0, 0), 120, readings=1)
    assert once.at(0, 0, 0) == flat.at(0, 0, 0) > 0


@pytest.mark.parametrize("way", [1, -1])
def test_one_reading_far_off_moves_the_offset_by_a_newton_at_most(way):
    assert 0 < way * learnt(Tare(0, False), FLAT, way * 90_000, readings=1).at(*FLAT) <= 1000
    assert 0 < way * learnt(Tare(0, False), FLAT, way * 90_000, readings=400).at(*FLAT) <= 2000


@pytest.mark.parametrize("fsr", [False, True])
@pytest.mark.parametrize("mass_g", [0, 150, 500])
def test_no_reading_and_no_pose_makes_an_integer_of_more_than_31_bits(fsr, mass_g):
    rng = random.Random(1)
    tare = Tare(mass_g, fsr)
    for _ in range(600):
        pose = [Small(rng.choice((-4 * G, 4 * G, rng.randint(-G, G)))) for _ in range(3)]
        raw_mn = Small(rng.choice((-190_000, 190_000, rng.randint(-500, 500))))
        tare.learn(raw_mn, Small(rng.choice((0, 5000))), *pose)
        tare.look(*pose)
        assert tare.sigma_mn >= 1
        assert abs(tare.at(*pose)) < 20_000
