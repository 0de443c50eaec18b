# SPDX-License-Identifier: MIT
"""The model of the LSM6DSOX by its registers alone."""

import pytest
from chips.fifo import WORDS, WordFifo, tag_byte
from chips.imu_core import sine
from fakes.board_rig import Rig, moving_rows, sample_file
from hypothesis import given
from hypothesis import strategies as st

ADDRESS = 0x6A


class Bus:
    """One chip through the fake `machine`, register by register."""

    def __init__(self, rig):
        self.rig = rig
        self._i2c = rig.i2c()

    def __getitem__(self, reg):
        return self._i2c.readfrom_mem(ADDRESS, reg, 1)[0]

    def __setitem__(self, reg, value):
        self._i2c.writeto_mem(ADDRESS, reg, bytes([value]))

    def read(self, reg, count):
        return self._i2c.readfrom_mem(ADDRESS, reg, count)

    def fill(self):
        status = self.read(0x3A, 2)
        return status[0] | (status[1] & 3) << 8


@pytest.fixture
def bus():
    return Bus(Rig(sample_file(moving_rows(3000))))


def sample_at_208(bus, mode=6):
    bus[0x10], bus[0x11], bus[0x09], bus[0x0A] = 0x58, 0x58, 0x55, mode


def test_reset_values_and_read_only_registers(bus):
    assert bus[0x0F] == 0x6C
    assert bus[0x12] == 0x04
    assert bus[0x18] == 0xE0
    bus[0x0F] = bus[0x63] = bus[0x28] = 0x55
    assert (bus[0x0F], bus[0x63], bus[0x28]) == (0x6C, 0, 0)


def test_software_reset_clears_itself_and_everything_else(bus):
    sample_at_208(bus)
    bus[0x12] = 0x45
    assert bus[0x12] == 0x04  # the transfer took longer than the 50 us
    assert bus[0x10] == 0
    bus[0x12] = 0x84
    assert bus[0x12] & 0x80  # a reboot takes 10 ms
    bus[0x10] = 0x50  # ... in which it hears nothing
    bus.rig.sleep_ms(10)
    assert (bus[0x12], bus[0x10]) == (0x04, 0)


def test_address_wraps_from_7e_to_78_and_only_there(bus):
    sample_at_208(bus)
    bus.rig.sleep_ms(100)
    burst = bus.read(0x78, 28)
    assert [burst[i] >> 3 for i in range(0, 28, 7)] == [1, 2, 1, 2]
    half = bus.read(0x7C, 3)  # 7C 7D 7E: pops the word
    assert len(half) == 3
    assert bus.read(0x78, 1)[0] >> 3 == 2
    assert bus.read(0x0F, 3) == bytes([0x6C, bus[0x10], bus[0x11]])


def test_no_increment_reads_the_same_register(bus):
    bus[0x12] = 0x00
    assert bus.read(0x0F, 3) == b"\x6c\x6c\x6c"


def test_tags_count_slots_and_have_even_parity(bus):
    sample_at_208(bus)
    bus.rig.sleep_ms(100)
    words = [bus.read(0x78, 7) for _ in range(16)]
    assert [word[0] >> 1 & 3 for word in words[::2]] == [(words[0][0] >> 1 & 3) + k & 3 for k in range(8)]
    assert all(a[0] & 6 == b[0] & 6 for a, b in zip(words[::2], words[1::2], strict=True))


@given(st.integers(0, 31), st.integers(0, 3))
def test_parity(sensor, slot):
    tag = tag_byte(sensor, slot)
    assert bin(tag).count("1") % 2 == 0
    assert (tag >> 3, tag >> 1 & 3) == (sensor, slot)


def test_continuous_mode_overwrites_and_latches(bus):
    sample_at_208(bus)
    bus.rig.sleep_ms(1100)
    assert not bus.read(0x3A, 2)[1] & 0x48
    bus.rig.sleep_ms(400)
    status = bus.read(0x3A, 2)
    assert status[1] & 0x68 == 0x68
    assert status[0] | (status[1] & 3) << 8 == WORDS
    while bus.fill():
        bus.read(0x78, 70)
    assert bus.read(0x3A, 2)[1] & 0x68 == 0


def test_fifo_mode_stops_when_full_until_bypass(bus):
    sample_at_208(bus, mode=1)
    bus.rig.sleep_ms(3000)
    assert bus.fill() == WORDS
    first = bus.read(0x78, 7)
    bus[0x0A] = 0
    assert bus.fill() == 0
    bus[0x0A] = 1
    bus.rig.sleep_ms(50)
    assert bus.read(0x78, 7) != first


def test_watermark_flag_limit_and_pin(bus):
    bus[0x07], bus[0x0D] = 10, 0x08
    sample_at_208(bus)
    bus.rig.sleep_ms(15)
    assert bus.rig.world.level(25) == 0
    bus.rig.sleep_ms(20)
    assert bus.rig.world.level(25) == 1
    assert bus.read(0x3A, 2)[1] & 0x80
    bus[0x08] = 0x80
    bus.rig.sleep_ms(200)
    assert bus.fill() <= 16
    while bus.fill() >= 10:
        bus.read(0x78, 7)
    assert bus.rig.world.level(25) == 0


@pytest.mark.parametrize(("fine", "hz"), [(0, 208), (20, 214.24), (-20, 201.76)])
def test_rate_follows_freq_fine(fine, hz):
    bus = Bus(Rig(imu={"freq_fine": fine}))
    assert bus[0x63] == fine & 0xFF
    sample_at_208(bus)
    start_us = bus.rig.clock.now_us()
    bus.rig.sleep_ms(1000)
    assert bus.fill() / 2 == pytest.approx(hz * (bus.rig.clock.now_us() - start_us) / 1e6, abs=2)


