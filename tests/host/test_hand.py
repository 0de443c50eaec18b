# SPDX-License-Identifier: MIT
"""The hand model: repeatable, true to mechanics, and labelled by the contract's definition of a stroke."""

from dataclasses import replace

import numpy as np
import pytest
from hand_truth import FINE_HZ, LEVEL, STILL, held, one_roll, planned, truth_of

from rolltools import hand
from rolltools.hand import body, grips, labels, pace, scenarios
from rolltools.hand.moves import Habit, Hand
from rolltools.hand.pace import Pace, stroke_speed
from rolltools.hand.profile import bell, smooth
from rolltools.hand.timeline import Site, Timeline

# -- mechanics ---------------------------------------------------------------------------------------------------------


def test_at_rest_the_accelerometer_shows_one_g_upward():
    tilted = body.rotations(np.array([[0.0, np.pi / 6, 0.0]]))[0]
    truth = truth_of(one_roll(distance=0.0), attitude=tilted)
    assert truth.imu_g == pytest.approx(np.tile(tilted.T @ [0, 0, 1.0], (len(truth.imu_g), 1)))


def test_integrated_acceleration_along_x_gives_the_speed_of_the_head_on_flat_skin():
    truth = truth_of(one_roll(distance=0.06))
    speed = np.cumsum(truth.imu_g[:, 0]) * body.GRAVITY / FINE_HZ
    assert speed == pytest.approx(truth.speed, abs=2e-4)
    assert truth.speed.sum() / FINE_HZ == pytest.approx(0.06)


@pytest.mark.parametrize("bend", [15.0, -15.0])
def test_a_wrist_that_follows_turns_with_the_surface(bend):
    truth = truth_of(one_roll(bend=bend, distance=0.06))
    assert truth.gyro_dps[:, 1].sum() / FINE_HZ == pytest.approx(np.degrees(bend * 0.06), rel=1e-3)
    assert np.abs(truth.gyro_dps[:, [0, 2]]).max() < 1e-6


def test_a_stiff_wrist_does_not_turn_and_an_elbow_turns_against_the_curve():
    stiff = truth_of(one_roll(bend=7.0), body.Wrist(follow=0.0))
    assert np.abs(stiff.gyro_dps).max() < 1e-6
    elbow = truth_of(one_roll(bend=7.0), body.Wrist(follow=0.0, elbow_per_m=-3.0))
    assert elbow.gyro_dps[:, 1].sum() / FINE_HZ == pytest.approx(np.degrees(-3.0 * 0.06), rel=1e-3)


def test_the_lever_arm_feels_the_centripetal_acceleration():
    line = Timeline(FINE_HZ, sites=[Site(0.0, 0.0)])
    line.turn_to(0.5, 1.0, np.array([0.0, 0.0, 2.0]))
    line.now = 2.0
    truth = truth_of(line, lever_m=0.1)
    rate = np.radians(truth.gyro_dps[:, 2])
    assert truth.imu_g[:, 0] * body.GRAVITY == pytest.approx(0.1 * rate**2, abs=0.01)
    assert np.abs(truth.head_g[:, 0]).max() < 1e-9


def test_the_head_on_a_curve_feels_the_curve():
    truth = truth_of(one_roll(bend=20.0, distance=0.08), lever_m=0.0)
    fastest = int(np.argmax(truth.speed))
    expected = 1.0 - 20.0 * truth.speed[fastest] ** 2 / body.GRAVITY
    turned = 20.0 * truth.speed[:fastest].sum() / FINE_HZ
    assert truth.head_g[fastest, 2] == pytest.approx(expected - 1.0 + np.cos(turned), abs=4e-3)


def test_a_mirrored_hand_turns_the_other_way_sideways_and_the_same_way_along():
    def turned(mirrored):
        line = one_roll()
        line.turn_to(0.5, 1.0, np.array([0.3, 0.2, -0.4]))
        return truth_of(line, body.Wrist(mirrored=mirrored)).gyro_dps[1000]

    left, right = turned(True), turned(False)
    assert left == pytest.approx(right * (-1.0, 1.0, -1.0), rel=0.05, abs=1.0)


