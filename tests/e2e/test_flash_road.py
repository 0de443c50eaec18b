# SPDX-License-Identifier: MIT
"""`roller flash` from a board in use to a board in use: one port, its boot loader and MicroPython on one flash.

Killed at any stage, the same command again ends it, and nothing that was on the board is lost.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.esp32_images import combined
from fakes.virtual_boards import Flash
from fakes.whole_board import WholeBoard
from littlefs import LittleFS, UserContext

IMAGE = combined()
GOLDEN = Path(__file__).parents[1] / "rollcore" / "golden" / "v2.roll"
SETTINGS, CALIBRATION = b'{"over_limit_n": 8}', b'{"zero_counts": 12, "counts_per_n": 43210, "calibrated": true}'
BLOCK_BYTES = 4096


@pytest.fixture
def board(firmware_image, tmp_path):
    """Yield a board that was deployed to and used, in a folder of its own."""
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "flash.img").write_bytes(with_files(firmware_image.read_bytes()))
    (tmp_path / "image.bin").write_bytes(IMAGE)
    with WholeBoard(folder, IMAGE) as whole:
        whole.folder = folder
        yield whole


def with_files(flash: bytes) -> bytes:
    context = UserContext(len(flash))
    context.buffer = bytearray(flash)
    files = LittleFS(context, block_size=BLOCK_BYTES, block_count=len(flash) // BLOCK_BYTES, mount=False)
    files.mount()
    files.makedirs("/sessions", exist_ok=True)
    for name, data in (
        ("/settings.json", SETTINGS),
        ("/calibration.json", CALIBRATION),
        ("/sessions/s000041.roll", GOLDEN.read_bytes()),
    ):
        with files.open(name, "wb") as stream:
            stream.write(data)
    files.unmount()
    return bytes(context.buffer)


def start(board, tmp_path, *options):
    command = [sys.executable, "-m", "rolltools", "flash", "image.bin", "--trust", "--port", board.port, "--json"]
    return subprocess.Popen(
        [*command, *options], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def flashed(board, tmp_path):
    """Run the command to its end, see that all is where it should be, and return what it said."""
    process = start(board, tmp_path)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    told = json.loads(out)
    board._stop()
    assert board._boots(), "the image is on the flash"
    files = Flash(board.folder).files()
    assert files["/settings.json"] == SETTINGS
    assert files["/calibration.json"] == CALIBRATION
    assert "/sessions/s000041.roll" not in files, "the flash was erased"
    assert files["/active"] == b"a" and told["deployed"]["switched"]
    kept = list(tmp_path.glob("roller-backup-*/s000041.roll"))
    assert len(kept) == 1 and kept[0].read_bytes() == GOLDEN.read_bytes()
    return told, err


def test_a_board_in_use_is_in_use_again(board, tmp_path):
    told, err = flashed(board, tmp_path)
    assert told["put_back"] == ["settings.json", "calibration.json"]
    assert told["backup"]["sessions"] >= 1 and told["board"] == "thing_plus"
    assert {finding["what"] for finding in told["findings"]} >= {"MicroPython", "firmware", "chips", "settings"}
    assert "other files 2" in err and "in roller-backup-" in err


@pytest.mark.exhaustive  # that a board is bare shows after 10 s of silence
def test_a_bare_board_is_in_use_afterwards(vm64, tmp_path):
    (tmp_path / "image.bin").write_bytes(IMAGE)
    with WholeBoard(tmp_path / "board", IMAGE, bare=True) as board:
        out, err = start(board, tmp_path).communicate(timeout=120)
        told = json.loads(out)
    assert "no MicroPython answers, the board is bare: nothing to bring away" in err
    assert told["backup"] is None and told["put_back"] == []
    assert told["board"] == "thing_plus" and told["deployed"]["switched"]
    assert not list(tmp_path.glob("roller-backup-*"))


@pytest.mark.exhaustive
def test_files_on_a_board_that_does_not_answer_are_kept(firmware_image, tmp_path):
    (tmp_path / "image.bin").write_bytes(IMAGE)
    with WholeBoard(tmp_path / "board", IMAGE, bare=True) as board:
        board.chip.flash.data[0x200000:] = with_files(firmware_image.read_bytes())
        out, err = start(board, tmp_path).communicate(timeout=120)
        assert out == "" and "there are files on the flash, which would be lost" in err and "--no-backup" in err
        assert board.chip.flash.erases == board.chip.flash.programs == 0
        out, err = start(board, tmp_path, "--no-backup").communicate(timeout=120)
        assert json.loads(out)["deployed"]["switched"], err


# what the board hears at a stage of the way: while the flash is not erased yet, and after it
STAGES = {
    "asked for its files": (b"unique_id", False),
    "a file is read": (b"('/settings.json', 0, ", False),
    "a session is read": (b"('/sessions/s000041.roll', 0, ", False),
    "in the boot loader": (b"\xc0\x00\x05", False),
    "erasing": (b"\xc0\x00\xd0", False),
    "writing": (b"\xc0\x00\x11", True),
    "read back": (b"\xc0\x00\x13", True),
    "asked for its slots": (b"active", True),
    "a file is sent": (b"'/a/app.py.part', 'wb'", True),
    "the slot is switched": (b"'/active.part', 'wb'", True),
    "settings go back": (b"'/settings.json.part', 'wb'", True),
    "calibration goes back": (b"'/calibration.json.part', 'wb'", True),
    "the doctor asks": (b"fault_log", True),
}


@pytest.mark.exhaustive
@pytest.mark.parametrize("stage", STAGES)
def test_killed_at_a_stage_and_run_again(board, tmp_path, stage):
    sign, erased = STAGES[stage]
    killed = []

    def watch(data):
        if not killed and sign in data and (board.chip.flash.erases > 0) == erased:
            killed.append(stage)
            process.kill()

    process = start(board, tmp_path)
    board.on_heard = watch
    process.communicate(timeout=120)
    assert killed, "the stage was not seen"
    board.on_heard = lambda data: None
    flashed(board, tmp_path)
