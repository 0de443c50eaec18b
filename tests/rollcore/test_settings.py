# SPDX-License-Identifier: MIT
"""The settings: one schema, and an answer with cause and cure to everything that is not a setting."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore.fields import SETTING_HELP
from rollcore.settings import SCHEMA, Settings

NAMES = [row[0] for row in SCHEMA]
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.lists(st.integers(), max_size=2)
)


def test_defaults_are_the_contract():
    s = Settings()
    assert (s.over_limit_mn, s.over_hysteresis_mn, s.over_hold_ms, s.ceiling_mn) == (10000, 500, 100, 25000)
    assert (s.imu_to_head_mm, s.head_mass_g, s.rate_hz, s.force_sensor, s.trace) == (100, 150, 208, 0, 0)
    assert s.force_as_is is False


def test_units_become_integers():
    s = Settings.from_dict({"over_limit_n": 7.5, "trace": "full", "force_sensor": "fsr", "rate_hz": 104.0})
    assert (s.over_limit_mn, s.trace, s.force_sensor, s.rate_hz) == (7500, 2, 1, 104)
    assert isinstance(s.rate_hz, int)


def test_force_sensor_is_the_boards_own_by_default():
    assert Settings.from_dict({}, "fsr").force_sensor == 1
    assert Settings.from_dict({"force_sensor": "loadcell"}, "fsr").force_sensor == 0


def test_ceiling_follows_the_limit_unless_given():
    assert Settings.from_dict({"over_limit_n": 20}).ceiling_mn == 40000
    with pytest.raises(ValueError, match="at least 40"):
        Settings.from_dict({"over_limit_n": 20, "ceiling_n": 25})


@pytest.mark.parametrize(
    ("given_settings", "says"),
    [
        ({"over_limt_n": 9}, "did you mean over_limit_n"),
        ({"head_mass": 9}, "did you mean head_mass_g"),
        ({"over_limit_n": "9"}, "give a number"),
        ({"over_limit_n": True}, "give a number"),
        ({"over_limit_n": float("nan")}, "give 0.5 to"),
        ({"rate_hz": 50.5}, "whole number"),
        ({"rate_hz": 1000}, "give 50 to 416"),
        ({"trace": "all"}, "choose one of off, compact, full"),
        ({"band_low_n": 12}, "band_low_n"),
        ({"over_limit_n": 1, "over_hysteresis_n": 2}, "over_hysteresis_n"),
        ([], "give an object"),
    ],
)
def test_refusals_name_cause_and_cure(given_settings, says):
    with pytest.raises(ValueError, match=says):
        Settings.from_dict(given_settings)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=20), VALUES, max_size=5))
def test_any_dict_gives_settings_or_a_value_error(given_settings):
    try:
        s = Settings.from_dict(given_settings)
    except ValueError as error:
        assert len(str(error)) > 20
    else:
        assert s.ceiling_mn >= 2 * s.over_limit_mn - 1


@st.composite
def valid_settings(draw):
    values = {}
    for name, _unit, default, low, high in SCHEMA:
        if not draw(st.booleans()):
            continue
        if high is None:
            values[name] = draw(st.sampled_from(low))
        elif isinstance(default, int):
            values[name] = draw(st.integers(low, high))
        else:
            values[name] = draw(st.floats(low, high))
    return values


def public(settings):
    return {name: value for name, value in vars(settings).items() if not name.startswith("_")}


@given(valid_settings())
def test_to_dict_round_trips(values):
    try:
        s = Settings.from_dict(values)
    except ValueError:
        return  # a contradiction between two of them
    again = Settings.from_dict(json.loads(json.dumps(s.to_dict())))
    assert public(again) == public(s)
    assert again.to_dict() == s.to_dict()


def test_every_setting_says_what_it_is_for():
    assert list(SETTING_HELP) == NAMES
    assert all(SETTING_HELP.values())
