# SPDX-License-Identifier: MIT
"""The same replay gives the same bytes on CPython, 64-bit MicroPython, and one with the small ints of the ESP32."""

import json
from itertools import product

import pytest

from rolltools import hand
from rolltools.hand.scenarios import TABLE
from rolltools.replay import _run_here, make_job, replay, run_on
from rolltools.replay_result import compose

CASES = [
    ("demo", 1, 208.0, {}),
    ("everything", 2, 104.0, {}),
    ("overpressure", 3, 416.0, {"over_limit_n": 4.0, "ceiling_n": 12.0, "over_hold_ms": 60}),
    ("erm", 4, 208.0, {"imu_to_head_mm": 60}),
    ("fsr", 5, 52.0, {"force_sensor": "fsr"}),
    ("slow", 6, 203.7, {"head_mass_g": 200}),
    ("distractors", 7, 208.0, {"trace": "full"}),
    ("walking", 8, 15.5, {}),
]
SWEEP = [  # every scenario as it is, a whole session
    (name, 20, rate_hz, {"force_sensor": scenario.sensor})
    for (name, scenario), rate_hz in product(TABLE.items(), (104.0, 208.0))
]


def quiet(_count):
    """Take no notice of progress."""


def name_of(case):
    return f"{case[0]}-{case[2]:g}"


def text_of(rows, recording):
    return json.dumps(compose(rows, float(recording.t_s[0]), float(recording.t_s[-1])))


def both(case, command, duration_s=25.0):
    name, seed, rate_hz, settings = case
    recording = hand.make(name, seed, rate_hz, duration_s).recording
    job = make_job(recording, settings)
    here, there = _run_here(job, quiet), run_on(command, job, quiet)
    assert here or name in hand.STROKELESS, "a session without one event proves nothing"
    assert here == there
    assert text_of(here, recording) == text_of(there, recording)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_64_bit_vm_replays_as_cpython_does(case, vm64):
    both(case, vm64)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_32_bit_vm_replays_as_cpython_does(case, vm32):
    both(case, vm32)


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", SWEEP, ids=name_of)
def test_every_scenario_on_the_64_bit_vm(case, vm64):
    both(case, vm64, None)


@pytest.mark.exhaustive
@pytest.mark.parametrize("case", SWEEP, ids=name_of)
def test_every_scenario_on_the_32_bit_vm(case, vm32):
    both(case, vm32, None)


def test_replay_names_the_vm_and_tells_its_progress(vm64):
    recording = hand.make("lifts", 9, duration_s=25.0).recording
    told = []
    on_vm = replay(recording, vm="micropython", advance=told.append)
    assert on_vm == replay(recording)
    assert sum(told) == len(recording) // 4096 * 4096
