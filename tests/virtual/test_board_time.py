# SPDX-License-Identifier: MIT
"""The board's time: ticks that wrap as on the ESP32, waiting that moves the clock, an idle board that lets go."""

import time as wall

import pytest
from fakes import board_rig
from hypothesis import given
from hypothesis import strategies as st

from board_time import BoardGc, BoardPoll, BoardTime  # isort: skip
from clock import Clock, RealClock  # isort: skip

PERIOD = 1 << 30
TICKS = st.integers(0, PERIOD - 1)


def test_ticks_count_from_the_boot_and_wrap_at_2_30():
    clock = Clock(start_us=5_000_000)
    time = BoardTime(clock, 5_000_000)
    assert (time.ticks_us(), time.ticks_ms()) == (0, 0)
    clock.charge(PERIOD + 7)
    assert time.ticks_us() == 7
    assert time.ticks_ms() == (PERIOD + 7) // 1000
    clock.charge(1000 * PERIOD)
    assert time.ticks_ms() == (PERIOD + 7) // 1000


@given(TICKS, st.integers(-(1 << 29), (1 << 29) - 1))
def test_ticks_diff_undoes_ticks_add_over_the_wrap(ticks, delta):
    later = BoardTime.ticks_add(ticks, delta)
    assert 0 <= later < PERIOD
    assert BoardTime.ticks_diff(later, ticks) == delta


@pytest.mark.parametrize(
    ("name", "amount", "us"), [("sleep", 1.5, 1_500_000), ("sleep_ms", 3, 3000), ("sleep_us", 7, 7)]
)
def test_sleeping_moves_the_clock_and_never_back(name, amount, us):
    clock = Clock()
    time = BoardTime(clock, 0)
    getattr(time, name)(amount)
    assert clock.now_us() == us
    getattr(time, name)(-amount)
    assert clock.now_us() == us


def test_wall_time_counts_from_2000_with_the_rtcs_offset():
    rig = board_rig.Rig()
    rig.time.world = rig.world
    assert rig.time.gmtime()[:6] == (2000, 1, 1, 0, 0, 0)
    rig.world.rtc.set_us(int(rig.time.mktime((2026, 11, 22, 9, 30, 0, 0, 0))) * 1000000)
    rig.clock.charge(61_500_000)
    assert rig.time.gmtime()[:6] == (2026, 11, 22, 9, 31, 1)
    assert rig.time.time_ns() % 1_000_000_000 == 500_000_000


@pytest.mark.parametrize("days", [0, 58, 59, 60, 365, 366, 10000, 36524, 36525])
def test_a_date_goes_to_seconds_and_back_whatever_the_time_zone_of_the_pc(days):
    time = BoardTime(Clock(), 0)
    assert time.mktime(time.gmtime(days * 86400 + 86399)) == days * 86400 + 86399


def test_polling_without_streams_waits_on_the_modelled_clock():
    clock = Clock()
    start_s = wall.monotonic()
    assert list(BoardPoll(clock).ipoll(60_000)) == []
    assert clock.now_us() == 60_000_000
    assert wall.monotonic() - start_s < 1.0


def test_what_is_due_is_told_whenever_time_has_passed():
    """Timers, the watchdog and Ctrl-C hang on this call; without it they would wait for ever."""
    told = []
    clock = Clock()
    clock.after_wait = lambda: told.append(clock.now_us())
    BoardTime(clock, 0).sleep_ms(2)
    list(BoardPoll(clock).ipoll(3))
    assert told == [2000, 5000]


def test_a_long_sleep_on_the_real_clock_is_told_in_between():
    now = [0]

    def sleep(us):
        now[0] += us + 100  # a computer is never on time

    told = []
    clock = RealClock(0, lambda: now[0], lambda a, b: a - b, sleep)
    clock.after_wait = lambda: told.append(now[0])
    clock.wait(100_000)
    assert 100_000 <= now[0] <= 101_200
    assert len(told) >= 9
    clock.wait(0)
    assert now[0] <= 101_300


def test_the_fast_clock_falls_back_to_wall_time_when_nothing_more_can_happen():
    slept = []
    clock = Clock(0, lambda: 10_000_000, slept.append)
    clock.wait(99_000_000)
    assert slept == []
    clock.wait(2_000_000)
    assert slept == [2_000_000]


def test_before_the_samples_begin_the_fast_clock_is_fast():
    slept = []
    clock = Clock(0, lambda: None, slept.append)
    clock.wait(1 << 40)
    assert slept == []


def test_collecting_garbage_takes_its_time():
    class Heap:
        @staticmethod
        def collect():
            return 5

        @staticmethod
        def mem_free():
            return 99

    clock = Clock()
    gc = BoardGc(clock, Heap, 2500)
    assert gc.collect() == 5
    assert clock.now_us() == 2500
    assert gc.mem_free() == 99
