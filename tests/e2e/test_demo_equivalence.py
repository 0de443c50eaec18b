# SPDX-License-Identifier: MIT
"""What the board logs, through chips, buses and drivers, is what the replay of the same samples finds."""

from dataclasses import replace

import pytest

from rolltools import demonstration, hand
from rolltools.recording_csv import read_csv
from rolltools.replay import replay

BOUND_S = 0.020
LENGTH = 0.03


# Not every hand agrees. The board reads the force once a drain, so a touch is dated up to 12 ms otherwise than in the
# replay, and a head that lands moving is measured from there. Which ones do depends on the phase between the drains and
# the samples, and so on how long the boot takes: of seeds 1-16 all agree in full but 5, 7, 8, 9, 15 and 16.
# 5 does but for two starts 0.1 s off. A full trace is the exact way: `tests/firmware/test_app_trace.py`.
APART = {5: "two strokes start 0.1 s later in the replay"}


@pytest.fixture(scope="module", params=[1, *APART, 2, 3, 4, 12])
def outcome(request, vm64, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"demo{request.param}")
    steps = []
    result = demonstration.run(folder, request.param, steps.append)
    return result, read_csv(folder / demonstration.SAMPLES_NAME), steps, request.param


def test_the_board_logs_the_strokes_of_the_replay(outcome, request):
    result, samples, _, seed = outcome
    if seed in APART:
        request.applymarker(pytest.mark.xfail(strict=True, reason=APART[seed]))
    expected = replay(replace(samples, motor=None))["strokes"]
    found = result.found["strokes"]
    assert len(expected) > 20
    assert [(s["dir"], s["kind"]) for s in found] == [(s["dir"], s["kind"]) for s in expected]
    far = [
        (s["id"], s["t_start"] - e["t_start"], s["t_end"] - e["t_end"], s["length_cm"] / e["length_cm"] - 1.0)
        for s, e in zip(found, expected, strict=True)
        if abs(s["t_start"] - e["t_start"]) > BOUND_S
        or abs(s["t_end"] - e["t_end"]) > BOUND_S
        or abs(s["length_cm"] / e["length_cm"] - 1.0) > LENGTH
    ]
    assert not far


def test_the_board_logs_the_alarms_of_the_replay(outcome):
    result, samples, _, _ = outcome
    expected = replay(replace(samples, motor=None))["overpressure"]
    found = result.found["overpressure"]
    assert len(found) == len(expected) > 0
    for f, e in zip(found, expected, strict=True):
        assert f["t_on"] == pytest.approx(e["t_on"], abs=0.015)
        assert f["t_off"] == pytest.approx(e["t_off"], abs=0.015)
        assert f["peak_n"] == pytest.approx(e["peak_n"], rel=0.02)


def test_the_demo_says_what_it_does_and_comes_out_well(outcome):
    result, _, steps, seed = outcome
    assert len(steps) == 5
    assert result.labels["strokes"] == hand.make("demo", seed).labels["strokes"]
    assert result.session.state == "complete"
    assert result.comparison.over_missed == 0
    assert result.session.gaps == [] and result.session.faults == []
