# SPDX-License-Identifier: MIT
"""What is made of the facts as text: the harness in WireViz's words, and the page with the tables of pins and wires."""

import yaml

from rollhardware.wiring.electrics import BUS, bus_f, bus_pull_ohm
from rollhardware.wiring.harness import harness
from rollhardware.wiring.netlist import Netlist

_HEAD = """# Pins and wires

Made by `make hardware` from [pins.yaml](../pins.yaml), [parts.yaml](../parts.yaml) and [nets.yaml](../nets.yaml); the
firmware's pins are compared with it. Pads are called as their makers print them, from memory where the part is
marked M: compare with the part in your hand.
"""


def texts(netlists: list[Netlist]) -> dict[str, str]:
    """Return the text files by their name below hardware/."""
    made = {f"wiring/{each.board}.yml": _yaml(each) for each in netlists}
    made["docs/pins.md"] = "\n".join([_HEAD, *(_board(each) for each in netlists)])
    return made


def _yaml(netlist: Netlist) -> str:
    head = "# Made by `make hardware` from pins.yaml, parts.yaml and nets.yaml.\n"
    return head + yaml.safe_dump(harness(netlist), sort_keys=False, width=120, default_flow_style=None)


def _board(netlist: Netlist) -> str:
    parts = [
        f"| {part.reference} | {f'{part.kind.name} {part.value}'.strip()} | {part.kind.mark} | {part.kind.open} |"
        for part in netlist.parts.values()
    ]
    bus = netlist.signal_net(BUS[0]) or ""
    return "\n".join(
        [
            f"## {netlist.board}",
            "",
            f"![The harness](../wiring/{netlist.board}.svg)",
            "",
            "| signal | GPIO | direction | at rest | wakes | ends at |",
            "|---|---|---|---|---|---|",
            *(_signal(netlist, name) for name in netlist.pins.signals),
            "",
            f"The I2C bus is pulled up by {bus_pull_ohm(netlist, bus) / 1e3:.1f} kOhm in all, with about"
            f" {bus_f(netlist, bus) * 1e12:.0f} pF on it (estimated from chips and cables).",
            "",
            "| cable | what | from | to | colour | net | length |",
            "|---|---|---|---|---|---|---|",
            *(line for name in netlist.cables for line in _wires(netlist, name)),
            "",
            "| part | what | mark | pads left open, and why |",
            "|---|---|---|---|",
            *parts,
            "",
        ]
    )


def _signal(netlist: Netlist, name: str) -> str:
    signal = netlist.pins.signals[name]
    net = netlist.signal_net(name)
    ends = [str(pad) for pad in netlist.nets[net] if pad.reference != netlist.esp32.reference] if net else []
    rest = {"up": "high", "down": "low", None: ""}[signal.pull]
    where = ", ".join(ends) or "on the board"
    return f"| {name} | {signal.gpio} | {signal.direction} | {rest} | {signal.wake or ''} | {where} |"


def _wires(netlist: Netlist, name: str) -> list[str]:
    cable = netlist.cables[name]
    head, length = f"| {name} | {cable.what or f'of {cable.grown}'} |", f"{cable.length_mm} mm"
    if cable.plugs:
        return [f"{head} {cable.plugs[0]} | {cable.plugs[1]} | as bought | plug to plug | {length} |"]
    return [f"{head} {a} | {b} | {colour} | {netlist.net_of[a]} | {length} |" for a, b, colour in netlist.joints(name)]
