# SPDX-License-Identifier: MIT
"""esptool, as it is, on a modelled ESP32: what it leaves on the flash, and what a cut leaves for the next run."""

import random
import time
from types import SimpleNamespace

import pytest
from esptool.loader import StubFlasher
from esptool.targets import ESP32ROM
from fakes.esp32_images import combined, on_flash, part, table
from fakes.flashing_rig import USED, proven, used_chip, write_and_die, write_and_fail
from fakes.loader_port import LoaderPort, NoisyPort
from fakes.nor_flash import NorFlash
from fakes.rom_loader import (
    CHANGE_BAUDRATE,
    DEFL_DATA,
    ERASE_FLASH,
    ESP32_S2,
    ESP32_S3,
    MAC,
    SPI_FLASH_MD5,
    Esp32,
    Faults,
)

from rolltools.errors import RollerError
from rolltools.flashing import chip

OPERATIONS = range(1063)  # 1024 sectors, then the sectors and pages of the image
VERIFIED = 98  # from here on the chip is only started anew
COMMANDS = 100  # of a flashing of the small image; test_the_steps_are_as_many_as_are_cut holds it


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Leave out what esptool waits for a real chip, or for a cable to be put back: the model does not need it."""
    monkeypatch.setattr("esptool.cmds.time", SimpleNamespace(time=time.time, sleep=lambda _s: None))
    monkeypatch.setattr("esptool.loader.time", SimpleNamespace(time=time.time, sleep=lambda _s: None))


@pytest.fixture
def hasty(monkeypatch):
    """Wait less for an answer that does not come."""
    monkeypatch.setattr("esptool.loader.MAX_TIMEOUT", 0.3)
    monkeypatch.setattr(chip, "_SILENCE_S", 0.3)


def test_the_whole_image_and_nothing_else_is_on_the_flash():
    taken = proven(combined(app_bytes=60000))
    heard = []
    with LoaderPort(used_chip()) as board:
        written = chip.write(taken, board.port, say=lambda done, total: heard.append((done, total)))
    assert bytes(board.chip.flash.data) == on_flash(taken.data)
    assert written == chip.Written(chip.Chip(MAC.hex(), 4 * 1024 * 1024, False), 921600)
    assert heard == sorted(heard) and heard[-1][0] == heard[-1][1] > 50000
    assert board.chip.commands.count(DEFL_DATA) == 4
    assert board.chip.commands.count(SPI_FLASH_MD5) == 2, "once by esptool's write, once by its verify"


def test_what_runs_in_ram_is_what_esptool_sent():
    with LoaderPort(used_chip()) as board, chip._loader(board.port):
        sent = StubFlasher(SimpleNamespace(STUB_CLASS=ESP32ROM.STUB_CLASS, CHIP_NAME="ESP32"))
        assert board.chip.runs_stub
        assert board.chip.ram == {sent.text_start: sent.text, sent.data_start: sent.data}


@pytest.mark.parametrize(("kind", "name"), [(ESP32_S3, "ESP32-S3"), (ESP32_S2, "ESP32-S2")])
def test_another_chip_is_refused_before_the_erase(kind, name):
    with LoaderPort(used_chip(kind=kind)) as board:
        error = write_and_fail(board, proven())
    assert error.cause == f"the chip on {board.port} is an {name}, not an ESP32" and "ESP32" in error.cure
    assert untouched(board)


def test_a_flash_that_is_too_small_is_refused_before_the_erase():
    with LoaderPort(Esp32(NorFlash(2 * 1024 * 1024, USED))) as board:
        error = write_and_fail(board, proven())
    assert error.cause == "the ESP32 has 2 MB of flash, the image needs 4"
    assert untouched(board)


def test_an_image_for_half_the_flash_fits_the_small_one():
    lines = [
        (1, 2, 0x9000, 0x6000, b"nvs"),
        (0, 0, 0x10000, 0x100000, b"factory"),
        (1, 0x81, 0x110000, 0xF0000, b"vfs"),
    ]
    taken = proven(combined(part([(0x40080400, b"boot")], flash_size=1), table(lines)))
    with LoaderPort(Esp32(NorFlash(2 * 1024 * 1024, USED))) as board:
        chip.write(taken, board.port)
    assert bytes(board.chip.flash.data) == on_flash(taken.data, 2 * 1024 * 1024)


def test_a_flash_that_nobody_knows_is_refused():
    with LoaderPort(Esp32(NorFlash(1024 * 1024, USED))) as board:
        error = write_and_fail(board, proven())
    assert error.cause == "the flash of the ESP32 does not answer"
    assert untouched(board)


@pytest.mark.parametrize("at", [0x200000, 0x201000])
def test_files_of_a_board_are_seen_and_may_be_kept(at):
    board_flash = NorFlash(content=USED)
    board_flash.data[at + 8 : at + 16] = b"littlefs"
    before = bytes(board_flash.data)

    def refuse(found):
        assert found.holds_files
        raise RollerError("these are wanted", "keep them")

    esp32, started = Esp32(board_flash), []
    esp32.on_reboot = lambda: started.append("anew")
    with LoaderPort(esp32) as board, pytest.raises(RollerError, match="these are wanted"):
        chip.write(proven(), board.port, refuse)
    assert untouched(board) and bytes(board_flash.data) == before
    assert started == ["anew"], "what it ran before, it runs again"


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        pytest.param(Faults(silent=True), "Failed to connect", marks=pytest.mark.exhaustive),  # esptool tries for 5 s
        (Faults(no_stub=True), "Failed to start stub flasher"),
    ],
)
def test_a_chip_that_says_nothing_is_left_alone(hasty, faults, cause):
    with LoaderPort(used_chip(faults=faults)) as board:
        error = write_and_fail(board, proven())
    assert cause in error.cause and "BOOT" in error.cure
    assert untouched(board)


@pytest.mark.parametrize("faults", [Faults(keeps_rate=True), Faults(noisy_above_baud=500000)])
def test_the_slow_rate_where_the_fast_one_fails(hasty, faults):
    with LoaderPort(used_chip(faults=faults)) as board:
        written = chip.write(proven(), board.port)
    assert written.baud == 115200
    assert board.chip.commands.count(CHANGE_BAUDRATE) == 1, "asked for once, and not again"
    assert bytes(board.chip.flash.data) == on_flash(proven().data)


DAMAGES = {
    "flipped": lambda data, draw: flipped(data, draw.randrange(8 * len(data))),
    "cut": lambda data, draw: data[: draw.randrange(len(data))],
    "longer": lambda data, draw: data[:5] + draw.randbytes(5) + data[5:],
    "noise": lambda data, draw: draw.randbytes(len(data)),
    "empty": lambda data, draw: b"\xc0\x01" + data[2:3] + bytes(6) + b"\xc0",
    "short": lambda data, draw: data[:-2] + b"\xc0",
}


def flipped(data, bit):
    damaged = bytearray(data)
    damaged[bit >> 3] ^= 1 << (bit & 7)
    return bytes(damaged)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_answer(hasty, damage):
    for seed in range(6):
        damaged_then_right_or_refused(damage, seed)


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(6, 106))
@pytest.mark.parametrize("damage", DAMAGES)
def test_many_damaged_answers(hasty, damage, seed):
    damaged_then_right_or_refused(damage, seed)


def damaged_then_right_or_refused(damage, seed):
    draw, taken = random.Random(seed), proven()
    with NoisyPort(used_chip(), draw.randrange(1, 110), lambda data: DAMAGES[damage](data, draw)) as board:
        error = write_and_fail(board, taken)
    assert error or bytes(board.chip.flash.data) == on_flash(taken.data)


def test_an_answer_without_a_body_is_no_bug_of_ours(hasty):
    """At the first command of all, where no other rate is tried."""
    with NoisyPort(used_chip(), 5, lambda data: DAMAGES["empty"](data, None)) as board:
        error = write_and_fail(board, proven())
    assert error.cause == "the ESP32 could not be flashed: its answer makes no sense"
    assert untouched(board)


def test_a_worn_cell_is_noticed():
    taken = proven()
    zero = next(i for i, byte in enumerate(taken.data) if byte & 0x10)
    with LoaderPort(used_chip()) as board:
        board.chip.flash.stuck = [(0x1000 + zero, 0x10)]
        error = write_and_fail(board, taken)
    assert error.cause == "the ESP32 could not be flashed: MD5 of file does not match data in flash!"
    assert board.chip.commands.count(ERASE_FLASH) == 2, "at both rates"


def test_a_port_that_is_not_there():
    with pytest.raises(RollerError, match="Could not open /dev/ttyUSB99"):
        chip.write(proven(), "/dev/ttyUSB99")


def test_the_steps_are_as_many_as_are_cut():
    with LoaderPort(used_chip()) as board:
        chip.write(proven(), board.port)
    assert len(board.chip.commands) == COMMANDS


def test_killed_and_run_again():
    """At steps of every kind; all of them in the exhaustive test."""
    for step in (1, 5, 11, 40, 69, 84, 87, 93, 95, 97):
        killed_then_finished(step)


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", range(1, COMMANDS + 1))
def test_killed_at_every_step_and_run_again(step):
    killed_then_finished(step)


def killed_then_finished(step):
    taken = proven()
    with LoaderPort(used_chip()) as board:
        assert write_and_die(board, taken, step)
        chip.write(taken, board.port)
        assert bytes(board.chip.flash.data) == on_flash(taken.data), step


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", range(90, 190, 7))
def test_killed_with_an_image_of_full_size(step):
    taken = proven(combined(app_bytes=1_600_000))
    with LoaderPort(used_chip()) as board:
        assert write_and_die(board, taken, step)
        chip.write(taken, board.port)
        assert bytes(board.chip.flash.data) == on_flash(taken.data), step


def test_cable_pulled_and_run_again():
    for step in (3, 12, 90, 93, 95):
        pulled_then_finished(step)


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", range(1, COMMANDS + 1))
def test_cable_pulled_at_every_step_and_run_again(step):
    pulled_then_finished(step)


def pulled_then_finished(step):
    taken, esp32 = proven(), used_chip()
    with LoaderPort(esp32, cut_at=step) as board:
        error = write_and_fail(board, taken)
    if step <= VERIFIED:
        assert error and "could not be flashed" in error.cause and "run it again" in error.cure
    else:
        assert error is None and bytes(esp32.flash.data) == on_flash(taken.data)
    finished(esp32, taken)


@pytest.mark.parametrize("operation", [0, 600, 1023, 1024, 1030, 1062])
def test_supply_gone_in_the_middle_of_an_erase_or_a_program(operation):
    gone_then_finished(operation)


@pytest.mark.exhaustive
@pytest.mark.parametrize("operation", OPERATIONS)
def test_supply_gone_anywhere(operation):
    gone_then_finished(operation)


def gone_then_finished(operation):
    taken, esp32 = proven(), used_chip()
    esp32.flash.operations_left = operation
    with LoaderPort(esp32) as board:
        assert write_and_fail(board, taken)
    assert bytes(esp32.flash.data) != on_flash(taken.data)
    finished(esp32, taken)


def finished(esp32, taken):
    esp32.restart()
    with LoaderPort(esp32) as board:
        chip.write(taken, board.port)
    assert bytes(esp32.flash.data) == on_flash(taken.data)


def untouched(board):
    flash = board.chip.flash
    return flash.erases == flash.programs == 0
