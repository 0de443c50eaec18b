# SPDX-License-Identifier: MIT
"""evaluate: peers and ceiling on a recording whose truth is known, the figures, the targets, the command."""

import json
import re

import numpy as np
import pytest

from rolltools import console, hand
from rolltools.cli import app
from rolltools.evaluation import HELD_OUT_FIRST, ceiling, figures, peers, run, tables, targets
from rolltools.recording import Recording
from rolltools.scoring import compare, overlap

RATE_HZ, LEVER_M, GRAVITY = 208.0, 0.1, 9.80665
MOVES = ((2.3, 1.0, 0.06), (4.0, 1.0, -0.06), (7.5, 1.0, 0.06))  # start s, span s, way m; the last one in the air
PRESSED = (2.0, 5.5)
WHO = sorted(peers.PEERS)


def rolled(curve_per_m: float, bias_dps: float = 0.0) -> tuple[Recording, dict]:
    """Return a knead of two strokes of 6 cm, then the same motion in the air, on a surface of one curvature."""
    t = np.arange(0.0, 10.0, 1.0 / RATE_HZ)
    speed = np.zeros_like(t)
    strokes = []
    for start, span, way in MOVES:
        x = np.clip((t - start) / span, 0.0, 1.0)
        shape = 30.0 * x**2 * (1.0 - x) ** 2
        speed += shape * way / span
        fast = t[shape > 0.05 * shape.max()]
        strokes.append({"t_start": fast[0], "t_end": fast[-1], "dir": int(np.sign(way)), "length_cm": 6.0})
    angle = np.cumsum(speed) / RATE_HZ * curve_per_m
    ahead = np.stack([np.cos(angle), 0.0 * t, -np.sin(angle)], axis=1)
    up = np.stack([np.sin(angle), 0.0 * t, np.cos(angle)], axis=1)
    velocity = speed[:, None] * ahead - LEVER_M * np.gradient(ahead, 1.0 / RATE_HZ, axis=0)
    felt = np.gradient(velocity, 1.0 / RATE_HZ, axis=0) / GRAVITY + (0.0, 0.0, 1.0)
    accel = np.stack([(felt * ahead).sum(axis=1), felt[:, 1], (felt * up).sum(axis=1)], axis=1)
    gyro = np.full_like(accel, bias_dps)
    gyro[:, 1] += np.degrees(np.gradient(angle, 1.0 / RATE_HZ))
    force = 3.0 * ((t > PRESSED[0]) & (t < PRESSED[1])) - 0.15 * GRAVITY * accel[:, 2] + 0.2
    made = Recording("rolled", RATE_HZ, t, accel, gyro, force)
    more = {"kind": "knead", "mean_n": 3.0, "peak_n": 3.0}
    labels = {"duration_s": 10.0, "over_thr_n": 10.0, "overpressure": [], "near": []}
    return made, labels | {"strokes": [stroke | more for stroke in strokes[:2]]}


def found_by(who: str, made: Recording) -> list[dict]:
    return peers.PEERS[who](made, peers.contact(made, peers.HEAD_KG))


def test_contact_is_found_under_offset_and_the_weight_of_the_head():
    made, _ = rolled(12.0)
    pressed = peers.contact(made, peers.HEAD_KG)
    assert made.t_s[pressed].min() == pytest.approx(PRESSED[0], abs=0.03)
    assert made.t_s[pressed].max() == pytest.approx(PRESSED[1], abs=0.05)
    assert pressed.sum() == pytest.approx((PRESSED[1] - PRESSED[0]) * RATE_HZ, abs=10)


@pytest.mark.parametrize("who", ["gyro", "causal"])
def test_the_gyro_peers_find_the_pressed_strokes_on_a_convex_surface_and_none_in_the_air(who):
    made, labels = rolled(12.0)
    found = found_by(who, made)
    assert [overlap(stroke, true) > 0.6 for stroke, true in zip(found, labels["strokes"], strict=True)] == [True, True]
    assert [stroke["dir"] for stroke in found] == [1, -1]


@pytest.mark.parametrize("who", ["gyro", "causal"])
def test_the_gyro_peers_take_every_stroke_the_wrong_way_on_a_concave_surface_and_see_none_on_a_flat_one(who):
    assert [stroke["dir"] for stroke in found_by(who, rolled(-12.0)[0])] == [-1, 1]
    assert found_by(who, rolled(0.0)[0]) == []


