# SPDX-License-Identifier: MIT
"""The walls of the house: which file may import what, and what every file and command owes its reader."""

import ast
import re
from pathlib import Path

import pytest

from rolltools.boards import BOARDS

ROOT = Path(__file__).parents[1]
FIRMWARE = ROOT / "firmware"
TOOLS = ROOT / "host_tools" / "rolltools"
PURE = {"micropython", "struct", "binascii", "array", "math", "rollcore"}
LINK_ONLY = {"mpremote", "serial"}
READERS = ("session_log", "archive", "strokes_csv", "report/__init__", "errors", "session")  # run on every system
UNIX_ONLY = {"pty", "termios", "fcntl", "tty"}


def imports(path: Path) -> set[str]:
    """Return the top-level names of everything a file imports from outside its package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return found


def files(folder: Path, *left_out: str) -> list[Path]:
    """Return the Python files of a folder."""
    found = [path for path in sorted(folder.rglob("*.py")) if "__pycache__" not in path.parts]
    return [path for path in found if not any(name in path.as_posix() for name in left_out)]


def test_rollcore_is_pure():
    for path in files(FIRMWARE / "rollcore"):
        assert imports(path) <= PURE, path.name


def test_only_boards_import_machine():
    machine = {"machine", "esp32", "neopixel", "network", "esp"}
    for path in files(FIRMWARE, "/boards/"):
        assert not imports(path) & machine, path


def test_drivers_know_no_board_and_no_app():
    for path in files(FIRMWARE / "drivers"):
        assert imports(path) <= {"micropython", "array", "math", "drivers", "rollcore"}, path


def test_only_the_link_imports_mpremote_and_serial():
    for path in files(TOOLS):
        if path.parent.name != "link":
            assert not imports(path) & LINK_ONLY, path


def test_the_firmware_imports_nothing_of_the_tools():
    for path in files(FIRMWARE):
        assert not imports(path) & {"rolltools", "typing", "dataclasses", "enum", "pathlib"}, path


@pytest.mark.parametrize("name", READERS)
def test_readers_need_no_unix(name):
    assert not imports(TOOLS / f"{name}.py") & UNIX_ONLY


def test_the_models_know_nothing_of_firmware_and_tools():
    for path in files(TOOLS / "virtual" / "device"):
        assert not imports(path) & {"rollcore", "drivers", "boards", "app", "rolltools", "numpy"}, path


def test_main_is_short():
    lines = [line for line in (FIRMWARE / "main.py").read_text().splitlines() if line.strip()]
    assert len(lines) <= 24, "main.py: safe mode, board, app, motor off, and nothing else"


@pytest.mark.parametrize("path", files(FIRMWARE) + files(TOOLS), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_is_one_idea(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# SPDX-License-Identifier: MIT\n")
    assert ast.get_docstring(ast.parse(text)), "a module says what it is"
    assert len(text.splitlines()) <= 400


def test_no_bare_except():
    for path in files(FIRMWARE) + files(TOOLS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.ExceptHandler) and node.type is None), path


# how a board file calls a pin: how the models call it
NETS = {"SDA": "sda", "SCL": "scl", "BUTTON": "button", "HAPTIC": "haptic", "LED": "led"}
NETS_OF = {
    "thing_plus": NETS | {"IMU_INT1": "int1", "FORCE_READY": "drdy", "RGB": "rgb"},
    "devkit_fsr": NETS | {"FORCE": "fsr"},
}


@pytest.mark.parametrize("name", NETS_OF)
def test_the_models_wire_the_board_as_the_firmware_does(name):
    """A pin changed in one place only must not go unnoticed."""
    board = (FIRMWARE / "boards" / f"{name}.py").read_text()
    pins = dict(re.findall(r"^PIN_(\w+) = const\((\d+)\)", board, re.MULTILINE))
    scope: dict = {}
    exec((TOOLS / "virtual" / "device" / "wiring.py").read_text(), scope)
    wiring = scope["BOARDS"][name]
    assert {pin: int(number) for pin, number in pins.items()} == {
        pin: wiring[net] for pin, net in NETS_OF[name].items()
    }
    imu = re.search(r"^ADDRESS_IMU = const\((\w+)\)", board, re.MULTILINE)
    assert imu and int(imu[1], 16) == wiring["imu"]
    assert wiring["imu"] in BOARDS[name].imu_addresses


def test_every_board_is_known_to_the_tools_the_models_and_nothing_else_is():
    files = [path for path in (FIRMWARE / "boards").glob("*.py") if "class Board(" in path.read_text()]
    assert {path.stem for path in files} == set(NETS_OF) == set(BOARDS)
    for path in files:
        assert re.search(rf'force_kind = "{BOARDS[path.stem].force_sensor}"', path.read_text()), path.stem
        assert re.search(rf'name = "{path.stem}"', path.read_text()), path.stem


def test_every_make_target_says_what_it_does():
    text = (ROOT / "Makefile").read_text()
    targets = [name for name in re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)[0].split()]
    for name in targets:
        assert re.search(rf"^{name}:.*## \S", text, re.MULTILINE), name


def test_the_readme_names_the_two_commands_and_every_folder():
    text = (ROOT / "README.md").read_text()
    assert "make demo" in text
    assert "make test" in text
    for folder in ("firmware/", "host_tools/", "tests/", "hardware/"):
        assert folder in text, folder
