# SPDX-License-Identifier: MIT
"""The bridge converter's driver against the model of the chip."""

import pytest
from fakes.board_rig import Rig, sample_file
from fakes.scripted_bus import ScriptedBus, reads, writes

from drivers.nau7802 import NAU7802


def make(force_mn=1000, **force):
    rows = [[0, 0, 1000000, 0, 0, 0, force_mn]] * 2
    rig = Rig(sample_file(rows), force=force)
    return rig, NAU7802(rig.i2c(), 0x2A, rig.sleep_ms)


def newest(rig, adc):
    while not adc.ready():
        rig.sleep_ms(1)
    return adc.counts()


def test_power_up_is_the_sequence_of_the_facts():
    waits = []
    script = reads((0x1F, 0x0F)) + writes((0, 0x01), (0, 0x02)) + reads((0, 0x02), (0, 0x0A))
    script += writes((0, 0x86), (1, 0x2F), (2, 0x70), (0x15, 0x30), (0x1C, 0x80), (2, 0x74))
    script += reads((2, 0x74), (2, 0x70), (2, 0x70)) + writes((0, 0x96))
    bus = ScriptedBus(0x2A, script)
    NAU7802(bus, 0x2A, waits.append)
    bus.done()
    assert max(waits) == 250


@pytest.mark.parametrize("force_mn", [0, 1, 1000, -1500, 20000, 49000])
def test_counts_are_signed_and_proportional(force_mn):
    rig, adc = make(force_mn)
    assert newest(rig, adc) == pytest.approx(force_mn * 43.8, abs=1)


@pytest.mark.parametrize(("force_mn", "counts"), [(400000, 8388607), (-400000, -8388608)])
def test_overload_clips(force_mn, counts):
    rig, adc = make(force_mn)
    assert newest(rig, adc) == counts


def test_six_conversions_are_flushed_after_waking():
    rig, adc = make()
    adc.sleep()
    rig.sleep_ms(500)
    assert not adc.ready()
    adc.wake()
    start_us = rig.clock.now_us()
    newest(rig, adc)
    assert 6 * 3125 <= rig.clock.now_us() - start_us <= 10 * 3125


@pytest.mark.parametrize("permille", [-30, 0, 30])
def test_rate_is_the_chips_own(permille):
    rig, adc = make(clock_permille=permille)
    newest(rig, adc)
    start_us, count = rig.clock.now_us(), 0
    while rig.clock.now_us() - start_us < 2000000:
        if adc.ready():
            adc.counts()
            count += 1
        else:
            rig.clock.wait(200)
    assert count == pytest.approx(640 * (1 + permille / 1000), abs=3)


def test_ready_goes_with_the_reading():
    rig, adc = make()
    newest(rig, adc)
    assert rig.world.level(26) == 0 or not adc.ready()
    rig.sleep_ms(5)
    assert rig.world.level(26) == 1
    adc.counts()
    assert rig.world.level(26) == 0


def test_calibration_error_is_an_error():
    rig = Rig()
    rig.world.chips["force"].calibration_fails = True
    with pytest.raises(OSError, match="calibration"):
        NAU7802(rig.i2c(), 0x2A, rig.sleep_ms)


def test_calibration_that_never_ends_is_an_error():
    """CALS reads 1 while it runs: waiting for 1, or for ever, would be the trap."""
    rig, adc = make()
    rig.world.chips["force"].update = lambda now_us: None
    start_us = rig.clock.now_us()
    with pytest.raises(OSError, match="0x02"):
        adc.calibrate()
    assert rig.clock.now_us() - start_us < 3000000


def test_supply_that_never_comes_up_is_an_error():
    rig = Rig()
    rig.world.chips["force"].update = lambda now_us: None
    with pytest.raises(OSError, match="0x00"):
        NAU7802(rig.i2c(), 0x2A, rig.sleep_ms)


def test_unknown_force_gives_no_conversion():
    rig, adc = make(-(1 << 29))
    rig.sleep_ms(100)
    assert not adc.ready()


def test_the_noise_of_the_model_is_as_deep_as_it_is_set():
    rig, adc = make()
    rig.world.chips["force"].noise_counts = 220
    found = []
    for _ in range(2000):
        found.append(newest(rig, adc))
        rig.sleep_ms(3)
    mean = sum(found) / len(found)
    assert mean == pytest.approx(43800, abs=20)
    assert (sum((counts - mean) ** 2 for counts in found) / len(found)) ** 0.5 == pytest.approx(220, rel=0.06)