def test_the_head_touches_the_skin_in_every_contact():
    """Ideal sensors integrated over a knead must give its length: a head beside the surface would go another way."""
    line = Timeline(FINE_HZ, 0.02, sites=[Site(0.0, 20.0)], now=0.5)
    Hand(line, Habit(), np.random.default_rng(2)).knead(5, 1)
    truth = truth_of(line)
    for stroke in labels.find_strokes(truth):
        first, last = round(stroke["t_start"] * FINE_HZ), round(stroke["t_end"] * FINE_HZ)
        turned = np.cumsum(np.radians(truth.gyro_dps[first:last, 1])) / FINE_HZ
        frames = body.rotations(np.outer(turned, [0.0, 1.0, 0.0]))
        force = np.einsum("nij,nj->ni", frames, truth.head_g[first:last]) * body.GRAVITY
        velocity = np.cumsum(force - force.mean(axis=0), axis=0) / FINE_HZ
        length = np.linalg.norm(velocity, axis=1).sum() / FINE_HZ * 100.0  # 5 % of the peak speed is left at the ends
        assert length == pytest.approx(stroke["length_cm"], rel=0.1)


# -- labels ------------------------------------------------------------------------------------------------------------


def test_a_stroke_lasts_while_the_head_moves_and_the_roller_is_pressed():
    speed = np.concatenate([held(0, 0.5), held(10, 1.0), held(0, 0.5)])
    force = np.concatenate([held(0, 0.7), held(3, 1.3)])
    (stroke,) = labels.find_strokes(planned(speed, force))
    assert (stroke["t_start"], stroke["t_end"]) == (0.7, 1.5)
    assert (stroke["dir"], stroke["kind"]) == (1, "lift")
    assert (stroke["length_cm"], stroke["mean_n"]) == (8.0, 3.0)


@pytest.mark.parametrize(("stop_s", "strokes"), [(0.3, 1), (0.4, 2)])
def test_a_stop_of_a_third_of_a_second_splits(stop_s, strokes):
    speed = np.concatenate([held(0, 0.2), held(5, 1), held(0, stop_s), held(5, 1), held(0, 0.2)])
    found = labels.find_strokes(planned(speed, np.full(len(speed), 2.0)))
    assert len(found) == strokes
    assert {stroke["kind"] for stroke in found} == {"lift"}


def test_a_reversal_splits_at_once_and_makes_every_stroke_of_the_contact_a_knead():
    speed = np.concatenate([held(0, 0.2), held(5, 1), held(-5, 1), held(0, 0.5), held(-5, 1), held(0, 0.2)])
    found = labels.find_strokes(planned(speed, np.full(len(speed), 2.0)))
    assert [(stroke["dir"], stroke["kind"]) for stroke in found] == [(1, "knead"), (-1, "knead"), (-1, "knead")]


def test_creeping_below_the_threshold_is_no_stroke_and_the_threshold_follows_the_peak():
    creep = np.concatenate([held(0.25, 1.0), held(0, 0.5)])
    assert labels.find_strokes(planned(creep, np.full(len(creep), 2.0))) == []
    speed = np.concatenate([held(0.9, 0.5), held(20, 1.0), held(0.9, 0.5)])  # 5 % of 20 cm/s is 1 cm/s
    (stroke,) = labels.find_strokes(planned(speed, np.full(len(speed), 2.0)))
    assert (stroke["t_start"], stroke["t_end"]) == (0.5, 1.5)


def test_a_slow_stroke_after_a_stop_has_a_threshold_of_its_own():
    speed = np.concatenate([held(20, 1.0), held(0, 0.5), held(0.8, 1.0), held(0, 0.2)])
    found = labels.find_strokes(planned(speed, np.full(len(speed), 2.0)))
    assert [(stroke["t_start"], stroke["t_end"]) for stroke in found] == [(0.0, 1.0), (1.5, 2.5)]


def test_over_pressure_counts_from_150_ms_and_near_misses_excuse_an_alarm():
    parts = [held(5, 0.5), held(12, 0.2), held(5, 0.5), held(12, 0.12), held(5, 0.5), held(9, 0.2), held(5, 0.5)]
    force = np.concatenate(parts)
    made = labels.label(planned(np.zeros_like(force), force))
    assert made["overpressure"] == [{"t_start": 0.5, "t_end": 0.7, "peak_n": 12.0}]
    assert len(made["near"]) == 3


