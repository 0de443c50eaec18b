# SPDX-License-Identifier: MIT
"""Whether the cables of nets.yaml reach from part to part in the handle."""

from rollhardware.enclosure.assembly import Assembly
from rollhardware.wiring.netlist import Netlist

LEAST_SLACK_MM = 20  # for the way around corners, and for pads that are not in the middle of their part
OPEN_LID_MM = 60  # what hangs in the lid is wired before the lid is closed
IN_LID = ("SW1",)


def slack_mm(made: Assembly, netlist: Netlist) -> dict[str, float]:
    """Return by cable how much longer it is than the way between the middles of the parts that it joins."""
    found = {}
    for name, cable in netlist.cables.items():
        ways = [
            (_middle(made, a.reference) - _middle(made, b.reference)).length
            + (OPEN_LID_MM if {a.reference, b.reference} & set(IN_LID) else 0)
            for a, b, _ in netlist.joints(name)
            if made.of(a.reference) and made.of(b.reference)
        ]
        if ways:
            found[name] = cable.length_mm - max(ways)
    return found


def _middle(made: Assembly, reference: str):
    (item,) = made.of(reference)
    return item.solid.bounding_box().center()
