# SPDX-License-Identifier: MIT
"""A routine through the whole firmware: its cues in the motor, the button, its steps in the log."""

import json

import pytest
from fakes.app_rig import pressed

STEPS = [
    {"name": "left cheek", "seconds": 5, "side": "left"},
    {"name": "right cheek", "seconds": 60, "side": "right", "over_limit_n": 6},
]
HELD = [(1.0, 0.0), (12.0, 4.0), (1.0, 0.0)]


def led(make_rig, text, steps=HELD):
    rig = make_rig(pressed(steps))
    (rig.root / "routine.json").write_text(text)
    rig.at(10.0, lambda: rig.world.press(True))
    rig.at(10.2, lambda: rig.world.press(False))
    rig.run(sum(seconds for seconds, _ in steps))
    assert rig.error is None
    return rig


def test_the_hand_feels_each_change_and_the_log_keeps_it(make_rig):
    rig = led(make_rig, json.dumps({"steps": STEPS}))
    session = rig.session()
    assert session.routine == {"steps": STEPS}
    assert [(step.step, step.name, step.side, step.over_limit_n) for step in session.steps] == [
        (1, "left cheek", "left", 10.0),
        (2, "right cheek", "right", 6.0),
        (0, "", "", 10.0),
    ]
    assert session.steps[1].t_s - session.steps[0].t_s == pytest.approx(5.0, abs=0.1)
    assert [(cue.cue, cue.played) for cue in session.cues] == [("switch", True), ("done", True)]
    assert session.marks == []
    begun_s = rig.motor_spans()[0][0] - session.cues[0].t_s
    for cue in session.cues:
        assert any(abs(start - begun_s - cue.t_s) < 0.05 for start, _ in rig.motor_spans())


@pytest.mark.parametrize("text", ["{", "[]", '{"steps": []}', '{"steps": [{"name": "x", "seconds": 1e9}]}'])
def test_a_bad_routine_is_named_and_the_roller_goes_on_without_it(make_rig, text):
    session = led(make_rig, text).session()
    assert [fault.code for fault in session.faults] == ["settings"]
    assert session.steps == [] and session.routine == {}
    assert len(session.marks) == 1
