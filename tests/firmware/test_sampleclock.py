# SPDX-License-Identifier: MIT
"""The clock of the samples against a simulated IMU with a clock of its own, read by a processor that is often late."""

import subprocess
from collections import deque
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollcore.sampleclock import SampleClock
from rolltools import FIRMWARE_DIR

WRAP = 1 << 30
FIFO = 256  # samples of 14 bytes in 3 KB, and some
RATES_HZ = (52, 104, 208, 416)
delays_us = st.lists(st.sampled_from([10000] * 20 + [20000, 40000, 90000, 160000]), min_size=20, max_size=60)


class Imu:
    """A chip that samples every `true_us` and keeps the instants of what was not read."""

    def __init__(self, true_us):
        self._true_us = true_us
        self._next_us = true_us
        self.fifo = deque(maxlen=FIFO)

    def run_to(self, now_us):
        while self._next_us <= now_us:
            self.fifo.append(self._next_us)
            self._next_us += self._true_us

    def pause(self, us):
        """Take no samples for `us`."""
        self._next_us += us


def read(clock, imu, now_us, first_ticks):
    """Read the whole FIFO as the app does; return (lost ms, [(true us, told ms) of every sample])."""
    imu.run_to(now_us)
    clock.tick((first_ticks + now_us) % WRAP)
    lost_ms, told = 0, []
    while imu.fifo:
        lost_ms += clock.lost_ms(len(imu.fifo) * clock.period_us)
        for _ in range(min(24, len(imu.fifo))):
            told.append((imu.fifo.popleft(), clock.next()))
    return lost_ms, told


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(RATES_HZ),
    st.integers(-3000, 3000),
    delays_us,
    st.integers(0, WRAP - 1),
)
def test_a_chip_up_to_3_percent_off_is_followed_without_a_gap_and_never_backwards(rate_hz, ppm10, delays, ticks):
    period_us = 1000000 // rate_hz
    imu = Imu(period_us * (1 + ppm10 / 1e5))
    clock = SampleClock(period_us, ticks)
    now_us, last_ms = 0, 0
    for k in range(600):
        now_us += delays[k % len(delays)]
        lost_ms, told = read(clock, imu, now_us, ticks)
        assert lost_ms == 0
        assert clock.now_ms == now_us // 1000
        for true_us, told_ms in told:
            assert told_ms >= last_ms
            # 3 % of half a second, and what one sample and a late reading add
            assert abs(told_ms - true_us / 1000) < 18 + 2 * period_us / 1000
            last_ms = told_ms


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(RATES_HZ), st.integers(80, 30000), st.integers(0, WRAP - 1))
def test_missing_samples_are_told_once_with_their_length(rate_hz, pause_ms, ticks):
    period_us = 1000000 // rate_hz
    imu = Imu(period_us)
    clock = SampleClock(period_us, ticks)
    lost, samples = [], []
    paused = False
    for now_us in range(10000, 2000000 + pause_ms * 1000, 10000):
        if now_us > 1000000 and not paused:
            paused = True
            imu.pause(pause_ms * 1000)
        lost_ms, told = read(clock, imu, now_us, ticks)
        samples += told
        if lost_ms:
            lost.append(lost_ms)
    assert lost == [pytest.approx(pause_ms, abs=2 * period_us / 1000 + 2)]
    for true_us, told_ms in samples:
        assert abs(told_ms - true_us / 1000) < 2 * period_us / 1000 + 2


def test_an_overflowing_fifo_is_a_gap_ahead_of_what_it_still_holds():
    """The processor was away for 3 s: 1.2 s of samples are left, and they are the newest."""
    imu = Imu(4808)
    clock = SampleClock(4808, 0)
    read(clock, imu, 1000000, 0)
    lost_ms, told = read(clock, imu, 4000000, 0)
    assert len(told) == FIFO
    assert lost_ms == pytest.approx(3000 - FIFO * 4.808, abs=6)
    assert all(abs(told_ms - true_us / 1000) < 6 for true_us, told_ms in told)


def test_late_reading_of_a_full_fifo_is_no_gap():
    imu = Imu(4808)
    clock = SampleClock(4808, 0)
    for now_us in range(0, 10000000, 1000000):
        assert read(clock, imu, now_us, 0)[0] == 0


def test_time_runs_on_over_the_wrap_of_the_ticks():
    clock = SampleClock(4808, WRAP - 100000)
    for k in range(1, 3000):
        clock.tick((WRAP - 100000 + k * 400000) % WRAP)
    assert clock.now_ms == 2999 * 400  # 20 minutes: over the wrap at 17.9


def test_ticks_that_step_back_change_nothing():
    clock = SampleClock(4808, 5000)
    clock.tick(105000)
    for ticks in (104999, 5000, 0, WRAP - 1):
        clock.tick(ticks)
        assert clock.now_ms == 100
    clock.tick(106000)
    assert clock.now_ms == 101


def test_nothing_is_allocated(vm32):
    script = Path(__file__).parent / "sampleclock_vm.py"
    done = subprocess.run([*vm32, script, FIRMWARE_DIR], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seconds, gaps, behind_ms = map(int, done.stdout.split())
    assert (seconds, gaps) == (1202, 1)
    assert abs(behind_ms) < 10
