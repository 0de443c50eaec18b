# SPDX-License-Identifier: MIT
"""The harness drawing of a build: nets.yaml's parts and cables in WireViz's words."""

from typing import Any

from rollhardware.wiring.facts import Cable
from rollhardware.wiring.netlist import Netlist, Pad, Part

PLUG_COLOURS = {4: ["BK", "RD", "BU", "YE"], 2: ["RD", "BK"]}  # of a Qwiic cable and of a JST-PH one


def harness(netlist: Netlist) -> dict[str, Any]:
    """Return the drawing as WireViz reads it: each part is a connector with the pads and plugs that wires reach."""
    return {
        "metadata": {"title": f"Harness of {netlist.board}", "description": "Made from pins.yaml and nets.yaml"},
        "options": {"fontname": "Liberation Sans"},
        "connectors": {part.reference: _connector(netlist, part) for part in netlist.parts.values()},
        "cables": {name: _cable(cable, netlist) for name, cable in netlist.cables.items()},
        "connections": [connection for name in netlist.cables for connection in _connections(netlist, name)],
    }


def _plugs_used(netlist: Netlist, part: Part) -> list[str]:
    named = [text.partition(".") for cable in netlist.cables.values() for text in cable.plugs or ()]
    return [plug for plug in part.kind.plugs if (part.reference, ".", plug) in named]


def _pads_wired(netlist: Netlist, part: Part) -> list[Pad]:
    ends = [pad for cable in netlist.cables.values() for a, b, _ in cable.wires for pad in map(netlist.pad, (a, b))]
    order = part.kind.all_pads()
    return sorted({pad for pad in ends if pad.reference == part.reference}, key=lambda pad: order.index(pad.name))


def _pin(netlist: Netlist, pad: Pad) -> str | int:
    """Return how a pad is called in the drawing: by its name, an ESP32's by GPIO and signal."""
    if not pad.name.isdigit():
        return pad.name
    return f"{pad.name} {_signals(netlist)[pad.name]}" if netlist.parts[pad.reference].kind.esp32 else int(pad.name)


def _plug_pin(netlist: Netlist, plug: str, number: int, pad: Pad) -> str:
    return f"{plug}.{number} {_pin(netlist, pad)}"


def _signals(netlist: Netlist) -> dict[str, str]:
    return {str(signal.gpio): name for name, signal in netlist.pins.signals.items()}


def _connector(netlist: Netlist, part: Part) -> dict[str, Any]:
    pins: list[str | int] = [
        _plug_pin(netlist, plug, number, pad)
        for plug in _plugs_used(netlist, part)
        for number, pad in enumerate(netlist.plug(f"{part.reference}.{plug}"), 1)
    ]
    pins += [_pin(netlist, pad) for pad in _pads_wired(netlist, part)]
    return {"type": f"{part.kind.name} {part.value}".strip(), "pins": pins, "show_pincount": False}


def _cable(cable: Cable, netlist: Netlist) -> dict[str, Any]:
    drawn = {"type": cable.what or f"of {cable.grown}", "length": f"{cable.length_mm} mm", "show_wirecount": False}
    if cable.plugs:
        return {**drawn, "colors": PLUG_COLOURS[len(netlist.plug(cable.plugs[0]))]}
    return {**drawn, "category": "bundle", "colors": [colour for _, _, colour in cable.wires]}


def _connections(netlist: Netlist, name: str) -> list[list[dict[str, list[Any]]]]:
    """Return the wires of a cable as WireViz joins them: from a pin, through a wire, to a pin."""
    ends = [
        [(a.reference, _pin(netlist, a)), (b.reference, _pin(netlist, b))]
        for a, b, colour in netlist.joints(name)
        if colour
    ]
    plugs = [text.split(".") for text in netlist.cables[name].plugs or ()]
    sides = [
        [(ref, _plug_pin(netlist, plug, n, pad)) for n, pad in enumerate(netlist.plug(f"{ref}.{plug}"), 1)]
        for ref, plug in plugs
    ]
    ends += [list(pair) for pair in zip(*sides, strict=True)]
    return [[{a: [pin_a]}, {name: [n]}, {b: [pin_b]}] for n, ((a, pin_a), (b, pin_b)) in enumerate(ends, 1)]
