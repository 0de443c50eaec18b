# SPDX-License-Identifier: MIT
"""`roller evaluate`: how good the engine is, on modelled hands it was never tuned on."""

import os
from typing import Annotated

import typer

from .. import console
from ..errors import RollerError


def evaluate(
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="Only this one; give it again for more.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Sessions of each scenario.")] = 20,
    rate_hz: Annotated[float, typer.Option("--rate", min=50, max=416, help="Samples a second.")] = 208.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", min=1, help="Processes; one a core otherwise.")] = None,
) -> None:
    """Score the engine on modelled hands.

    Each scenario is played with the held-out seeds 1000, 1001, ...: nothing was developed or tuned on them. The same
    sessions go to three naive counters (peaks of gyro or accelerometer, gated by contact) and to the ceiling
    (integration between the true bounds). Targets stand beside the figures; a missed one is marked, and no failure.

    \b
    Example:
      roller evaluate --scenario mixed --scenario slow --seeds 10
    """
    from .. import hand
    from ..evaluation import HELD_OUT_FIRST, run, tables

    names = list(dict.fromkeys(scenario or hand.SCENARIOS))
    for name in names:
        if name not in hand.SCENARIOS:
            raise RollerError(f"there is no scenario {name!r}", f"choose among {', '.join(hand.SCENARIOS)}")
    work = [(name, HELD_OUT_FIRST + i, rate_hz) for name in names for i in range(seeds)]
    with console.progress(f"Playing {len(work)} sessions", len(work)) as advance:
        played = run.play_all(work, jobs or os.cpu_count() or 1, advance)
    answer = run.summarize(played, rate_hz)
    if as_json:
        console.print_json(answer)
    else:
        tables.show(answer)