def test_tremor_sway_and_drift_shake_the_sensor_and_leave_the_labels_alone():
    def found(hold):
        line = Timeline(FINE_HZ, 0.02, sites=[Site(0.0, 5.0)], now=0.5)
        line.add("grip", 0.0, np.array([FINE_HZ]))
        Hand(line, Habit(), np.random.default_rng(9)).knead(5, 1)
        hold = replace(hold, force_wander=0.0)
        truth = body.simulate(line, body.Wrist(), hold, LEVEL, 0.1, np.random.default_rng(1))
        return truth, [(s["t_start"], s["t_end"], s["length_cm"]) for s in labels.find_strokes(truth)]

    calm, trembling = found(STILL), found(body.Hold(tremor_g=0.03, tremor_dps=3.0))
    assert calm[1] == trembling[1]
    assert np.std(calm[0].imu_g - trembling[0].imu_g) > 0.01


@pytest.mark.parametrize("name", ["lifts", "rhythm", "elbow", "concave", "edge", "landing"])
def test_labels_hold_what_the_true_speed_and_force_integrate_to(name):
    truth, _ = hand.simulate(name, 4, FINE_HZ)
    for stroke in labels.find_strokes(truth):
        span = slice(round(stroke["t_start"] * FINE_HZ), round(stroke["t_end"] * FINE_HZ))
        assert truth.speed[span].sum() / FINE_HZ * 100.0 == pytest.approx(stroke["dir"] * stroke["length_cm"], rel=0.02)
        assert truth.force[span].mean() == pytest.approx(stroke["mean_n"], abs=1e-3)
        assert truth.force[span].min() > labels.CONTACT_N


# -- moves and scenarios -----------------------------------------------------------------------------------------------


def moves_of(habit, act, seed=5):
    line = Timeline(FINE_HZ, 0.02, sites=[Site(0.0, 5.0)], now=0.5)
    hand_ = Hand(line, habit, np.random.default_rng(seed))
    act(hand_)
    line.now += 0.5
    return truth_of(line)


@pytest.mark.parametrize("way", [1, -1])
def test_lift_strokes_go_one_way_and_return_in_the_air(way):
    truth = moves_of(Habit(), lambda h: [h.lift_stroke(way) for _ in range(4)])
    found = labels.find_strokes(truth)
    assert [(stroke["dir"], stroke["kind"]) for stroke in found] == [(way, "lift")] * 4
    assert (truth.speed * way).min() < -0.02  # the return is in the record, in the air


def test_kneads_alternate():
    found = labels.find_strokes(moves_of(Habit(), lambda h: h.knead(5, 1)))
    assert [stroke["dir"] for stroke in found] == [1, -1, 1, -1, 1]
    assert {stroke["kind"] for stroke in found} == {"knead"}


@pytest.mark.parametrize("style", pace.STYLES)
def test_every_style_covers_its_distance_one_way_without_a_stop(style):
    shape = stroke_speed(np.random.default_rng(6), 1000, style)
    assert shape.mean() == pytest.approx(1.0)
    assert shape[0] < 0.05 and shape[-1] < 0.05
    assert shape[100:800].min() > 0.05
    assert bell(500).mean() == pytest.approx(1.0)
    assert smooth(np.array([-1.0, 0.5, 2.0])) == pytest.approx([0.0, 0.5, 1.0])


def knead_of(style):
    line = Timeline(FINE_HZ, 0.02, sites=[Site(0.0, 0.0)], now=0.5)
    Hand(line, Habit(speed=(8.0, 9.0), length=(6.0, 7.0)), np.random.default_rng(3), Pace(style)).knead(6, 1)
    line.now += 0.5
    return truth_of(line)


def turning_points(truth):
    """Return the samples at which the head goes the other way, under contact and not at the ends of it."""
    (first, last), *_ = labels.runs(truth.force > labels.CONTACT_N)
    inner = [round(stroke["t_end"] * FINE_HZ) for stroke in labels.find_strokes(truth)[:-1]]
    assert all(first < at < last for at in inner)
    return inner


