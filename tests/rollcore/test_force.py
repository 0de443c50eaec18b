# SPDX-License-Identifier: MIT
"""The force path: head weight, offset and drift, contact with hysteresis, and force that is not known."""

import numpy as np
import pytest
from strokes import FINE_HZ, GRAVITY, LEVER_M, Plan, of_type, run, samples

from rollcore.events import CUE, FAULT, SESSION_START
from rollcore.faults import FAULT_FORCE_UNKNOWN
from rollcore.haptics import CUE_SENSOR
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings

RATE_HZ = 208.0
LATE = 2  # samples by which a load cell's reading is late: converter, clock and drain
TOWARDS_X = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]
POSES = {
    "upright": np.eye(3),
    "upside down": np.diag([1, -1, -1]),
    "nose up": np.array(TOWARDS_X),
    "on its side": np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
}


def contacts(rows, settings=None, rate_hz=RATE_HZ):
    """Return the spans of contact as they are dated, in s, and the net force of the blocks at every sample in N."""
    spans, net = [], []

    def each(t_ms, engine):
        force = engine._force
        net.append(force.mean_mn / 1000.0)
        if force.in_contact and (not spans or spans[-1][1] is not None):
            spans.append([force.contact_ms / 1000.0, None])
        elif not force.in_contact and spans and spans[-1][1] is None:
            spans[-1][1] = force.apart_ms / 1000.0

    found = run(rows, rate_hz, settings, each=each)
    return spans, np.array(net), found


def fsr():
    return Settings(force_sensor="fsr")


def at(seconds):
    return round(seconds * RATE_HZ)


def late(rows):
    """Return rows whose force comes as late as a load cell's."""
    rows = rows.copy()
    rows[LATE:, 7] = rows[:-LATE, 7]
    return rows


def crossings(plan):
    """Return when a plan's force goes through 0.3 N, in s."""
    return np.flatnonzero(np.diff(plan.force > 0.3)) / FINE_HZ


def in_the_air(seconds, push=(0, 0, 0), turn=(0, 0, 0), freq=4.0, late_by=LATE, start_s=0.6, press_n=None, mount=None):
    """Return rows of a roller shaken in the air from `start_s` on.

    `push` are the peaks of the head's acceleration in m/s^2, `turn` those of the turning in rad/s, both at `freq`;
    `press_n` a contact force for each sample; `mount` turns the IMU against the handle.
    """
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    fade = np.clip((t - start_s) / 0.3, 0, 1)
    wave = fade * np.sin(2 * np.pi * freq * t)
    w = wave[:, None] * np.array(turn, float)
    dw = np.gradient(w, 1 / RATE_HZ, axis=0)
    head = wave[:, None] * np.array(push, float) + (0, 0, GRAVITY)
    arm = np.array([LEVER_M, 0, 0])
    imu = head - np.cross(dw, arm) - np.cross(w, np.cross(w, arm))
    pressed = np.zeros(len(t)) if press_n is None else press_n
    if mount is not None:
        imu, w = imu @ mount, w @ mount
    rows = samples(Plan().rest(seconds + 0.1))[: len(t)]
    rows[:, 1:4] = np.rint(imu / GRAVITY / 122e-6)
    rows[:, 4:7] = np.rint(np.degrees(w) / 35e-3)
    force = np.rint((pressed - 0.15 * head[:, 2]) * 1000)
    rows[:, 7] = np.concatenate([np.full(late_by, force[0]), force[: len(force) - late_by]])
    return rows


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("offset_n", [-0.5, 0.0, 0.5])
def test_weight_and_offset_are_taken_out_in_every_pose(pose, offset_n):
    plan = Plan().rest(1.0).press(0.0, 2.0).rest(1.0, 2.0).press(2.0, 0.0).rest(0.5)
    spans, net, _ = contacts(late(samples(plan, attitude=POSES[pose], offset_n=offset_n, noise=1.0)))
    assert spans == [pytest.approx(crossings(plan), abs=0.008)]
    assert np.abs(net[at(0.6) : at(0.95)]).max() < 0.05
    assert np.abs(net[at(1.3) : at(2.0)] - 2.0).max() < 0.05


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 208.0, 416.0])
@pytest.mark.parametrize("force_n", [0.6, 1.0, 6.0])
@pytest.mark.parametrize("seconds", [0.05, 0.15, 0.4])
def test_a_contact_is_dated_back_to_where_the_force_passed(rate_hz, force_n, seconds):
    plan = Plan().rest(1.0).press(0.0, force_n, seconds).rest(1.0, force_n).press(force_n, 0.0, seconds).rest(0.5)
    rows = samples(plan, rate_hz, offset_n=0.4, noise=1.0)
    rows[:, 7] = np.interp(rows[:, 0] - 9.0, rows[:, 0], rows[:, 7])
    spans, _, _ = contacts(rows, Settings.from_dict({"rate_hz": int(rate_hz)}), rate_hz)
    slope = 1.5 * force_n / seconds
    assert spans == [pytest.approx(crossings(plan), abs=0.008 + 0.02 / slope + 0.2 / rate_hz)]


