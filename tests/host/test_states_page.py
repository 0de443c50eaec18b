# SPDX-License-Identifier: MIT
import re
from pathlib import Path

from rollcore.fields import STATE_NAMES
from rollcore.lifecycle import TRANSITIONS
from rolltools.states_page import page

PAGE = Path(__file__).parents[2] / "host_tools" / "docs" / "states.md"


def test_the_page_is_not_stale():
    assert PAGE.read_text() == page(), "run `make docs`"


def test_the_diagram_draws_every_transition_and_no_other():
    drawn = re.findall(r"^    (\w+) --> (\w+): ", page(), re.MULTILINE)
    wanted = [(STATE_NAMES[a].replace(" ", "_"), STATE_NAMES[b].replace(" ", "_")) for a, _why, b in TRANSITIONS]
    assert sorted(drawn) == sorted(wanted)