def test_a_sine_has_no_rest_at_its_turning_points_and_its_full_acceleration_there():
    truth = knead_of("sine")
    accel = np.gradient(truth.speed) * FINE_HZ
    for at in turning_points(truth):
        near = slice(at - 60, at + 60)
        assert (np.abs(truth.speed[near]) < 0.003).sum() < 20  # ms
        assert np.abs(accel[near]).max() > 0.7 * np.abs(accel[truth.force > 0.0]).max()


def test_smooth_strokes_rest_at_their_turning_points():
    truth = knead_of("smooth")
    accel = np.gradient(truth.speed) * FINE_HZ
    for at in turning_points(truth):
        still = at - 100 + int(np.argmin(np.abs(truth.speed[at - 100 : at + 100])))
        assert np.abs(accel[still]) < 0.4 * np.abs(accel).max()


def test_a_cruise_is_even_and_a_skewed_stroke_is_not_symmetric():
    rng = np.random.default_rng(8)
    cruise, skewed = stroke_speed(rng, 1000, "cruise"), stroke_speed(rng, 1000, "skewed")
    assert (cruise > 0.99 * cruise.max()).mean() > 0.55
    assert abs(np.average(np.arange(1000), weights=skewed) / 1000 - 0.5) > 0.08


def test_some_hands_go_forth_faster_than_back():
    hand_paces = [pace.draw_pace(np.random.default_rng(seed), None) for seed in range(60)]
    assert {drawn.style for drawn in hand_paces} == set(pace.STYLES)
    assert min(drawn.back for drawn in hand_paces) < 0.6 < 1.6 < max(drawn.back for drawn in hand_paces)
    line = Timeline(FINE_HZ, 0.02, sites=[Site(0.0, 0.0)], now=0.5)
    Hand(line, Habit(speed=(4.0, 12.0)), np.random.default_rng(3), Pace("sine", back=0.5, even=0.9)).knead(6, 1)
    speeds = [s["length_cm"] / (s["t_end"] - s["t_start"]) * s["dir"] for s in labels.find_strokes(truth_of(line))]
    assert -np.mean([v for v in speeds if v < 0]) < 0.75 * np.mean([v for v in speeds if v > 0])


def test_no_arm_changes_its_acceleration_at_once():
    truth, _ = hand.simulate("rhythm", 2, FINE_HZ)
    jerk = np.diff(truth.speed, 2) * FINE_HZ**2
    assert np.abs(jerk).max() < 300.0  # m/s3: 6 m/s2, more than any stroke here has, within 20 ms


def test_grips_of_every_kind_and_both_hands():
    drawn = [grips.draw_grip(np.random.default_rng(seed), None) for seed in range(60)]
    assert {wrist.mirrored for wrist, _ in drawn} == {True, False}
    assert {np.sign(wrist.elbow_per_m) for wrist, _ in drawn} == {-1.0, 0.0, 1.0}
    assert any(wrist.follow < 0.15 and wrist.elbow_per_m == 0.0 for wrist, _ in drawn)
    assert all(wrist.restless > 0.0 for wrist, _ in drawn)


def test_in_a_hollow_the_handle_turns_against_the_stroke():
    """So the sign of the gyro does not give the direction."""
    for name, expected in (("concave", -1.0), ("lifts", None)):
        signs = []
        for seed in range(6):
            truth, _ = hand.simulate(name, seed, FINE_HZ)
            for stroke in labels.find_strokes(truth):
                span = slice(round(stroke["t_start"] * FINE_HZ), round(stroke["t_end"] * FINE_HZ))
                signs.append(np.sign(truth.gyro_dps[span, 1].sum()) * stroke["dir"])
        share = np.mean(np.array(signs) > 0)
        assert share < 0.1 if expected else 0.1 < share < 0.9


def test_a_hovering_hand_drifts_and_the_skin_hardly_does():
    line = Timeline(FINE_HZ, 0.02, now=60.0)
    line.add("grip", 0.0, np.array([FINE_HZ]))
    line.add("force", 30.0, held(3, 30))
    truth = body.simulate(
        line, body.Wrist(), replace(STILL, hover_m=0.01, skin_m=0.0005), LEVEL, 0.1, np.random.default_rng(1)
    )
    air, skin = truth.imu_g[2000:28000].std(axis=0), truth.imu_g[32000:58000].std(axis=0)
    assert (air > 8 * skin).all()
    assert np.abs(truth.speed).max() == 0.0


