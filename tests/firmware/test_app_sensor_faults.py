# SPDX-License-Identifier: MIT
"""A failing bridge converter under the whole firmware: register by register, to the log and the motor."""

import random

import pytest
from fakes.app_rig import AppRig
from fakes.board_rig import sample_file

from rollcore.fields import BAND_NAMES
from rollcore.status_light import light

FAILS_AT_S = 4.0
GREEN = light(0, BAND_NAMES.index("in_band"), True, False, False, False)
RATE_HZ = 208


def alive(steps, seed=1):
    """Return samples of a roller at rest in a hand, pressed in steps of (seconds, newtons), with the chips' noise."""
    chance = random.Random(seed)
    rows, force = [], 0.0
    for seconds, newtons in steps:
        for _ in range(round(seconds * RATE_HZ)):
            force += (newtons - force) * 0.1
            accel = [round(chance.gauss(mean, 750)) for mean in (0, 0, 1000000)]
            turn = [round(chance.gauss(0, 40)) for _ in range(3)]
            rows.append([*accel, *turn, round(1000 * force * chance.gauss(1, 0.02) - 1471 + chance.gauss(0, 5))])
    return sample_file(rows)


@pytest.fixture
def run(tmp_path, monkeypatch):
    def run_it(failure, steps, fails_at_s=FAILS_AT_S):
        options = {"failure": failure, "fails_at_us": round(fails_at_s * 1e6)}
        rig = AppRig(tmp_path, monkeypatch, alive(steps), force=options, settings={"session_gap_s": 30})
        rig.run(sum(seconds for seconds, _ in steps))
        assert rig.error is None
        return rig

    return run_it


def named(rig):
    """Return the faults of the force sensor in the log, with their time since power-on, and the cues for them."""
    session = rig.session()
    begun_s = next(t_s for t_s, value in rig.lights() if value)  # the LED goes on with the session
    faults = [(fault.code, fault.t_s) for fault in session.faults if fault.code.startswith("force")]
    cues = [cue.t_s for cue in session.cues if cue.cue == "sensor_fault"]
    return faults, cues, begun_s


PRESSED = [(2.0, 0.0), (6.0, 4.0)]


@pytest.mark.parametrize(
    ("failure", "name"), [("stuck", "force_stuck"), ("open", "force_unplugged"), ("noisy", "force_noisy")]
)
def test_a_failure_in_the_middle_of_a_press_is_named_and_felt_within_a_second(run, failure, name):
    rig = run(failure, PRESSED)
    faults, cues, begun_s = named(rig)
    assert [code for code, _ in faults] == [name]
    assert begun_s + faults[0][1] - FAILS_AT_S <= 1.05, "the light looks every 50 ms"
    assert cues == [faults[0][1]]
    assert rig.motor_spans()
    after = [v for t_us, n, v in rig.notes if n == "rgb" and t_us / 1e6 > begun_s + faults[0][1] + 0.1]
    assert GREEN not in after


def test_a_converter_that_clips_is_named_at_the_first_press_that_reaches_its_end(run):
    faults, cues, _ = named(run("clipped", [(2.0, 0.0), (2.5, 4.0), (3.0, 9.0)], 0.0))
    assert [code for code, _ in faults] == ["force_clipped"]
    assert faults[0][1] <= 2.5 + 0.2 + 1.0, "the session begins with the first press"
    assert cues == [faults[0][1]]


def test_swapped_wires_are_named_at_the_first_press(run):
    faults, cues, begun_s = named(run("swapped", [(2.0, 0.0), (3.0, 6.0)], 0.0))
    assert [code for code, _ in faults] == ["force_swapped"]
    assert begun_s + faults[0][1] <= 3.05 + 0.7, "the board is up after 0.7 s"
    assert cues == [faults[0][1]]


def test_a_drift_is_named_within_a_second_of_ten_out_of_contact(run):
    rig = run("drifting", [(1.0, 0.0), (1.0, 4.0), (16.0, 0.0)], 3.0)
    faults, cues, begun_s = named(rig)
    assert [code for code, _ in faults] == ["force_drift"]
    assert 3.0 < begun_s + faults[0][1] <= 3.0 + 0.7 + 11.05
    assert cues == [faults[0][1]]


def test_a_sound_converter_has_no_fault(run):
    faults, cues, _ = named(run("", [*PRESSED, (12.0, 0.0)]))
    assert (faults, cues) == ([], [])