def test_the_accelerometer_peer_finds_them_on_a_flat_surface_and_none_in_the_air():
    made, labels = rolled(0.0)
    found = found_by("accel", made)
    result = compare({"strokes": found}, labels)
    assert (result.matched, result.direction) == (2, 1.0)
    assert max(stroke["t_end"] for stroke in found) < PRESSED[1] + 0.05


@pytest.mark.parametrize("who", WHO)
def test_no_peer_finds_a_stroke_where_nothing_is_touched(who):
    made, _ = rolled(12.0)
    made.force_n[:] = 0.2 - 0.15 * GRAVITY * made.accel_g[:, 2]
    assert found_by(who, made) == []


@pytest.mark.parametrize("curve_per_m", [12.0, 0.0, -12.0])
def test_the_ceiling_is_right_on_every_surface_with_a_biased_gyro(curve_per_m):
    made, labels = rolled(curve_per_m, bias_dps=0.8)
    found = ceiling.integrate(made, labels["strokes"], LEVER_M)
    assert [stroke["dir"] for stroke in found] == [1, -1]
    assert [stroke["length_cm"] for stroke in found] == pytest.approx([6.0, 6.0], rel=0.03)


def test_the_ceiling_falls_short_where_a_stroke_lands_moving():
    made, labels = rolled(0.0)
    late = labels["strokes"][0] | {"t_start": MOVES[0][0] + 0.4}
    (found,) = ceiling.integrate(made, [late], LEVER_M)
    true_cm = 6.0 * (1.0 - (10 * 0.4**3 - 15 * 0.4**4 + 6 * 0.4**5))
    assert found["dir"] == 1
    assert found["length_cm"] < 0.8 * true_cm


def test_a_peer_is_scored_on_what_it_says():
    made, labels = rolled(12.0)
    result = compare({"strokes": found_by("gyro", made)}, labels)
    assert (result.f1, result.direction) == (1.0, 1.0)
    assert (result.kind, result.length, result.mean_force, result.report_ms) == (None, None, None, None)


def test_the_interval_of_f1_is_the_same_every_time_and_tells_how_sure_it_is():
    few = [(20, 20, 20), (10, 20, 20), (18, 20, 22)]
    low, high = figures.f1_interval(few)
    assert (low, high) == figures.f1_interval(few)
    pooled = 2 * 48 / (60 + 62)
    assert 0.5 <= low < pooled < high <= 1.0
    more_low, more_high = figures.f1_interval(few * 20)
    assert low < more_low < pooled < more_high < high
    assert figures.f1_interval([(20, 20, 20)] * 5) == (1.0, 1.0)
    assert figures.f1_interval([(0, 0, 0)]) == (1.0, 1.0)


def played(scenario: str, true: list[dict], found: list[dict], fsr: bool = False) -> figures.Played:
    labels = rolled(0.0)[1] | {"strokes": true, "duration_s": 60.0}
    peer = {who: {"strokes": found} for who in WHO}
    return figures.Played(scenario, HELD_OUT_FIRST, fsr, labels, {"strokes": found}, peer, {"strokes": true})