def test_taps_presses_rocking_and_pressed_walks_leave_the_head_where_it_is():
    for name in ("taps", "pressing", "rocking", "carried"):
        truth, _ = hand.simulate(name, 1, FINE_HZ)
        assert np.abs(truth.speed[truth.force > labels.CONTACT_N]).max(initial=0.0) < labels.SPEED_FLOOR_M_S


def test_rocking_tips_about_every_axis_under_contact():
    tipped = np.zeros(3)
    for seed in range(4):
        truth, _ = hand.simulate("rocking", seed, FINE_HZ)
        tipped = np.maximum(tipped, np.abs(truth.gyro_dps[truth.force > 1.0]).max(axis=0))
    assert (tipped > 20.0).all()


def test_the_edge_has_every_kind_of_over_pressure():
    spans, near = [], 0
    for seed in range(12):
        truth, _ = hand.simulate("edge", seed, FINE_HZ)
        spans += [(b - a) / FINE_HZ for a, b in labels.runs(truth.force > 10.0)]
        bumps = labels.runs(truth.force > 8.5)
        near += sum(truth.force[a:b].max() < 10.0 for a, b in bumps)
        if seed == 0:
            assert truth.force.max() < 45.0
    assert sum(0.02 < span < 0.1 for span in spans) >= 5
    assert sum(0.1 <= span < 0.15 for span in spans) >= 5
    assert sum(span >= 0.15 for span in spans) >= 5
    assert near >= 5


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    first, again, other = hand.make("mixed", 7), hand.make("mixed", 7), hand.make("mixed", 8)
    assert np.array_equal(first.recording.accel_g, again.recording.accel_g)
    assert first.labels == again.labels
    assert first.labels != other.labels


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 208.0, 416.0])
def test_rates_sample_about_the_same_session(rate_hz):
    recording, truth = hand.make("kneads", 3, rate_hz)
    assert 1.0 / np.diff(recording.t_s).mean() == pytest.approx(rate_hz)
    assert len(recording) / rate_hz == pytest.approx(truth["duration_s"], abs=0.05)
    assert len(truth["strokes"]) > 10


@pytest.mark.parametrize("name", sorted(hand.STROKELESS))
@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_stroke_has_no_label(name, seed):
    assert hand.make(name, seed).labels["strokes"] == []


@pytest.mark.parametrize("name", sorted(set(hand.SCENARIOS) - hand.STROKELESS))
def test_every_scenario_of_strokes_is_within_what_a_roller_meets(name):
    for seed in range(2):
        recording, truth = hand.make(name, seed, duration_s=25.0)
        strokes = truth["strokes"]
        assert len(strokes) >= 3
        assert all(1.0 < stroke["length_cm"] < 16.0 for stroke in strokes)
        assert all(0.1 < stroke["t_end"] - stroke["t_start"] < 6.0 for stroke in strokes)
        assert all(a["t_end"] <= b["t_start"] for a, b in zip(strokes, strokes[1:], strict=False))
        assert np.isfinite(recording.accel_g).all() and np.isfinite(recording.force_n).all()
        assert (recording.motor is not None) == (scenarios.TABLE[name].motor is not None)


@pytest.mark.parametrize("seed", range(4))
def test_the_demo_has_one_of_everything(seed):
    recording, truth = hand.make("demo", seed)
    strokes = truth["strokes"]
    assert {(s["kind"], s["dir"]) for s in strokes} == {("lift", 1), ("lift", -1), ("knead", 1), ("knead", -1)}
    assert sum(over["peak_n"] > 11.5 for over in truth["overpressure"]) >= 2
    assert 45.0 < truth["duration_s"] < 90.0
    assert recording.motor.any()


def test_lying_still_is_still_and_holding_trembles():
    lying = hand.make("idle", 1).recording.accel_g
    assert np.abs(lying - lying.mean(axis=0)).max() < 0.01
    holding = hand.make("tremor", 1).recording.accel_g[:180]
    assert 0.01 < holding.std(axis=0).max() < 0.1


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="no scenario 'lift'"):
        hand.make("lift", 1)
    with pytest.raises(ValueError, match="no force sensor"):
        hand.make("lifts", 1, force_sensor="spring")
