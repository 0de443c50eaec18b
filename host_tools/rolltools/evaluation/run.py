# SPDX-License-Identifier: MIT
"""Plays sessions of the modelled hand to the engine, its peers and the ceiling, on as many processes as wanted."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from .. import hand
from ..hand.scenarios import TABLE
from ..replay import replay
from . import ceiling, figures, peers, targets
from .figures import Played

Answer = dict[str, Any]


class Job(NamedTuple):
    """One session to play; `sensor` loadcell or fsr, None takes the scenario's own."""

    scenario: str
    seed: int
    rate_hz: float
    sensor: str | None = None


def play(job: Job) -> Played:
    """Make the session of a job and let everybody find its strokes."""
    sensor = job.sensor or TABLE[job.scenario].sensor
    fsr = sensor == "fsr"
    recording, labels = hand.make(job.scenario, job.seed, job.rate_hz, force_sensor=sensor)
    pressed = peers.contact(recording, 0.0 if fsr else peers.HEAD_KG)
    return Played(
        scenario=job.scenario,
        seed=job.seed,
        fsr=fsr,
        labels=labels,
        engine=replay(recording, {"force_sensor": "fsr"} if fsr else None),
        peers={name: {"strokes": find(recording, pressed)} for name, find in peers.PEERS.items()},
        ceiling={"strokes": ceiling.integrate(recording, labels["strokes"], hand.LEVER_M)},
    )


def play_all(jobs: Sequence[Job], processes: int, advance: Callable[[float], None]) -> list[Played]:
    """Play every job; `advance` hears of each that is done."""
    played = []
    with _mapper(min(processes, len(jobs))) as mapped:
        for one in mapped(play, jobs):
            played.append(one)
            advance(1)
    return played


@contextmanager
def _mapper(processes: int) -> Iterator[Callable[..., Iterator[Any]]]:
    if processes < 2:
        yield map
        return
    # Ctrl-C is the parent's business: a worker that hears it, too, fills the screen with its traceback.
    with ProcessPoolExecutor(processes, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        try:
            yield pool.map
        finally:
            pool.shutdown(cancel_futures=True)


def summarize(played: Sequence[Played], rate_hz: float, sensor: str | None = None) -> Answer:
    """Return all figures of one rate and sensor: by scenario, in the order in which they were played, and pooled."""
    names = list(dict.fromkeys(one.scenario for one in played))
    seeds = sorted({one.seed for one in played})
    by_name = {name: [one for one in played if one.scenario == name] for name in names}
    scenarios = {name: _scenario(name, sessions) for name, sessions in by_name.items()}
    return {
        "rate_hz": rate_hz,
        "sensor": sensor,
        "seeds": [seeds[0], seeds[-1]],
        "scenarios": scenarios,
        "pooled": _pooled(by_name),
        "targets": {name: sum(one[name] for one in scenarios.values()) for name in ("reached", "measured")},
    }


def _scenario(name: str, played: Sequence[Played]) -> Answer:
    engine = figures.engine_figures(played)
    goals = targets.of(name, bool(engine["strokes"]), played[0].fsr)
    missed = [figure for figure, goal in goals.items() if goal.missed(engine[figure])]
    measured = sum(engine[figure] is not None for figure in goals)
    return {
        "engine": engine,
        "targets": {figure: goal.limit for figure, goal in goals.items()},
        "missed": missed,
        "reached": measured - len(missed),
        "measured": measured,
        "peers": {peer: figures.peer_figures(played, peer) for peer in peers.PEERS},
        "ceiling": figures.ceiling_figures(played),
    }


def _pooled(by_name: dict[str, list[Played]]) -> Answer:
    """Return the figures over all scenarios with strokes; false strokes are counted where there are only distractors.

    `hard_enough` is None where the scenarios that would tell were not played.
    """
    rolled = [one for played in by_name.values() if any(p.labels["strokes"] for p in played) for one in played]
    still = [one for played in by_name.values() if not any(p.labels["strokes"] for p in played) for one in played]
    fooled = by_name.get(targets.DISTRACTORS, [])
    false = figures.engine_figures(still)["false_per_min"] if still else None
    if not rolled:
        nobody = {"engine": None, "peers": None, "ceiling": None, "too_easy": None, "hard_enough": None}
        return {"strokeless_false_per_min": false} | nobody
    found = {peer: figures.peer_figures(rolled, peer) for peer in peers.PEERS}
    for peer, its in found.items():
        its["false_per_min"] = figures.peer_figures(fooled, peer)["false_per_min"] if fooled else None
    easy = {
        peer: [name for name, goal in targets.PEERS[peer].items() if goal.missed(found[peer][name])] for peer in found
    }
    return {
        "engine": figures.engine_figures(rolled),
        "strokeless_false_per_min": false,
        "peers": found,
        "ceiling": figures.ceiling_figures(rolled),
        "too_easy": easy,
        "hard_enough": not any(easy.values()) if fooled else None,
    }
