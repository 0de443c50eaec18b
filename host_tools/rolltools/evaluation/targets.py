# SPDX-License-Identifier: MIT
"""What the engine has to reach on each scenario, and how hard the scenarios have to be for its peers.

The figures carry the names of `figures.engine_figures`. Shares 0..1, times in ms.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A limit that a figure has to keep, from above or from below."""

    limit: float
    at_least: bool

    def missed(self, figure: float | None) -> bool:
        """Tell whether a figure breaks the limit; one that does not exist breaks nothing."""
        if figure is None:
            return False
        return figure < self.limit if self.at_least else figure > self.limit


Targets = dict[str, Target]


def _at_least(limit: float) -> Target:
    return Target(limit, True)


def _at_most(limit: float) -> Target:
    return Target(limit, False)


CLEAN = ("lifts", "kneads", "fast", "mixed", "pauses", "walking")
_F1 = dict.fromkeys(CLEAN, 0.99) | {
    "light": 0.98,
    "tremor": 0.98,
    "lra": 0.98,
    "fsr": 0.98,
    "fsr_drift": 0.98,
    "overpressure": 0.98,
    "flat": 0.96,
    "slow": 0.95,
    "interrupted": 0.98,
    "everything": 0.95,
    "erm": 0.93,
}
_COUNT: Targets = {"count_exact": _at_least(0.9), "count_within_1": _at_least(1.0)}
_STROKES: Targets = {
    "direction": _at_least(0.99),
    "kind": _at_least(0.98),
    "start_ms": _at_most(20.0),
    "start_p95_ms": _at_most(60.0),
    "end_ms": _at_most(20.0),
    "end_p95_ms": _at_most(60.0),
    "length": _at_most(0.08),
    "mean_force": _at_most(0.04),
    "report_ms": _at_most(150.0),
    "report_p95_ms": _at_most(300.0),
}
_SPECIAL: dict[str, Targets] = {
    "everything": {"direction": _at_least(0.97), "kind": _at_least(0.97)},
    "erm": {"direction": _at_least(0.90)},
    "slow": {"length": _at_most(0.25)},
    "light": {"mean_force": _at_most(0.06)},
}
_OVER = {"over_recall": _at_least(1.0), "over_delay_p95_ms": _at_most(130.0), "over_false_per_min": _at_most(0.0)}
_OVER_FSR = {"over_recall": _at_least(0.95), "over_delay_p95_ms": _at_most(250.0), "over_false_per_min": _at_most(0.5)}
_NO_STROKES: Targets = {"false_per_min": _at_most(0.1)}

DISTRACTORS = "distractors"  # on this scenario the peers have to be fooled
_PEER: Targets = {"direction": _at_most(0.80), "false_per_min": _at_least(6.0)}
PEERS: dict[str, Targets] = {
    "gyro": {"f1": _at_most(0.85), **_PEER},
    "accel": {"f1": _at_most(0.85), **_PEER},
    "causal": {"f1": _at_most(0.75), **_PEER},
}


def of(scenario: str, has_strokes: bool, fsr: bool) -> Targets:
    """Return the targets of a scenario; one that the table does not name has those that all share.

    With an FSR, nothing more is asked of a scenario than of `fsr` itself.
    """
    over = _OVER_FSR if fsr else _OVER
    if not has_strokes:
        return over | _NO_STROKES
    targets = over | _STROKES | _SPECIAL.get(scenario, {})
    if scenario in _F1:
        targets = targets | {"f1": _at_least(min(_F1[scenario], _F1["fsr"]) if fsr else _F1[scenario])}
    if fsr:
        return targets | {"mean_force": _at_most(0.12)}
    return targets | _COUNT if scenario in CLEAN else targets
