# SPDX-License-Identifier: MIT
"""Each condition of the stroke detector, on blocks of speed and contact as motion and force would give them.

The believed velocity is told to the detector directly, so that it can be changed after the fact.
"""

from array import array
from types import SimpleNamespace

import pytest
from strokes import of_type, revised

from rollcore.events import KIND_KNEAD, KIND_LIFT, STROKE, EventRing, new_row
from rollcore.fields import FIELDS
from rollcore.guess import Guess
from rollcore.stroke import StrokeDetector

BLOCK_MS = 20
ALONE = 3072  # the lead of a guess without a rival


class Blocks:
    """A detector and what was told to it; speeds in cm/s, times in ms. `contact_ms` is None in the air."""

    def __init__(self):
        self.events = EventRing()
        self.guesses = SimpleNamespace(best=Guess(), changed=0, lead=ALONE)
        self.detector = StrokeDetector(self.events, self.guesses)
        self.now_ms = 0
        self.shaken = False
        self.contact_ms = None
        self._apart_ms = 0
        self.found = []

    def touch(self):
        self.contact_ms = self.now_ms
        return self

    def leave(self):
        self._apart_ms, self.contact_ms = self.now_ms, None
        return self

    def go(self, speed_cm_s, span_ms, force_mn=3000):
        """Move at one speed; return when it begins and ends."""
        start_ms = self.now_ms
        for _ in range(span_ms // BLOCK_MS):
            self._block(speed_cm_s, force_mn)
        return [start_ms, self.now_ms]

    def _block(self, speed_cm_s, force_mn, updated=False):
        self.now_ms += BLOCK_MS
        touches = self.contact_ms is not None
        force = SimpleNamespace(
            mean_mn=force_mn, in_contact=touches, contact_ms=self.contact_ms or 0, apart_ms=self._apart_ms
        )
        raw = (round(speed_cm_s * 160000) + self.guesses.best.drift) & 0xFFFFFFF
        motion = SimpleNamespace(raw=raw, shaking=SimpleNamespace(is_shaken=self.shaken))
        self.detector.block(self.now_ms, motion, force, updated)
        self._drain()

    def believe(self, changes, since_ms, now_cm_s=0.0):
        """Let another guess win: `changes` are (from ms, to ms, cm/s more); nothing before `since_ms` is touched.

        Its knots are 8 blocks apart, so a change is blurred by as much.
        """
        other = Guess()
        newest = self.now_ms // BLOCK_MS
        count = len(other.knots)
        knots = [0] * count
        for at in range(max(0, newest // 8 - count + 2), newest // 8 + 1):
            at_ms = (at * 8 + 1) * BLOCK_MS
            knots[at % count] = sum(round(-more * 160000) for a, b, more in changes if a <= at_ms < b) & 0xFFFFFFF
        other.knots = array("i", knots)
        self.guesses.best = other
        self.guesses.changed = since_ms // BLOCK_MS
        self._block(now_cm_s, 3000, updated=True)
        self.guesses.changed = newest + 1

    def finish(self):
        self.detector.finish(self.now_ms)
        self._drain()
        return self

    def _drain(self):
        row = new_row()
        while self.events.pop(row):
            self.found.append({"type": row[0], "t_ms": row[1], **dict(zip(FIELDS[row[0]], row[2:], strict=False))})

    @property
    def strokes(self):
        return revised(self.found)


@pytest.fixture
def blocks():
    """Return a roller that has rested on the skin for 0.4 s."""
    made = Blocks()
    made.go(0, 400)
    made.touch().go(0, 400)
    return made


def bounds(stroke):
    return [stroke["start_ms"], stroke["end_ms"]]


def test_an_even_stroke_has_the_bounds_and_the_length_that_were_told(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 400)
    (stroke,) = blocks.strokes
    assert bounds(stroke) == pytest.approx(span, abs=BLOCK_MS)
    assert (stroke["dir"], stroke["kind"], stroke["revision"]) == (1, KIND_LIFT, 0)
    assert stroke["length_um"] == pytest.approx(60000, rel=0.05)
    assert stroke["report_ms"] - span[1] <= 150


def test_a_stroke_that_is_open_when_all_ends_is_told(blocks):
    span = blocks.go(-10, 600)
    assert blocks.strokes == []
    (stroke,) = blocks.finish().strokes
    assert stroke["dir"] == -1
    assert bounds(stroke) == pytest.approx(span, abs=BLOCK_MS)


def test_a_new_contact_begins_a_new_stroke_also_without_a_block_in_the_air(blocks):
    first = blocks.go(10, 600)
    second = blocks.touch().go(10, 600)
    blocks.go(0, 400)
    assert [bounds(stroke) for stroke in blocks.strokes] == [
        pytest.approx(first, abs=BLOCK_MS),
        pytest.approx(second, abs=BLOCK_MS),
    ]


def test_strokes_of_two_contacts_are_never_one(blocks):
    blocks.go(10, 500)
    blocks.leave().go(0, 100)
    blocks.touch().go(10, 500)
    blocks.go(0, 400)
    assert [stroke["id"] for stroke in blocks.strokes] == [1, 2]
    assert all(stroke["revision"] == 0 for stroke in blocks.strokes)


def test_two_strokes_with_a_long_crawl_between_them_do_not_overlap(blocks):
    first = blocks.go(20, 400)
    blocks.go(0.7, 600)
    second = blocks.go(20, 400)
    blocks.go(0, 400)
    one, two = blocks.strokes
    assert one["end_ms"] == pytest.approx(first[1], abs=2 * BLOCK_MS)
    assert two["start_ms"] == pytest.approx(second[0], abs=2 * BLOCK_MS)


@pytest.mark.parametrize(("speed", "crawl"), [(3.0, 0.2), (20.0, 0.8)])
def test_a_crawl_after_a_stroke_does_not_hold_it_open(blocks, speed, crawl):
    span = blocks.go(speed / 3, 60)
    span[1] = blocks.go(speed, 600)[1]
    blocks.go(crawl, 800)
    (stroke,) = blocks.strokes
    assert stroke["end_ms"] == pytest.approx(span[1], abs=2 * BLOCK_MS)
    assert stroke["report_ms"] - span[1] <= 200


def test_a_crawl_by_itself_is_no_stroke(blocks):
    blocks.go(0.7, 3000)
    blocks.go(0, 400)
    assert blocks.strokes == []


def test_a_jerk_is_no_stroke(blocks):
    blocks.go(30, 60)
    blocks.go(0, 400)
    assert blocks.strokes == []


def test_a_contact_that_is_too_short_holds_no_stroke():
    blocks = Blocks()
    blocks.go(10, 400)
    blocks.touch().go(10, 140)
    blocks.leave().go(10, 400)
    assert blocks.strokes == []


def test_opposite_strokes_of_two_contacts_are_lifts(blocks):
    blocks.go(10, 500)
    blocks.go(0, 200)
    blocks.leave().go(0, 300)
    blocks.touch().go(0, 200)
    blocks.go(-10, 500)
    blocks.go(0, 400)
    assert [(stroke["dir"], stroke["kind"]) for stroke in blocks.strokes] == [(1, KIND_LIFT), (-1, KIND_LIFT)]


def test_a_reversal_makes_kneads_of_its_own_contact_alone(blocks):
    blocks.go(10, 500)
    blocks.go(0, 200)
    blocks.leave().go(0, 300)
    blocks.touch().go(0, 200)
    blocks.go(10, 500)
    blocks.go(0, 100)
    blocks.go(-10, 500)
    blocks.go(0, 400)
    assert [stroke["kind"] for stroke in blocks.strokes] == [KIND_LIFT, KIND_KNEAD, KIND_KNEAD]
    assert [stroke["revision"] for stroke in blocks.strokes] == [0, 1, 0]


def test_a_reversal_makes_kneads_of_all_strokes_of_its_contact(blocks):
    for way in (1, 1, -1):
        blocks.go(way * 10, 400)
        blocks.go(0, 500)
    assert [(stroke["dir"], stroke["kind"]) for stroke in blocks.strokes] == [
        (1, KIND_KNEAD),
        (1, KIND_KNEAD),
        (-1, KIND_KNEAD),
    ]


def test_a_short_way_back_after_a_soft_start_makes_kneads_too(blocks):
    blocks.go(10, 500)
    blocks.go(0, 200)
    blocks.go(-0.55, 400)
    blocks.go(-10, 80)
    blocks.go(0, 400)
    assert [(stroke["dir"], stroke["kind"]) for stroke in blocks.strokes] == [(1, KIND_KNEAD), (-1, KIND_KNEAD)]


def test_a_stroke_that_went_on_keeps_its_length_when_it_becomes_a_knead(blocks):
    blocks.go(10, 400)
    blocks.go(0, 240)
    blocks.go(10, 400)
    blocks.go(0, 200)
    blocks.go(-10, 400)
    blocks.go(0, 400)
    one, two = blocks.strokes
    assert (one["kind"], one["length_um"]) == (KIND_KNEAD, pytest.approx(80000, rel=0.05))
    assert two["dir"] == -1
    assert [event["length_um"] > 70000 for event in of_type(blocks.found, STROKE) if event["id"] == 1][-2:] == [
        True
    ] * 2


def test_a_stroke_is_measured_again_when_its_velocity_turns_out_otherwise(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 200)
    (before,) = blocks.strokes
    blocks.believe([(span[0], span[1], 3.0)], span[0])
    blocks.go(0, 200)
    (after,) = blocks.strokes
    assert (after["id"], after["revision"]) == (before["id"], 1)
    assert after["length_um"] > 1.1 * before["length_um"]
    assert after["report_ms"] == before["report_ms"]


def test_a_change_in_the_middle_of_a_stroke_is_worth_a_revision(blocks):
    span = blocks.go(10, 800)
    blocks.go(0, 200)
    (before,) = blocks.strokes
    blocks.believe([(span[0] + 100, span[1] - 300, 3.0)], span[0])
    (after,) = blocks.strokes
    assert after["revision"] == 1
    assert bounds(after) == pytest.approx(bounds(before), abs=5)
    assert after["length_um"] > 1.05 * before["length_um"]


def test_a_start_that_moves_is_worth_a_revision(blocks):
    span = blocks.go(15, 1200)
    blocks.go(0, 200)
    (before,) = blocks.strokes
    blocks.believe([(span[0] - 160, span[0] + 100, 1.2)], span[0] - 200)
    (after,) = blocks.strokes
    assert after["length_um"] == pytest.approx(before["length_um"], rel=0.024)
    assert after["start_ms"] < before["start_ms"] - 20
    assert after["revision"] == 1


def test_a_revision_may_move_the_end_later_while_the_roller_touches(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 320)
    blocks.believe([(span[1] - 200, span[1] + 180, 5.0)], span[1] - 200)
    (stroke,) = blocks.strokes
    assert stroke["revision"] >= 1
    assert span[1] + 60 <= stroke["end_ms"] <= span[1] + 200


def test_nothing_is_revised_where_nothing_changed(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 200)
    blocks.believe([], span[0])
    blocks.go(0, 200)
    assert len(of_type(blocks.found, STROKE)) == 1


def test_a_small_change_of_the_end_is_worth_a_revision(blocks):
    span = blocks.go(20, 800)
    blocks.go(0.9, 80)
    blocks.go(0, 140)
    (before,) = blocks.strokes
    blocks.believe([(span[1] - 60, span[1] + 200, 0.35)], span[1])
    (after,) = blocks.strokes
    assert after["length_um"] == pytest.approx(before["length_um"], rel=0.02)
    assert after["end_ms"] > before["end_ms"] + 20


def test_a_stroke_is_not_revised_after_half_a_second(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 700)
    blocks.believe([(span[0], span[1] - 200, 3.0)], span[0])
    blocks.go(0, 200)
    assert len(of_type(blocks.found, STROKE)) == 1


@pytest.mark.parametrize("more_cm_s", [-10.0, 60.0])
def test_a_revision_takes_no_stroke_back_and_makes_none_too_long(blocks, more_cm_s):
    span = blocks.go(10, 600)
    blocks.go(0, 200)
    blocks.believe([(span[0] - 200, blocks.now_ms + 200, more_cm_s)], span[0])
    (stroke,) = blocks.strokes
    assert stroke["length_um"] == pytest.approx(60000, rel=0.05)


def test_an_announced_stroke_is_not_found_again(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 700)
    blocks.believe([], span[0] - 100)
    blocks.go(0, 400)
    assert [stroke["id"] for stroke in blocks.strokes] == [1]


def test_a_stroke_that_was_taken_for_a_rest_is_found_after_the_fact(blocks):
    span = blocks.go(0, 600)
    blocks.go(0, 160)
    blocks.believe([(span[0], span[1], 10.0)], span[0])
    blocks.go(0, 300)
    (stroke,) = blocks.strokes
    assert stroke["dir"] == 1
    assert stroke["start_ms"] == pytest.approx(span[0], abs=160)
    assert stroke["end_ms"] == pytest.approx(span[1], abs=160)


def test_a_stroke_that_ended_long_ago_is_not_announced_any_more(blocks):
    span = blocks.go(0, 600)
    blocks.go(0, 1600)
    blocks.believe([(span[0], span[1], 10.0)], span[0])
    blocks.go(0, 600)
    assert blocks.strokes == []


def test_a_stroke_whose_start_and_stop_nobody_felt_is_a_mistake_in_the_velocity(blocks):
    """After a stroke the believed velocity is wrong by 4 cm/s until the roller leaves: nothing accelerates there."""
    blocks.go(20, 400)
    span = blocks.go(0, 900)
    blocks.leave()
    blocks.believe([(span[0] + 300, span[1] + 900, -4.0)], span[0] + 300)
    blocks.go(0, 400)
    assert [stroke["dir"] for stroke in blocks.strokes] == [1]


def test_a_stroke_that_was_felt_counts_where_the_mistake_does_not(blocks):
    blocks.go(20, 400)
    blocks.go(0, 600)
    blocks.go(-4, 900)
    blocks.go(0, 400)
    assert [stroke["dir"] for stroke in blocks.strokes] == [1, -1]


def test_who_is_thrown_about_does_not_roll(blocks):
    blocks.shaken = True
    blocks.go(10, 500)
    blocks.go(0, 400)
    assert blocks.strokes == []


def test_a_revision_never_moves_the_start_before_the_touch(blocks):
    blocks.leave()
    blocks.go(20, 200)
    blocks.touch()
    span = blocks.go(20, 500)
    blocks.go(0, 160)
    blocks.believe([(0, span[0], 2.0)], 0)
    assert [stroke["start_ms"] for stroke in blocks.strokes] == [pytest.approx(span[0], abs=BLOCK_MS)]


def test_a_slow_leftover_after_a_stroke_is_none_of_it(blocks):
    span = blocks.go(10, 500)
    blocks.go(0, 100)
    blocks.go(0.8, 400)
    blocks.go(0, 400)
    assert [stroke["end_ms"] for stroke in blocks.strokes] == [pytest.approx(span[1], abs=2 * BLOCK_MS)]


def pressed(blocks, mistaken_cm_s):
    """Press for 0.8 s without rolling, the velocity mistaken all the time."""
    blocks.leave()
    blocks.go(0, 400)
    blocks.touch()
    span = blocks.go(0, 800)
    blocks.leave()
    blocks.believe([(span[0] - 200, span[1] + 900, mistaken_cm_s)], span[0] - 200)
    blocks.go(0, 400)
    return blocks.strokes


def test_who_presses_while_the_velocity_is_mistaken_does_not_roll(blocks):
    assert pressed(blocks, 3.0) == []


def test_who_lands_moving_and_stops_rolls(blocks):
    blocks.leave()
    blocks.go(8, 400)
    blocks.touch()
    span = blocks.go(8, 400)
    blocks.go(0, 400)
    assert [(s["start_ms"], s["end_ms"]) for s in blocks.strokes] == [pytest.approx(span, abs=2 * BLOCK_MS)]