def test_contact_has_hysteresis():
    plan = Plan().rest(1.0).press(0.0, 0.33, 0.2).rest(0.08, 0.33).press(0.33, 0.5)
    plan.press(0.5, 0.27).rest(0.08, 0.27).press(0.27, 0.5).rest(0.3, 0.5).press(0.5, 0.0).rest(0.3)
    spans, _, _ = contacts(late(samples(plan)))
    assert len(spans) == 1
    assert spans[0] == pytest.approx([crossings(plan)[0], crossings(plan)[-1]], abs=0.012)


def test_a_lasting_force_below_the_bound_ends_a_contact():
    plan = Plan().rest(1.0).press(0.0, 2.0).press(2.0, 0.26).rest(0.6, 0.26)
    spans, _, _ = contacts(late(samples(plan)))
    assert spans == [pytest.approx(crossings(plan), abs=0.012)]


def test_one_block_of_less_force_ends_no_contact():
    for first in range(at(1.7), at(1.7) + 4):
        rows = samples(Plan().rest(1.0).press(0.0, 1.0).rest(1.0, 1.0))
        rows[first : first + 4, 7] -= 950
        spans, _, _ = contacts(rows)
        assert len(spans) == 1
        assert spans[0][1] is None


def test_a_drift_out_of_contact_is_followed():
    rows = samples(Plan().rest(60.0))
    rows[:, 7] += np.linspace(0, 100, len(rows)).astype(int)
    spans, net, _ = contacts(rows)
    assert spans == []
    assert np.abs(net[2000:]).max() < 0.03


def test_a_light_touch_is_not_tared_away():
    plan = Plan().rest(1.0).press(0.0, 0.6).rest(20.0, 0.6).press(0.6, 0.0).rest(0.5)
    spans, net, _ = contacts(samples(plan))
    assert len(spans) == 1
    assert net[at(20)] == pytest.approx(0.6, abs=0.02)


def test_a_slow_landing_is_not_tared_away():
    plan = Plan().rest(0.6).press(0.0, 0.6, 0.5).rest(1.0, 0.6)
    _, net, _ = contacts(late(samples(plan)))
    assert net[at(1.5) : at(2.0)] == pytest.approx(0.6, abs=0.03)


def test_a_hand_that_hovers_on_the_skin_is_tared_slowly():
    plan = Plan().rest(1.5).press(0.0, 0.25).rest(1.0, 0.25).press(0.25, 0.6).rest(1.0, 0.6)
    spans, net, _ = contacts(late(samples(plan)))
    assert len(spans) == 1
    assert net[at(3.0) : at(3.5)].min() > 0.55


def test_a_force_below_zero_is_the_offsets_fault():
    plan = Plan().rest(1.0, 0.6).press(0.6, 0.0).rest(2.0).press(0.0, 0.7).rest(1.0, 0.7)
    spans, net, _ = contacts(late(samples(plan)))
    assert np.abs(net[at(1.9) : at(3.0)]).max() < 0.05
    assert spans[-1][0] == pytest.approx(crossings(plan)[-1], abs=0.012)


@pytest.mark.parametrize("offset_n", [-0.5, 0.5])
def test_a_first_touch_comes_soon_after_the_start(offset_n):
    plan = Plan().rest(0.4).press(0.0, 0.7).rest(0.6, 0.7).press(0.7, 0.0).rest(0.3)
    spans, _, _ = contacts(late(samples(plan, offset_n=offset_n)))
    assert spans == [pytest.approx(crossings(plan), abs=0.015)]


