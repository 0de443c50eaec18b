# SPDX-License-Identifier: MIT
"""The power budget is the one that the file of currents makes, and adds up to what is known of the whole roller."""

import tomllib
from copy import deepcopy
from pathlib import Path

import pytest

from rolltools.power_page import lasts, page, total_ma

HARDWARE = Path(__file__).parents[2] / "hardware"


@pytest.fixture(scope="module")
def currents():
    return tomllib.loads((HARDWARE / "currents.toml").read_text())


def test_the_page_is_not_stale(currents):
    assert (HARDWARE / "docs" / "power.md").read_text() == page(currents), "run `make docs`"


@pytest.mark.parametrize(
    ("state", "ma"), [("session", 78.5), ("idle", 63.0), ("asleep, as sold", 3.0), ("asleep, LEDs cut", 1.35)]
)
def test_the_parts_add_up_to_what_is_known_of_the_whole(currents, state, ma):
    assert total_ma(currents, state) == pytest.approx(ma, rel=0.01)


def test_every_current_counts_and_says_how_it_is_known(currents):
    text = page(currents)
    for part in currents["part"].values():
        for state, current in part["states"].items():
            assert f"| {part['name']} | {state} |" in text
            assert current["source"] and current["mark"] in "VMC"
    used = {pair for state in currents["state"].values() for pair in state["parts"].items()}
    assert used == {(key, state) for key, part in currents["part"].items() for state in part["states"]}


def test_a_day_is_the_mean_of_its_minutes(currents):
    ma = (20 * total_ma(currents, "session") + 6 * total_ma(currents, "idle")) / 1440
    ma += 1414 * total_ma(currents, "asleep, LEDs cut") / 1440
    assert f"| {ma:.2f} | {lasts(1020 / ma)} |" in page(currents)
    assert lasts(13.6) == "14 h" and lasts(24 * 32) == "32 days"


def test_a_file_that_contradicts_itself_is_refused(currents):
    wrong = deepcopy(currents)
    wrong["state"]["idle"]["parts"]["cpu"] = "8 MHz"
    with pytest.raises(KeyError, match="8 MHz"):
        page(wrong)
    wrong = deepcopy(currents)
    wrong["day"][0]["minutes"]["session"] = 1500
    with pytest.raises(ValueError, match="more minutes"):
        page(wrong)
