# SPDX-License-Identifier: MIT
"""One guess at its bounds: what it takes for a misfit, how far it lets the head be, and its drift between the knots."""

import pytest
from small import Small

from rollcore.guess import Guess, misfit

CM_S = 160_000  # in 1/16 um/s
MG = 8400  # in units of gravity
PLACE_NOISE = 3_200_000


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("cm_s", [1.0, 27.0, 29.0, 199.0, 201.0, 838.0])
@pytest.mark.parametrize("noise", [1, 100, 40_000, 30_000_000])
def test_the_misfit_is_right_at_any_speed_and_fits_into_31_bits(way, cm_s, noise):
    exact = min(40.0, 0.5 * (100 * cm_s) ** 2 / noise) if cm_s <= 200 else 40.0
    assert misfit(Small(round(way * cm_s * CM_S)), Small(noise)) / 256 == pytest.approx(exact, rel=0.02, abs=0.01)


def rolled(cm_s, seconds, way=1):
    """Return a guess that has moved at an even speed."""
    guess = Guess()
    for _ in range(round(seconds * 13)):
        guess.advance(Small(round(way * cm_s * CM_S)), 4, 308, 79, 0, True)
    return guess


@pytest.mark.parametrize("way", [1, -1])
def test_the_place_follows_the_speed_as_far_as_an_arm_reaches(way):
    assert way * rolled(20.0, 2.0, way).place_um == pytest.approx(400_000, rel=0.05)
    assert 900_000 <= way * rolled(200.0, 4.0, way).place_um <= 1_100_000


@pytest.mark.parametrize("way", [1, -1])
def test_a_speed_that_no_hand_has_moves_the_place_no_further_than_3_m_a_second(way):
    moved = way * rolled(800.0, 0.08, way).place_um
    assert 0.2e6 <= moved <= 0.25e6


@pytest.mark.parametrize("way", [1, -1])
def test_one_correction_takes_half_a_metre_a_second_off_at_most(way):
    guess = rolled(600.0, 0.5, way)
    speed = guess.speed(way * 600 * CM_S)
    pull = guess.correct(Small(speed), 100)
    assert abs(pull) <= 55 * CM_S
    assert way * guess.drift_at(0, 0) > 0 or way * guess.speed(way * 600 * CM_S) < way * speed
    assert way * (speed - guess.speed(way * 600 * CM_S)) <= 55 * CM_S


@pytest.mark.parametrize("way", [1, -1])
def test_gravity_is_never_taken_for_wrong_by_more_than_60_mg(way):
    by_speed, by_place = Guess(), Guess()
    for _ in range(400):
        by_speed.advance(0, 4, 308, 79, 20000, True)
        by_speed.correct(Small(way * 50 * CM_S), 100)
        by_place.advance(0, 4, 308, 79, 0, True)
        by_place.place_um = way * 1_000_000
        by_place.correct_place(Small(PLACE_NOISE))
    assert 30 * MG < way * by_speed.offset < 61 * MG
    assert 30 * MG < way * by_place.offset < 61 * MG


def bent():
    """Return a guess whose drift rose by 1 cm/s up to block 8, and by 3 cm/s from there to block 16, and stays."""
    guess = Guess()
    for block, cm_s in ((0, 0), (8, 1), (16, 4)):
        guess.drift = cm_s * CM_S
        guess.knot(block)
    return guess


@pytest.mark.parametrize(
    ("block", "cm_s"), [(0, 0.0), (4, 0.5), (8, 1.0), (10, 1.75), (12, 2.5), (16, 4.0), (18, 4.0), (20, 4.0)]
)
def test_between_two_knots_the_drift_goes_straight(block, cm_s):
    assert bent().drift_at(block, 20) == pytest.approx(cm_s * CM_S, abs=CM_S / 100)


def test_after_the_last_knot_the_drift_goes_straight_to_what_it_is_now():
    guess = bent()
    guess.drift = 6 * CM_S
    assert guess.drift_at(18, 20) == pytest.approx(5 * CM_S, abs=CM_S / 100)
    assert guess.drift_at(16, 16) == pytest.approx(4 * CM_S, abs=CM_S / 100), "the newest block is a knot"