def test_a_session_may_begin_in_motion():
    press = np.zeros(round(4 * RATE_HZ))
    press[at(1.5) : at(3)] = 0.9
    rows = in_the_air(4.0, push=(4, 3, 6), freq=3.0, start_s=-1.0, press_n=press)
    rows[:, 7] += 400
    spans, _, _ = contacts(rows)
    assert spans == [pytest.approx([1.5, 3.0], abs=0.03)]


@pytest.mark.parametrize("freq", [2.5, 4.0, 6.0])
def test_a_shake_is_no_contact(freq):
    assert contacts(in_the_air(3.0, push=(5, 5, 12), freq=freq))[0] == []


@pytest.mark.parametrize("freq", [3.0, 5.0])
@pytest.mark.parametrize("late_by", [0, 1, 2, 3])
def test_sensors_that_lag_make_no_contact_of_a_shake(freq, late_by):
    assert contacts(in_the_air(3.0, push=(3, 3, 12), freq=freq, late_by=late_by))[0] == []


def test_the_head_swings_where_the_imu_turns():
    press = np.zeros(round(3 * RATE_HZ))
    press[at(1.2) : at(2.6)] = 1.2
    spans, _, _ = contacts(in_the_air(3.0, turn=(0, 4, 0), freq=4.0, press_n=press))
    assert spans == [pytest.approx([1.2, 2.6], abs=0.03)]


def test_a_head_that_circles_pulls():
    t = np.arange(round(3 * RATE_HZ)) / RATE_HZ
    rows = in_the_air(3.0)
    spin = 6.0 * np.clip((t - 1.0) / 0.5, 0, 1)  # rad/s about x and z at once: 0.54 N at the head, none at the IMU
    rows[:, 4] = rows[:, 6] = np.rint(np.degrees(spin) / 35e-3)
    rows[:, 7] -= np.rint(1000 * 0.15 * LEVER_M * spin**2).astype(int)
    _, net, _ = contacts(rows)
    assert np.abs(net[at(1.2) : at(1.6)]).max() < 0.06


def test_what_pulls_as_much_as_it_presses_is_no_contact():
    rows = in_the_air(4.0)
    t = rows[:, 0] / 1000.0
    rows[:, 7] += np.rint(-600 * np.sin(2 * np.pi * 4.0 * (t - 1.0)) * (t > 1.0)).astype(int)
    assert contacts(rows)[0] == []


def test_a_jolt_is_no_contact():
    rows = samples(Plan().rest(2.0))
    rows[at(1.0) : at(1.1), 3] += 4098  # half a g more for 0.1 s, as in a knock, without the head's answer in the force
    assert contacts(rows)[0] == []


