# SPDX-License-Identifier: MIT
"""What the doctor says about boards in every condition: each trouble has words and a cure."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore.faults import FAULT_NAMES
from rolltools import FIRMWARE_DIR
from rolltools.checkup import judged
from rolltools.diagnosis import OK, PROBLEM, WARNING, diagnose
from rolltools.doctor_page import CASES, HEALTHY, logged, page
from rolltools.errors import RollerError
from rolltools.fault_log import WORDS, read


def findings(**changes):
    return {finding.what: finding for finding in diagnose(HEALTHY | changes)}


def test_a_healthy_board_has_nothing_to_cure():
    assert {f.state for f in diagnose(HEALTHY)} == {OK}
    assert all(f.cure == "" and f.says for f in diagnose(HEALTHY))
    assert "78 %, 3.90 V, about 13 h left" in findings()["battery"].says


@pytest.mark.parametrize(
    ("changes", "what", "state", "says", "cure"),
    [
        ({"version": [1, 23, 0]}, "MicroPython", PROBLEM, "1.23.0 is too old", "roller flash"),
        ({"version": [2, 0, 0]}, "MicroPython", OK, "2.0.0", ""),
        ({"free_bytes": 299_999}, "space", WARNING, "292 of 1953 kB free", "pull the sessions"),
        ({"free_bytes": 300_000}, "space", OK, "kB free", ""),
        ({"year": 2000}, "clock", WARNING, "never set", "set now"),
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


@pytest.mark.parametrize("name", CASES)
def test_every_condition_on_the_page_is_named_with_a_cure(name):
    bad = [finding for finding in diagnose(HEALTHY | CASES[name]) if finding.state != OK]
    assert bad and all(finding.says for finding in bad)
    assert any(finding.cure for finding in bad)


def test_the_page_is_not_stale():
    path = Path(__file__).parents[2] / "host_tools" / "docs" / "doctor.md"
    assert path.read_text() == page(), "run `make docs`"


def test_every_fault_that_can_be_logged_has_its_words():
    assert set(WORDS) == set(FAULT_NAMES)


def test_the_fault_log_is_told_newest_first():
    log = logged(("watchdog", "", "ValueError: x"), ["imu", "task"])
    said = findings(fault_log=log)
    assert "1 so far, the last by watchdog" in said["starts"].says
    assert said["faults"].says == (
        "the app died of an error (in the last start, 0 s after it); "
        "the motion sensor did not answer (in the last start, 0 s after it)"
    )
    assert "ValueError: x" in said["app"].says


def test_a_code_of_a_newer_firmware_is_no_trouble():
    from rolltools.fault_log import firmware_class

    log = firmware_class()()
    log.start(("reset", "", ""))
    log.add(999, 5000)
    assert "does not know" in read(log.data()).faults[0].says()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = sorted({name for changes in (HEALTHY, *CASES.values()) for name in changes})


@given(ANYTHING | st.dictionaries(st.sampled_from(NAMES), ANYTHING).map(lambda changes: HEALTHY | changes))
def test_no_answer_of_a_board_upsets_the_doctor(info):
    try:
        found = judged(info)
    except RollerError as error:
        assert "makes no sense" in error.cause
    else:
        assert all(isinstance(finding.says, str) for finding in found)


@given(st.sampled_from(sorted(CASES)), st.sampled_from(NAMES))
def test_a_part_that_is_missing_in_the_answer_upsets_nobody(case, name):
    info = HEALTHY | CASES[case]
    info.pop(name, None)
    try:
        judged(info)
    except RollerError as error:
        assert "makes no sense" in error.cause
