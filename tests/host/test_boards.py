# SPDX-License-Identifier: MIT
"""Which board it is: asked for, named by its app, shown by its chips, and what the doctor says of the wrong one."""

import pytest

from rolltools import boards
from rolltools.deploying import choose_board, firmware_files, firmware_for
from rolltools.diagnosis import OK, PROBLEM, diagnose
from rolltools.errors import RollerError

THING_PLUS = [0x2A, 0x36, 0x5A, 0x6A]
DEVKIT = [0x68]


class Answering:
    """A board that answers the question which it is."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, snippet, **_args):
        assert snippet == "which_board"
        return self.answer


@pytest.mark.parametrize(
    ("asked", "named", "addresses", "chosen"),
    [
        (None, None, THING_PLUS, "thing_plus"),
        (None, None, DEVKIT, "devkit_fsr"),
        (None, None, [], "thing_plus"),
        (None, None, THING_PLUS + DEVKIT, "thing_plus"),  # two motion sensors tell nothing
        (None, None, [0x69], "devkit_fsr"),
        (None, "devkit_fsr", [], "devkit_fsr"),
        (None, "devkit_fsr", THING_PLUS, "devkit_fsr"),  # it was said once
        (None, "feather", DEVKIT, "devkit_fsr"),
        ("thing_plus", "devkit_fsr", DEVKIT, "thing_plus"),
    ],
)
def test_what_was_asked_for_goes_before_the_name_before_the_chips(asked, named, addresses, chosen):
    assert choose_board(Answering({"named": named, "addresses": addresses}), asked) == chosen


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"named": None}, {"named": None, "addresses": 5}, {"named": [], "addresses": []}]
)
def test_an_answer_that_makes_no_sense(answer):
    with pytest.raises(RollerError, match="makes no sense"):
        choose_board(Answering(answer), None)


def test_a_board_that_there_is_not():
    for ask in (lambda: choose_board(Answering(None), "feather"), lambda: firmware_for("feather")):
        with pytest.raises(RollerError, match="no board 'feather'") as failed:
            ask()
        assert "thing_plus, devkit_fsr" in failed.value.cure


@pytest.mark.parametrize("name", boards.BOARDS)
def test_the_firmware_of_a_board_differs_in_its_name_alone(name):
    plain, named = firmware_files(), firmware_for(name)
    changed = {path for path in plain if plain[path] != named[path]}
    assert set(plain) == set(named)
    assert changed == (set() if name == boards.DEFAULT else {"board.py"})
    assert f"from boards.{name} import Board".encode() in named["board.py"]


def info(board, faults=(), addresses=(), battery=None):
    return {
        "version": [1, 24, 1],
        "machine": "Generic ESP32 module with ESP32",
        "year": 2026,
        "total_bytes": 2_000_000,
        "free_bytes": 1_500_000,
        "free_heap": 100_000,
        "app": "0.1.0",
        "board": board,
        "id": "246f28524c01",
        "faults": list(faults),
        "addresses": list(addresses),
        "battery": battery,
        "motor_problem": None,
        "settings_problem": None,
        "calibrated": True,
        "calibration_problem": None,
    }


def test_a_healthy_bench_board_has_nothing_to_cure():
    found = diagnose(info("devkit_fsr", addresses=DEVKIT))
    assert {f.state for f in found} == {OK}
    assert "no gauge" in next(f.says for f in found if f.what == "battery")


@pytest.mark.parametrize(
    ("board", "fault", "cure"),
    [
        ("devkit_fsr", "imu", "0x68"),
        ("devkit_fsr", "imu_scale", "MPU-6050"),
        ("devkit_fsr", "force", "GPIO 34"),
        ("thing_plus", "imu", "0x6A"),
        ("from_tomorrow", "force", "0x2A"),
    ],
)
def test_the_cure_is_the_one_of_this_board(board, fault, cure):
    (finding,) = (f for f in diagnose(info(board, [fault], battery=[3900, 780])) if f.state == PROBLEM)
    assert cure in finding.cure


@pytest.mark.parametrize(
    ("board", "faults", "addresses", "other"),
    [
        ("thing_plus", ["haptic", "gauge", "imu", "force"], DEVKIT, "devkit_fsr"),
        ("devkit_fsr", ["imu"], THING_PLUS, "thing_plus"),
    ],
)
def test_the_app_of_another_board_is_one_finding(board, faults, addresses, other):
    findings = [f for f in diagnose(info(board, faults, addresses)) if f.what == "chips"]
    assert len(findings) == 1
    assert f"looks like a {other}" in findings[0].says and f"--board {other}" in findings[0].cure


@pytest.mark.parametrize("addresses", [[], [0x2A, 0x36, 0x5A]])
def test_a_broken_cable_is_no_other_board(addresses):
    findings = [f for f in diagnose(info("thing_plus", ["imu"], addresses)) if f.what == "chips"]
    assert "does not answer" in findings[0].says
