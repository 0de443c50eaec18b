# SPDX-License-Identifier: MIT
"""The status light: every band has its colour, every state its pattern, and unknown is not green."""

from itertools import combinations

import pytest

from rollcore.fields import BAND_NAMES
from rollcore.status_light import OFF, light

TURN_MS = 4000
STATES = ("idle", "in_session", "fault", "low_battery", "deaf")  # the later is the worse


def shown(band, state, t_ms=0):
    """Return the colour of a band at a time in a state, with all that is less bad going on as well."""
    return light(t_ms, BAND_NAMES.index(band), *(STATES.index(state) >= i for i in range(1, len(STATES))))


def pattern(state):
    return [shown("in_band", state, t_ms) != OFF for t_ms in range(0, TURN_MS, 25)]


@pytest.mark.parametrize(("one", "other"), list(combinations(BAND_NAMES, 2)))
def test_every_band_has_its_own_colour(one, other):
    assert shown(one, "in_session") != shown(other, "in_session")


@pytest.mark.parametrize(("one", "other"), list(combinations(STATES, 2)))
def test_every_state_has_its_own_pattern_and_the_worst_wins(one, other):
    assert pattern(one) != pattern(other)


def test_an_unknown_force_has_no_green_and_a_wanted_one_nothing_else():
    red, green, blue = shown("unknown", "in_session")
    assert (green, bool(red), bool(blue)) == (0, True, True)
    red, green, blue = shown("in_band", "in_session")
    assert (red, bool(green), blue) == (0, True, 0)


@pytest.mark.parametrize("state", STATES)
def test_the_light_only_ever_shows_the_colour_of_the_band_or_nothing(state):
    for band in BAND_NAMES:
        seen = {shown(band, state, t_ms) for t_ms in range(0, TURN_MS, 25)}
        assert seen - {OFF} == {shown(band, "in_session")}
        assert (OFF in seen) == (state != "in_session")
