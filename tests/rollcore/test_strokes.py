# SPDX-License-Identifier: MIT
"""Stroke detection on ideal motion: each direction and kind, pauses, poses, curves, rates, and what is no stroke."""

import numpy as np
import pytest
from strokes import Plan, lifts, of_type, revised, run, samples

from rollcore.events import KIND_KNEAD, KIND_LIFT, STROKE
from rollcore.settings import Settings

NOSE_UP = np.array([[0, 0, 1], [0, 1, 0], [-1, 0, 0]], float)
SIDE = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]], float)
SLANTED = np.array([[0.8, 0.0, 0.6], [0.0, 1.0, 0.0], [-0.6, 0.0, 0.8]])


def kneads(count=6, length_cm=6.0, seconds=0.8, dwell_s=0.15):
    plan, spans, way = Plan().rest(1.5).press(0, 3).rest(0.15, 3.0), [], 1
    for _ in range(count):
        spans.append([*plan.roll(way * length_cm, seconds), way])
        plan.rest(dwell_s, 3.0)
        way = -way
    plan.press(3, 0).rest(0.5)
    return plan, spans


def assert_found(found, spans, kind, bounds_ms=40, length_cm=6.0, tolerance=0.1):
    strokes = revised(found)
    assert len(strokes) == len(spans)
    for stroke, (start_s, end_s, way) in zip(strokes, spans, strict=True):
        assert stroke["dir"] == way
        assert stroke["kind"] == kind
        assert stroke["start_ms"] == pytest.approx(start_s * 1000, abs=bounds_ms)
        assert stroke["end_ms"] == pytest.approx(end_s * 1000, abs=bounds_ms)
        assert stroke["length_um"] == pytest.approx(length_cm * 10000, rel=tolerance)
        assert stroke["mean_mn"] == pytest.approx(3000, abs=150)


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("curve_per_m", [0.0, 15.0, -8.0])
def test_lifts_in_each_direction_on_each_curve(way, curve_per_m):
    plan, spans = lifts(way)
    assert_found(run(samples(plan, curve_per_m=curve_per_m, noise=1.0)), spans, KIND_LIFT)


@pytest.mark.parametrize("attitude", [np.eye(3), NOSE_UP, SIDE, SLANTED], ids=["flat", "nose up", "side", "slanted"])
@pytest.mark.parametrize("curve_per_m", [0.0, 15.0])
def test_kneads_in_each_pose(attitude, curve_per_m):
    plan, spans = kneads()
    found = run(samples(plan, attitude=attitude, curve_per_m=curve_per_m, noise=1.0))
    assert_found(found, spans, KIND_KNEAD)


@pytest.mark.parametrize("rate_hz", [50, 104, 208, 416])
def test_the_rate_does_not_matter(rate_hz):
    settings = Settings.from_dict({"rate_hz": rate_hz})
    plan, spans = kneads()
    assert_found(run(samples(plan, rate_hz, curve_per_m=10.0, noise=1.0), rate_hz, settings), spans, KIND_KNEAD)
    plan, spans = lifts(-1)
    assert_found(run(samples(plan, rate_hz, noise=1.0), rate_hz, settings), spans, KIND_LIFT)


def test_the_period_of_the_samples_wins_over_the_settings():
    plan, spans = lifts()
    assert_found(run(samples(plan, 104.0, noise=1.0), 104.0, Settings.from_dict({"rate_hz": 208})), spans, KIND_LIFT)


@pytest.mark.parametrize("bias", [(1.0, -1.0, 0.8), (-0.6, 0.9, -1.0)])
def test_a_gyro_bias_is_learnt(bias):
    plan, spans = kneads()
    assert_found(run(samples(plan, bias_dps=bias, noise=1.0)), spans, KIND_KNEAD, 60, tolerance=0.2)


@pytest.mark.parametrize(("length_cm", "seconds"), [(2.0, 0.25), (15.0, 0.9), (12.0, 0.5), (3.0, 1.2)])
def test_short_long_fast_and_slow(length_cm, seconds):
    plan, spans = lifts(1, 3, length_cm, seconds)
    assert_found(run(samples(plan, noise=1.0)), spans, KIND_LIFT, 60, length_cm, 0.15)


