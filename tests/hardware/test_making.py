# SPDX-License-Identifier: MIT
"""What is made takes the place of what was kept, and everything that was older is named."""

from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from rollhardware import __main__ as command
from rollhardware import made
from rollhardware.errors import HardwareError


def fill(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Return a hardware folder of the test's own, with one maker, whose files are `kept.files`."""
    folder = tmp_path / "hardware"
    maker = SimpleNamespace(FOLDERS=["wiring"], make=lambda out, say: fill(out, **kept.files))
    kept = SimpleNamespace(folder=folder, files={}, maker=maker)
    monkeypatch.setattr(made, "HARDWARE", folder)
    monkeypatch.setattr(command, "MAKERS", {"wiring": "", "bom": ""})
    monkeypatch.setattr(command, "maker", lambda name: kept.maker)
    return kept


def test_new_stale_and_left_over_files_are_named_and_put_right(kept):
    fill(kept.folder, wiring__a="old", wiring__b="same", wiring__c="left", docs__hand="mine")
    kept.files = {"wiring__a": "new", "wiring__b": "same", "docs__pins": "made"}
    ran = CliRunner().invoke(command.app, ["wiring"])
    assert ran.exit_code == 1
    lines = [line.strip() for line in ran.output.splitlines() if line.startswith("  ")]
    assert lines == [
        "hardware/docs/pins: is new",
        "hardware/wiring/a: is stale",
        "hardware/wiring/c: nothing makes it any more",
    ]
    there = {path.relative_to(kept.folder).as_posix(): path.read_text() for path in kept.folder.glob("*/*")}
    assert there == {"wiring/a": "new", "wiring/b": "same", "docs/hand": "mine", "docs/pins": "made"}


def test_a_second_run_finds_nothing(kept):
    kept.files = {"wiring__a": "made"}
    assert CliRunner().invoke(command.app, ["wiring"]).exit_code == 1
    ran = CliRunner().invoke(command.app, ["wiring"])
    assert (ran.exit_code, ran.output) == (0, "wiring: as it was\n")


def test_a_check_that_fails_writes_nothing(kept):
    def make(out, say):
        fill(out, wiring__a="half")
        raise HardwareError("pins.yaml: this", "nets.yaml: that")

    kept.maker.make = make
    ran = CliRunner().invoke(command.app, [])
    assert ran.exit_code == 1
    assert "error: wiring: pins.yaml: this\nnets.yaml: that" in ran.output
    assert not kept.folder.exists()


def test_a_part_that_nobody_makes_is_refused(kept):
    ran = CliRunner().invoke(command.app, ["wirring"])
    assert ran.exit_code == 2
    assert "no part of hardware/ is called wirring; there are wiring, bom" in ran.output
