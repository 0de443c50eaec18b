# SPDX-License-Identifier: MIT
"""One build's nets with every pad resolved, and what is wrong between nets, parts and cables."""

from collections import Counter
from dataclasses import dataclass

from rollhardware.errors import HardwareError
from rollhardware.wiring.facts import Facts, Kind, Valued


@dataclass(frozen=True, order=True)
class Pad:
    """One pad of one part; a pad of the ESP32 board is called by its number, not by its signal."""

    reference: str
    name: str

    def __str__(self):
        return f"{self.reference}.{self.name}"


@dataclass(frozen=True)
class Part:
    """A part of a build: its kind, and its value where it has one."""

    reference: str
    kind_name: str
    kind: Kind
    value: str


class Netlist:
    """The parts, nets and cables of one board's build. HardwareError when a name leads nowhere."""

    def __init__(self, facts: Facts, board: str):
        self.board = board
        self.pins = facts.pins[board]
        build = facts.builds[board]
        self.cables = build.cables
        self.parts = {ref: self._part(facts, ref, given) for ref, given in build.parts.items()}
        self.esp32 = self._esp32()
        self.nets = {name: [self.pad(text) for text in pads] for name, pads in build.nets.items()}
        self.net_of = {pad: name for name, pads in self.nets.items() for pad in pads}

    def _part(self, facts: Facts, reference: str, given: str | Valued) -> Part:
        kind_name, value = (given.kind, given.value) if isinstance(given, Valued) else (given, "")
        if kind_name not in facts.kinds:
            raise HardwareError(f"nets.yaml: {self.board}: parts.yaml has no {kind_name} for {reference}")
        return Part(reference, kind_name, facts.kinds[kind_name], value)

    def _esp32(self) -> Part:
        found = [part for part in self.parts.values() if part.kind.esp32]
        if len(found) != 1:
            raise HardwareError(f"nets.yaml: {self.board}: {len(found)} parts with an ESP32; it must be one")
        return found[0]

    def pad(self, text: str) -> Pad:
        """Return the pad that `reference.pad` or `reference.SIGNAL` names. HardwareError where there is none."""
        reference, _, name = text.partition(".")
        part = self.parts.get(reference)
        if not part:
            raise HardwareError(f"nets.yaml: {self.board}: {text}: no part is called {reference}")
        if part.kind.esp32 and name in self.pins.signals:
            name = str(self.pins.signals[name].gpio)
        if not part.kind.electrical(name):
            raise HardwareError(f"nets.yaml: {self.board}: {text}: parts.yaml: {part.kind.name} has no pad {name}")
        return Pad(reference, name)

    def signal_net(self, signal: str) -> str | None:
        """Return the net of a signal of pins.yaml; None where nothing hangs on it."""
        return self.net_of.get(Pad(self.esp32.reference, str(self.pins.signals[signal].gpio)))

    def joints(self, cable_name: str) -> list[tuple[Pad, Pad, str]]:
        """Return the wires of a cable as two pads and a colour; a cable of two plugs has no colours."""
        cable = self.cables[cable_name]
        wires = [(self.pad(a), self.pad(b), colour) for a, b, colour in cable.wires]
        if cable.plugs:
            ends = [self.plug(text) for text in cable.plugs]
            if len(ends[0]) != len(ends[1]):
                raise HardwareError(f"nets.yaml: {self.board}: {cable_name} joins plugs of different sizes")
            wires += [(a, b, "") for a, b in zip(*ends, strict=True)]
        return wires

    def plug(self, text: str) -> list[Pad]:
        """Return the pads of `reference.plug` in the order of its pins. HardwareError where there is no such plug."""
        reference, _, name = text.partition(".")
        part = self.parts.get(reference)
        if not part or name not in part.kind.plugs:
            raise HardwareError(f"nets.yaml: {self.board}: {text}: parts.yaml has no such plug")
        return [Pad(reference, pad) for pad in part.kind.plugs[name]]

    def resistors(self, net: str, other: str) -> list[Part]:
        """Return the resistors from one net to another."""
        return [
            part
            for part in self.parts.values()
            if part.kind_name == "resistor"
            and {self.net_of.get(Pad(part.reference, end)) for end in "12"} == {net, other}
        ]


def problems(netlist: Netlist) -> list[str]:
    """Return what nets, parts and cables say against each other, one line each."""
    where = f"nets.yaml: {netlist.board}: "
    return [where + text for text in [*_nets(netlist), *_open_pads(netlist), *_signals(netlist), *_cables(netlist)]]


def _nets(netlist: Netlist) -> list[str]:
    times = Counter(pad for pads in netlist.nets.values() for pad in pads)
    found = [f"{pad} is on more than one net" for pad, count in times.items() if count > 1]
    return found + [f"net {name} ends nowhere: {pads[0]} alone" for name, pads in netlist.nets.items() if len(pads) < 2]


def _open_pads(netlist: Netlist) -> list[str]:
    found = []
    for part in netlist.parts.values():
        loose = [pad for pad in part.kind.all_pads() if Pad(part.reference, pad) not in netlist.net_of]
        if loose and not part.kind.open:
            found.append(f"{part.reference}: {', '.join(loose)} on no net, and parts.yaml does not say why")
    return found


def _signals(netlist: Netlist) -> list[str]:
    """Every signal ends somewhere, unless it stays on the board, and no other GPIO does."""
    found = []
    for name, signal in netlist.pins.signals.items():
        if (netlist.signal_net(name) is None) != signal.on_board:
            found.append(f"{name} {'stays on the board' if signal.on_board else 'is on no net'}; see pins.yaml")
    known = {str(signal.gpio) for signal in netlist.pins.signals.values()}
    used = [pad for pad in netlist.net_of if pad.reference == netlist.esp32.reference and pad.name.isdigit()]
    return found + [f"{pad} is on a net, but pins.yaml has no signal there" for pad in used if pad.name not in known]


def _cables(netlist: Netlist) -> list[str]:
    """Cables may join only what is one net, and must join all of it."""
    found = []
    groups = {pad: {pad} for pad in netlist.net_of}
    for name, cable in netlist.cables.items():
        if bool(cable.what) == bool(cable.grown):
            found.append(f"{name}: say either `what` it is, or on which part it is `grown`")
        if cable.grown and cable.grown not in {*netlist.parts, *netlist.cables}:
            found.append(f"{name} grows on {cable.grown}, which is not there")
        for a, b, _ in netlist.joints(name):
            if netlist.net_of.get(a) is None or netlist.net_of.get(a) != netlist.net_of.get(b):
                found.append(f"{name} joins {a} ({netlist.net_of.get(a)}) and {b} ({netlist.net_of.get(b)})")
                continue
            joined = groups[a] | groups[b]
            groups.update(dict.fromkeys(joined, joined))
    for name, pads in netlist.nets.items():
        apart = [str(pad) for pad in pads if pad not in groups[pads[0]]]
        if apart:
            found.append(f"net {name}: no cable leads from {pads[0]} to {', '.join(apart)}")
    return found
