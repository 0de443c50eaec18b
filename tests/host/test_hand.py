# SPDX-License-Identifier: MIT
"""The hand model: repeatable, true to mechanics, and labelled by the contract's definition of a stroke."""

from dataclasses import replace

import numpy as np
import pytest

from rolltools import hand
from rolltools.hand import body, labels, scenarios, sensors
from rolltools.hand.moves import Habit, Hand
from rolltools.hand.profile import bell, smooth, stroke_speed
from rolltools.hand.timeline import Site, Timeline

FINE_HZ = 1000.0
STILL = body.Hold(tremor_g=0.0, tremor_dps=0.0, sway_rad=0.0, force_wander=0.0)
LEVEL = np.eye(3)


def truth_of(line, wrist=None, lever_m=0.1, attitude=LEVEL):
    return body.simulate(line, wrist or body.Wrist(), STILL, attitude, lever_m, np.random.default_rng(0))


def one_roll(bend=0.0, distance=0.06, span=1.0):
    line = Timeline(FINE_HZ, sites=[Site(0.0, bend)])
    line.roll_by(0.5, bell(line.count(span)), distance)
    line.now = 2.0
    return line


def planned(speed, force):
    zeros = np.zeros((len(speed), 3))
    return body.Truth(FINE_HZ, zeros, zeros, zeros, np.asarray(speed) / 100.0, np.asarray(force))


def held(value, seconds):
    return np.full(round(seconds * FINE_HZ), float(value))


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


# -- sensors -----------------------------------------------------------------------------------------------------------


def test_the_load_cell_reads_the_heads_weight_with_nothing_touched():
    truth = truth_of(one_roll(distance=0.0), attitude=np.diag([1.0, -1.0, -1.0]))  # upside down
    faults = replace(sensors.draw_faults(np.random.default_rng(1), "loadcell"), force_offset_n=0.0, force_gain=1.0)
    reading = sensors.load_cell(truth, replace(faults, head_mass_kg=0.15), 100.0, np.random.default_rng(2))
    assert reading.mean() == pytest.approx(0.15 * body.GRAVITY, abs=0.01)


def test_the_fsr_never_falls_below_zero_lags_and_creeps():
    up, down = np.linspace(0, 6, 100), np.linspace(6, 0, 100)
    force = np.concatenate([held(0, 1), up, down, held(0, 3), up, held(6, 8), down, held(0, 1)])
    faults = replace(sensors.draw_faults(np.random.default_rng(1), "fsr"), force_gain=1.0)
    reading = sensors.fsr(planned(np.zeros_like(force), force), faults, FINE_HZ, np.random.default_rng(3))
    assert reading.min() >= 0.0
    assert reading[1150] - reading[1050] == pytest.approx(0.1 * 3.0, abs=0.06)  # both at 3 N, too quick to creep
    assert reading[12200:12250].mean() - reading[4320:4350].mean() == pytest.approx(0.06 * 6.0, abs=0.06)


def test_the_motor_shakes_only_while_it_runs():
    on = np.zeros(2000, dtype=bool)
    on[800:1200] = True
    accel, gyro = sensors.vibration(sensors.LRA, on, 208.0, np.random.default_rng(4))
    assert np.abs(accel[:800]).max() == np.abs(gyro[:800]).max() == 0.0
    assert accel[900:1200].std() * np.sqrt(3) == pytest.approx(sensors.LRA.strength_g, rel=0.2)
    assert np.abs(accel[1300:]).max() < 1e-3


def test_the_alarm_buzzes_after_a_tenth_of_a_second_and_until_half_a_newton_under_the_limit():
    force = np.concatenate([held(9, 0.5), held(11, 0.09), held(9, 0.5), held(11, 0.5), held(9.7, 0.2), held(9.4, 0.5)])
    on = sensors.alarm_schedule(planned(np.zeros_like(force), force), 10.0)
    assert np.flatnonzero(on)[0] == pytest.approx(1190, abs=2)
    assert np.flatnonzero(on)[-1] == pytest.approx(1789, abs=2)


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


def test_profiles_cover_their_distance_and_end_at_rest():
    assert bell(500).mean() == pytest.approx(1.0)
    shape = stroke_speed(np.random.default_rng(6), 400)
    assert shape.mean() == pytest.approx(1.0)
    assert shape[0] == pytest.approx(0.0, abs=1e-3)
    assert smooth(np.array([-1.0, 0.5, 2.0])) == pytest.approx([0.0, 0.5, 1.0])


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


@pytest.mark.parametrize("name", ["idle", "distractors", "handling"])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_no_stroke_has_no_label(name, seed):
    assert hand.make(name, seed).labels["strokes"] == []


@pytest.mark.parametrize("name", sorted(set(hand.SCENARIOS) - {"idle", "distractors", "handling"}))
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
