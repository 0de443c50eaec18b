# SPDX-License-Identifier: MIT
"""What DTR and RTS do to a board: a contact never resets it, esptool's order ends in the boot loader.

The code that moves the lines is mpremote's, pyserial's and esptool's own; the circuit and its clock are modelled.
"""

import time
from types import SimpleNamespace

import pytest
import serial
from esptool.reset import ClassicReset, HardReset, UnixTightReset
from fakes import protocol_board
from fakes.auto_reset import AutoReset, kernel_with
from fakes.esp32_images import on_flash
from fakes.flashing_rig import proven, used_chip
from fakes.loader_port import LoaderPort
from mpremote.transport_serial import SerialTransport

from rolltools.errors import RollerError
from rolltools.flashing import chip as flashing_chip
from rolltools.link import Link
from rolltools.virtual.process import run_board


@pytest.fixture
def lines(monkeypatch):
    made = AutoReset()
    monkeypatch.setattr(protocol_board, "lines", made)
    monkeypatch.setattr(serial, "protocol_handler_packages", ["fakes"])
    for module in ("serial.serialposix", "esp_pylib.serial_reset"):
        monkeypatch.setattr(f"{module}.fcntl", kernel_with(made))
    monkeypatch.setattr("esp_pylib.serial_reset.time", SimpleNamespace(sleep=made.wait))
    return made


@pytest.fixture
def chip():
    """Yield a chip in its boot loader, at a port."""
    with LoaderPort(used_chip()) as board:
        yield board


def test_opening_and_closing_the_port_resets_nothing(lines, chip):
    for _ in range(20):
        transport = SerialTransport(f"board://{chip.port}")
        assert (lines.dtr, lines.rts) == (True, True)
        lines.wait(1.0)
        transport.close()
        assert (lines.dtr, lines.rts) == (False, False)
        lines.wait(1.0)
    assert lines.boots == []


def test_a_contact_resets_nothing(lines, vm64, tmp_path):
    with run_board(tmp_path, "--clock", "fast") as board:
        for restart in (False, True):
            with Link(f"board://{board.port}", restart=restart) as link:
                assert link.exec("print(1 + 1)").strip() == b"2"
            lines.wait(1.0)
    assert lines.boots == []


def test_a_contact_that_finds_nothing_resets_nothing(lines, chip):
    with pytest.raises(Exception, match="waits in its boot loader"), Link(f"board://{chip.port}", silence_s=0.05):
        pass
    lines.wait(1.0)
    assert lines.boots == []


def test_the_model_would_show_a_reset(lines, chip):
    """RTS alone holds the chip in reset: what a terminal does that clears DTR before it opens the port."""
    port = serial.serial_for_url(f"board://{chip.port}", do_not_open=True)
    port.dtr = False
    port.open()
    lines.wait(0.1)
    port.close()
    lines.wait(0.1)
    assert lines.boots == ["app"]


def test_a_needle_on_the_lines_is_no_reset(lines):
    """The capacitor takes what is shorter than it needs to be discharged."""
    lines.dtr, lines.rts = False, True
    lines.wait(1e-6)
    lines.dtr, lines.rts = False, False
    lines.wait(0.1)
    assert lines.boots == []


@pytest.mark.parametrize("strategy", [ClassicReset, UnixTightReset])
def test_esptool_reaches_the_boot_loader(lines, chip, strategy):
    port = serial.serial_for_url(f"board://{chip.port}")
    strategy(port)()
    assert lines.boots == ["boot loader"]
    lines.wait(1.0)
    port.close()
    lines.wait(1.0)
    assert lines.boots == ["boot loader"], "and stays there"


def test_esptool_starts_the_app(lines, chip):
    port = serial.serial_for_url(f"board://{chip.port}")
    HardReset(port)()
    lines.wait(1.0)
    assert lines.boots == [], "RTS alone does nothing while DTR is asserted, as it is at a port just opened"
    ClassicReset(port)()
    HardReset(port)()
    lines.wait(1.0)
    assert lines.boots == ["boot loader", "app"]


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr("esptool.loader.time", SimpleNamespace(time=time.time, sleep=lambda _s: None))


def test_a_board_with_lines_is_flashed_and_started(lines, chip, impatient):
    taken = proven()
    flashing_chip.write(taken, f"board://{chip.port}")
    lines.wait(1.0)
    assert lines.boots == ["boot loader", "app"]
    assert bytes(chip.chip.flash.data) == on_flash(taken.data)


def test_a_board_that_is_refused_is_started_again(lines, chip, impatient):
    def refuse(_chip):
        raise RollerError("not this one", "another one")

    with pytest.raises(RollerError, match="not this one"):
        flashing_chip.write(proven(), f"board://{chip.port}", refuse)
    lines.wait(1.0)
    assert lines.boots == ["boot loader", "app"]
    assert chip.chip.flash.erases == chip.chip.flash.programs == 0
