# SPDX-License-Identifier: MIT
"""Boards that mean harm: nothing is written outside the folder of a pull, and every pull ends with a reason."""

import hostile_sweep
import pytest

MOST_KB = 64 * 1024


def harmless(boards):
    ends, grown_kb = hostile_sweep.sweep(boards)
    print(f"\n{grown_kb} KB more at the most; {ends.most_common()}")
    assert ends.total() == boards and len(ends) > 6
    assert grown_kb < MOST_KB


def test_a_thousand_hostile_boards():
    harmless(1000)


@pytest.mark.exhaustive
def test_a_hundred_thousand_hostile_boards():
    harmless(100_000)
