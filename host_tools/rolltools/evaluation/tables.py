# SPDX-License-Identifier: MIT
"""The tables of an evaluation: a figure, its target behind the slash, and a cross before one that misses it."""

import math
from collections.abc import Sequence
from typing import Any

from .. import console
from . import targets

Answer = dict[str, Any]

# (column, figure, how it is written: "share" 0..1 with three digits, "percent", "ms", "rate" a minute)
_STROKES = (
    ("F1", "f1", "share"),
    ("direction", "direction", "share"),
    ("kind", "kind", "share"),
    ("count exact %", "count_exact", "percent"),
    ("within 1 %", "count_within_1", "percent"),
    ("false/min", "false_per_min", "rate"),
)
_MEASURES = (
    ("start ms", "start_ms", "ms"),
    ("p95", "start_p95_ms", "ms"),
    ("end ms", "end_ms", "ms"),
    ("p95", "end_p95_ms", "ms"),
    ("length error %", "length", "percent"),
    ("mean force error %", "mean_force", "percent"),
    ("announced after ms", "report_ms", "ms"),
    ("p95", "report_p95_ms", "ms"),
)
_OVER = (
    ("recall", "over_recall", "share"),
    ("delay ms", "over_delay_ms", "ms"),
    ("p95", "over_delay_p95_ms", "ms"),
    ("false/min", "over_false_per_min", "rate"),
)
_PEER_COLUMNS = (("F1", "f1", "share"), ("direction", "direction", "share"), ("false/min", "false_per_min", "rate"))
_SHORT = {
    "count_exact": "exact %",
    "length": "length %",
    "mean_force": "force %",
    "report_ms": "told ms",
    "count_within_1": "±1 %",
}
_CEILING_COLUMNS = (("direction", "share"), ("length", "percent"))


def written(value: float | None, how: str) -> str:
    """Return a figure as a person reads it; shares are rounded down, so that no miss looks like a hit."""
    if value is None:
        return "–"
    if how == "percent":
        return f"{100.0 * value:.1f}"
    if how == "share":
        return f"{math.floor(1000.0 * value + 1e-9) / 1000.0:.3f}"
    return f"{round(value)}" if how == "ms" else f"{value:.2f}"


def _goal(limit: float, how: str) -> str:
    return f"{100.0 * limit:g}" if how == "percent" else f"{limit:g}".removeprefix("0")


def _cell(value: float | None, how: str, limit: float | None, missed: bool) -> str:
    text = written(value, how)
    if limit is None or value is None:
        return text
    return f"{'✗ ' if missed else ''}{text}/{_goal(limit, how) or '0'}"


def _cells(one: Answer, columns: Sequence[tuple[str, str, str]]) -> list[str]:
    engine, limits, missed = one["engine"], one["targets"], one["missed"]
    return [_cell(engine[name], how, limits.get(name), name in missed) for _, name, how in columns]


def _sensor(answer: Answer) -> str:
    return answer["sensor"] or "own sensor"


def _columns(columns: Sequence[tuple[str, str, str]]) -> list[str]:
    return [f">{title}" for title, _, _ in columns]


def _interval(engine: Answer) -> str:
    if engine.get("f1") is None:
        return "–"
    return f"{engine['f1_low']:.3f}-{engine['f1_high']:.3f}"


def show(answers: Sequence[Answer]) -> None:
    """Print everything on stdout: the tables of each run, and where there are several, all of them in one."""
    for i, answer in enumerate(answers):
        if i:
            console.say()
        _show_run(answer)
    if len(answers) > 1:
        console.say()
        _show_runs(answers)


def _show_run(answer: Answer) -> None:
    scenarios: Answer = answer["scenarios"]
    first, last = answer["seeds"]
    console.say(
        f"held-out seeds {first}-{last}, {answer['rate_hz']:g} Hz, {_sensor(answer)}; "
        "figure/target, ✗ where a target is missed"
    )
    console.say()
    _show_strokes(scenarios)
    _show_measures(scenarios)
    _show_over(scenarios)
    _show_peers(scenarios)
    _show_runs([answer])
    console.say()
    _show_pooled(answer["pooled"])


def _show_strokes(scenarios: Answer) -> None:
    rows = []
    for name, one in scenarios.items():
        f1, *others = _cells(one, _STROKES)
        reached = f"{one['reached']}/{one['measured']}"
        rows.append((name, one["engine"]["strokes"], f1, _interval(one["engine"]), *others, reached))
    f1_title, *titles = _columns(_STROKES)
    columns = ("scenario", ">strokes", f1_title, ">95 % of F1", *titles, ">targets reached")
    console.table(columns, rows, "Strokes, and how many of all targets are reached")
    console.say()


