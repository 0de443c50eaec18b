# SPDX-License-Identifier: MIT
"""What a board says of itself: believed where it can be, and added up; whatever else comes is nothing."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from live_said import SAID, STATUS, live, row, seen_after

from rolltools.battery import Charge
from rolltools.link.app import _parsed
from rolltools.live_state import Felt, Limits, LiveStroke, Marked, Seen, Status, understood


def test_a_row_of_live_values():
    stroke = LiveStroke(7, -1, 8.3, "left", 1.25)
    assert understood(live(1250, -40, "firm", 1, (7, -1, 83400, "left"), 0)) == Felt(
        1.25, -0.04, "firm", True, False, stroke
    )
    assert understood(live(1250, None, "unknown", 0)) == Felt(1.25, None, "unknown", False, True, None)


def test_a_row_of_a_newer_firmware_has_more_at_its_end():
    assert understood({"live": [*row(50), "new"]}) == understood(live(50))


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("wrong", [True, 1.0, math.nan, math.inf, "1", [], {}, 10**30, -(10**30), "\x1b[2J"])
def test_a_row_with_a_wrong_value_is_none(place, wrong):
    given = row(1250, stroke=(7, -1, 83400, "left"))
    given[place] = wrong
    assert understood({"live": given}) is None


@pytest.mark.parametrize(
    "given", [{}, {"live": True}, {"live": row(1)[:8]}, {"status": []}, {"mark": 1}, {"cue": True}]
)
def test_what_is_nothing_of_this(given):
    assert understood(given) is None


def test_a_status():
    status = understood({"status": STATUS | {"faults": ["settings", "gauge", "gauge"], "force_fault": 14}})
    assert status == Status(
        4.0,
        "thing_plus",
        "246f28524c01",
        "0.1.0",
        "session",
        False,
        Limits(1.0, 7.0, 10.0, 25.0),
        Charge(3.9, 78.0, -6.0),
        ("force_stuck", "gauge", "settings"),
    )
    assert status.charge.left_h == pytest.approx(13.0)


def test_a_status_of_nothing_says_nothing_and_newtons_are_about():
    assert understood({"status": {}}) == Status(None, "", "", "", "", True, None, None, ())


@pytest.mark.parametrize(
    "edges", [None, [1, 2, 3], [1, 2, 3, 4, 5], [0, 1, 2, 3], [4, 3, 2, 1], [1, 2, 3, math.inf], [1, 2, 3, 10**9]]
)
def test_limits_that_are_none(edges):
    assert understood({"status": STATUS | {"limits_mn": edges}}).limits is None


def test_a_stroke_counts_once_however_often_it_is_revised():
    strokes = [
        (1, 1, 50000, "unfelt"),
        (1, 1, 52000, ""),
        (2, -1, 60000, ""),
        (1, 1, 53000, ""),
        (2, -1, 61000, "left"),
    ]
    seen = seen_after(*(live(1000 + 100 * i, stroke=stroke) for i, stroke in enumerate(strokes)))
    assert (seen.live_strokes, [s.id for s in seen.strokes]) == (2, [2, 1])
    assert seen.strokes == (LiveStroke(2, -1, 6.1, "left", 1.2), LiveStroke(1, 1, 5.3, "", 1.0))


def test_a_session_counts_from_its_start_and_one_that_was_there_before_is_not_whole():
    joined = seen_after(live(0), live(50, stroke=(4, 1, 50000, "")))
    assert (joined.session_strokes, joined.whole_session) == (1, False)
    later = joined.after(understood(live(100, session=0))).after(understood(live(150, stroke=(5, 1, 50000, ""))))
    assert (later.session_strokes, later.live_strokes, later.whole_session) == (1, 2, True)


def test_a_board_that_started_again_counts_from_1_again():
    seen = seen_after(live(90000, stroke=(40, 1, 50000, "")), live(500), live(900, stroke=(1, 1, 50000, "")))
    assert ([s.id for s in seen.strokes], seen.live_strokes) == ([1], 2)


def test_strokes_are_not_kept_for_ever_and_an_old_one_is_not_counted_anew():
    seen = seen_after(*(live(50 * i, stroke=(i, 1, 50000, "")) for i in range(1, 200)))
    assert len(seen.strokes) == 50 and seen.strokes[0].id == 199
    assert seen.after(understood(live(20000, stroke=(3, 1, 50000, "")))).live_strokes == 199


def test_a_mark_is_remembered_with_its_time():
    assert seen_after(live(1500), {"mark": False}).mark == (1.5, False)
    assert understood({"mark": True}) == Marked(True)


@given(SAID)
@example({"live": row(1), "status": STATUS})
def test_whatever_an_object_holds_it_is_values_in_their_ranges_or_nothing(said):
    meant = understood(said)
    if isinstance(meant, Felt):
        assert meant.force_n is None or abs(meant.force_n) <= 1000
        assert 0 <= meant.t_s <= 2**31 / 1000
    if isinstance(meant, Status):
        assert len(meant.board) <= 40 and len(meant.faults) <= 17
    if meant is not None:
        assert isinstance(Seen().after(meant), Seen)


@given(st.binary(max_size=200), st.sampled_from([b"", b'@{"live": [', b'@{"status": {', b'@{"mark": ']))
def test_whatever_bytes_a_line_holds_it_is_an_object_or_nothing(noise, start):
    said = _parsed(start + noise)
    assert said is None or understood(said) is None or isinstance(understood(said), Felt | Status | Marked)
