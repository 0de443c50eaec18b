# SPDX-License-Identifier: MIT
"""Settings as the command line takes them, and the page of the docs."""

from pathlib import Path

import pytest

from rolltools import board_settings
from rolltools.errors import RollerError

PAGE = Path(__file__).parents[2] / "host_tools" / "docs" / "settings.md"


def test_the_page_is_not_stale():
    assert PAGE.read_text() == board_settings.page(), "run `make docs`"


def test_words_become_numbers_and_choices():
    assert board_settings.changed({"trace": "off"}, ["over_limit_n=8.5", "trace=full", "rate_hz=104"]) == {
        "trace": "full",
        "over_limit_n": 8.5,
        "rate_hz": 104,
    }


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("over_limit_n", "NAME=VALUE"),
        ("over_limit=8", "over_limit_n"),
        ("over_limit_n=much", "number"),
        ("over_limit_n=", "number"),
        ("over_limit_n=1e9", "0.5 to 45"),
        ("over_limit_n=NaN", "0.5 to 45"),
        ("over_limit_n=[1]", "number"),
        ("trace=maybe", "off, compact, full"),
        ("ceiling_n=12", "at least 20"),
    ],
)
def test_what_is_no_setting_is_refused_with_cause_and_cure(word, said):
    with pytest.raises(RollerError) as refused:
        board_settings.changed({}, [word])
    assert said in f"{refused.value.cause} {refused.value.cure}"


def test_reset_takes_names_that_are_settings():
    given = {"trace": "full", "rate_hz": 104}
    assert board_settings.without(given, ["trace"]) == {"rate_hz": 104}
    with pytest.raises(RollerError, match="tracee"):
        board_settings.without(given, ["tracee"])


def test_what_was_set_has_a_star_and_what_was_not_follows():
    rows = {row[0]: row[1] for row in board_settings.rows({"over_limit_n": 4})}
    assert rows["over_limit_n *"] == "4.0" and rows["band_firm_n"] == "2.8"
    assert rows["force_sensor"] == "the board's own"
    assert [row[0] for row in board_settings.rows({"trace": "full"}, only_set=True)] == ["trace *"]
