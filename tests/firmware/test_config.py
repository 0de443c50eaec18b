# SPDX-License-Identifier: MIT
"""Settings and calibration from their files: whatever lies there, the boot goes on."""

import json

import pytest
from config import describe, load_calibration, load_routine, load_settings, restore_motor
from fakes.board_rig import Rig

from rollcore.calibration import NOMINAL_COUNTS_PER_N
from rollcore.settings import Settings

BAD_JSON = [b"", b"{", b"nonsense", b"\xff\xfe\x00", b'{"a": 1', b"\x00" * 100]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.json"


def test_no_file_means_the_defaults_and_the_boards_own_sensor(path):
    settings, problem = load_settings("fsr", str(path))
    assert problem is None
    assert settings.to_dict() == Settings(force_sensor="fsr").to_dict()


def test_a_file_changes_what_it_names(path):
    path.write_text('{"over_limit_n": 8, "force_sensor": "loadcell"}')
    settings, problem = load_settings("fsr", str(path))
    assert problem is None
    assert (settings.over_limit_mn, settings.force_sensor, settings.over_hold_ms) == (8000, 0, 100)


@pytest.mark.parametrize("data", BAD_JSON)
def test_a_file_that_is_not_json(path, data):
    path.write_bytes(data)
    for load in (lambda p: load_settings("loadcell", p), load_calibration):
        value, problem = load(str(path))
        assert str(path) in problem
        assert value is not None
    assert load_settings("loadcell", str(path))[0].to_dict() == Settings().to_dict()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"over_limit": 9}', "over_limit_n"),
        ("[1]", "give an object"),
        ("null", "give an object"),
        ('"x"', "give an object"),
        ('{"rate_hz": 1000}', "50 to 416"),
        ('{"rate_hz": "fast"}', "give a number"),
        ('{"over_limit_n": NaN}', "over_limit_n"),
        ('{"over_limit_n": 1e999}', "over_limit_n"),
    ],
)
def test_settings_that_are_not_settings(path, text, said):
    path.write_text(text)
    settings, problem = load_settings("loadcell", str(path))
    assert said in problem and str(path) in problem
    assert settings.to_dict() == Settings().to_dict()


def test_a_calibration(path):
    path.write_text('{"zero_counts": -1200, "counts_per_n": 51000, "when": "2026-11-01"}')
    calibration, problem = load_calibration(str(path))
    assert problem is None
    assert calibration.calibrated
    assert calibration.to_mn(51000 - 1200) == pytest.approx(1000, abs=2)


def test_a_zero_alone_is_no_calibration(path):
    path.write_text('{"zero_counts": -1200, "counts_per_n": 43800, "calibrated": false, "empty": {"counts": 5}}')
    calibration, problem = load_calibration(str(path))
    assert (problem, calibration.calibrated, calibration.zero_counts) == (None, False, -1200)


def test_no_calibration_is_the_nominal_one(path):
    calibration, problem = load_calibration(str(path))
    assert problem is None
    assert (calibration.calibrated, calibration.counts_per_n) == (False, NOMINAL_COUNTS_PER_N)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        "7",
        '{"zero_counts": 0}',
        '{"zero_counts": 0, "counts_per_n": 43800.0}',
        '{"zero_counts": 0.5, "counts_per_n": 43800}',
        '{"zero_counts": "0", "counts_per_n": 43800}',
        '{"zero_counts": true, "counts_per_n": 43800}',
        '{"zero_counts": 0, "counts_per_n": 0}',
        '{"zero_counts": 99999999, "counts_per_n": 43800}',
    ],
)
def test_a_calibration_of_the_wrong_shape_is_refused_whole(path, text):
    path.write_text(text)
    calibration, problem = load_calibration(str(path))
    assert str(path) in problem
    assert (calibration.calibrated, calibration.zero_counts) == (False, 0)
    assert isinstance(calibration.to_mn(100000), int)


def feedback_registers(rig):
    return list(rig.i2c().readfrom_mem(0x5A, 0x18, 3))


