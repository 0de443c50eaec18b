# SPDX-License-Identifier: MIT
"""Bad files at the boot: the defaults hold, the fault is logged, and nothing that somebody wrote is lost."""

import json
import os

import config
import pytest
from config import load_settings
from fakes.board_rig import Rig
from faultlog import FaultLog

from rollcore.faults import FAULT_NAMES
from rollcore.settings import Settings

FILES = ("settings", "routine", "calibration", "motor")
DEEP = '{"over_limit_n": ' + "[" * 3000 + "]" * 3000 + "}"
HOSTILE = {
    "empty": b"",
    "half": b'{"over_limit_n": 9',
    "no UTF-8": b'\xff\xfe{"over_limit_n": 9}',
    "NaN": b'{"over_limit_n": NaN}',
    "1e999": b'{"over_limit_n": 1e999}',
    "digits": b'{"over_limit_n": ' + b"9" * 6000 + b"}",
    "deep": DEEP.encode(),
    "deep list": b"[" * 8000,
    "long name": json.dumps({"x" * 10000: 1}).encode(),
    "megabyte": b" " * 1000000 + b"{}",
    "unknown": b'{"glow": 5}',
    "number": b"7",
}


@pytest.fixture
def boot(tmp_path):
    """Return a function that boots the files below `tmp_path` as the app does; it returns (settings, problems)."""
    board = Rig().board()

    def boot():
        settings, _, _, problems = config.load(board, str(tmp_path))
        return settings, problems

    return boot


def logged(tmp_path):
    path = tmp_path / "faults.bin"
    return [FAULT_NAMES[row[3]] for row in FaultLog(path.read_bytes()).faults] if path.exists() else []


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_file_holds_the_boot_goes_on_and_the_file_is_kept(boot, tmp_path, name, data):
    (tmp_path / f"{name}.json").write_bytes(data)
    settings, problems = boot()
    assert settings.__dict__ == Settings().__dict__
    assert len(problems) == 1 and f"{name}.json: " in problems[0] and len(problems[0]) <= 160
    assert (tmp_path / f"{name}.bad.json").read_bytes() == data
    assert not (tmp_path / f"{name}.json").exists()
    assert logged(tmp_path) == [name]


def test_the_next_boots_go_on_saying_so_until_a_good_file_is_there(boot, tmp_path):
    (tmp_path / "settings.json").write_bytes(b"{")
    boot()
    for _ in range(2):
        (problem,) = boot()[1]
        assert problem.endswith("/settings.json: was bad, and is kept as .bad.json")
    log = FaultLog((tmp_path / "faults.bin").read_bytes())
    assert [row[4] for row in log.faults] == [1], "a fault that is known costs no write at each boot"
    (tmp_path / "settings.json").write_text('{"over_limit_n": 9}')
    settings, problems = boot()
    assert (settings.over_limit_mn, problems) == (9000, [])
    assert (tmp_path / "settings.bad.json").read_bytes() == b"{"


def test_the_first_bad_file_is_not_lost_for_the_second(boot, tmp_path):
    for data in (b"first", b"second", b"third"):
        (tmp_path / "settings.json").write_bytes(data)
        assert "not JSON" in boot()[1][0]
    assert (tmp_path / "settings.bad.json").read_bytes() == b"first"
    assert (tmp_path / "settings.json").read_bytes() == b"third"


def test_a_folder_in_place_of_a_file(boot, tmp_path):
    (tmp_path / "settings.json").mkdir()
    settings, problems = boot()
    assert "settings.json: " in problems[0] and "EISDIR" in problems[0].upper().replace("IS A DIRECTORY", "EISDIR")
    assert settings.__dict__ == Settings().__dict__
    assert (tmp_path / "settings.bad.json").is_dir()


@pytest.mark.parametrize("broken", ["stat", "rename", "open"])
def test_a_flash_that_fails_does_not_stop_the_boot(boot, tmp_path, monkeypatch, broken):
    (tmp_path / "settings.json").write_bytes(b"{")

    def fail(*_):
        raise OSError(5, "injected")

    if broken == "open":
        monkeypatch.setattr(config, "open", fail, raising=False)
    else:
        monkeypatch.setattr(os, broken, fail)
    settings, problems = boot()
    monkeypatch.undo()  # pytest asks for files, too
    assert settings.__dict__ == Settings().__dict__
    assert problems
    assert {path.read_bytes() for path in tmp_path.glob("settings*.json")} == {b"{"}


def test_a_file_for_which_the_memory_is_too_small(tmp_path, monkeypatch):
    path = tmp_path / "settings.json"
    path.write_text("{}")

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(config.json, "load", fail)
    settings, problem = load_settings("loadcell", str(path))
    assert settings.__dict__ == Settings().__dict__ and str(path) in problem


def test_good_files_are_neither_moved_nor_logged(boot, tmp_path):
    (tmp_path / "settings.json").write_text('{"over_limit_n": 9}')
    (tmp_path / "routine.json").write_text('{"steps": [{"name": "left", "seconds": 60}]}')
    assert boot()[1] == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["routine.json", "settings.json"]


def test_what_is_found_lasts_for_the_app_too(make_rig):
    """The session knows that the settings are not those of the user."""
    rig = make_rig()
    rig.set_settings("{")
    rig.run(0.5)
    assert rig.error is None
    assert (rig.root / "settings.bad.json").read_text() == "{"
