# SPDX-License-Identifier: MIT
"""Bands of force: edges, hysteresis, dwell times, the unknown that is never "ok", and the cue for too light."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strokes import Plan, of_type, run, samples

from rollcore.bands import Bands
from rollcore.events import BAND, CUE
from rollcore.fields import BAND_NAMES
from rollcore.haptics import CUE_LIGHT
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings

BAND_UNKNOWN, BAND_APART, BAND_LIGHT, BAND_WANTED, BAND_FIRM, BAND_OVER = range(len(BAND_NAMES))
BLOCK_MS = 19
FOREVER = 5.0


class Hand:
    """Presses on bands of 1, 7 and 10 N, block by block."""

    def __init__(self):
        self.bands = Bands(1000, 7000, 10000)
        self.t_ms = 0
        self.lit = 0

    def press(self, force_mn, seconds=FOREVER, known=True, alarm=False, speed_um_s=0):
        """Press for a while; return the bands that were shown, without repetition."""
        shown = []
        for _ in range(int(seconds * 1000 / BLOCK_MS)):
            self.t_ms += BLOCK_MS
            self.bands.block(self.t_ms, force_mn, known, force_mn > 300, alarm, speed_um_s)
            self.lit += self.bands.light_due
            if not shown or shown[-1] != self.bands.band:
                shown.append(self.bands.band)
        return shown


@pytest.mark.parametrize(
    ("force_mn", "band"),
    [
        (0, BAND_APART),
        (700, BAND_LIGHT),
        (3000, BAND_WANTED),
        (8000, BAND_FIRM),
        (12000, BAND_OVER),
    ],
)
def test_a_steady_force_is_in_its_band(force_mn, band):
    assert Hand().press(force_mn)[-1] == band


def test_a_force_around_an_edge_does_not_flicker():
    hand = Hand()
    hand.press(3000)
    shown = [hand.press(force_mn, 0.3)[-1] for force_mn in (6900, 7100) * 20]
    assert len(set(shown)) == 1


@pytest.mark.parametrize(("held_mn", "force_mn"), [(3000, 8500), (8500, 3000), (3000, 600)])
def test_a_band_changes_only_after_its_dwell_time(held_mn, force_mn):
    hand = Hand()
    before = hand.press(held_mn)[-1]
    assert hand.press(force_mn, 0.19) == [before]
    assert hand.press(force_mn, 1.2)[-1] != before


def test_the_alarm_shows_at_once():
    hand = Hand()
    hand.press(3000)
    assert hand.press(12000, 0.02, alarm=True) == [BAND_OVER]


def test_a_lift_between_two_strokes_is_not_the_end_of_the_band():
    hand = Hand()
    hand.press(3000)
    assert hand.press(0, 0.28) == [BAND_WANTED]
    assert hand.press(0, 0.1)[-1] == BAND_APART


def test_unknown_shows_at_once_and_ends_at_once():
    hand = Hand()
    assert hand.bands.band == BAND_UNKNOWN
    hand.press(3000)
    assert hand.press(3000, 0.02, known=False) == [BAND_UNKNOWN]
    assert hand.press(3000, 0.02) == [BAND_WANTED]


@given(st.lists(st.tuples(st.integers(-2000, 30000), st.booleans(), st.booleans()), max_size=80))
def test_whatever_happens_unknown_is_never_shown_as_a_force(blocks):
    bands = Bands(1000, 7000, 10000)
    for i, (force_mn, known, contact) in enumerate(blocks):
        bands.block(BLOCK_MS * i, force_mn, known, contact, False, 0)
        assert (bands.band == BAND_UNKNOWN) == (not known)


@given(st.integers(-500, 40000), st.integers(-500, 40000))
def test_more_force_is_never_a_lower_band(one_mn, other_mn):
    low, high = sorted((one_mn, other_mn))
    assert Hand().press(low)[-1] <= Hand().press(high)[-1]


def test_the_cue_for_too_light_wants_a_while_of_rolling_and_is_not_told_at_once_again():
    hand = Hand()
    hand.press(700, 60.0)
    assert hand.lit == 0, "not at rest"
    hand.press(700, 3.5, speed_um_s=50000)
    assert hand.lit == 0, "not at once"
    hand.press(700, 1.0, speed_um_s=-50000)
    assert hand.lit == 1
    hand.press(700, 17.0, speed_um_s=50000)
    assert hand.lit == 1
    hand.press(700, 5.0, speed_um_s=50000)
    assert hand.lit == 2


def test_a_stroke_in_the_band_begins_the_while_anew():
    hand = Hand()
    for _ in range(6):
        hand.press(700, 3.0, speed_um_s=50000)
        hand.press(3000, 1.0, speed_um_s=50000)
    assert hand.lit == 0


def test_a_while_of_rolling_too_lightly_may_have_lifts_in_it():
    hand = Hand()
    for _ in range(4):
        hand.press(700, 1.5, speed_um_s=50000)
        hand.press(0, 0.6, speed_um_s=50000)
    assert hand.lit == 1


def test_the_band_goes_by_a_mean_that_begins_anew_with_each_contact():
    hand = Hand()
    hand.press(12_000)
    assert hand.press(12_000, 0.1) == [BAND_OVER]
    hand.press(0)
    assert hand.press(3000, 0.1) == [BAND_WANTED]
    assert hand.bands.mean_mn == 3000
    hand.press(6000, 0.04)
    assert 3000 < hand.bands.mean_mn < 5000
    hand.press(6000, 1.5)
    assert hand.bands.mean_mn == pytest.approx(6000, abs=50)


def test_an_edge_is_as_it_stands_for_a_touch_and_holds_the_band_of_now():
    touched = Hand()
    touched.press(0)
    assert touched.press(1050, 0.1) == [BAND_WANTED], "just above the edge"
    for before_mn, band in ((3000, BAND_WANTED), (700, BAND_LIGHT)):
        hand = Hand()
        hand.press(before_mn)
        for force_mn in (1050, 950):
            assert hand.press(force_mn, 2.0) == [band], "within the hysteresis"


def rolled(force_n, count=8, settings=None, unknown=()):
    plan = Plan().rest(1.5).press(0, force_n)
    for i in range(count):
        plan.roll(8.0 if i % 2 == 0 else -8.0, 0.9, force_n)
        plan.rest(0.12, force_n)
    rows = samples(plan.press(force_n, 0).rest(1.0), noise=1.0)
    for first_s, last_s in unknown:
        rows[int(first_s * 208) : int(last_s * 208), 7] = FORCE_UNKNOWN
    return run(rows, settings=settings)


def test_the_engine_records_bands_and_plays_the_cue():
    found = rolled(0.6)
    assert [b["band"] for b in of_type(found, BAND)][0] == BAND_LIGHT
    assert [c["cue"] for c in of_type(found, CUE)] == [CUE_LIGHT]
    assert CUE_LIGHT not in [c["cue"] for c in of_type(rolled(3.0), CUE)]


def test_the_bands_of_the_engine_follow_the_settings():
    firm = Settings.from_dict({"band_firm_n": 2.0})
    assert BAND_FIRM in [b["band"] for b in of_type(rolled(3.0, settings=firm), BAND)]
    assert BAND_FIRM not in [b["band"] for b in of_type(rolled(3.0), BAND)]


def test_a_force_that_goes_unknown_is_recorded_as_unknown():
    bands = [b["band"] for b in of_type(rolled(3.0, unknown=[(4.0, 5.0)]), BAND)]
    assert BAND_UNKNOWN in bands
    assert all(a != b for a, b in pairwise(bands))
    assert len(BAND_NAMES) == BAND_OVER + 1