def test_an_imu_mounted_askew_is_learned():
    poses = ["upright", "nose up", "on its side", "upside down"]
    plan, skew = Plan().rest(1.5), np.radians(10.0)
    mount = np.array([[np.cos(skew), 0, np.sin(skew)], [0, 1, 0], [-np.sin(skew), 0, np.cos(skew)]])
    rounds = []
    for pose in poses * 3:
        rows = samples(plan, attitude=POSES[pose], offset_n=0.3)
        rows[:, 1:4] = np.rint(rows[:, 1:4] @ mount)
        rounds.append(rows)
    rows = np.concatenate(rounds)
    rows[:, 0] = np.floor(np.arange(len(rows)) * 1000.0 / RATE_HZ)
    spans, net, _ = contacts(rows)
    assert spans == []
    known = net[2 * len(rows) // 3 :]
    assert np.abs(known).max() < 0.06, "poses that were met before are known, from their first moment"


def test_the_mean_force_is_that_of_the_block():
    rows = late(samples(Plan().rest(1.0).press(0.0, 3.0).rest(1.0, 3.0)))
    rows[at(1.3) :, 7] += np.where(np.arange(len(rows) - at(1.3)) % 2, 400, -400)
    _, net, _ = contacts(rows)
    assert np.abs(net[at(1.4) :] - 3.0).max() < 0.05


def test_a_hole_in_time_is_not_interpolated():
    rows = samples(Plan().rest(1.0).press(0.0, 3.0).rest(1.0, 3.0))
    rows = np.concatenate([rows[: at(0.9)], rows[at(1.5) :]])
    spans, _, _ = contacts(rows)
    assert spans[0][0] == pytest.approx(1.5, abs=0.02)


def creeping(plan, creep, seconds):
    """Return rows of an FSR that keeps a part of its load for so long."""
    rows = samples(plan, mass_g=0.0)
    rest, pace = 0.0, 1 - np.exp(-1 / (seconds * RATE_HZ))
    for row in rows:
        rest += (row[7] - rest) * pace
        row[7] = max(0, round(row[7] + creep * rest))
    return rows


def test_an_fsr_that_creeps_leaves_with_the_force():
    plan = Plan().rest(1.0).press(0.0, 8.0).rest(4.0, 8.0).press(8.0, 0.0).rest(3.0)
    spans, net, _ = contacts(creeping(plan, 0.08, 2.0), fsr())
    assert spans == [pytest.approx(crossings(plan), abs=0.03)]
    assert np.abs(net[at(6.4) : at(9.0)]).max() < 0.05


def test_an_fsr_s_creep_is_taken_out():
    plan = Plan().rest(1.0).press(0.0, 4.0).rest(9.0, 4.0)
    _, net, _ = contacts(creeping(plan, 0.06, 2.0), fsr())
    loaded = net[at(1.3) :]
    assert loaded.max() / loaded.min() < 1.03


def test_an_fsr_reads_low_while_rising_and_high_while_falling():
    plan = Plan().rest(1.0).press(0.0, 3.8, 0.3).rest(0.5, 3.8).press(8.4, 4.2, 0.3).rest(0.5, 4.2)
    _, net, _ = contacts(samples(plan, mass_g=0.0), fsr())
    assert net[at(1.35) : at(1.6)].mean() == pytest.approx(4.0, rel=0.03)
    assert net[at(2.15) : at(2.4)].mean() == pytest.approx(4.0, rel=0.05)


def test_an_fsr_s_preload_is_tared_and_its_gap_is_not():
    plan = Plan().rest(1.0, 0.4).press(0.4, 1.4).rest(0.5, 1.4).press(1.4, 0.4).rest(0.5, 0.4).press(0.4, 0.0).rest(1.0)
    plan.press(0.0, 1.0).rest(0.3, 1.0)
    spans, net, _ = contacts(samples(plan, mass_g=0.0), fsr())
    assert len(spans) == 2
    assert net[at(1.3) : at(1.6)].mean() == pytest.approx(1.05, abs=0.08)
    assert net[-1] == pytest.approx(1.05, abs=0.1)


def test_a_force_as_it_stands_has_no_weight_and_no_tare():
    settings = Settings()
    settings.force_as_is = True
    rows = samples(Plan().rest(5.0))
    rows[:, 7] = 3000
    spans, net, _ = contacts(rows, settings)
    assert spans[0][0] == 0.0
    assert set(net) == {3.0}
    rows[:, 7] = 0
    assert contacts(rows, settings)[0] == []


def test_unknown_force_is_a_state_of_its_own():
    plan = Plan().rest(1.0).press(0.0, 3.0).rest(1.0, 3.0)
    rows = samples(plan)
    gap = slice(at(1.5), at(1.5) + 8)
    rows[gap, 7] = FORCE_UNKNOWN
    spans, _, found = contacts(rows)
    assert len(spans) == 1, "40 ms without a force are bridged"
    assert of_type(found, FAULT) == []
    rows[at(1.5) : at(1.8), 7] = FORCE_UNKNOWN
    spans, _, found = contacts(rows)
    assert [f["code"] for f in of_type(found, FAULT)] == [FAULT_FORCE_UNKNOWN]
    assert [c["cue"] for c in of_type(found, CUE)] == [CUE_SENSOR]
    assert len(spans) == 2
    assert spans[0][1] == pytest.approx(1.5, abs=0.02)
    assert spans[1][0] == pytest.approx(1.8, abs=0.02)


def test_a_force_never_known_opens_no_session():
    rows = samples(Plan().rest(1.0))
    rows[:, 7] = FORCE_UNKNOWN
    found = run(rows)
    assert of_type(found, SESSION_START) == []
    assert len(of_type(found, FAULT)) == 1