def test_the_motor_gets_what_its_calibration_found(path):
    rig = Rig()
    path.write_text('{"compensation": 12, "back_emf": 100, "feedback": 181}')
    assert restore_motor(rig.board(), str(path)) is None
    assert feedback_registers(rig) == [12, 100, 181]


@pytest.mark.parametrize(
    "text",
    [
        *(data.decode("latin1") for data in BAD_JSON),
        "[]",
        '{"compensation": 12, "back_emf": 100}',
        '{"compensation": 12, "back_emf": 100, "feedback": 54}',
        '{"compensation": 12, "back_emf": 100, "feedback": 181.0}',
        '{"compensation": 12, "back_emf": 1000, "feedback": 181}',
    ],
)
def test_a_motor_file_that_is_none_is_named_and_the_chip_keeps_its_own(path, text):
    path.write_bytes(text.encode("latin1"))
    rig = Rig()
    board = rig.board()
    before = feedback_registers(rig)
    assert str(path) in restore_motor(board, str(path))
    assert feedback_registers(rig) == before
    assert board.faults == []


def test_without_a_motor_file_nothing_is_done(path):
    rig = Rig()
    board = rig.board()
    rig.world.bus_fault = lambda address, reg, length, is_write: 116
    assert restore_motor(board, str(path)) is None
    assert board.faults == []


def test_a_bus_that_fails_then_is_a_fault_of_the_motor(path):
    rig = Rig()
    board = rig.board()
    path.write_text('{"compensation": 12, "back_emf": 100, "feedback": 181}')
    rig.world.bus_fault = lambda address, reg, length, is_write: 116
    assert restore_motor(board, str(path)) is None
    assert board.faults == ["haptic"]


@pytest.mark.parametrize("data", [b"{}", b'{"compensation": 12, "back_emf": 100, "feedback": 181}', b"{"])
def test_a_motor_without_calibration_takes_any_file_but_a_broken_one(path, data):
    """A coin on a MOSFET has nothing to fit: a file of another board does no harm."""
    path.write_bytes(data)
    problem = restore_motor(Rig(board_name="devkit_fsr").board(), str(path))
    assert (problem is not None) == (data == b"{")


@pytest.mark.parametrize(("remark", "known"), [("x" * 1500, True), ("x" * 2100, False), ("\u00e4" * 1100, False)])
def test_a_routine_that_is_no_record_of_the_log_is_refused_at_the_boot(path, remark, known):
    path.write_text(json.dumps({"steps": [{"name": "left", "seconds": 60}], "remark": remark}))
    routine, logged, problem = load_routine(Settings(), str(path))
    assert (routine is not None, bool(logged)) == (known, known)
    assert known or "do not fit a record of the log" in problem


CLOCK = {"set_ms": 1790000000000, "error_ms": 20, "drift_ppm": -7, "drift_error_ppm": 3333}


def test_a_log_tells_how_the_clock_was_set(path):
    board = Rig().board()
    assert "clock" not in describe(board, str(path))
    path.write_text(json.dumps({"session": CLOCK, "contacts": [{"unix_ms": 1}]}))
    told = describe(board, str(path))
    assert told["clock"] == CLOCK
    assert (told["board"], told["device"], told["reset"]) == ("thing_plus", board.unique_id(), "power on")


@pytest.mark.parametrize(
    "data", [*BAD_JSON, b"5", b"[]", b'{"session": 5}', b'{"session": {"set_ms": "%s"}}' % (b"9" * 200)]
)
def test_a_damaged_contact_of_the_clock_is_left_out(path, data):
    path.write_bytes(data)
    assert "clock" not in describe(Rig().board(), str(path))


def test_only_whole_numbers_of_a_contact_reach_the_log(path):
    path.write_text('{"session": {"set_ms": 5, "error_ms": 1.5, "x": [1], "y": null, "z": "a"}}')
    assert describe(Rig().board(), str(path))["clock"] == {"set_ms": 5}
