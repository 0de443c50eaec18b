# SPDX-License-Identifier: MIT
"""The force path: head weight, offset and drift, contact with hysteresis, and force that is not known."""

import numpy as np
import pytest
from strokes import Plan, of_type, run, samples

from rollcore.events import CUE, FAULT, SESSION_START
from rollcore.faults import FAULT_FORCE_UNKNOWN
from rollcore.haptics import CUE_SENSOR
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings

TOWARDS_X = [[0, 0, 1], [0, 1, 0], [-1, 0, 0]]
POSES = {
    "upright": np.eye(3),
    "upside down": np.diag([1, -1, -1]),
    "nose up": np.array(TOWARDS_X),
    "on its side": np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]),
}


def contacts(rows, settings=None, rate_hz=208.0):
    """Return the spans in contact in s, and the net force at every sample in N."""
    spans, net = [], []

    def each(t_ms, engine):
        net.append(engine._force.net_mn / 1000.0)
        if engine.in_contact and (not spans or spans[-1][1] is not None):
            spans.append([t_ms / 1000.0, None])
        elif not engine.in_contact and spans and spans[-1][1] is None:
            spans[-1][1] = t_ms / 1000.0

    found = run(rows, rate_hz, settings, each=each)
    return spans, np.array(net), found


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("offset_n", [-0.5, 0.0, 0.5])
def test_weight_and_offset_are_taken_out_in_every_pose(pose, offset_n):
    plan = Plan().rest(1.0).press(0.0, 2.0).rest(1.0, 2.0).press(2.0, 0.0).rest(0.5)
    spans, net, _ = contacts(samples(plan, attitude=POSES[pose], offset_n=offset_n, noise=1.0))
    assert len(spans) == 1
    assert spans[0][0] == pytest.approx(1.05, abs=0.03)
    assert spans[0][1] == pytest.approx(2.25, abs=0.06)
    assert np.abs(net[int(0.6 * 208) : int(0.95 * 208)]).max() < 0.05
    assert np.abs(net[int(1.3 * 208) : int(2.0 * 208)] - 2.0).max() < 0.05


def test_contact_has_hysteresis():
    plan = Plan().rest(1.0).press(0.0, 0.30, 0.2).rest(0.2, 0.30).press(0.3, 0.4).press(0.4, 0.27).rest(0.3, 0.27)
    spans, _, _ = contacts(samples(plan.press(0.27, 0.0)))
    assert len(spans) == 1
    assert 1.4 < spans[0][0] < 1.56
    assert spans[0][1] > 1.95


def test_a_drift_out_of_contact_is_followed():
    plan = Plan().rest(60.0)
    rows = samples(plan)
    rows[:, 7] += np.linspace(0, 100, len(rows)).astype(int)
    spans, net, _ = contacts(rows)
    assert spans == []
    assert np.abs(net[2000:]).max() < 0.03


def test_a_light_touch_is_not_tared_away():
    plan = Plan().rest(1.0).press(0.0, 0.6).rest(20.0, 0.6).press(0.6, 0.0).rest(0.5)
    spans, net, _ = contacts(samples(plan))
    assert len(spans) == 1
    assert net[int(20 * 208)] == pytest.approx(0.6, abs=0.02)


def test_a_jolt_is_no_contact():
    rows = samples(Plan().rest(2.0))
    jolt = slice(int(1.0 * 208), int(1.1 * 208))
    rows[jolt, 3] += 4098  # half a g more for 0.1 s, as in a shake, without the head's answer in the force
    spans, _, _ = contacts(rows)
    assert spans == []


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
    gap = slice(int(1.5 * 208), int(1.5 * 208) + 8)
    rows[gap, 7] = FORCE_UNKNOWN
    spans, _, found = contacts(rows)
    assert len(spans) == 1, "40 ms without a force are bridged"
    assert of_type(found, FAULT) == []
    rows[int(1.5 * 208) : int(1.8 * 208), 7] = FORCE_UNKNOWN
    spans, _, found = contacts(rows)
    assert [f["code"] for f in of_type(found, FAULT)] == [FAULT_FORCE_UNKNOWN]
    assert [c["cue"] for c in of_type(found, CUE)] == [CUE_SENSOR]
    assert len(spans) == 2
    assert spans[0][1] == pytest.approx(1.55, abs=0.02)
    assert spans[1][0] == pytest.approx(1.8, abs=0.02)


def test_a_force_never_known_opens_no_session():
    rows = samples(Plan().rest(1.0))
    rows[:, 7] = FORCE_UNKNOWN
    found = run(rows)
    assert of_type(found, SESSION_START) == []
    assert len(of_type(found, FAULT)) == 1
