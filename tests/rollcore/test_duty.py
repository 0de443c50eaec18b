# SPDX-License-Identifier: MIT
"""The caps on the motor's time, against a plain account of every booking."""

from hypothesis import given
from hypothesis import strategies as st

from rollcore.duty import Duty


@given(st.lists(st.tuples(st.integers(0, 40000), st.integers(1, 600)), max_size=200), st.integers(1, 20))
def test_no_minute_holds_more_than_its_cap(asked, minute_s):
    duty, t_ms, booked = Duty(minute_s, 10000), 0, []
    for wait_ms, on_ms in asked:
        t_ms += wait_ms
        if duty.take(t_ms, on_ms, False):
            booked.append((t_ms, on_ms))
        assert sum(ms for at, ms in booked if at > t_ms - 60000) <= minute_s * 1000


@given(st.lists(st.integers(1, 3000), max_size=100))
def test_what_was_more_than_a_minute_and_a_span_ago_no_longer_counts(booked):
    duty = Duty(10, 100000)
    for i, on_ms in enumerate(booked):
        assert duty.take(100 * i, on_ms, True)
    assert duty.take(100 * len(booked) + 66000, 10000, False) == (sum(booked) <= 100000 - 10000)
