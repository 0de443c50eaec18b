# SPDX-License-Identifier: MIT
"""What `pip install .` brings: the tools, the firmware as data, and no name of ours outside of them."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """Return the wheel of the checkout as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def sources(folder: Path) -> set[str]:
    """Return the files of a folder that must travel, relative to it."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found}


def test_the_wheel_holds_every_file_of_tools_and_firmware(wheel):
    names = set(wheel.namelist())
    tools = {f"rolltools/{name}" for name in sources(ROOT / "host_tools" / "rolltools")}
    firmware = {f"rolltools/_firmware/{name}" for name in sources(ROOT / "firmware")}
    assert tools <= names
    assert firmware <= names


def test_nothing_of_ours_lies_outside_its_package(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"rolltools"}


@pytest.mark.exhaustive
def test_the_demo_runs_from_an_empty_environment_in_another_folder(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "env"], cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "env/bin/pip", "install", "-q", ROOT], cwd=tmp_path, check=True, timeout=600)
    run = [tmp_path / "env/bin/roller", "demo", "--no-open", "--out", "demo"]
    assert subprocess.run(run, cwd=tmp_path, timeout=180, check=False).returncode == 0
    assert (tmp_path / "demo/report.html").stat().st_size > 10000
