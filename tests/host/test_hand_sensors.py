# SPDX-License-Identifier: MIT
"""The sensors of the hand model: filters and their delay, faults of the series, motor, load cell and FSR."""

from dataclasses import replace

import numpy as np
import pytest
from hand_truth import FINE_HZ, held, one_roll, planned_still, truth_of

from rolltools import hand
from rolltools.hand import body, force, motor, sensors
from rolltools.hand.timeline import Timeline


def test_the_load_cell_reads_the_heads_weight_with_nothing_touched():
    truth = truth_of(one_roll(distance=0.0), attitude=np.diag([1.0, -1.0, -1.0]))  # upside down
    reading = force.load_cell(truth, force.ForceFaults(head_mass_kg=0.15), 100.0, np.random.default_rng(2))
    assert reading.mean() == pytest.approx(0.15 * body.GRAVITY, abs=0.01)


def test_the_load_cell_is_late_by_its_converter_and_holds_between_drains():
    ramp = np.linspace(0.0, 10.0, 2000)  # 5 N/s
    reading = force.load_cell(planned_still(ramp), force.ForceFaults(), 250.0, np.random.default_rng(2))
    late_s = (ramp[::4] - reading).mean() / 5.0
    assert 0.006 < late_s < 0.018  # half its span, and what has passed since the conversion and since the drain
    held_s = np.abs(np.diff(reading[: len(reading) // 2 * 2].reshape(-1, 2), axis=1))
    assert held_s.max() < 0.03  # noise only: a drain takes two samples at 250 Hz


@pytest.mark.parametrize("sensor", force.FORCE_SENSORS)
def test_offset_gain_and_drift_are_on_by_default(sensor):
    drawn = [force.draw_faults(np.random.default_rng(seed), sensor, force.Fsr()) for seed in range(40)]
    assert np.ptp([faults.offset_n for faults in drawn]) > 0.3
    assert max(abs(faults.offset_n) for faults in drawn) <= 0.5
    assert 0.05 < max(abs(faults.drift_n_min) for faults in drawn) <= 0.1
    assert np.ptp([faults.gain for faults in drawn]) > 0.02


def test_the_fsr_never_falls_below_zero_lags_and_creeps():
    up, down = np.linspace(0, 6, 100), np.linspace(6, 0, 100)
    pressed = np.concatenate([held(0, 1), up, down, held(0, 3), up, held(6, 9), down, held(0, 1)])
    nature = force.Fsr(hysteresis=0.1, creep=0.03)
    reading = force.fsr_reading(planned_still(pressed), force.ForceFaults(), FINE_HZ, np.random.default_rng(3), nature)
    assert reading.min() >= 0.0
    assert reading[1150] - reading[1050] == pytest.approx(0.1 * 3.0, abs=0.06)  # both at 3 N, too quick to creep
    begin = 4300  # held at 6 N from here
    early, late = reading[begin + 280 : begin + 320].mean(), reading[begin + 8900 : begin + 9000].mean()
    assert late - early == pytest.approx(6.0 * 0.03 * (np.log10(9.0 / 0.3)), rel=0.25)


def test_a_preload_is_felt_and_a_gap_is_not():
    pressed = np.concatenate([held(0, 1), held(2, 1)])
    for offset, idle, down in ((0.4, 0.4, 2.4), (-0.15, 0.0, 1.85)):
        faults, nature = force.ForceFaults(offset_n=offset), force.Fsr(0.0, 0.0, 0.0)
        reading = force.fsr_reading(planned_still(pressed), faults, 100.0, np.random.default_rng(3), nature)
        assert reading[50:100].mean() == pytest.approx(idle, abs=0.02)
        assert reading[150:].mean() == pytest.approx(down, abs=0.02)


@pytest.mark.parametrize("cutoff_hz", [20.8, 52.0])
def test_the_chips_filter_delays_slow_motion_and_quenches_fast(cutoff_hz):
    times = np.arange(4000) / FINE_HZ
    slow, fast = np.sin(2 * np.pi * times), np.sin(2 * np.pi * 4.0 * cutoff_hz * times)
    out = sensors.low_pass(np.stack([slow, fast, np.ones(4000)], axis=1), cutoff_hz, FINE_HZ)
    delay_s = np.arctan2(
        (out[1000:3000, 0] * -np.cos(2 * np.pi * times[1000:3000])).sum(), (out[1000:3000, 0] * slow[1000:3000]).sum()
    ) / (2 * np.pi)
    assert delay_s == pytest.approx(0.2251 / cutoff_hz, abs=6e-4)
    assert out[2000:, 1].std() / fast[2000:].std() == pytest.approx(1 / 16, rel=0.15)
    assert out[:, 2] == pytest.approx(1.0)


def test_the_imu_has_a_wrong_scale_a_bias_and_a_bias_that_moves():
    drawn = [sensors.draw_faults(np.random.default_rng(seed), 208.0) for seed in range(200)]
    assert np.std([faults.gyro_scale for faults in drawn]) == pytest.approx(0.01, rel=0.2)
    assert max(np.degrees(np.linalg.norm(faults.mounting)) for faults in drawn) == pytest.approx(10.0, abs=0.5)
    assert {faults.filter for faults in drawn} == {sensors.OPEN, sensors.WIDE, sensors.MIDDLE, sensors.NARROW}
    line = Timeline(FINE_HZ, now=60.0)
    warming = replace(drawn[0], gyro_bias_dps=np.full(3, 0.5), warming_dps_min=np.array([0.3, 0.0, -0.3]))
    _, gyro = sensors.inertial(truth_of(line), warming, 200.0, np.random.default_rng(1), None)
    assert gyro[-400:].mean(axis=0) - gyro[:400].mean(axis=0) == pytest.approx([0.29, 0.0, -0.29], abs=0.02)


def test_the_motor_shakes_only_while_it_runs():
    on = np.zeros(10000, dtype=bool)
    on[4000:6000] = True
    accel, gyro = motor.vibration(motor.LRA, on, FINE_HZ, np.random.default_rng(4))
    assert np.abs(accel[:4000]).max() == np.abs(gyro[:4000]).max() == 0.0
    assert accel[4300:6000].std() * np.sqrt(3) == pytest.approx(motor.LRA.strength_g, rel=0.2)
    assert np.abs(accel[6300:]).max() < 1e-3


def test_a_raw_erm_folds_down_to_where_strokes_are_and_a_filter_stops_a_linear_motor():
    erm, lra = (hand.make(name, 3).recording for name in ("erm", "lra"))
    buzzing = erm.accel_g[erm.motor == 1]
    assert buzzing.std(axis=0).max() > 0.5
    on = np.ones(4000, dtype=bool)
    shaken, _ = motor.vibration(motor.LRA, on, FINE_HZ, np.random.default_rng(4))
    behind = sensors.low_pass(shaken, sensors.NARROW[0] * 208.0, FINE_HZ)
    assert behind[500:].std() < 0.03 * shaken[500:].std()
    assert lra.motor.any()


def test_the_alarm_buzzes_after_a_tenth_of_a_second_and_until_half_a_newton_under_the_limit():
    force = np.concatenate([held(9, 0.5), held(11, 0.09), held(9, 0.5), held(11, 0.5), held(9.7, 0.2), held(9.4, 0.5)])
    on = motor.alarm_schedule(planned_still(force), 10.0)
    assert np.flatnonzero(on)[0] == pytest.approx(1190, abs=2)
    assert np.flatnonzero(on)[-1] == pytest.approx(1789, abs=2)