def test_batch_rate_thins_out_and_skips_a_sensor(bus):
    bus[0x10], bus[0x11], bus[0x09], bus[0x0A] = 0x58, 0x58, 0x03, 6  # accelerometer at 52 Hz only
    bus.rig.sleep_ms(1000)
    count = bus.fill()
    assert count == pytest.approx(52, abs=2)
    assert {bus.read(0x78, 7)[0] >> 3 for _ in range(count)} == {2}


def test_gyro_needs_its_turn_on_time(bus):
    rig = Rig(sample_file([[0, 0, 1000000, 100000, 100000, 100000, 0]] * 3000))
    rig.world.samples.start(0)
    bus = Bus(rig)
    bus[0x11] = 0x58
    rig.sleep_ms(20)
    assert bus.read(0x22, 6) == bytes(6)
    rig.sleep_ms(30)
    assert int.from_bytes(bus.read(0x22, 2), "little") == round(100000 / 35)


@pytest.mark.parametrize(("bits", "ug"), [(0x50, 61), (0x58, 122), (0x5C, 244), (0x54, 488)])
def test_scales_and_saturation(bits, ug):
    rig = Rig(sample_file([[1500000, -9000000, 3000000, 0, 0, 0, 0]] * 2))
    bus = Bus(rig)
    bus[0x10] = bits
    rig.sleep_ms(50)
    raw = bus.read(0x28, 6)
    values = [int.from_bytes(raw[i : i + 2], "little", signed=True) for i in (0, 2, 4)]
    assert values == [max(-32768, min(32767, round(v / ug))) for v in (1500000, -9000000, 3000000)]


@pytest.mark.parametrize(("bits", "mdps"), [(0x52, 4.375), (0x50, 8.75), (0x54, 17.5), (0x58, 35), (0x5C, 70)])
def test_gyro_scales(bits, mdps):
    rig = Rig(sample_file([[0, 0, 1000000, 90000, -1800000, 7000, 0]] * 3000))
    rig.world.samples.start(0)
    bus = Bus(rig)
    bus[0x11] = bits
    rig.sleep_ms(60)
    raw = bus.read(0x22, 6)
    values = [int.from_bytes(raw[i : i + 2], "little", signed=True) for i in (0, 2, 4)]
    expected = [max(-32768, min(32767, v / mdps)) for v in (90000, -1800000, 7000)]
    assert values == [pytest.approx(v, abs=0.51) for v in expected]


def test_data_ready_flag_goes_with_the_reading(bus):
    bus[0x10] = 0x58
    bus.rig.sleep_ms(20)
    assert bus[0x1E] & 1
    bus.read(0x28, 6)
    assert not bus[0x1E] & 1


def test_int1_held_high_at_power_on_makes_it_deaf():
    rig = Rig()
    rig.world.net(25).pull = 1
    rig.world.net(25).from_esp(None)
    rig.world.chips["imu"].power_on()
    assert ADDRESS not in rig.i2c().scan()
    rig.world.net(25).pull = 0
    rig.world.net(25).from_esp(None)
    rig.world.chips["imu"].power_on()
    assert ADDRESS in rig.i2c().scan()


def test_motor_shakes_the_samples_while_it_runs():
    rig = Rig()
    bus = Bus(rig)
    sample_at_208(bus)
    rig.sleep_ms(60)

    def spread(ms):
        while bus.fill():
            bus.read(0x78, 14)
        rig.sleep_ms(ms)
        values = []
        while bus.fill():
            word = bus.read(0x78, 7)
            if word[0] >> 3 == 2:
                values.append(int.from_bytes(word[5:7], "little", signed=True) * 122 // 1000)
        return max(values) - min(values)

    assert spread(200) == 0
    i2c = rig.i2c()
    i2c.writeto_mem(0x5A, 0x01, b"\x05")
    i2c.writeto_mem(0x5A, 0x02, b"\x7f")
    rig.sleep_ms(30)
    shaken = spread(200)
    assert 100 < shaken < 600
    bus[0x10], bus[0x17] = 0x5A, 0x20  # the low-pass of the firmware
    assert spread(200) < shaken / 3
    i2c.writeto_mem(0x5A, 0x02, b"\x00")
    rig.sleep_ms(30)
    assert spread(200) == 0


def test_tone_is_a_sine_in_thousandths():
    import math

    for t_us in range(0, 20000, 37):
        assert sine(t_us, 175) / 1000 == pytest.approx(math.sin(2 * math.pi * 175 * t_us / 1e6), abs=0.06)


def test_long_neglect_is_cheap_and_keeps_the_newest(bus):
    sample_at_208(bus)
    bus.rig.sleep_ms(24 * 3600 * 1000)
    assert bus.fill() == WORDS


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-32768, 32767)), max_size=60))
def test_fifo_against_a_list(steps):
    fifo, model, depth = WordFifo(), [], 20
    for step, value in steps:
        if step == 0:
            assert fifo.peek(0) == (tag_byte(2, 0) if model else 0)
            if model:
                assert fifo.peek(1) | fifo.peek(2) << 8 == model.pop(0) & 0xFFFF
            fifo.pop()
        else:
            fifo.push(2, value, 0, 0, depth, step == 1)
            if len(model) < depth:
                model.append(value)
            elif step == 1:
                model = model[1:] + [value]
        assert fifo.count == len(model)
