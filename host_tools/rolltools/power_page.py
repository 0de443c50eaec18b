# SPDX-License-Identifier: MIT
"""The power budget of the docs, computed from the one file of currents.

python -m rolltools.power_page hardware/currents.toml hardware/docs/power.md        # make docs
"""

import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .archive import write_whole

_DAY_MIN = 24 * 60
_MARKS = {"V": "read", "M": "from memory", "C": "computed"}
_INTRO = """
# Power budget

Made by `make docs` from `hardware/currents.toml`; a test compares. **Computed, not measured**: no board was at hand.
What a board draws is step 18 of [bringup.md](bringup.md).
"""


def page(currents: dict[str, Any]) -> str:
    """Return the page as Markdown; KeyError or ValueError for a file that contradicts itself."""
    mah = currents["battery_mah"] * currents["usable"]
    sums = {name: total_ma(currents, name) for name in currents["state"]}
    states = [
        (name, state["what"], _ma(sums[name]), lasts(mah / sums[name])) for name, state in currents["state"].items()
    ]
    blocks = [
        _INTRO.strip(),
        f"A cell of {currents['battery_mah']} mAh, {100 * currents['usable']:.0f} % of it usable: {mah:.0f} mAh.",
        "## By state",
        _table(("state", "what", "mA", "a charge lasts"), states),
        "## By day",
        _table(("a day of", "mA on average", "a charge lasts"), [_day(day, sums, mah) for day in currents["day"]]),
        "## What each state is made of",
        _table(("state", "part", "in", "mA"), _shares(currents)),
        "## Currents",
        _table(("part", "state", "mA", "how it is known", "source"), _sources(currents)),
    ]
    return "\n\n".join(blocks) + "\n"


def total_ma(currents: dict[str, Any], name: str) -> float:
    """Return the sum of the currents of all parts in a state of the roller."""
    return sum(float(part["ma"]) for _, _, part in _parts(currents, name))


def lasts(hours: float) -> str:
    """Return how long a charge lasts, in hours or in days."""
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"


def _parts(currents: dict[str, Any], name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (part, its state, its current) of everything that is on in a state of the roller."""
    parts = currents["part"]
    return [(parts[key]["name"], on, parts[key]["states"][on]) for key, on in currents["state"][name]["parts"].items()]


def _day(day: dict[str, Any], sums: dict[str, float], mah: float) -> Sequence[str]:
    minutes = day["minutes"] | {day["rest"]: _DAY_MIN - sum(day["minutes"].values())}
    if minutes[day["rest"]] < 0:
        raise ValueError(f"more minutes than a day has before {day['rest']!r}")
    ma = sum(sums[name] * count for name, count in minutes.items()) / _DAY_MIN
    told = ", ".join(f"{count} min {name}" for name, count in day["minutes"].items())
    return f"{told}, else {day['rest']}", _ma(ma), lasts(mah / ma)


def _shares(currents: dict[str, Any]) -> Iterable[Sequence[str]]:
    for name in currents["state"]:
        for part, on, current in _parts(currents, name):
            yield name, part, on, _ma(current["ma"])


def _sources(currents: dict[str, Any]) -> Iterable[Sequence[str]]:
    for part in currents["part"].values():
        for on, current in part["states"].items():
            yield part["name"], on, _ma(current["ma"]), _MARKS[current["mark"]], current["source"]


def _ma(ma: float) -> str:
    """Return a current to three figures, or as it is where it is smaller than what matters here."""
    return f"{ma:.1f}" if ma >= 10 else f"{ma:.2f}" if ma >= 1 else f"{ma:g}"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    write_whole(Path(sys.argv[2]), page(tomllib.loads(Path(sys.argv[1]).read_text())).encode())
