# SPDX-License-Identifier: MIT
"""The gauge's driver against the model of the chip."""

import pytest
from fakes.board_rig import Rig

from drivers.max17048 import MAX17048


@pytest.mark.parametrize(("millivolts", "percent_x10", "rate_x10"), [(3900, 780, -60), (4200, 1000, 450), (3300, 3, 0)])
def test_readings(millivolts, percent_x10, rate_x10):
    rig = Rig()
    cell = rig.world.chips["gauge"]
    cell.millivolts, cell.percent_x10, cell.rate_x10 = millivolts, percent_x10, rate_x10
    gauge = MAX17048(rig.i2c(), 0x36)
    assert gauge.voltage_mv() == pytest.approx(millivolts, abs=1)
    assert gauge.percent_x10() == pytest.approx(percent_x10, abs=1)
    assert gauge.rate_x10() == pytest.approx(rate_x10, abs=3)


def test_stranger_is_refused():
    rig = Rig()
    rig.world.chips["gauge"].regs[0x09] = 0x20
    with pytest.raises(OSError, match="0x36 is no MAX17048"):
        MAX17048(rig.i2c(), 0x36)


def test_quick_start_is_big_endian():
    rig = Rig()
    MAX17048(rig.i2c(), 0x36).quick_start()
    assert rig.i2c().readfrom_mem(0x36, 0x06, 2) == b"\x40\x00"
