# SPDX-License-Identifier: MIT
"""The force-sensing resistor, from newtons through divider and converter back to about newtons."""

import pytest
from fakes.board_rig import Rig, machine, sample_file
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.fsr import FSR
from rollcore.calibration import Calibration


def make(force_mn=0, **options):
    rig = Rig(sample_file([[0, 0, 1000000, 0, 0, 0, force_mn]] * 2), board_name="devkit_fsr", force=options)
    return rig, FSR(machine.ADC(machine.Pin(34), atten=machine.ADC.ATTN_11DB))


def about_mn(force_mn, **options):
    return Calibration().to_mn(make(force_mn, **options)[1].counts())


@pytest.mark.parametrize("slope_permille", [850, 1000, 1150])
@pytest.mark.parametrize("strays_uv", [-30000, 0, 30000])
@pytest.mark.parametrize("force_mn", [1500, 3000, 5000, 10000, 15000, 20000])
def test_about_right_for_every_part_and_converter(force_mn, slope_permille, strays_uv):
    assert about_mn(force_mn, slope_permille=slope_permille, strays_uv=strays_uv) == pytest.approx(force_mn, rel=0.3)


def test_exact_parts_and_a_straight_converter_give_the_force():
    """What remains is the noise of the converter and the straight lines of the table."""
    for force_mn in (1000, 2000, 4000, 8000, 16000):
        read = about_mn(force_mn, slope_permille=1000, strays_uv=0)
        assert read == pytest.approx(force_mn, rel=0.06)


def test_below_what_the_converter_can_see_there_is_no_force():
    assert about_mn(0) == 0
    assert about_mn(150) == 0
    assert about_mn(500) > 300


class Adc:
    """A pin at a voltage."""

    def __init__(self, uv):
        self._uv = uv

    def read_uv(self):
        return self._uv


@settings(max_examples=200)
@given(st.lists(st.integers(0, 2_999_999), min_size=2, max_size=2).map(sorted))
def test_more_voltage_is_never_less_force(uvs):
    low, high = (FSR(Adc(uv)).counts() for uv in uvs)
    assert 0 <= low <= high < 1 << 24


def test_a_short_is_known_as_such_and_forgotten_when_it_is_over():
    rig, force = make(5000)
    rig.world.chips["force"].shorted = True
    assert force.counts() == 0
    assert force.shorted
    rig.world.chips["force"].shorted = False
    assert force.counts() > 0
    assert not force.shorted


def test_an_open_wire_reads_as_no_load():
    rig, force = make(5000)
    rig.world.chips["force"].opened = True
    assert (force.counts(), force.shorted) == (0, False)


def test_forty_newtons_are_no_short():
    _, force = make(40000, slope_permille=1250, strays_uv=60000)
    assert force.counts() > 0 and not force.shorted
