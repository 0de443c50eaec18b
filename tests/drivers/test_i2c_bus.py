# SPDX-License-Identifier: MIT
"""The bus frees itself of a chip that holds SDA, tries once more, and never costs more than it must."""

import pytest
from fakes.board_rig import Rig

from boards import i2c_bus
from boards.i2c_bus import I2CBus

GAUGE, VERSION = 0x36, 0x08
NODEV, TIMEDOUT = 19, 116


@pytest.fixture
def rig(monkeypatch):
    made = Rig()
    monkeypatch.setattr(i2c_bus, "time", made.time)
    return made


def read(rig, bus, address=GAUGE):
    """Read the gauge's version; return (bytes or errno, ms that it took)."""
    start_us, buffer = rig.clock.now_us(), bytearray(2)
    try:
        bus.readfrom_mem_into(address, VERSION, buffer)
        found = bytes(buffer)
    except OSError as error:
        found = error.args[0]
    return found, (rig.clock.now_us() - start_us) / 1000


@pytest.mark.parametrize("clocks", range(1, 10))
def test_a_chip_that_holds_sda_is_clocked_out_within_20_ms(rig, clocks):
    bus = I2CBus(21, 22)
    rig.world.hold_sda(clocks)
    found, ms = read(rig, bus)
    assert found == b"\x00\x12" and ms <= 20.0
    assert read(rig, bus)[0] == b"\x00\x12" and bus.freed == 1


def test_a_line_that_stays_held_ends_in_an_error_and_then_costs_one_timeout_a_transfer(rig):
    bus = I2CBus(21, 22)
    rig.world.hold_sda(1000)
    assert read(rig, bus) == (TIMEDOUT, pytest.approx(13.4, abs=0.2))
    assert read(rig, bus) == (TIMEDOUT, pytest.approx(6.7, abs=0.2))
    rig.world.hold_sda(1)
    rig.world._count_clock(1)
    assert read(rig, bus)[0] == b"\x00\x12"
    rig.world.hold_sda(3)
    assert read(rig, bus)[0] == b"\x00\x12"  # what was dead and came back is freed again


def test_a_chip_that_is_not_there_costs_no_clocks(rig):
    bus = I2CBus(21, 22)
    assert read(rig, bus, 0x33) == (NODEV, pytest.approx(1.4, abs=0.1))
    assert bus.freed == 0


@pytest.mark.parametrize("errno", [NODEV, TIMEDOUT])
@pytest.mark.parametrize("write", [False, True])
def test_one_failure_is_none(rig, errno, write):
    bus = I2CBus(21, 22)
    faults = [errno]
    rig.world.bus_fault = lambda *_: faults.pop() if faults else None
    if write:
        bus.writeto_mem(0x5A, 0x16, b"\x11")
        assert rig.world.chips["haptic"].regs[0x16] == 0x11
    else:
        assert read(rig, bus)[0] == b"\x00\x12"
