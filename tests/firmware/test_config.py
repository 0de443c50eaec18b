# SPDX-License-Identifier: MIT
"""Settings and calibration from their files: whatever lies there, the boot goes on."""

import pytest
from config import load_calibration, load_settings

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
