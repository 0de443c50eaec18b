# SPDX-License-Identifier: MIT
"""Transfers over faulty lines: no wrong file, no part that shows, and little that comes twice."""

import line_sweep
import pytest

MOST_TWICE_BYTES = 4096


def right(tally, transfers):
    print(f"\n{tally}")
    assert (tally.whole, tally.failed, tally.wrong, tally.visible_parts) == (transfers, 0, 0, 0)
    assert tally.resent <= MOST_TWICE_BYTES


def test_some_at_the_frames():
    right(line_sweep.at_the_frames(500), 500)


def test_some_through_mpremote(vm64, tmp_path):
    right(line_sweep.through_mpremote(5, tmp_path), 5)


@pytest.mark.exhaustive
def test_a_hundred_thousand_at_the_frames():
    right(line_sweep.at_the_frames(100_000), 100_000)


@pytest.mark.exhaustive
def test_a_thousand_through_mpremote(vm64, tmp_path):
    right(line_sweep.through_mpremote(1000, tmp_path), 1000)
