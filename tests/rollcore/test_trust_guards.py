# SPDX-License-Identifier: MIT
"""Trust at its bounds: gains that fit into 31 bits, variances that stay positive, small ones that keep their bits."""

import math

import pytest
from small import LIMIT, Small

from rollcore.trust import Trust

PULL_MAX = 8_000_000 >> 8  # what a gain is multiplied with: see `Guess.correct`,
FAR_MAX = 10_000  # and `Guess.correct_place`
PLACE_NOISE = 3_430_000
SURE, UNSURE = 1_000, 4_000_000


def correlated(much, variance=SURE):
    """Return trust whose errors go together by so much, more than these variances allow: rounding may end there."""
    trust = Trust()
    trust.pp = trust.vv = trust._ee = trust._bb = variance
    trust._pv = trust._pe = trust._ve = trust._vb = trust._eb = much
    return trust


def variances(trust):
    return [trust.pp, trust.vv, trust._ee, trust._bb]


@pytest.mark.parametrize("variance", [SURE, UNSURE])
@pytest.mark.parametrize("much", [2**26 - 1, 2**20, 1000, -1000, -(2**20), 1 - 2**26])
def test_no_correction_is_larger_than_31_bits(much, variance):
    trust = correlated(much, variance)
    trust.correct(400)
    assert 0 <= trust.gain_v <= 4096
    assert max(map(abs, (trust.gain_p, trust.gain_e, trust.gain_b))) * PULL_MAX < LIMIT
    trust = correlated(much, variance)
    trust.correct_place(PLACE_NOISE)
    assert 0 <= trust.place_p <= 4096
    assert max(abs(trust.place_v), abs(trust.place_e)) * FAR_MAX < LIMIT


@pytest.mark.parametrize("way", [1, -1])
def test_gains_have_the_sign_of_what_they_correct(way):
    trust = correlated(way * 1000, UNSURE)
    trust.correct(400)
    trust.correct_place(PLACE_NOISE)
    for gain in (trust.gain_p, trust.gain_e, trust.gain_b, trust.place_v, trust.place_e):
        assert way * gain > 0 or gain == (0 if way > 0 else -1) or abs(gain) <= 64


@pytest.mark.parametrize("much", [2**20, -(2**20), 2**24, -(2**24)])
@pytest.mark.parametrize("variance", [1, SURE])
def test_no_variance_goes_below_zero(much, variance):
    for what in (
        lambda trust: trust.correct(100),
        lambda trust: trust.correct_place(PLACE_NOISE),
        lambda trust: trust.advance(79, 0, True),
    ):
        trust = correlated(much, variance)
        what(trust)
        assert min(variances(trust)) >= 1


@pytest.mark.parametrize("vv", [1, 20, 63, 1000, 60_000, 300_000, 16_000_000])
@pytest.mark.parametrize("noise", [63, 400, 40_000, 3_500_000])
def test_a_known_velocity_leaves_what_two_measurements_leave(vv, noise):
    """Velocity and its correlations shrink by the same share; a few units keep all their bits."""
    share = noise / (vv + noise)
    trust = Trust()
    trust.vv = Small(vv)
    much = round(math.sqrt(vv * 1000))
    trust._ve, trust._vb = Small(much), Small(-much)
    trust.correct(Small(noise))
    assert trust.vv == pytest.approx(max(1, vv * share), rel=0.02, abs=1 + vv / 50)
    assert trust._ve == pytest.approx(much * share, rel=0.01, abs=1 + much / 50)
    assert trust._vb == pytest.approx(-much * share, rel=0.01, abs=1 + much / 50)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(
    ("much", "variance"), [(60, 1000), (250_000, 4_000_000), (300_000, 4_000_000), (8_000_000, 8_000_000)]
)
def test_a_correlation_of_any_size_is_halved_where_the_velocity_is(way, much, variance):
    trust = Trust()
    trust.vv = Small(variance)
    trust._ve = trust._vb = Small(way * much)
    trust.correct(Small(variance))
    assert trust._ve == pytest.approx(way * much / 2, rel=0.001, abs=1)
    assert trust._vb == pytest.approx(way * much / 2, rel=0.001, abs=1)


def test_the_error_of_gravity_is_told_and_never_below_a_tenth_of_a_mg():
    trust = Trust()
    trust.advance(79, 0, True)
    assert trust.sigma_e == pytest.approx(2000, rel=0.1), "20 mg at first"
    for _ in range(400):
        trust.advance(20, 0, True)
        trust.correct(100)
        assert trust.sigma_e >= 9
    assert trust.sigma_e < 200, "long at rest"
    trust._ee = 1
    trust._eb = trust._ve = -1000
    for _ in range(20):
        trust.advance(1, 0, True)
        assert trust.sigma_e >= 9


def test_in_the_air_the_head_goes_further_than_on_the_skin():
    skin, air = Trust(), Trust()
    for _ in range(13):
        skin.advance(79, 0, True)
        air.advance(79, 0, False)
    assert air.pp > skin.pp + 200_000
