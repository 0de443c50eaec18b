# SPDX-License-Identifier: MIT
"""The model of a serial line: what a rate, a buffer of 128 bytes and a tick of 10 ms give, and what faults take."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolltools.virtual.wire import ESP32_FIFO_BYTES, Faults, Wire


def seconds(wire, pieces, step_s=1e-4, end_s=30.0):
    """Return when the last byte of `pieces` (at s, data) has arrived, and all that did."""
    pieces = list(pieces)
    size = sum(len(data) for _, data in pieces)
    came, now_s = b"", 0.0
    while len(came) < size and now_s < end_s:
        while pieces and pieces[0][0] <= now_s:
            wire.put(now_s, pieces.pop(0)[1])
        came += wire.take(now_s)
        now_s += step_s
    return now_s, came


@pytest.mark.parametrize(("baud", "rate"), [(115200, 11520), (921600, 92160)])
def test_a_pc_sends_at_the_rate_of_the_line(baud, rate):
    data = bytes(range(256)) * 40
    took_s, came = seconds(Wire(baud), [(0.0, data)])
    assert came == data
    assert len(data) / took_s == pytest.approx(rate, rel=0.02)


def test_an_esp32_that_blocks_keeps_115200_busy_and_leaves_921600_idle():
    data = bytes(10_240)
    slow_s, _ = seconds(Wire(115200, fifo_bytes=ESP32_FIFO_BYTES), [(0.0, data)])
    fast_s, _ = seconds(Wire(921600, fifo_bytes=ESP32_FIFO_BYTES), [(0.0, data)])
    assert len(data) / slow_s == pytest.approx(11520, rel=0.02)
    assert len(data) / fast_s == pytest.approx(12800, rel=0.03)  # 128 bytes a tick


def test_an_esp32_that_paces_itself_keeps_921600_busy():
    slices = [(i * 48 / 92160, bytes(48)) for i in range(400)]
    took_s, _ = seconds(Wire(921600, fifo_bytes=ESP32_FIFO_BYTES), slices)
    assert 400 * 48 / took_s == pytest.approx(92160, rel=0.02)


def test_a_delay_comes_on_top():
    took_s, _ = seconds(Wire(115200, delay_s=0.05), [(0.0, b"x")])
    assert took_s == pytest.approx(0.05, abs=0.001)


@given(st.binary(max_size=2000), st.integers(1, 100))
def test_without_faults_everything_comes_in_order(data, size):
    pieces = [(i * 1e-3, data[at : at + size]) for i, at in enumerate(range(0, len(data), size))]
    assert seconds(Wire(1_000_000, fifo_bytes=ESP32_FIFO_BYTES), pieces)[1] == data


@given(st.integers(0, 10_000), st.integers(1, 2000))
def test_a_sender_that_finds_its_buffer_full_at_any_time_goes_on(centi_s, size):
    wire = Wire(921600, fifo_bytes=ESP32_FIFO_BYTES)
    wire.put(centi_s * 0.01, bytes(size))
    wire.put(centi_s * 0.01, bytes(size))
    assert wire.take(centi_s * 0.01 + 1.0) == bytes(2 * size)


@given(st.integers(0, 1 << 30))
def test_faults_are_as_frequent_as_they_are_said_to_be(seed):
    data = bytes(200_000)
    lost = Faults(lost=1e-3, seed=seed)
    assert len(data) - len(lost.through(data)) == lost.harmed == pytest.approx(200, abs=90)
    doubled = Faults(doubled=1e-3, seed=seed)
    assert len(doubled.through(data)) - len(data) == doubled.harmed == pytest.approx(200, abs=90)
    flipped = Faults(flipped=1e-3, seed=seed).through(data)
    assert len(flipped) == len(data)
    assert sum(byte.bit_count() for byte in flipped) == pytest.approx(200, abs=90)


@given(st.integers(0, 300), st.integers(1, 50))
def test_a_cable_comes_out_at_its_byte(cut, size):
    faults = Faults(cut_after=cut)
    data = bytes(range(200))
    came = b"".join(faults.through(data[at : at + size]) for at in range(0, 200, size))
    assert came == data[:cut]
    assert faults.is_cut == (cut <= 200)
