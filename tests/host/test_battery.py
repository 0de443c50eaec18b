# SPDX-License-Identifier: MIT
"""How long a charge lasts: a figure where the gauge can tell, and none where it cannot."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolltools.battery import Drain, drain, time_left_h
from rolltools.session import Battery


def test_hours_left_of_a_charge_that_drains():
    assert time_left_h(78.0, -7.1) == pytest.approx(10.99, abs=0.01)
    assert time_left_h(0.0, -7.1) == 0.0


@pytest.mark.parametrize("rate", [None, 0.0, 12.0, -0.2, math.nan])
def test_no_hours_where_nobody_can_tell(rate):
    assert time_left_h(50.0, rate) is None


@given(st.floats(-10, 110), st.none() | st.floats(allow_nan=True))
def test_hours_are_never_negative_nor_endless(percent, rate):
    hours = time_left_h(percent, rate)
    assert hours is None or 0.0 <= hours <= 220.0


def test_what_a_session_took():
    assert drain([Battery(0.0, 3982, 81.0), Battery(60.0, 3980, 80.9), Battery(1800.0, 3960, 77.5)]) == Drain(3.5, 7.0)


def test_a_short_session_tells_no_rate_and_a_charging_one_nothing():
    assert drain([Battery(0.0, 3982, 81.0), Battery(599.0, 3980, 80.0)]) == Drain(1.0, None)
    assert drain([Battery(0.0, 3982, 81.0), Battery(1800.0, 3990, 81.1)]) is None
    assert drain([Battery(0.0, 3982, 81.0)]) is None
    assert drain([]) is None
