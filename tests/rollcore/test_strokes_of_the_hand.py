# SPDX-License-Identifier: MIT
"""The detector on the modelled hand, where everything is wrong at once that is wrong on a real roller."""

from strokes import of_type, revised, run

from rollcore.events import OVER_ON, STROKE
from rollcore.fields import KIND_NAMES
from rollcore.settings import Settings
from rolltools import hand
from rolltools.recording import engine_rows
from rolltools.scoring import compare_all

SEEDS = (101, 102, 103)


def play(scenario, seed, rate_hz=208.0):
    """Return (what the engine found in the form of a replay, the labels)."""
    session = hand.make(scenario, seed, rate_hz)
    found = run(engine_rows(session.recording), rate_hz, Settings.from_dict({"rate_hz": int(rate_hz)}))
    strokes = [
        {
            "t_start": s["start_ms"] / 1000,
            "t_end": s["end_ms"] / 1000,
            "t_report": s["report_ms"] / 1000,
            "dir": s["dir"],
            "kind": KIND_NAMES[s["kind"]],
            "length_cm": s["length_um"] / 10000,
            "mean_n": s["mean_mn"] / 1000,
        }
        for s in revised(found)
    ]
    alarms = [{"t_on": event["t_ms"] / 1000} for event in of_type(found, OVER_ON)]
    return {"strokes": strokes, "overpressure": alarms}, session.labels


def pooled(*scenarios, rate_hz=208.0):
    return compare_all([play(name, seed, rate_hz) for name in scenarios for seed in SEEDS])


def test_ordinary_strokes():
    c = pooled("lifts", "fast", "interrupted")
    assert c.f1 >= 0.85
    assert c.direction >= 0.95
    assert c.kind >= 0.9
    assert c.start_ms <= 30 and c.end_ms <= 30
    assert c.report_ms <= 150


def test_kneads_and_mixed():
    c = pooled("kneads", "mixed")
    assert c.f1 >= 0.75
    assert c.direction >= 0.95
    assert c.report_ms <= 150


def test_every_over_pressure_is_found_and_none_invented():
    c = pooled("overpressure", "demo", "distractors")
    assert c.over_true >= 5
    assert (c.over_missed, c.over_false) == (0, 0)
    assert c.over_delay_ms <= 130


def test_distractors_and_handling_hardly_ever_look_like_strokes():
    found = sum(len(play(name, seed)[0]["strokes"]) for name in ("distractors", "handling", "idle") for seed in SEEDS)
    assert found <= 6


def test_104_hz_finds_what_208_hz_finds():
    assert pooled("lifts", "fast", rate_hz=104.0).f1 >= pooled("lifts", "fast").f1 - 0.1


def test_no_stroke_without_a_force():
    session = hand.make("mixed", 101)
    rows = engine_rows(session.recording)
    rows[:, 7] = 0
    settings = Settings()
    settings.force_as_is = True
    assert of_type(run(rows, 208.0, settings), STROKE) == []
