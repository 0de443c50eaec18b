# SPDX-License-Identifier: MIT
"""Why a stroke is not sure: each doubt, and the graver one where two speak."""

import pytest

from rollcore.fields import DOUBT_NAMES
from rollcore.guess import quality


def doubt(blocks):
    (stroke,) = blocks.finish().strokes
    return DOUBT_NAMES[stroke["doubt"]]


def test_nothing_speaks_against_a_plain_stroke(blocks):
    blocks.go(10, 600)
    blocks.go(0, 400)
    assert doubt(blocks) == ""


def test_a_rival_close_behind_is_the_gravest_doubt(blocks):
    blocks.guesses.lead = 100
    blocks.go(10, 600)
    blocks.leave().go(10, 100)
    blocks.go(0, 400)
    assert doubt(blocks) == "rival"


def test_a_stroke_that_landed_moving_begins_with_its_contact(blocks):
    blocks.leave().go(0, 600)
    blocks.go(10, 300)
    blocks.touch().go(10, 600)
    blocks.go(0, 400)
    assert doubt(blocks) == "landed"


def test_a_stroke_that_left_moving_ends_with_its_contact(blocks):
    blocks.go(10, 600)
    blocks.leave().go(10, 200)
    blocks.go(0, 400)
    assert doubt(blocks) == "left"


def test_one_so_slow_that_neither_start_nor_stop_is_felt(blocks):
    blocks.go(0, 600)
    blocks.go(1.8, 1200)
    blocks.go(0.9, 20)
    blocks.go(0.5, 40)
    blocks.go(0, 400)
    assert doubt(blocks) == "unfelt"


def test_a_short_one_is_told(blocks):
    blocks.go(6, 200)
    blocks.go(0, 400)
    assert doubt(blocks) == "short"


@pytest.mark.parametrize(("lead", "sure"), [(0, 0), (256, 50), (3072, 92)])
def test_the_quality_is_half_where_the_lead_is_one_natural_logarithm(lead, sure):
    assert quality(lead) == sure
