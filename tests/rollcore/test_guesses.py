# SPDX-License-Identifier: MIT
"""Guesses at the motion: their numbers against exact ones, and that the right one wins where the others would err."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strokes import Plan, lifts, revised, run, samples

from rollcore import guess, guesses, motion, stroke
from rollcore.trust import Trust

SMALL = 2**30


@given(st.integers(1, SMALL - 1))
def test_the_logarithm_is_right_to_an_eighth(value):
    assert guess.ln(value) / 256 == pytest.approx(math.log(value), abs=0.12)


@given(st.integers(-80_000, 80_000), st.integers(1, 40_000_000))
def test_the_misfit_is_half_the_square_over_the_variance(speed, variance):
    exact = 40.0 if abs(speed) > 20000 else min(40.0, 0.5 * speed**2 / variance)
    assert guess.misfit(1600 * speed, variance) / 256 == pytest.approx(exact, rel=0.02, abs=0.01)


@given(st.integers(0, 2**28 - 1), st.integers(-(2**27) + 1, 2**27 - 1))
def test_speeds_that_go_round_keep_their_differences(start, change):
    assert guess.difference((start + change) % 2**28, start) == change


PLACE = 3_200_000
NOISE = st.one_of(st.none(), st.just("place"), st.integers(1, 4_000_000))
STEPS = st.lists(st.tuples(st.integers(1, 200), st.integers(0, 65536), st.booleans(), NOISE))


@settings(max_examples=200)
@given(STEPS)
def test_variances_stay_variances_whatever_happens(steps):
    trust = Trust()
    for ticks, turned, on_skin, noise in steps:
        trust.advance(ticks, turned, on_skin)
        if noise == "place":
            trust.correct_place(PLACE)
            assert 0 <= trust.place_p <= 4096
        elif noise is not None:
            trust.correct(noise)
        assert 1 <= trust.vv < SMALL
        assert 1 <= trust.pp < SMALL
        assert trust.sigma_e >= 1
        assert 0 <= trust.gain_v <= 4096


def test_the_variances_are_those_of_a_kalman_filter():
    trust, p = Trust(), np.diag([1e6, 1e4, 4e6, 2.9e6])
    t, noise = 79 / 1024, 400.0
    walk = np.diag([1e4, 118.0, 4113.0, 0.0]) * t
    step = np.array([[1, t, 0, 0], [0, 1, t, t * t / 2], [0, 0, 1, t], [0, 0, 0, 1]])

    def know(p, at, noise, least):
        p = p - np.outer(p[:, at], p[at]) / (p[at, at] + noise)
        p[3, 3] = max(p[3, 3], least)
        return p

    for i in range(40):
        trust.advance(79, 0, True)
        p = step @ p @ step.T + walk
        trust.correct_place(PLACE)
        p = know(p, 0, PLACE, 8500.0)
        if i % 4 == 0:
            trust.correct(400)
            p = know(p, 1, noise, 8500.0)
    for _ in range(20):
        trust.advance(79, 0, True)
        p = step @ p @ step.T + walk
    assert math.sqrt(trust.vv) == pytest.approx(math.sqrt(p[1, 1]), rel=0.25)
    assert math.sqrt(trust.pp) == pytest.approx(math.sqrt(p[0, 0]), rel=0.25)


def test_who_never_rests_is_kept_from_running_away_by_where_hands_are():
    line, raw = guess.Guess(), 0
    for tick in range(1, 200):  # 2 mg that gravity is wrong by: 30 cm/s after 15 s
        raw = tick * 79 * 16 * 20000 // 1024
        line.advance(raw, 4, 0, 79, 0, True)
        line.correct_place(PLACE)
    assert raw > 16 * 300000 * 0.9
    assert abs(line.speed(raw)) < 16 * 60000
    assert abs(line.place_um) < 400000


def test_a_rest_spreads_the_drift_evenly_back_to_the_rest_before():
    line = guess.Guess()
    speed_of = {}
    for block in range(1, 101):
        line.drift = 0
        if block % 8 == 0:
            line.knot(block)
    line.anchor = 10
    line.drift = 90_000
    line.straighten(90_000, 100, 100)
    for block in (16, 40, 64, 88):
        speed_of[block] = line.drift_at(block, 100)
        assert speed_of[block] == pytest.approx(1000 * (block - 10), abs=3000)
    assert line.anchor == 100


def cruises(way=1, count=5, speed_cm_s=8.0, even_s=0.8, dwell_s=0.25):
    """Return kneads at an even speed, with short ramps, and their spans."""
    plan, spans = Plan().rest(1.5).press(0, 3).rest(0.3, 3.0), []
    for _ in range(count):
        spans.append([*plan.cruise(way * speed_cm_s, even_s), way])
        plan.rest(dwell_s, 3.0)
        way = -way
    return plan.press(3, 0).rest(0.6), spans


def found_right(strokes, spans):
    return len(strokes) == len(spans) and all(
        s["dir"] == way and abs(s["start_ms"] / 1000 - a) < 0.06 and abs(s["end_ms"] / 1000 - b) < 0.06
        for s, (a, b, way) in zip(strokes, spans, strict=True)
    )


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("even_s", [0.4, 0.8])
def test_an_even_speed_on_flat_skin_is_told_from_a_rest(way, even_s):
    plan, spans = cruises(way, even_s=even_s)
    assert found_right(revised(run(samples(plan, noise=1.0))), spans)


def test_without_a_guess_that_rolls_on_an_even_speed_is_lost(monkeypatch):
    plan, spans = cruises()
    monkeypatch.setattr(guesses, "_DOUBT_MAX", 100000)
    monkeypatch.setattr(guesses, "_DOUBT", 10**8)
    monkeypatch.setattr(guesses, "_TO_MOVE", -100000)
    assert not found_right(revised(run(samples(plan, noise=1.0))), spans)


def test_a_soft_start_is_found_in_time():
    plan = Plan().rest(3.0).press(0, 3).rest(0.5, 3.0)
    spans = [[*plan.cruise(6.0, 0.6, ramp_s=0.6), 1]]
    plan.rest(0.4, 3.0).press(3, 0).rest(0.6)
    rows = samples(plan, noise=1.0)
    (soft,) = revised(run(rows))
    assert soft["start_ms"] == pytest.approx(spans[0][0] * 1000, abs=100)


def test_without_guesses_that_begin_to_move_a_start_is_told_late(monkeypatch):
    plan, spans = lifts(1, 3, 15.0, 0.9)
    rows = samples(plan, noise=1.0)

    def late_ms():
        starts = [s["start_ms"] for s in revised(run(rows)) if s["dir"] > 0]
        return max(min(abs(start - span[0] * 1000) for start in starts) for span in spans)

    assert late_ms() <= 60
    monkeypatch.setattr(guesses, "_TO_MOVE", -100000)
    assert late_ms() > 60


def test_the_accelerometers_offset_is_learnt(monkeypatch):
    rows = samples(Plan().rest(4.0), noise=1.0)
    rows[:, 3] += 100  # 12 mg along z, where gravity is
    seen = {}

    def learn(self, resting, fx, fy, fz, learn=motion.Motion._learn_offset):
        learn(self, resting, fx, fy, fz)
        seen["z"] = self._oz

    monkeypatch.setattr(motion.Motion, "_learn_offset", learn)
    run(rows)
    assert seen["z"] / 16 == pytest.approx(100, abs=15)


def test_a_touch_too_short_to_roll_is_no_stroke(monkeypatch):
    plan = Plan().rest(1.5)
    for _ in range(4):
        plan.roll(3.0, 0.12, 0.0)
        plan.roll(4.0, 0.13, 4.0)
        plan.roll(-7.0, 0.3, 0.0)
        plan.rest(0.4)
    rows = samples(plan.rest(0.5), noise=1.0)
    assert revised(run(rows)) == []
    monkeypatch.setattr(stroke, "_TOUCH_MS", 0)
    assert revised(run(rows)) != []
