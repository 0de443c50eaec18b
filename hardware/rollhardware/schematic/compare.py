# SPDX-License-Identifier: MIT
"""Whether a circuit that was read from a schematic is what nets.yaml and pins.yaml say; both places are named."""

from rollhardware.schematic.circuit import Circuit
from rollhardware.schematic.symbol_text import number_of
from rollhardware.wiring.netlist import Netlist, Pad


def problems(found: Circuit, netlist: Netlist, file: str) -> list[str]:
    """Return one line for each part, pin and pad that a file has otherwise."""
    return [*_parts(found, netlist, file), *_signals(found, netlist, file), *_pads(found, netlist, file)]


def value_of(netlist: Netlist, reference: str) -> str:
    """Return what stands beside a part: its value, or what kind of part it is."""
    part = netlist.parts[reference]
    return part.value or part.kind.name


def _parts(found: Circuit, netlist: Netlist, file: str) -> list[str]:
    wanted = {reference: value_of(netlist, reference) for reference in netlist.parts}
    return [
        f"{file}: {ref} is {found.parts.get(ref)}; nets.yaml: {netlist.board}: {ref} is {wanted.get(ref)}"
        for ref in sorted({*found.parts, *wanted})
        if found.parts.get(ref) != wanted.get(ref)
    ]


def _signals(found: Circuit, netlist: Netlist, file: str) -> list[str]:
    assert netlist.esp32
    lines = []
    for name, signal in netlist.pins.signals.items():
        net = netlist.signal_net(name)
        there = [pad.name for pad in found.net_of if found.net_of[pad] == net and _is_gpio(pad, netlist)]
        if net and there != [str(signal.gpio)]:
            pins = "pin " + " and ".join(there) if there else "no pin"
            where = f"pins.yaml: {netlist.board}: {name} is on GPIO {signal.gpio}"
            lines.append(f"{file}: {name} is on {pins}; {where}")
    return lines


def _pads(found: Circuit, netlist: Netlist, file: str) -> list[str]:
    """Compare all pads but those GPIOs of which `_signals` tells."""
    wanted = {Pad(pad.reference, number_of(pad.name)): net for pad, net in netlist.net_of.items()}
    told = {None, *(netlist.signal_net(name) for name in netlist.pins.signals)}
    lines = []
    for pad in sorted({*wanted, *found.net_of}):
        nets = found.net_of.get(pad), wanted.get(pad)
        if nets[0] != nets[1] and not (_is_gpio(pad, netlist) and told.issuperset(nets)):
            is_on, should = (net or "no net" for net in nets)
            lines.append(f"{file}: {pad} is on {is_on}; nets.yaml: {netlist.board}: {should}")
    return lines


def _is_gpio(pad: Pad, netlist: Netlist) -> bool:
    return netlist.esp32 is not None and pad.reference == netlist.esp32.reference and pad.name.isdigit()
