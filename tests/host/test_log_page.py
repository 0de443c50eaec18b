# SPDX-License-Identifier: MIT
"""The page about session files is the one that the tables of today make."""

from pathlib import Path

from rolltools.log_page import page

PAGE = Path(__file__).parents[2] / "host_tools" / "docs" / "session-log.md"


def test_the_page_is_not_stale():
    assert PAGE.read_text() == page(), "run `make docs`"


def test_every_record_and_every_field_is_on_it():
    text = page()
    for line in ("| 16 | stroke | `id` u 16", "| 43 | seal | as below |", "`mean_mn` u 16 mN", "| 28 | 4 | `crc` |"):
        assert line in text