def _show_measures(scenarios: Answer) -> None:
    rows = [(name, *_cells(one, _MEASURES)) for name, one in scenarios.items() if one["engine"]["strokes"]]
    if rows:
        console.table(("scenario", *_columns(_MEASURES)), rows, "Bounds, length, force, delay: median and p95")
        console.say()


def _show_over(scenarios: Answer) -> None:
    rows = []
    for name, one in scenarios.items():
        engine = one["engine"]
        if engine["over_true"] or engine["over_false"]:
            rows.append((name, engine["over_true"], *_cells(one, _OVER), engine["over_false"]))
    if rows:
        console.table(("scenario", ">events", *_columns(_OVER), ">false"), rows, "Over-pressure")
        console.say()


def _finders(one: Answer, figure: str, how: str) -> list[str]:
    """Return a figure of the engine and of each peer."""
    return [written(finder[figure], how) for finder in (one["engine"], *(one["peers"][who] for who in targets.PEERS))]


def _show_peers(scenarios: Answer) -> None:
    """Print F1, direction and false strokes of the engine and its peers side by side, and the ceiling."""
    peers = [f">{who}" for who in targets.PEERS]
    rows = []
    false = []
    for name, one in scenarios.items():
        false.append((name, *_finders(one, "false_per_min", "rate")))
        if one["engine"]["strokes"]:
            ceiling = one["ceiling"]
            lengths = [written(who["length"], "percent") for who in (one["engine"], ceiling)]
            direction = [*_finders(one, "direction", "share"), written(ceiling["direction"], "share")]
            rows.append((name, *_finders(one, "f1", "share"), *direction, *lengths))
    if rows:
        columns = (
            ">F1: engine",
            *peers,
            ">direction: engine",
            *peers,
            ">ceiling",
            ">length error %: engine",
            ">ceiling",
        )
        console.table(("scenario", *columns), rows, "Naive peers, and the ceiling: integration between the true bounds")
        console.say()
    console.table(("scenario", ">false/min: engine", *peers), false, "False strokes")
    console.say()


def _show_runs(answers: Sequence[Answer]) -> None:
    """Print one row a run: everything pooled, and how many targets of its scenarios are reached."""
    columns = [column for column in (*_STROKES[1:], *_MEASURES) if column[1] != "false_per_min"]
    rows, over = [], []
    for answer in answers:
        pooled, goals = answer["pooled"], answer["targets"]
        name = f"{answer['rate_hz']:g} Hz, {_sensor(answer)}"
        engine = pooled["engine"] or {}
        f1 = f"{written(engine.get('f1'), 'share')} ({_interval(engine)})"
        cells = [written(engine.get(figure), how) for _, figure, how in columns]
        false = written(pooled["strokeless_false_per_min"], "rate")
        rows.append((name, f1, *cells, false, f"{goals['reached']}/{goals['measured']}"))
        if engine.get("over_true"):
            over.append((name, engine["over_true"], *(written(engine[figure], how) for _, figure, how in _OVER)))
    titles = [f">{_SHORT.get(figure, title)}" for title, figure, _ in columns]
    title = "Engine, all scenarios with strokes; false/min where there is no stroke at all; targets reached"
    console.table(("pooled", ">F1 (95 %)", *titles, ">false/min", ">targets"), rows, title)
    if over:
        console.say()
        console.table(("pooled", ">events", *_columns(_OVER)), over, "Over-pressure, all scenarios with strokes")


def _show_pooled(pooled: Answer) -> None:
    if pooled["engine"] is None:
        return
    rows = []
    for peer, goals in targets.PEERS.items():
        figures, easy = pooled["peers"][peer], pooled["too_easy"][peer]
        cells = [_cell(figures[name], how, goals[name].limit, name in easy) for _, name, how in _PEER_COLUMNS]
        rows.append((peer, *cells))
    columns = ("peer", ">F1/at most", ">direction/at most", ">false/min/at least")
    console.table(columns, rows, f"Are the scenarios hard enough? Peers, pooled; false/min on {targets.DISTRACTORS}")
    direction, length = (written(pooled["ceiling"][name], how) for name, how in _CEILING_COLUMNS)
    console.say(f"ceiling, pooled: direction {direction}, length error {length} %")
    verdict = {True: "hard enough", False: "too easy", None: f"not known without {targets.DISTRACTORS}"}
    console.say(f"these scenarios: {verdict[pooled['hard_enough']]}")
