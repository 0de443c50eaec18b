# SPDX-License-Identifier: MIT
"""The pins and addresses that the firmware's board files have, compared with pins.yaml and parts.yaml."""

import ast
from collections.abc import Mapping
from pathlib import Path

from rollhardware.made import HARDWARE
from rollhardware.wiring.facts import Facts


def constants(source: str) -> dict[str, int]:
    """Return the `NAME = const(number)` of a module by name."""
    found = {}
    for node in ast.parse(source).body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="const"), args=[ast.Constant(value=int(value))]),
            ):
                found[name] = value
    return found


def problems(facts: Facts, root: Path = HARDWARE.parent) -> list[str]:
    """Return one line, with both places, for each pin and address that the firmware has otherwise."""
    found = []
    for board, pins in facts.pins.items():
        there = constants((root / pins.firmware).read_text(encoding="utf-8"))
        ours = {f"PIN_{name}": signal.gpio for name, signal in pins.signals.items()}
        found += _differ(there, ours, "PIN_", pins.firmware, f"pins.yaml: {board}")
        addresses = {}
        for name, reference in pins.chips.items():
            kind = facts.builds[board].parts.get(reference)
            addresses[f"ADDRESS_{name}"] = facts.kinds[kind].address if isinstance(kind, str) else None
        found += _differ(there, addresses, "ADDRESS_", pins.firmware, f"pins.yaml and parts.yaml: {board}")
    return found


def _differ(there: dict[str, int], ours: Mapping[str, int | None], prefix: str, file: str, place: str) -> list[str]:
    names = {name for name in there if name.startswith(prefix)} | set(ours)
    return [
        f"{file}: {name} is {there.get(name)}; {place}: {name.removeprefix(prefix)} is {ours.get(name)}"
        for name in sorted(names)
        if there.get(name) != ours.get(name)
    ]
