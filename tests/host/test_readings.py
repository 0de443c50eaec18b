# SPDX-License-Identifier: MIT
"""Readings of boards that lie, and the table they are judged by. The numbers are in e2e/test_readings_of_boards.py."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolltools.errors import RollerError
from rolltools.expectations import EXPECTED, page
from rolltools.readings import NOT_READ, OK, OUTSIDE, judged

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ANSWER = {
    "board": "devkit_fsr",
    "device": "246f28524c01",
    "firmware": "0.1.0",
    "addresses": [0x68],
    "values": {"button_level": 1, "haptic_level": 0, "imu_id": 0x68, "gravity_g": 1.0, "imu_counted_hz": 200.0}
    | {"fsr_mv": 144.0, "fsr_noise_mv": 2.0},
    "problems": {},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def values(**changed):
    return {"values": ANSWER["values"] | changed}


def states(answer):
    return {reading.key: reading.state for reading in judged(answer, NOW).readings}


def test_an_answer_of_ours_is_read():
    assert set(states(ANSWER).values()) == {OK}


@pytest.mark.parametrize(
    ("key", "low", "high", "step"),
    [("gravity_g", 0.88, 1.12, 0.001), ("fsr_mv", 142, 150, 0.1), ("imu_id", 0x68, 0x68, 1)],
)
def test_both_ends_of_a_range_belong_to_it(key, low, high, step):
    for value, state in ((low, OK), (high, OK), (low - step, OUTSIDE), (high + step, OUTSIDE)):
        assert states(ANSWER | values(**{key: value}))[key] == state


@pytest.mark.parametrize("found", [[], [0x68, 0x69], [0x69], [0x68, 0x68]])
def test_another_set_of_addresses_is_outside(found):
    assert states(ANSWER | {"addresses": found})["addresses"] == OUTSIDE


def test_what_is_not_there_was_not_read_and_says_why():
    answer = ANSWER | {"values": {}, "problems": {"imu": 19, "force": 116, "wires": "it\x1b[2J " + "x" * 500}}
    found = {reading.key: reading for reading in judged(answer, NOW).readings}
    assert found["imu_id"].state == NOT_READ and found["imu_id"].value is None
    assert found["imu_id"].why == "the chip does not answer"
    assert found["fsr_mv"].why == "the bus fails with error 116"
    assert found["button_level"].why.startswith("it\\x1b[2J x") and len(found["button_level"].why) < 120
    assert len(judged(answer, NOW).failed()) == len(found) - 1


@pytest.mark.parametrize(
    "changes",
    [
        {"board": "other"},
        {"board": ["thing_plus"]},
        {"board": None},
        {"device": 5},
        {"firmware": None},
        {"addresses": None},
        {"addresses": ["0x68"]},
        {"addresses": [True]},
        {"addresses": [104.0]},
        {"addresses": [1 << 70]},
        {"addresses": [0x68] * 1000},
        {"values": [1]},
        values(gravity_g=float("nan")),
        values(gravity_g=float("inf")),
        values(gravity_g=10**400),
        values(gravity_g="1.0"),
        values(gravity_g=True),
        values(gravity_g=None),
        values(gravity_g=[1.0]),
        values(imu_id=104.5),
        values(other={}),
        {"problems": []},
        {"problems": {"imu": None}},
        {"problems": {"imu": [19]}},
        {"problem": 5},
    ],
)
def test_an_answer_of_another_shape_is_refused_in_one_line(changes):
    with pytest.raises(RollerError, match="makes no sense") as caught:
        judged(ANSWER | changes, NOW)
    assert "roller deploy" in caught.value.cure


@pytest.mark.parametrize("answer", [None, 5, "x", [], [ANSWER]])
def test_an_answer_that_is_no_object_is_refused(answer):
    with pytest.raises(RollerError, match="makes no sense"):
        judged(answer, NOW)


def test_a_firmware_without_readings_says_why_and_is_deployed_anew():
    with pytest.raises(RollerError) as caught:
        judged({"problem": "ImportError: no module named 'board'\x1b[2J" + "x" * 9999}, NOW)
    assert "ImportError" in caught.value.cause and "\x1b" not in caught.value.cause and len(caught.value.cause) < 200
    assert caught.value.cure == "run `roller deploy`"


@given(
    st.fixed_dictionaries({}, optional={key: JSON for key in ANSWER}),
    st.dictionaries(st.sampled_from([*ANSWER["values"], "x"]), JSON),
)
def test_any_answer_is_read_or_refused_and_what_is_read_is_json(changes, numbers):
    answer = ANSWER | {"values": ANSWER["values"] | numbers} | changes
    try:
        made = judged(answer, NOW)
    except RollerError:
        return
    assert "\x1b" not in json.dumps(made.as_json(), allow_nan=False)


def test_every_line_of_the_table_can_be_read_and_belongs_to_a_step():
    bringup = (ROOT / "hardware" / "docs" / "bringup.md").read_text()
    for board in EXPECTED.values():
        assert len({line.key for line in board.lines}) == len(board.lines)
        for line in board.lines:
            assert line.low <= line.high and line.mark in ("V", "M", "C") and line.source, line.key
            step = re.search(rf"^\| {line.step} \|.*$", bringup, re.MULTILINE)
            assert step and "roller readings" in step[0], f"{line.key}: step {line.step}"


def test_the_page_of_the_docs_is_the_table():
    assert (ROOT / "host_tools" / "docs" / "readings.md").read_text() == page(), "run `make docs`"
