# SPDX-License-Identifier: MIT
"""The screen of `roller live` as text: what a user must see on 80x24 and 60x20, and that nothing else gets onto it."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_said import SAID, STATUS, live, seen_after
from rich.console import Console

from rollcore.fields import BAND_NAMES, DOUBT_NAMES
from rolltools.live_screen import BAND_LOOKS, DOUBTS, LiveScreen
from rolltools.live_state import Seen, understood

PORT = "/dev/ttyUSB0"
SIZES = [(80, 24), (60, 20)]
STROKES = [(i, (-1) ** i, 70000 + 1000 * i, "" if i % 2 else "landed") for i in range(1, 31)]


def drawn(seen, width=80, height=24, encoding="utf-8", **options):
    """Return the screen as lines."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    console = Console(file=stream, width=width, height=height, legacy_windows=False, **options)
    console.print(LiveScreen(seen, PORT), end="")
    stream.flush()
    return stream.buffer.getvalue().decode(encoding).splitlines()


def rolling(status=STATUS, **felt):
    return seen_after(
        {"status": status},
        live(1000, session=0),
        *(live(2000 + 100 * i, stroke=stroke) for i, stroke in enumerate(STROKES)),
        live(8000, stroke=STROKES[-1], **felt),
    )


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_user_sees_all_there_is(width, height):
    lines = drawn(rolling(), width, height)
    text = "\n".join(lines)
    assert len(lines) == height and all(len(line) <= width for line in lines)
    assert "roller live  thing_plus, firmware 0.1.0, /dev/ttyUSB0" in lines[0]
    assert re.search(r"force +4\.2 N +in the band", text)
    for limit in ("ok 1", "firm 7", "over 10", "ceiling 25 N"):
        assert limit in text
    assert re.search(r"contact +yes +session +running +state +session", text)
    assert "30 in this session, 30 since live began" in text
    assert "78 %, 3.90 V, about 13 h left" in text
    assert re.search(r"faults +none", text)
    assert "#30  push   10.0 cm  moved as it touched down  3 s ago" in text
    assert "#29  pull    9.9 cm  sure " in text
    assert "q quit   m mark" in lines[-1]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_marks_stand_where_the_bar_reaches_at_their_force(width, height):
    for limit_mn in STATUS["limits_mn"]:
        lines = drawn(rolling(force_mn=limit_mn), width, height)
        bar = next(i for i, line in enumerate(lines) if "█" in line)
        assert lines[bar + 1][lines[bar].count("█")] == "▲"
        assert lines[bar + 1].count("▲") == 4


def test_the_limits_are_those_that_the_board_has_now():
    seen = rolling(STATUS | {"limits_mn": [500, 1500, 2000, 6000]})
    assert re.search(r"ok 0\.5 +firm 1\.5 +over 2 +ceiling 6 N", "\n".join(drawn(seen)))


def test_where_it_is_narrow_the_limits_are_a_list():
    assert "ok 1, firm 7, over 10, ceiling 25" in "\n".join(drawn(rolling(), 34, 12))


@pytest.mark.parametrize("band", BAND_NAMES)
def test_every_band_is_a_word_and_a_colour_and_without_colour_a_word(band, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    style, words = BAND_LOOKS[band]
    force = {"force_mn": None} if band == "unknown" else {}
    coloured = drawn(rolling(band=band, **force), force_terminal=True, color_system="standard")[2]
    assert words in coloured
    assert bool(re.search(r"\x1b\[[0-9;]*(3[1-7]|9[1-7])m", coloured)) == bool(style)
    assert words in drawn(rolling(band=band, **force))[2]
    monkeypatch.setenv("NO_COLOR", "1")
    plain = drawn(rolling(band=band, **force), force_terminal=True)[2]
    assert words in plain and not re.search(r"\x1b\[[0-9;]*(3[0-8]|9[0-7])m", plain)


def test_every_doubt_of_the_firmware_has_words():
    assert set(DOUBTS) == set(DOUBT_NAMES)


def test_a_force_that_is_not_known_is_said_and_drawn_as_such_with_its_reason():
    lines = drawn(rolling(STATUS | {"force_fault": 14}, force_mn=None, band="unknown"))
    assert lines[2].split() == ["force", "unknown"]
    assert set(lines[3].strip()) == {"?"}
    assert "the force sensor was stuck" in "\n".join(lines)


def test_newtons_of_a_board_that_was_not_calibrated_are_about():
    assert "about 4.2 N" in drawn(rolling(STATUS | {"about": True}))[2]
    assert "about" not in drawn(rolling())[2]


@pytest.mark.parametrize(("board", "words"), [("thing_plus", "unknown"), ("devkit_fsr", "this board has no gauge")])
def test_a_charge_that_is_not_told_is_unknown_or_there_is_no_gauge(board, words):
    assert f"battery   {words}\n" in "\n".join(drawn(rolling(STATUS | {"board": board, "battery_mv": None})))


def test_before_the_board_has_said_anything_nothing_is_known():
    lines = drawn(Seen())
    assert lines[0].strip() == f"roller live  {PORT}"
    assert lines[2].split() == ["force", "unknown"]
    assert re.search(r"contact +unknown +session +unknown +state +unknown", "\n".join(lines))
    assert "no stroke yet" in "\n".join(lines)


def test_a_terminal_without_these_letters_has_others():
    text = "\n".join(drawn(rolling(), encoding="ascii"))
    assert "####" in text and "----" in text and "^" in text


def test_many_faults_leave_room_for_the_rest():
    names = ["gauge", "haptic", "imu", "settings", "store_full", "store_io"]
    text = "\n".join(drawn(rolling(STATUS | {"faults": names}), 60, 20))
    assert "the battery gauge did not answer" in text
    assert "and 3 more: see `roller doctor`" in text
    assert "#30" in text


@pytest.mark.parametrize(("taken", "words"), [(True, "marked"), (False, "no mark: no session runs")])
def test_a_mark_is_answered_for_a_while(taken, words):
    seen = rolling().after(understood({"mark": taken}))
    assert words in drawn(seen)[-1]
    assert words not in drawn(seen.after(understood(live(11001))))[-1]


def test_what_a_board_calls_itself_does_not_reach_the_terminal():
    evil = "\x1b[2J\x1b]0;x\x07[red]\u202e\n"
    seen = rolling(STATUS | {"board": evil, "firmware": evil, "faults": [evil]})
    text = "\n".join(drawn(seen, 200))
    assert "\\x1b[2J" in text and "[red]" in text
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)


@given(st.lists(SAID, max_size=6), st.integers(1, 120), st.integers(1, 40))
def test_whatever_was_said_the_screen_is_as_large_as_the_terminal(said, width, height):
    seen = Seen()
    for one in said:
        meant = understood(one)
        seen = seen.after(meant) if meant else seen
    lines = drawn(seen, width, height)
    assert len(lines) <= height
    assert all(line.isprintable() for line in lines)
