# SPDX-License-Identifier: MIT
"""Each condition of the stroke detector, on blocks of speed and contact: what is a stroke, and of which kind."""

import pytest
from blocks import BLOCK_MS, Blocks, bounds
from strokes import of_type

from rollcore.events import KIND_KNEAD, KIND_LIFT, STROKE


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
    blocks.go(0.32, 120)
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


@pytest.mark.parametrize("air_ms", [400, 420])
def test_what_the_head_does_between_two_contacts_is_a_stroke_of_neither(air_ms):
    blocks = Blocks()
    blocks.go(0, 400)
    blocks.touch().go(0, 200)
    blocks.leave().go(15, air_ms)
    touch_ms = blocks.now_ms
    blocks.touch().go(15, 300)
    blocks.go(0, 400)
    assert [stroke["start_ms"] for stroke in blocks.strokes] == [pytest.approx(touch_ms, abs=BLOCK_MS)]


def test_a_twitch_before_a_stroke_is_none_of_it(blocks):
    blocks.go(6, 80)
    blocks.go(0, 300)
    span = blocks.go(10, 600)
    blocks.go(0, 400)
    assert [bounds(stroke) for stroke in blocks.strokes] == [pytest.approx(span, abs=BLOCK_MS)]


def test_a_twitch_after_a_stroke_is_none_of_it(blocks):
    span = blocks.go(10, 600)
    blocks.go(0, 160)
    blocks.go(3, 60)
    blocks.go(0, 400)
    assert [bounds(stroke) for stroke in blocks.strokes] == [pytest.approx(span, abs=BLOCK_MS)]


def test_after_a_crawl_longer_than_the_history_a_stroke_is_found_yet(blocks):
    blocks.go(0.45, 6000)
    span = blocks.go(20, 600)
    blocks.go(0, 400)
    assert [bounds(stroke) for stroke in blocks.strokes] == [pytest.approx(span, abs=2 * BLOCK_MS)]


@pytest.mark.parametrize(("fast", "slow", "slow_ms"), [(60, 2.5, 800), (30, 1.05, 4200)])
def test_a_slow_stroke_after_a_fast_one_is_one_of_its_own(blocks, fast, slow, slow_ms):
    """Its end is told by its own speed, not by that of the stroke before."""
    blocks.go(fast, 300)
    blocks.go(0, 500)
    span = blocks.go(slow, slow_ms)
    blocks.go(0, 400)
    assert bounds(blocks.strokes[-1]) == pytest.approx(span, abs=2 * BLOCK_MS)
    assert [stroke["revision"] for stroke in blocks.strokes] == [0, 0]


def test_a_stroke_that_dies_away_into_a_crawl_ends(blocks):
    blocks.go(20, 400)
    for speed in (16, 12, 8, 4, 2, 1.5, 1.2):
        span = blocks.go(speed, 20)
    blocks.go(0.8, 1000)
    (stroke,) = blocks.strokes
    assert stroke["end_ms"] == pytest.approx(span[1], abs=3 * BLOCK_MS)
    assert stroke["report_ms"] - span[1] <= 250


def test_a_stroke_goes_on_whatever_the_handle_does_by_then(blocks):
    blocks.go(10, 400)
    blocks.go(0, 200)
    blocks.shaken = True
    blocks.go(10, 400)
    blocks.go(0, 400)
    assert [stroke["length_um"] for stroke in blocks.strokes] == [pytest.approx(80000, rel=0.05)]


def test_a_knead_is_told_once_more_when_it_becomes_one_and_not_again(blocks):
    for way in (1, -1, 1, -1):
        blocks.go(way * 10, 400)
        blocks.go(0, 200)
    assert [stroke["revision"] for stroke in blocks.strokes] == [1, 0, 0, 0]


def test_a_short_slip_whose_start_or_whose_stop_nobody_felt_is_no_stroke():
    """At 3 cm/s for 0.4 s; it counts where it both starts and stops."""

    def slipped(before, after):
        blocks = Blocks()
        blocks.go(before, 400)
        blocks.touch().go(3, 400)
        if after:
            blocks.leave()
        blocks.go(after, 400)
        return len(blocks.strokes)

    assert [slipped(0, 0), slipped(3, 0), slipped(0, 3)] == [1, 0, 0]


@pytest.mark.parametrize(("wait_ms", "dying", "count"), [(600, True, 1), (600, False, 0), (0, False, 1)])
def test_a_stroke_too_slow_to_be_felt_counts_where_it_dies_away_or_began_with_the_touch(wait_ms, dying, count):
    blocks = Blocks()
    blocks.go(0, 400)
    blocks.touch().go(0, 20 + wait_ms)
    blocks.go(1.8, 1200)
    if dying:
        blocks.go(0.9, 20)
        blocks.go(0.5, 40)
    blocks.go(0, 400)
    assert len(blocks.strokes) == count


def test_a_runaway_of_a_minute_stays_within_31_bits(blocks):
    blocks.go(800, 60_000)
    assert blocks.detector._speed_sum < 2**30
    blocks.go(0, 400)
    assert blocks.strokes == []
