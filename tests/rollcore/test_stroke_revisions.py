# SPDX-License-Identifier: MIT
"""What becomes of strokes whose velocity turns out otherwise after the fact: revised, found late, or left as told."""

import pytest
from blocks import BLOCK_MS, bounds
from strokes import of_type

from rollcore.events import STROKE


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


def test_a_revision_never_moves_the_start_before_the_touch(blocks):
    blocks.leave()
    blocks.go(20, 200)
    blocks.touch()
    span = blocks.go(20, 500)
    blocks.go(0, 160)
    blocks.believe([(0, span[0], 2.0)], 0)
    assert [stroke["start_ms"] for stroke in blocks.strokes] == [pytest.approx(span[0], abs=BLOCK_MS)]
