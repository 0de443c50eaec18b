# SPDX-License-Identifier: MIT
"""Scoring: known cases, and agreement with the reference where it is at hand."""

import importlib.util
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from rolltools import scoring

REFERENCE = Path(__file__).parents[2].parent / "shared" / "score" / "score.py"


def stroke(start, end, **more):
    made = {"t_start": start, "t_end": end, "t_report": end + 0.1, "dir": 1, "kind": "lift"}
    return made | {"length_cm": 5.0, "mean_n": 3.0, "peak_n": 4.0} | more


def labels(strokes=(), over=(), near=()):
    return {
        "duration_s": 60.0,
        "over_thr_n": 10.0,
        "strokes": list(strokes),
        "overpressure": list(over),
        "near": [list(span) for span in near],
    }


def test_the_truth_scores_perfectly():
    true = [stroke(1, 2), stroke(3, 4, dir=-1)]
    result = scoring.compare({"strokes": true}, labels(true))
    assert (result.precision, result.recall, result.f1, result.direction, result.kind) == (1, 1, 1, 1, 1)
    assert (result.start_ms, result.length, result.mean_force) == (0, 0, 0)
    assert result.report_ms == pytest.approx(100)


def test_a_missed_a_false_and_a_late_one():
    true = [stroke(1, 2), stroke(3, 4), stroke(5, 6)]
    found = [stroke(1.02, 2.04, dir=-1, length_cm=4.0), stroke(5, 6, kind="knead"), stroke(8, 9), stroke(3.8, 4.8)]
    result = scoring.compare({"strokes": found}, labels(true))
    assert (result.matched, result.precision, result.recall) == (2, 0.5, pytest.approx(2 / 3))
    assert (result.direction, result.kind) == (0.5, 0.5)
    assert (result.start_ms, result.length) == (pytest.approx(10), pytest.approx(0.1))


def test_each_stroke_is_matched_once_and_the_best_sum_wins():
    true = [stroke(0, 1), stroke(1, 2)]
    found = [stroke(0, 2), stroke(0, 0.9), stroke(0.1, 1.0)]
    assert scoring.pair(true, found) == [(0, 1), (1, 0)]


def test_nothing_at_all_is_right_where_there_is_nothing():
    result = scoring.compare({"strokes": [], "overpressure": []}, labels())
    assert (result.precision, result.recall, result.f1, result.direction) == (1, 1, 1, None)


def test_alarms_missed_and_false():
    over = [{"t_start": t, "t_end": t + 0.5, "peak_n": peak} for t, peak in ((1, 14), (5, 14), (9, 11))]
    near = [(1, 1.5), (5, 5.5), (9, 9.5), (20, 20.2)]
    found = {"overpressure": [{"t_on": 1.1}, {"t_on": 9.1}, {"t_on": 20.1}, {"t_on": 30.0}]}
    result = scoring.compare(found, labels(over=over, near=near))
    assert (result.over_true, result.over_missed, result.over_false) == (2, 1, 1)
    assert result.over_delay_ms == pytest.approx(100)


def random_case(rng):
    true, t = [], 0.0
    for _ in range(int(rng.integers(0, 12))):
        start = t + rng.uniform(0, 1)
        t = start + rng.uniform(0.2, 1.5)
        true.append(stroke(start, t, dir=int(rng.choice([-1, 1])), kind=str(rng.choice(["lift", "knead"]))))
    found = []
    for s in true:
        for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
            a, b = s["t_start"] + rng.normal(0, 0.15), s["t_end"] + rng.normal(0, 0.15)
            found.append(stroke(a, max(b, a + 0.05), dir=int(rng.choice([-1, 1])), length_cm=rng.uniform(3, 7)))
    over = [{"t_start": s["t_start"], "t_end": s["t_end"], "peak_n": rng.uniform(10, 14)} for s in true[::3]]
    alarms = [{"t_on": rng.uniform(0, 15)} for _ in range(int(rng.integers(0, 6)))]
    truth = labels(true, over, [(o["t_start"], o["t_end"]) for o in over])
    return truth, {"strokes": found, "overpressure": alarms}


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference score.py is not beside the project")
def test_it_agrees_with_the_reference_on_random_sessions():
    spec = importlib.util.spec_from_file_location("reference_score", REFERENCE)
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    rng = np.random.default_rng(11)
    for _ in range(60):
        cases = [random_case(rng) for _ in range(4)]
        wanted = reference.merge([reference.score(truth, found) for truth, found in cases])
        got = asdict(scoring.compare_all([(found, truth) for truth, found in cases]))
        names = {"n_true": "true", "n_det": "found", "precision": "precision", "recall": "recall", "f1": "f1"}
        names |= {"dir_acc": "direction", "kind_acc": "kind", "start_abs_ms": "start_ms", "end_abs_ms": "end_ms"}
        names |= {"len_err": "length", "mean_n_err": "mean_force", "report_latency_ms": "report_ms"}
        names |= {"over_true": "over_true", "over_false": "over_false", "over_latency_ms": "over_delay_ms"}
        for theirs, ours in names.items():
            assert (wanted[theirs] is None) == (got[ours] is None), theirs
            if wanted[theirs] is not None:
                assert got[ours] == pytest.approx(wanted[theirs], abs=2e-3), theirs
