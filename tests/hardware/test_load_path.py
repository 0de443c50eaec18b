# SPDX-License-Identifier: MIT
"""The formulas of the load path against values worked out by hand."""

import pytest
from msgspec.structs import replace

from rollhardware.enclosure import load_path
from rollhardware.enclosure.layout import Layout
from rollhardware.enclosure.params import load

P = load()


def test_one_millivolt_a_volt_is_500_um_a_m():
    assert load_path.strain(P) == pytest.approx(500e-6)


def test_beams_follow_from_the_strain():
    # t^2 = 6 (49 N 12 mm / 4) / (70000 N/mm2 12.7 mm 500e-6) = 1.984 mm2; k = 24 E I / L^3
    assert load_path.beam_thickness_mm(P, 12) == pytest.approx(1.4086, abs=1e-4)
    assert load_path.bar_stiffness(P, 12) == pytest.approx(24 * 70000 * (12.7 * 1.4086**3 / 12) / 12**3, rel=1e-3)


def test_a_thicker_bar_for_the_same_output_is_not_softer():
    assert load_path.bar_stiffness(P, 12) > load_path.bar_stiffness(P, 25)


def test_below_the_stop_the_bar_carries_all():
    state = load_path.loaded(10, 1000, 9000, P)
    assert (state.bar_n, state.stop_n, state.deflection_mm) == (10, 0, 0.01)


def test_beyond_the_stop_both_share_by_stiffness():
    state = load_path.loaded(50, 1000, 9000, P)
    assert state.stop_n == pytest.approx(18)
    assert state.bar_n == pytest.approx(32)
    assert state.deflection_mm == pytest.approx(0.032)


def test_where_the_bar_sees_its_rating():
    assert load_path.push_at_rating(1000, 9000, P) == pytest.approx(220)
    assert load_path.loaded(220, 1000, 9000, P).bar_n == pytest.approx(P.bar_rated_n)


def test_latest_touch_keeps_the_rating_at_the_test_force():
    latest = load_path.latest_touch_n(1000, 3000, P)
    assert latest == pytest.approx((49 - 50 / 4) / 0.75)
    assert load_path.loaded(50, 1000, 3000, replace(P, stop_force_n=latest)).bar_n == pytest.approx(49)


def test_gap_and_turn_of_the_screw():
    assert load_path.gap_mm(1000, P) == pytest.approx(0.03)
    assert load_path.degrees_per_newton(1000, P) == pytest.approx(360 / 700)


def test_stop_is_softer_than_its_softest_part():
    parts = load_path.stop_parts(P, Layout(P))
    # 3 E I / l^3, l from the end of the shim at 18.5 to the screw at 45.25
    assert parts["arm"] == pytest.approx(3 * 200_000 * (15 * 8**3 / 12) / 26.75**3)
    assert load_path.stop_stiffness(P, Layout(P)) == pytest.approx(1 / sum(1 / part for part in parts.values()))


def test_an_aluminium_arm_is_not_enough_for_the_stiffest_bar():
    soft = replace(P, stop_modulus_gpa=70)
    stiffest = load_path.bars(P)[0].stiffness
    assert load_path.share(stiffest, load_path.stop_stiffness(P, Layout(P))) >= P.stop_share_least
    assert load_path.share(stiffest, load_path.stop_stiffness(soft, Layout(soft))) < P.stop_share_least


def test_sensitivity():
    assert load_path.microvolts_per_newton(P) == pytest.approx(61.22, abs=0.01)
    assert load_path.counts_per_newton(P) == pytest.approx(43826, abs=1)


def test_tilt_takes_the_cosine():
    assert load_path.tilt_error_percent(60) == pytest.approx(50)


def test_friction_at_the_surface():
    # (0.0015 x 10 N x 4 mm + 2 x 4 N mm) / 12.5 mm
    assert load_path.friction_n(10, P) == pytest.approx(0.6448)


def test_resonance_of_a_kilogram_on_a_thousand_newtons_a_mm():
    assert load_path.resonance_hz(1000, 0, 1000) == pytest.approx(159.155, abs=1e-3)
    assert load_path.resonance_hz(1000, 0.003, 1000) == pytest.approx(159.155 / 2, abs=1e-3)


def test_no_lever_between_push_and_stop_and_the_skin_below():
    at = Layout(P)
    assert at.stop_x == at.axle_x
    assert at.axle_x - at.boards["U1"].x == P.imu_to_axle_mm == 100
    assert at.roller_low_z < at.bottom_z < 0 < at.arm_bottom_z
