# SPDX-License-Identifier: MIT
"""The MPU-6050 driver against the model of the chip: its rate, its scale, and a FIFO that overwrites itself."""

from array import array
from fractions import Fraction

import pytest
from fakes.board_rig import Rig, sample_file
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.mpu6050 import FETCH_MAX, MPU6050


def make(samples=None, rate_hz=208, **options):
    rig = Rig(samples, board_name="devkit_fsr", imu=options)
    return rig, MPU6050(rig.i2c(), 0x68, rig.sleep_ms, rate_hz)


def still(**values):
    axes = ("ax", "ay", "az", "gx", "gy", "gz", "force")
    return sample_file([[values.get(axis, 0) for axis in axes]] * 2)


def turning(gx):
    """Return samples that go on turning: a recording's ends are held without it."""
    return sample_file([[0, 0, 1000000, gx, 0, 0, 0]] * 400)


def last_of(rig, imu, ms):
    out = array("i", [0] * 8)
    for _ in range(ms // 10):
        rig.sleep_ms(10)
        for i in range(imu.fetch()):
            imu.decode(i, out)
    return list(out[:6])


@pytest.mark.parametrize(
    ("asked", "rate_hz", "period_us"),
    [(208, 200, 5000), (50, 50, 20000), (100, 100, 10000), (300, 333, 3000), (416, 333, 3000), (104, 100, 10000)],
)
def test_the_rate_it_has_is_the_one_it_says(asked, rate_hz, period_us):
    rig, imu = make(rate_hz=asked)
    assert (imu.rate_hz, imu.period_us) == (rate_hz, period_us)
    imu.start()
    start_us = rig.clock.now_us()
    count = 0
    while rig.clock.now_us() - start_us < 1000000:
        rig.sleep_ms(10)
        count += imu.fetch()
    assert count == pytest.approx((rig.clock.now_us() - start_us) / period_us, abs=3)


@pytest.mark.parametrize("rate_hz", [49, 417])
def test_rates_the_engine_does_not_take(rate_hz):
    with pytest.raises(ValueError, match=str(rate_hz)):
        make(rate_hz=rate_hz)


def test_another_chip_is_refused():
    rig = Rig(board_name="devkit_fsr")
    rig.world.chips["imu"].regs[0x75] = 0x70  # an MPU-6500, whose FIFO is half as long
    with pytest.raises(OSError, match="0x68 is no MPU-6050"):
        MPU6050(rig.i2c(), 0x68, rig.sleep_ms)


def test_one_g_is_one_g_in_the_units_of_the_engine():
    rig, imu = make(still(ax=-2000000, az=1000000))
    imu.start()
    assert last_of(rig, imu, 50) == [-16393, 0, 8197, 0, 0, 0]


def test_turning_comes_out_in_35_mdps():
    rig, imu = make(turning(-350000))
    imu.start()
    assert last_of(rig, imu, 200)[3] == pytest.approx(-10000, abs=1)


@settings(max_examples=300)
@given(st.integers(-32768, 32767), st.integers(-32768, 32767))
def test_counts_become_engine_units_to_the_nearest(accel, gyro):
    imu = MPU6050.__new__(MPU6050)
    imu._frames = b"".join(value.to_bytes(2, "big", signed=True) for value in [accel] * 3 + [gyro] * 3)
    out = array("i", [0] * 6)
    imu.decode(0, out)
    exact = max(Fraction(-32768), min(Fraction(32767), Fraction(accel, 8192) * 1000000 / 122))
    assert all(abs(value - exact) <= Fraction(1, 2) for value in out[:3])
    assert all(abs(value - Fraction(gyro * 10, 328) * 1000 / 35) <= Fraction(1, 2) for value in out[3:])


def test_what_a_fetch_leaves_behind_comes_with_the_next_in_order():
    rows = [[0, 0, 1000000 + 100 * k, 0, 0, 0, 0] for k in range(2000)]
    rig, imu = make(sample_file(rows))
    imu.start()
    imu.fetch()
    rig.sleep_ms(200)
    seen, out = [], array("i", [0] * 8)
    counts = []
    while count := imu.fetch():
        counts.append((count, imu.waiting))
        for i in range(count):
            imu.decode(i, out)
            seen.append(out[2])
    assert counts[0][0] == FETCH_MAX and counts[0][1] > FETCH_MAX
    assert len(seen) >= 40
    assert seen == sorted(seen)
    assert not imu.overrun


def test_an_overflow_is_told_and_what_comes_after_it_is_whole():
    rig, imu = make(still(ax=500000, az=1000000))
    imu.start()
    imu.fetch()
    rig.sleep_ms(600)  # 120 samples: the FIFO holds 85
    assert rig.world.chips["imu"].count <= 1024
    assert imu.fetch() == 0
    assert (imu.overrun, imu.waiting) == (True, 0)
    assert last_of(rig, imu, 50) == [4098, 0, 8197, 0, 0, 0]
    assert not imu.overrun


def test_a_fifo_read_after_an_overflow_would_begin_in_the_middle_of_a_sample():
    """The trap that the driver avoids: 1024 bytes are not a whole number of samples."""
    rig, imu = make(still(ax=500000, az=1000000))
    imu.start()
    rig.sleep_ms(600)
    raw = rig.i2c().readfrom_mem(0x68, 0x74, 12)
    assert raw[:6] != rig.i2c().readfrom_mem(0x68, 0x3B, 6)


def test_a_dead_bus_is_an_error_and_nothing_is_kept():
    rig, imu = make()
    imu.start()
    rig.world.bus_fault = lambda address, reg, length, is_write: 116
    with pytest.raises(OSError, match="116"):
        imu.fetch()
    rig.world.bus_fault = None
    rig.sleep_ms(10)
    assert 0 < imu.fetch() <= FETCH_MAX


@pytest.mark.parametrize(("az", "right"), [(1000000, True), (500000, False), (2000000, False)])
def test_gravity_tells_the_scale(az, right):
    rig, imu = make(still(az=az))
    imu.start()
    assert imu.scale_is_right() is right


def test_sleep_gives_no_samples_and_start_wakes():
    rig, imu = make()
    imu.start()
    imu.sleep()
    rig.sleep_ms(50)
    imu.fetch()
    rig.sleep_ms(50)
    assert imu.fetch() == 0
    imu.start()
    rig.sleep_ms(50)
    assert imu.fetch() > 5
