# SPDX-License-Identifier: MIT
"""Two points make a calibration; what is no calibration is refused with its cause and its cure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore.calibration import NOMINAL_COUNTS_PER_N, Calibration
from rolltools import calibrating
from rolltools.calibrating import GRAVITY
from rolltools.errors import RollerError

LSB_PER_G = 8197
HEAD_G = 150.0
TENTHS = 25


def answer(pressed_n=0.0, az_g=-1.0, slope=48000, zero_counts=9000, file=None, **changes):
    """Return what a board would say whose load cell has this slope and zero."""
    counts = zero_counts + slope * (pressed_n - HEAD_G / 1000 * GRAVITY * az_g)
    force_mn = counts / NOMINAL_COUNTS_PER_N * 1000
    base = {"kind": "loadcell", "force_mn": [force_mn] * TENTHS, "az": [az_g * LSB_PER_G] * TENTHS}
    return base | {"head_mass_g": HEAD_G, "file": file} | changes


def calibrated(grams, **board):
    """Go both ways of the command on such a board; return its file."""
    az_g = board.get("az_g", -1.0)
    file = calibrating.zero(*calibrating.checked(answer(**board)))
    pressed_n = -grams / 1000 * GRAVITY * az_g
    return calibrating.weight(*calibrating.checked(answer(pressed_n, file=file, **board)), grams)


def refused(call, *args):
    with pytest.raises(RollerError) as caught:
        call(*args)
    return caught.value.cause, caught.value.cure


@given(
    st.floats(50, 5000),
    st.integers(20000, 100000),
    st.integers(-80000, 80000),
    st.sampled_from([-1.0, 1.0, -0.97, 0.98]),
)
def test_two_points_find_slope_and_zero_whichever_way_up(grams, slope, zero_counts, az_g):
    board = {"slope": slope, "zero_counts": zero_counts, "az_g": az_g}
    file = calibrated(grams, **board)
    made = Calibration(file["zero_counts"], file["counts_per_n"], file["calibrated"])
    assert made.calibrated
    assert made.counts_per_n == pytest.approx(slope, rel=0.003)
    assert made.to_mn(zero_counts + slope * 10) == pytest.approx(10000, abs=50)
    assert made.to_mn(zero_counts) == pytest.approx(0, abs=15)


def test_a_zero_alone_is_not_calibrated_and_keeps_the_slope_that_was_there():
    first = calibrating.zero(*calibrating.checked(answer()))
    assert (first["calibrated"], first["counts_per_n"]) == (False, NOMINAL_COUNTS_PER_N)
    done = calibrated(1000)
    again = calibrating.zero(*calibrating.checked(answer(zero_counts=14000, file=done)))
    assert (again["calibrated"], again["counts_per_n"]) == (True, done["counts_per_n"])
    assert again["zero_counts"] - done["zero_counts"] == pytest.approx(5000, abs=100)


@pytest.mark.parametrize("grams", [0, 49.9, 5000.1, -1000, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused(grams):
    cause, cure = refused(calibrating.check_grams, grams)
    assert "g is no weight" in cause
    assert "50 to 5000" in cure


@pytest.mark.parametrize(
    ("changes", "says", "cure"),
    [
        ({"kind": "fsr"}, "FSR", "load cell"),
        ({"force_mn": [], "az": []}, "no readings", "doctor"),
        ({"force_mn": [0.0, 100.0] * 12}, "wandered by 0.10 N", "hands off"),
        ({"az": [0.8 * LSB_PER_G] * TENTHS}, "not vertical: it feels +0.80 g", "straight up"),
    ],
)
def test_a_reading_that_is_none_is_refused(changes, says, cure):
    told = refused(calibrating.checked, answer(**changes))
    assert says in told[0]
    assert cure in told[1]


def test_a_zero_with_something_on_it_is_refused():
    cause, cure = refused(calibrating.zero, *calibrating.checked(answer(9.8)))
    assert "+11." in cause
    assert "take everything off" in cure


@pytest.mark.parametrize(
    ("pressed_n", "az_g", "says"),
    [
        (0.5, -1.0, "changed the reading by about"),
        (60.0, -1.0, "changed the reading by about"),
        (-9.8, -1.0, "other way round"),
        (9.8, -0.96, "was moved"),
    ],
)
def test_a_weight_that_does_not_fit_is_refused(pressed_n, az_g, says):
    file = calibrating.zero(*calibrating.checked(answer()))
    cause, cure = refused(calibrating.weight, *calibrating.checked(answer(pressed_n, az_g, file=file)), 1000)
    assert says in cause
    assert cure


@pytest.mark.parametrize("file", [None, {}, [], {"empty": 3}, {"empty": {"counts": 1.5, "az_mg": 0}}, "x"])
def test_a_weight_without_a_zero_is_refused(file):
    cause, cure = refused(calibrating.weight, *calibrating.checked(answer(9.8, file=file)), 1000)
    assert "not read yet" in cause
    assert "calibrate zero" in cure


class Answering:
    """A link to a board that gives one answer."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, snippet):
        assert snippet == "calibrate_motor"
        return self.answer


def test_a_motor_is_calibrated_or_it_is_said_why_not():
    assert calibrating.motor(Answering({"results": [12, 108, 182]})) == [12, 108, 182]
    cause, _ = refused(calibrating.motor, Answering({"problem": "the motor does not answer"}))
    assert cause == "the motor was not calibrated: the motor does not answer"
    assert "no sense" in refused(calibrating.motor, Answering([1]))[0]
