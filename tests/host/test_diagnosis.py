# SPDX-License-Identifier: MIT
"""What the doctor says about boards in every condition: each trouble has words and a cure."""

import re

import pytest

from rolltools import FIRMWARE_DIR
from rolltools.diagnosis import OK, PROBLEM, WARNING, diagnose

HEALTHY = {
    "version": [1, 24, 1, ""],
    "machine": "Generic ESP32 module with ESP32",
    "year": 2026,
    "total_bytes": 2_000_000,
    "free_bytes": 1_500_000,
    "free_heap": 100_000,
    "app": "0.1.0",
    "board": "thing_plus",
    "id": "246f28524c01",
    "faults": [],
    "addresses": [0x2A, 0x36, 0x5A, 0x6A],
    "battery": [3900, 780],
    "motor_problem": None,
    "settings_problem": None,
    "calibrated": True,
    "calibration_problem": None,
}


def findings(**changes):
    return {finding.what: finding for finding in diagnose(HEALTHY | changes)}


def test_a_healthy_board_has_nothing_to_cure():
    assert {f.state for f in diagnose(HEALTHY)} == {OK}
    assert all(f.cure == "" and f.says for f in diagnose(HEALTHY))
    assert "78 %, 3.90 V" in findings()["battery"].says


@pytest.mark.parametrize(
    ("changes", "what", "state", "says", "cure"),
    [
        ({"version": [1, 23, 0]}, "MicroPython", PROBLEM, "1.23.0 is too old", "roller flash"),
        ({"version": [2, 0, 0]}, "MicroPython", OK, "2.0.0", ""),
        ({"free_bytes": 299_999}, "space", WARNING, "292 of 1953 kB free", "pull the sessions"),
        ({"free_bytes": 300_000}, "space", OK, "kB free", ""),
        ({"year": 2000}, "clock", WARNING, "never set", "pull or deploy"),
        ({"faults": ["imu"]}, "chips", PROBLEM, "motion sensor does not answer", "0x6A"),
        ({"faults": ["imu_scale"]}, "chips", PROBLEM, "does not show 1 g", "lay the roller still"),
        ({"faults": ["imu_test"]}, "chips", PROBLEM, "self-test", "replace"),
        ({"faults": ["force"]}, "chips", PROBLEM, "force sensor does not answer", "0x2A"),
        ({"faults": ["haptic"]}, "chips", PROBLEM, "no vibration", "0x5A"),
        ({"faults": ["gauge"]}, "chips", PROBLEM, "battery gauge", "board"),
        ({"faults": ["flux"]}, "chips", PROBLEM, "does not know", "update the tools"),
        ({"battery": [3400, 149]}, "battery", WARNING, "15 %, 3.40 V", "charge it"),
        ({"battery": None}, "battery", WARNING, "no gauge", ""),
        ({"motor_problem": "bad"}, "motor", PROBLEM, "bad", "/motor.json"),
        ({"settings_problem": "bad"}, "settings", PROBLEM, "the defaults hold: bad", "/settings.json"),
        ({"calibrated": False}, "calibration", WARNING, "about right", "hardware"),
        ({"calibration_problem": "bad"}, "calibration", PROBLEM, "bad", "/calibration.json"),
    ],
)
def test_each_condition_has_its_words_and_its_cure(changes, what, state, says, cure):
    finding = findings(**changes)[what]
    assert finding.state == state
    assert says in finding.says and cure in finding.cure
    others = [f.state for name, f in findings(**changes).items() if name != what]
    assert set(others) == {OK}


def test_every_fault_of_a_board_is_named():
    said = [f for f in diagnose(HEALTHY | {"faults": ["imu", "force", "haptic"]}) if f.what == "chips"]
    assert len(said) == 3


def test_every_fault_that_the_board_can_name_is_known_here():
    """A fault that the doctor cannot explain would send the user to update tools that are the newest."""
    source = "".join(path.read_text() for path in (FIRMWARE_DIR / "boards").glob("*.py"))
    names = set(re.findall(r'(?:_add_fault|_try)\("(\w+)"', source))
    assert {"imu", "force", "haptic", "gauge", "imu_scale"} <= names
    for name in names:
        assert "does not know" not in findings(faults=[name])["chips"].says


def test_without_an_app_only_what_micropython_knows_is_asked():
    """No firmware: nothing is said of chips that nobody has asked."""
    info = {name: HEALTHY[name] for name in ("version", "machine", "year", "total_bytes", "free_bytes", "free_heap")}
    found = diagnose(info | {"app": None, "problem": "[Errno 2] ENOENT"})
    assert [f.what for f in found] == ["MicroPython", "space", "clock", "firmware"]
    assert found[-1].state == PROBLEM and "ENOENT" in found[-1].says and "roller deploy" in found[-1].cure
