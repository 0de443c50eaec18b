# SPDX-License-Identifier: MIT
"""The status light: every band has its colour, every state its pattern, and unknown is not green."""

from itertools import combinations

import pytest

from rollcore.bands import BAND_UNKNOWN, BAND_WANTED
from rollcore.fields import BAND_NAMES
from rollcore.status_light import OFF, PATTERNS, STATE_DEAF, STATE_SESSION, colour

TURN_MS = 4000


def shown(band, state):
    return [colour(t_ms, band, state) for t_ms in range(0, TURN_MS, 25)]


@pytest.mark.parametrize(("one", "other"), list(combinations(range(len(BAND_NAMES)), 2)))
def test_every_band_has_its_own_colour(one, other):
    assert colour(0, one, STATE_SESSION) != colour(0, other, STATE_SESSION)


@pytest.mark.parametrize(("one", "other"), list(combinations(range(len(PATTERNS)), 2)))
def test_every_state_has_its_own_pattern(one, other):
    assert [c != OFF for c in shown(BAND_WANTED, one)] != [c != OFF for c in shown(BAND_WANTED, other)]


def test_an_unknown_force_has_no_green_and_a_wanted_one_nothing_else():
    red, green, blue = colour(0, BAND_UNKNOWN, STATE_SESSION)
    assert (green, bool(red), bool(blue)) == (0, True, True)
    red, green, blue = colour(0, BAND_WANTED, STATE_SESSION)
    assert (red, bool(green), blue) == (0, True, 0)


@pytest.mark.parametrize("state", range(len(PATTERNS)))
def test_the_light_only_ever_shows_the_colour_of_the_band_or_nothing(state):
    for band in range(len(BAND_NAMES)):
        assert set(shown(band, state)) - {OFF} == {colour(0, band, STATE_SESSION)}
    assert (OFF in shown(BAND_WANTED, state)) == (state != STATE_SESSION)
    assert colour(TURN_MS + 130, BAND_WANTED, STATE_DEAF) == OFF
