# SPDX-License-Identifier: MIT
"""The command: what it refuses leaves the chip alone, what it takes is on the flash, and what it says."""

import hashlib
import json
import random

import pytest
from fakes.esp32_images import combined, on_flash
from fakes.flashing_rig import used_chip
from fakes.loader_port import LoaderPort
from fakes.rom_loader import ESP32_S3
from fakes.virtual_boards import Terminal, roller

from rolltools.commands.flash import flash
from rolltools.errors import RollerError
from rolltools.virtual.process import run_board

IMAGE = combined()
DIGEST = hashlib.sha256(IMAGE).hexdigest()
BARE = ("--no-backup", "--no-deploy")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ESP32_GENERIC.bin"
    path.write_bytes(IMAGE)
    return path


def run(file, at, **options):
    flash(str(file), port=at.port, no_backup=True, no_deploy=True, **options)


def left_alone(board):
    return board.chip.commands == [] and board.chip.flash.erases == board.chip.flash.programs == 0


def broken_images():
    """Yield a sample of flips and cuts; every one of them is in test_flash_image.py."""
    draw = random.Random(3)
    for bit in draw.sample(range(8 * len(IMAGE)), 300):
        data = bytearray(IMAGE)
        data[bit >> 3] ^= 1 << (bit & 7)
        yield bytes(data)
    for size in draw.sample(range(len(IMAGE)), 100):
        yield IMAGE[:size]


def test_a_broken_image_leaves_the_chip_alone(file):
    with LoaderPort(used_chip()) as board:
        for data in broken_images():
            file.write_bytes(data)
            for how in ({"trust": True}, {"sha256": DIGEST}, {}):
                with pytest.raises(RollerError):
                    run(file, board, **how)
        assert left_alone(board)
        file.write_bytes(IMAGE)
        run(file, board, trust=True)
        assert not left_alone(board), "the whole one does not"


def test_another_digest_leaves_the_chip_alone(file):
    with LoaderPort(used_chip()) as board:
        for how in ({"sha256": "0" * 64}, {"sha256": "0" * 64, "trust": True}, {}):
            with pytest.raises(RollerError):
                run(file, board, **how)
        assert left_alone(board)


def test_a_board_that_is_none_is_refused_first(file):
    with LoaderPort(used_chip()) as board:
        with pytest.raises(RollerError, match="no_such"):
            run(file, board, trust=True, board="no_such")
        assert left_alone(board)


def test_the_command_line_on_a_modelled_chip(file):
    with LoaderPort(used_chip()) as board:
        done = roller("flash", str(file), "--sha256", DIGEST, "--port", board.port, *BARE)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"MicroPython is on the board; next: roller deploy --port {board.port}"]
    assert "verified" in done.stderr
    assert bytes(board.chip.flash.data) == on_flash(IMAGE)


def test_the_command_line_as_json(file):
    with LoaderPort(used_chip()) as board:
        done = roller("flash", str(file), "--trust", "--port", board.port, "--json", *BARE)
    told = json.loads(done.stdout)
    assert told.pop("image") == str(file) and told.pop("port") == board.port
    assert told == {
        "sha256": DIGEST,
        "mac": "246f28524c01",
        "flash_bytes": 4 * 1024 * 1024,
        "baud": 921600,
        "backup": None,
        "board": None,
        "deployed": None,
        "put_back": [],
        "findings": None,
    }


def test_another_chip_is_named(file):
    with LoaderPort(used_chip(kind=ESP32_S3)) as board:
        done = roller("flash", str(file), "--trust", "--port", board.port, *BARE)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"error: the chip on {board.port} is an ESP32-S3, not an ESP32",
        "cure:  connect a board with an ESP32",
    ]
    assert board.chip.flash.erases == board.chip.flash.programs == 0


def test_a_port_without_an_esp32_is_refused_in_bounded_time(vm64, file, tmp_path):
    """The virtual board has no boot loader: it stands for whatever else is on a port. It survives the attempt."""
    with run_board(tmp_path / "board", "--clock", "fast") as board:
        done = roller("flash", str(file), "--trust", "--port", board.port, *BARE, timeout_s=60)
        assert done.returncode == 1
        lines = done.stderr.splitlines()
        assert [line[:6] for line in lines] == ["error:", "cure: "]
        assert "could not be flashed" in lines[0] and "BOOT" in lines[1]
        with Terminal(board.port) as terminal:
            terminal.prompt()


@pytest.mark.parametrize("backup", [(), ("--no-backup",)])
def test_a_port_that_is_not_there(file, backup):
    done = roller("flash", str(file), "--trust", "--port", "/dev/ttyUSB99", *backup)
    assert done.returncode == 1
    assert [line[:6] for line in done.stderr.splitlines()] == ["error:", "cure: "]