def test_a_stop_of_less_than_0_35_s_is_one_stroke():
    plan = Plan().rest(1.5).press(0, 3).rest(0.2, 3.0)
    start = plan.roll(4.0, 0.6)[0]
    plan.rest(0.15, 3.0)
    end = plan.roll(4.0, 0.6)[1]
    found = run(samples(plan.rest(0.6, 3.0).press(3, 0).rest(0.3), noise=1.0))
    (stroke,) = revised(found)
    assert stroke["revision"] >= 1
    assert stroke["start_ms"] == pytest.approx(start * 1000, abs=40)
    assert stroke["end_ms"] == pytest.approx(end * 1000, abs=40)
    assert stroke["length_um"] == pytest.approx(80000, rel=0.1)


def test_a_stop_of_0_5_s_splits():
    plan = Plan().rest(1.5).press(0, 3).rest(0.2, 3.0)
    spans = [[*plan.roll(4.0, 0.6), 1]]
    plan.rest(0.5, 3.0)
    spans.append([*plan.roll(4.0, 0.6), 1])
    found = run(samples(plan.rest(0.6, 3.0).press(3, 0).rest(0.3), noise=1.0))
    assert_found(found, spans, KIND_LIFT, length_cm=4.0)


def test_strokes_are_announced_in_time_and_the_first_of_a_knead_is_revised():
    plan, spans = kneads(4)
    found = run(samples(plan, noise=1.0))
    for stroke, span in zip(revised(found), spans, strict=True):
        assert stroke["report_ms"] - span[1] * 1000 < 150
    first = [event for event in of_type(found, STROKE) if event["id"] == 1]
    assert first[0]["kind"] == KIND_LIFT
    assert first[-1]["kind"] == KIND_KNEAD
    assert first[-1]["t_ms"] < spans[1][1] * 1000


def test_moving_in_the_air_is_no_stroke():
    plan = Plan().rest(1.5)
    for way in (1, -1, 1, -1):
        plan.roll(way * 10.0, 0.6, 0.0)
    assert of_type(run(samples(plan.rest(1.0), noise=1.0)), STROKE) == []


def test_a_wiggle_of_half_a_centimetre_is_no_stroke():
    plan = Plan().rest(1.5).press(0, 3).rest(0.2, 3.0)
    for way in (1, -1, 1, -1):
        plan.roll(way * 0.5, 0.25)
        plan.rest(0.3, 3.0)
    assert of_type(run(samples(plan.press(3, 0).rest(0.5), noise=1.0)), STROKE) == []


def test_pressing_and_tapping_without_rolling_is_no_stroke():
    plan = Plan().rest(1.5)
    for _ in range(5):
        plan.press(0, 6, 0.3).rest(0.3, 6.0).press(6, 0, 0.3).rest(0.2)
        plan.press(0, 4, 0.02).rest(0.04, 4.0).press(4, 0, 0.02).rest(0.2)
    assert of_type(run(samples(plan, noise=1.0)), STROKE) == []


def test_rocking_about_the_roller_is_no_stroke():
    rows = samples(Plan().rest(1.5).press(0, 3).rest(5.0, 3.0), noise=1.0)
    t = rows[:, 0] / 1000.0
    on = (t > 2.0) & (t < 6.0)
    angle = np.where(on, np.radians(12) * (1 - np.cos(2 * np.pi * (t - 2.0))) / 2, 0.0)
    rate = np.gradient(angle, 1 / 208)
    rows[:, 5] += np.rint(np.degrees(rate) / 35e-3).astype(int)
    felt = np.stack(
        [-np.sin(angle) + 0.1 * rate**2 / 9.80665, np.cos(angle) + 0.1 * np.gradient(rate, 1 / 208) / 9.80665]
    )
    rows[:, 1] = np.rint(felt[0] / 122e-6).astype(int)
    rows[:, 3] = np.rint(felt[1] / 122e-6).astype(int)
    rows[:, 7] = np.where(t > 1.6, 3000, 0) - np.rint(1471 * felt[1]).astype(int)
    assert of_type(run(rows), STROKE) == []


def test_a_stroke_ends_where_the_roller_lifts_off_while_moving():
    plan = Plan().rest(1.5).press(0, 3).rest(0.2, 3.0)
    start = plan.now_s
    plan.roll(8.0, 0.8)
    plan.force[round((start + 0.5) * 2080) :] = 0.0
    (stroke,) = revised(run(samples(plan.rest(1.0), noise=1.0)))
    assert stroke["end_ms"] == pytest.approx((start + 0.5) * 1000, abs=30)
    assert stroke["dir"] == 1
