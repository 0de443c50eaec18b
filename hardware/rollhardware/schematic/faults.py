# SPDX-License-Identifier: MIT
"""Faults put into a drawing, to see that KiCad's check finds them: a check that finds nothing proves nothing."""

from dataclasses import dataclass, replace
from itertools import combinations

from rollhardware.schematic.drawing import Drawing
from rollhardware.schematic.wires import Wire
from rollhardware.wiring.netlist import Pad


@dataclass(frozen=True)
class Fault:
    """A drawing with a fault, the rule of KiCad's that must find it, and the parts that it must name."""

    name: str
    drawing: Drawing
    rule: str
    references: tuple[str, ...]

    def found_in(self, findings: list[str]) -> str | None:
        """Return the finding that is about this fault, or None."""
        for finding in findings:
            if finding.startswith(self.rule) and all(f"Symbol {name} " in finding for name in self.references):
                return finding
        return None


def faults(drawing: Drawing) -> list[Fault]:
    """Return the faults of one drawing: a short of supplies, a short of signals, and a pad that hangs free."""
    found = []
    for electrical in ("power_out", "output"):
        pairs = combinations(_driven(drawing, electrical), 2)
        found += [_short(drawing, a, b) for a, b in list(pairs)[:1]]
    assert drawing.netlist.esp32
    reference, pads = drawing.netlist.esp32.reference, drawing.netlist.net_of
    last = [pad for pad in pads if pad.reference == reference and pad.name.isdigit()][-1]
    return [*found, _cut(drawing, last)]


def _driven(drawing: Drawing, electrical: str) -> list[Pad]:
    """Return one pad of this type from each net that has one."""
    netlist = drawing.netlist
    pads = [pad for pad in netlist.net_of if netlist.parts[pad.reference].kind.electrical(pad.name) == electrical]
    return list({netlist.net_of[pad]: pad for pad in pads}.values())


def _place(drawing: Drawing, pad: Pad) -> tuple[int, int]:
    return next(part.pin(pad.name) for part in drawing.parts if part.reference == pad.reference)


def _short(drawing: Drawing, a: Pad, b: Pad) -> Fault:
    wire = Wire.between(_place(drawing, a), _place(drawing, b))
    shorted = replace(drawing, wires=[*drawing.wires, wire])
    return Fault(f"short of {a} and {b}", shorted, "pin_to_pin", (a.reference, b.reference))


def _cut(drawing: Drawing, pad: Pad) -> Fault:
    x, y = _place(drawing, pad)
    left = [wire for wire in drawing.wires if (x, y) not in ((wire.x0, wire.y0), (wire.x1, wire.y1))]
    return Fault(f"{pad} unconnected", replace(drawing, wires=left), "pin_not_connected", (pad.reference,))
