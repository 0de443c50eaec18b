# SPDX-License-Identifier: MIT
"""What is refused before the port is touched, and what a port without an ESP32 says."""

import hashlib
import struct

import pytest
from fakes.virtual_boards import Terminal, roller

from rolltools import flashing
from rolltools.errors import RollerError
from rolltools.virtual.process import run_board


def image(magic=0xE9, chip=0, size=4096):
    """Return the bytes of an image with the header of one for `chip`."""
    head = struct.pack("<BBBBIBBBBHBHHIB", magic, 3, 2, 0x20, 0x40081000, 0, 0, 0, 0, chip, 0, 0, 0xFFFF, 0, 1)
    return (head + bytes(size))[:size]


def written(tmp_path, data):
    path = tmp_path / "firmware.bin"
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_the_right_image_passes(tmp_path):
    path, digest = written(tmp_path, image())
    assert flashing.checked_image(path, digest) == image()
    assert flashing.checked_image(path, f" {digest.upper()}\n") == image()


@pytest.mark.parametrize(
    ("data", "cause", "cure"),
    [
        (image(magic=0x7F), "is no ESP32 image", "ESP32_GENERIC"),
        (image(size=23), "is no ESP32 image", "ESP32_GENERIC"),
        (b"", "is no ESP32 image", "ESP32_GENERIC"),
        (image(chip=9), "made for another chip (id 9)", "ESP32_GENERIC"),  # the ESP32-S3
        (image(chip=0x0500), "made for another chip", "ESP32_GENERIC"),
        (image(size=4 * 1024 * 1024 - 0x1000 + 1), "larger than the flash", "ESP32_GENERIC"),
    ],
)
def test_other_files_are_refused(tmp_path, data, cause, cure):
    path, digest = written(tmp_path, data)
    with pytest.raises(RollerError) as failed:
        flashing.checked_image(path, digest)
    assert cause in failed.value.cause and cure in failed.value.cure


def test_one_bit_in_the_image_is_refused(tmp_path):
    path, digest = written(tmp_path, image())
    data = bytearray(image())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(RollerError) as failed:
        flashing.checked_image(path, digest)
    assert "not the pinned file" in failed.value.cause and "again" in failed.value.cure


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "a" * 63, "a" * 65, "ａ" * 64])
def test_a_digest_that_is_none(tmp_path, digest):
    path, _ = written(tmp_path, image())
    with pytest.raises(RollerError, match="not 64 hexadecimal digits"):
        flashing.checked_image(path, digest)


@pytest.mark.parametrize(("data", "digest"), [(image(chip=9), None), (image(), "0" * 64)])
def test_nothing_is_opened_for_a_refused_image(tmp_path, monkeypatch, data, digest):
    """The command checks first: with a wrong image the port is never asked for."""
    from rolltools.commands.flash import flash

    path, right = written(tmp_path, data)
    opened = []
    monkeypatch.setattr(flashing, "flash", lambda *args: opened.append(args))
    with pytest.raises(RollerError):
        flash(path, digest or right, "/dev/null")
    assert opened == []


def test_a_port_without_an_esp32_is_refused_in_bounded_time(vm64, tmp_path):
    """The virtual board has no boot loader: it stands for whatever else is on a port. It survives the attempt."""
    path, digest = written(tmp_path, image())
    with run_board(tmp_path / "board", "--clock", "fast") as board:
        done = roller("flash", str(path), "--sha256", digest, "--port", board.port, timeout_s=60)
        assert done.returncode == 1
        lines = done.stderr.splitlines()
        assert [line[:6] for line in lines] == ["error:", "cure: "]
        assert "could not be flashed" in lines[0] and "BOOT" in lines[1]
        with Terminal(board.port) as terminal:
            terminal.prompt()


def test_a_port_that_is_not_there(tmp_path):
    path, digest = written(tmp_path, image())
    done = roller("flash", str(path), "--sha256", digest, "--port", "/dev/ttyUSB99")
    assert done.returncode == 1
    assert [line[:6] for line in done.stderr.splitlines()] == ["error:", "cure: "]
