# SPDX-License-Identifier: MIT
"""One stroke measured in a history of blocks of 20 ms: its bounds between the blocks, its forces, and where it ends."""

import pytest

from rollcore.guess import Guess
from rollcore.history import History
from rollcore.measure import Measure

BLOCK_MS = 20
CM_S = 160_000  # in 1/16 um/s


class Past:
    """A history; speeds in cm/s, forces in mN. `take` measures between two blocks."""

    def __init__(self):
        self.history = History(Guess())

    def go(self, blocks, cm_s=0.0, mn=3000):
        """Move at one speed for some blocks; return the first and the last."""
        first = self.history.count
        for _ in range(blocks):
            self.then(cm_s, mn)
        return first, self.history.count - 1

    def then(self, cm_s, mn=3000):
        raw = round(cm_s * CM_S) & 0xFFFFFFF
        self.history.add(self.history.count * BLOCK_MS, raw, mn, 0)

    def take(self, first, last, start_ms=0, end_ms=1_000_000, way=1):
        measure = Measure(self.history)
        measure.take(first, last, way, start_ms, end_ms)
        return measure


def ms(block):
    return block * BLOCK_MS


def test_the_peak_of_the_force_is_the_highest_and_the_mean_is_of_the_stroke():
    past = Past()
    past.go(20, mn=9000)
    first, _ = past.go(10, 10.0, 2000)
    past.go(2, 10.0, 5000)
    _, last = past.go(10, 10.0, 3000)
    past.go(20, mn=9000)
    stroke = past.take(first, last)
    assert stroke.peak_mn == 5000
    assert stroke.mean_mn == pytest.approx((10 * 2 + 2 * 5 + 10 * 3) / 22 * 1000, abs=1)


@pytest.mark.parametrize("way", [1, -1])
def test_the_bounds_lie_between_the_blocks_where_the_speed_passes_its_own(way):
    """A stroke of 10 cm/s begins at 0.5 cm/s: where the first block gains 2 cm/s, after a quarter of it."""
    past = Past()
    past.go(20)
    for cm_s in (2, 4, 6, 8):
        past.then(way * cm_s)
    first, last = past.go(10, way * 10.0)
    for cm_s in (8, 6, 4, 2):
        past.then(way * cm_s)
    past.go(20)
    stroke = past.take(first, last, way=way)
    assert stroke.start_ms == pytest.approx(ms(19) + BLOCK_MS / 4, abs=2)
    assert stroke.end_ms == pytest.approx(ms(38) - BLOCK_MS / 4, abs=2)
    assert stroke.length_um == pytest.approx((10 * 10 + 2 * (2 + 4 + 6 + 8)) * BLOCK_MS * 10, rel=0.02)


def test_a_stroke_that_goes_on_ends_with_the_newest_block():
    """What lies in the ring after the newest block is five seconds old: a stroke of then is none of now."""
    past = Past()
    past.go(144)
    past.go(20, 20.0)
    past.go(400 - 164)
    first, last = past.go(8, 10.0)
    assert past.history.speed(last + 1) > 0, "the stroke of then is where the ring goes on"
    stroke = past.take(first, last)
    assert (stroke.last, stroke.end_ms) == (last, ms(last))
    assert stroke.start_ms == pytest.approx(ms(first), abs=BLOCK_MS)


def test_a_stroke_that_begins_before_the_history_is_measured_from_its_oldest_block():
    past = Past()
    past.go(170)
    _, last = past.go(240, 5.0)
    stroke = past.take(last - 50, last)
    assert stroke.first > past.history.oldest()
    assert stroke.length_um == pytest.approx((last - stroke.first) * BLOCK_MS * 50, rel=0.02)


def test_what_the_head_does_after_it_left_is_none_of_the_stroke():
    past = Past()
    past.go(20)
    first, last = past.go(20, 10.0, 3000)
    past.go(20, 30.0, 0)
    past.go(5)
    stroke = past.take(first, last - 2, end_ms=ms(last) + 5)
    assert ms(last) <= stroke.end_ms <= ms(last) + 5
    assert stroke.peak_um_s == 100_000
    assert stroke.mean_mn == 3000
    assert stroke.length_um == pytest.approx(20 * BLOCK_MS * 100, rel=0.06)


def test_what_the_head_did_before_it_touched_is_none_of_the_stroke():
    past = Past()
    past.go(20)
    past.go(20, 30.0, 0)
    first, last = past.go(20, 10.0, 3000)
    past.go(5)
    stroke = past.take(first + 2, last, start_ms=ms(first) - 5)
    assert ms(first) - 5 <= stroke.start_ms <= ms(first)
    assert stroke.peak_um_s == 100_000
    assert stroke.mean_mn == 3000


@pytest.mark.parametrize("cm_s", [0.0, 0.2, -5.0])
def test_what_turned_out_to_stand_or_to_go_back_has_no_length_to_speak_of(cm_s):
    past = Past()
    past.go(40)
    first, last = past.go(20, cm_s)
    past.go(20)
    stroke = past.take(first, last, start_ms=ms(first) - 60, end_ms=ms(last) + 60)
    assert 0 <= stroke.length_um <= 0.4 * 2000
    assert ms(first) - 60 <= stroke.start_ms <= stroke.end_ms <= ms(last) + 60


def test_a_crawl_below_the_bound_begins_and_ends_with_its_blocks():
    past = Past()
    past.go(40)
    first, last = past.go(20, 0.2)
    past.go(20)
    stroke = past.take(first, last)
    assert (stroke.start_ms, stroke.end_ms) == (ms(stroke.first), ms(stroke.last))