def test_the_figures_of_three_sessions():
    a, b = (stroke | {"t_report": stroke["t_end"] + 0.1} for stroke in rolled(0.0)[1]["strokes"])
    extra = a | {"t_start": 20.0, "t_end": 21.0}
    late = b | {"t_start": b["t_start"] + 0.03, "dir": 1, "length_cm": 6.6}
    got = figures.engine_figures(
        [played("mixed", [a, b], [a, b]), played("mixed", [a, b], [a, late, extra]), played("mixed", [a, b], [])]
    )
    assert (got["strokes"], got["found"], got["precision"], got["recall"]) == (6, 5, 0.8, pytest.approx(4 / 6))
    assert (got["count_exact"], got["count_within_1"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (got["direction"], got["kind"]) == (0.75, 1.0)
    assert got["false_per_min"] == pytest.approx(1 / 3)
    assert got["start_p95_ms"] == pytest.approx(0.85 * 30.0)
    assert (got["report_ms"], got["length"]) == (pytest.approx(100.0), 0.0)
    assert got["f1_low"] < got["f1"] < got["f1_high"]


def test_the_targets_are_those_of_the_scenario():
    assert targets.of("mixed", True, False)["f1"].limit == 0.99
    assert targets.of("slow", True, False)["length"].limit == 0.25
    assert targets.of("everything", True, False)["direction"].limit == 0.97
    assert (targets.of("fsr", True, True)["mean_force"].limit, targets.of("fsr", True, True)["f1"].limit) == (
        0.12,
        0.98,
    )
    unnamed = targets.of("something new", True, False)
    assert "f1" not in unnamed and unnamed["direction"].limit == 0.99
    assert set(targets.of("idle", False, False)) >= {"false_per_min"}
    assert "f1" not in targets.of("idle", False, False)


def test_a_limit_is_kept_by_reaching_it_and_a_figure_that_does_not_exist_breaks_none():
    target = targets.of("mixed", True, False)["f1"]
    assert [target.missed(f1) for f1 in (0.98999, 0.99, None)] == [True, False, False]
    assert [targets.of("mixed", True, False)["length"].missed(error) for error in (0.081, 0.08)] == [True, False]


def test_every_target_belongs_to_a_scenario_and_to_a_figure():
    assert set(targets.CLEAN) | set(targets._F1) | set(targets._SPECIAL) | {targets.DISTRACTORS} <= set(hand.SCENARIOS)
    (a, b) = rolled(0.0)[1]["strokes"]
    known = figures.engine_figures([played("mixed", [a, b], [])])
    for name in hand.SCENARIOS:
        assert set(targets.of(name, True, False)) | set(targets.of(name, False, True)) <= set(known)


def test_scenarios_are_too_easy_where_a_peer_is_good_and_hard_enough_where_all_are_fooled(capsys):
    a, b = rolled(0.0)[1]["strokes"]
    false = [a | {"t_start": 10.0 + 2.0 * i, "t_end": 11.0 + 2.0 * i} for i in range(7)]
    fooled = played(targets.DISTRACTORS, [], false)
    easy = run.summarize([played("mixed", [a, b], [a, b]), fooled], RATE_HZ)["pooled"]
    assert easy["hard_enough"] is False
    assert easy["too_easy"]["causal"] == ["f1", "direction"]
    wrong_way = [a | {"dir": -1}, b, false[0]]
    answer = run.summarize([played("mixed", [a, b], wrong_way), fooled], RATE_HZ)
    assert answer["pooled"]["hard_enough"] is False  # F1 .8 is still too good for a causal one
    answer = run.summarize([played("mixed", [a, b], [*wrong_way, false[1]]), fooled], RATE_HZ)
    assert answer["pooled"]["hard_enough"] is True
    assert answer["pooled"]["peers"]["gyro"]["false_per_min"] == 7.0
    assert run.summarize([played("mixed", [a, b], [a, b])], RATE_HZ)["pooled"]["hard_enough"] is None
    assert run.summarize([fooled], RATE_HZ)["pooled"]["engine"] is None
    tables.show([answer])
    shown = capsys.readouterr().out
    row = next(line.split() for line in shown.splitlines() if line.startswith("mixed"))
    assert row[:4] == ["mixed", "2", "✗", "0.666/.99"]
    assert row[-1] == f"{answer['scenarios']['mixed']['reached']}/{answer['scenarios']['mixed']['measured']}"
    assert shown.endswith("these scenarios: hard enough\n")


def test_a_share_is_rounded_down_so_that_no_miss_looks_like_a_hit():
    assert tables.written(0.98997, "share") == "0.989"
    assert [tables.written(share, "share") for share in (0.99, 1.0, None)] == ["0.990", "1.000", "–"]
    assert [tables.written(-0.2, "ms"), tables.written(0.0831, "percent"), tables.written(0.1, "rate")] == [
        "0",
        "8.3",
        "0.10",
    ]


def evaluate(capsys, *args: str) -> tuple[int, str, str]:
    code = console.run(lambda: app(["evaluate", *args], prog_name="roller"))
    return code, *capsys.readouterr()


def test_the_command_gives_every_figure_as_json_whatever_the_number_of_processes(capsys):
    wanted = ("--scenario", "mixed", "--scenario", "distractors", "--scenario", "mixed", "--seeds", "1", "--json")
    code, out, err = evaluate(capsys, *wanted, "--jobs", "1")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert set(answer) == {"rate_hz", "sensor", "seeds", "scenarios", "pooled", "targets"}
    assert (answer["rate_hz"], answer["seeds"]) == (208.0, [1000, 1000])
    assert list(answer["scenarios"]) == ["mixed", "distractors"]
    mixed = answer["scenarios"]["mixed"]
    assert set(mixed) == {"engine", "targets", "missed", "reached", "measured", "peers", "ceiling"}
    assert mixed["engine"]["sessions"] == 1
    assert mixed["engine"]["strokes"] > 5
    assert mixed["ceiling"]["direction"] >= 0.9
    assert set(mixed["peers"]) == set(WHO)
    assert set(mixed["missed"]) <= set(mixed["targets"]) <= set(mixed["engine"])
    assert answer["scenarios"]["distractors"]["engine"]["f1"] is None
    assert isinstance(answer["pooled"]["hard_enough"], bool)
    assert evaluate(capsys, *wanted, "--jobs", "2")[1] == out


def test_the_command_prints_tables_that_fit_a_screen(capsys):
    code, out, _ = evaluate(capsys, "--scenario", "fsr", "--seeds", "1", "--jobs", "1", "--rate", "104")
    assert code == 0
    assert out.startswith("held-out seeds 1000-1000, 104 Hz")
    assert max(len(line) for line in out.splitlines()) <= 160
    assert "\x1b" not in out
    assert out.endswith("not known without distractors\n")


def test_an_unknown_scenario_gives_cause_and_cure(capsys):
    code, out, err = evaluate(capsys, "--scenario", "mixed", "--scenario", "mixd")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: there is no scenario 'mixd'\ncure:  choose among .*mixed.*\n", err)


def test_every_rate_is_played_with_every_sensor(capsys):
    wanted = ("--scenario", "fsr", "--scenario", "taps", "--seeds", "1", "--jobs", "1")
    several = ("--rate", "104", "--rate", "52", "--sensor", "fsr", "--sensor", "loadcell", "--rate", "104")
    code, out, _ = evaluate(capsys, *wanted, *several, "--json")
    assert code == 0
    answers = json.loads(out)
    runs = [(104.0, "fsr"), (104.0, "loadcell"), (52.0, "fsr"), (52.0, "loadcell")]
    assert [(one["rate_hz"], one["sensor"]) for one in answers] == runs
    with_fsr, with_cell = (one["scenarios"]["fsr"] for one in answers[:2])
    assert (with_fsr["targets"]["mean_force"], with_cell["targets"]["mean_force"]) == (0.12, 0.04)
    assert with_fsr["engine"]["strokes"] == with_cell["engine"]["strokes"]
    assert with_fsr["engine"]["mean_force"] != with_cell["engine"]["mean_force"]
    own = evaluate(capsys, *wanted, "--rate", "104", "--json")[1]
    assert json.loads(own)["scenarios"]["fsr"] == answers[0]["scenarios"]["fsr"]
    out = evaluate(capsys, *wanted, *several)[1]
    assert out.count("held-out seeds") == 4
    table = out.splitlines()[-4:]
    assert [line.split("  ")[0] for line in table] == [f"{rate:g} Hz, {sensor}" for rate, sensor in runs]
    assert max(len(line) for line in out.splitlines()) <= 160


def test_targets_are_counted_where_there_is_something_to_measure():
    a, b = rolled(0.0)[1]["strokes"]
    answer = run.summarize([played("mixed", [a, b], [a, b]), played("taps", [], [a])], RATE_HZ)
    mixed, taps = answer["scenarios"]["mixed"], answer["scenarios"]["taps"]
    assert mixed["missed"] == []
    assert mixed["reached"] == mixed["measured"] < len(mixed["targets"]), "nothing was announced or pressed too hard"
    assert (taps["missed"], taps["reached"], taps["measured"]) == (["false_per_min"], 1, 2)
    assert answer["targets"] == {"reached": mixed["reached"] + 1, "measured": mixed["measured"] + 2}
    assert answer["pooled"]["strokeless_false_per_min"] == 1.0


def test_an_fsr_has_no_harder_targets_in_one_scenario_than_in_another():
    assert targets.of("lifts", True, True)["f1"].limit == targets.of("fsr", True, True)["f1"].limit == 0.98
    assert targets.of("erm", True, True)["f1"].limit == 0.93
    assert "count_exact" in targets.of("lifts", True, False)
    assert "count_exact" not in targets.of("lifts", True, True)


@pytest.mark.parametrize(
    "args", [("--seeds", "0"), ("--rate", "20"), ("--sensor", "both"), ("--jobs", "0"), ("--seeds", "1001")]
)
def test_wrong_usage(capsys, args):
    assert evaluate(capsys, *args)[0] == 2
