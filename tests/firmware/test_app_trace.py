# SPDX-License-Identifier: MIT
"""A full trace of the whole firmware, replayed from the state in its log: the same events, to the bit."""

import json

import pytest
from samples import SampleFile

from rolltools import hand, replay
from rolltools.errors import RollerError
from rolltools.log_replay import replay_log
from rolltools.recording import write_chip_samples

STEPS = [{"name": "left", "seconds": 8, "side": "left"}, {"name": "right", "seconds": 8, "over_limit_n": 4}]


def traced(make_rig, tmp_path, scenario, seed, routine=False, held_s=None, low_at_s=None, **settings):
    """Record a session of the modelled hand with a full trace; return its file."""
    truth = hand.make(scenario, seed, duration_s=30.0)
    write_chip_samples(truth.recording, tmp_path / "samples")
    with (tmp_path / "samples").open("rb") as stream:
        rig = make_rig(SampleFile(stream), {"trace": "full", **settings})
        if routine:
            (rig.root / "routine.json").write_text(json.dumps({"steps": STEPS}))
        for down_s, up_s in [held_s] if held_s else [(9.0, 9.2), (14.0, 14.2)]:
            rig.at(down_s, lambda: rig.world.press(True))
            rig.at(up_s, lambda: rig.world.press(False))
        if low_at_s is not None:
            rig.at(low_at_s, lambda: setattr(rig.world.chips["gauge"], "millivolts", 3250))
        rig.run(45.0)
    assert rig.error is None
    return sorted(rig.root.glob("sessions/*.roll"))[0]


@pytest.mark.parametrize("scenario", ["demo", "overpressure", "everything"])
@pytest.mark.parametrize("vm", ["cpython", "micropython"])
def test_the_engine_says_the_same_again(make_rig, tmp_path, vm64, scenario, vm):
    path = traced(make_rig, tmp_path, scenario, 3)
    again = replay_log(path, vm)
    assert again.events > 20
    assert again.different == 0


def test_the_32_bit_vm_says_the_same_again(make_rig, tmp_path, vm32, monkeypatch):
    monkeypatch.setattr(replay, "micropython_command", lambda: vm32)
    again = replay_log(traced(make_rig, tmp_path, "everything", 3), "micropython")
    assert again.events > 20
    assert again.different == 0


def test_presses_and_a_routine_are_played_again(make_rig, tmp_path):
    path = traced(make_rig, tmp_path, "overpressure", 3, routine=True)
    again = replay_log(path)
    assert [step["step"] for step in again.answer["steps"]] == [1, 2, 0]
    assert again.different == 0


@pytest.mark.parametrize("at_s", [6.0, 9.5])
def test_a_session_that_the_button_ends_is_played_again_to_its_end(make_rig, tmp_path, at_s):
    again = replay_log(traced(make_rig, tmp_path, "overpressure", 3, held_s=(at_s, at_s + 1.2)))
    assert again.events > 5
    assert again.different == 0


def test_a_battery_that_runs_low_mutes_the_replay_as_well(make_rig, tmp_path):
    again = replay_log(traced(make_rig, tmp_path, "overpressure", 3, low_at_s=1.0))
    assert [cue.get("played") for cue in again.answer["cues"]][-1:] == [False]
    assert again.different == 0


def test_a_log_without_a_full_trace_cannot_be_replayed(make_rig, tmp_path):
    with pytest.raises(RollerError, match="no full trace"):
        replay_log(traced(make_rig, tmp_path, "overpressure", 3, trace="compact"))
