# SPDX-License-Identifier: MIT
"""Which pad is on which net, read from a schematic's own file without KiCad, or from the netlist that KiCad exports."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from rollhardware.errors import HardwareError
from rollhardware.schematic.sexpr import Node, read
from rollhardware.wiring.netlist import Pad

_Point = tuple[int, int]  # in hundredths of a millimetre
_NAMES = ("label", "global_label")  # on one sheet KiCad joins a local name with the global one
_NO_NET = "unconnected-"  # how KiCad calls the net of a pad that is open on purpose


@dataclass
class Circuit:
    """The values of the parts by reference, and the nets of the pads; an open pad has none."""

    parts: dict[str, str] = field(default_factory=dict)
    net_of: dict[Pad, str] = field(default_factory=dict)


def of_netlist(text: str) -> Circuit:
    """Return what KiCad's netlist says. HardwareError where it is none."""
    tree = read(text)
    found = Circuit()
    for part in tree.one("components").all("comp"):
        found.parts[part.one("ref").texts()[0]] = part.one("value").texts()[0]
    for net in tree.one("nets").all("net"):
        name = net.one("name").texts()[0]
        if not name.startswith(_NO_NET):
            for end in net.all("node"):
                found.net_of[Pad(end.one("ref").texts()[0], end.one("pin").texts()[0])] = name
    return _plain(found)


def _plain(found: Circuit) -> Circuit:
    """Take the slash off the names that hold on their sheet only, unless the plain name is another net."""
    names = set(found.net_of.values())
    short = {name: name.removeprefix("/") for name in names if name.removeprefix("/") not in names}
    return Circuit(found.parts, {pad: short.get(name, name) for pad, name in found.net_of.items()})


def of_sheet(text: str) -> Circuit:
    """Return what a schematic of one sheet joins. HardwareError where it holds what this project does not draw.

    As in KiCad, pins and wires touch where their ends meet; a name or a junction also touches the middle of a wire.
    """
    tree = read(text)
    pieces = _joined(tree)
    found = Circuit()
    names = [(_at(label), label.texts()[0]) for kind in _NAMES for label in tree.all(kind)]
    pads: list[tuple[Pad, _Point]] = []
    for fields, pin, point in _pins(tree):
        if not fields["Reference"].startswith("#"):
            found.parts[fields["Reference"]] = fields["Value"]
            pads.append((Pad(fields["Reference"], pin.one("number").texts()[0]), point))
        elif "hide" in pin.texts():  # the sign of a supply gives its net the name of its hidden pin
            names.append((point, pin.one("name").texts()[0]))
    for pad, point in pads:
        there = sorted({name for place, name in names if pieces.root(place) == pieces.root(point)})
        if there:
            found.net_of[pad] = " and ".join(there)
        elif sum(pieces.root(other) == pieces.root(point) for _, other in pads) > 1:
            found.net_of[pad] = "a net without a name"
    return found


class _Pieces:
    """Points that are joined, as trees."""

    def __init__(self):
        self._parent: dict[_Point, _Point] = {}

    def root(self, point: _Point) -> _Point:
        while point in self._parent:
            point = self._parent[point]
        return point

    def join(self, a: _Point, b: _Point):
        if self.root(a) != self.root(b):
            self._parent[self.root(a)] = self.root(b)


def _joined(tree: Node) -> _Pieces:
    """Return which points of a sheet its wires join."""
    pieces = _Pieces()
    wires = [_ends(wire) for wire in tree.all("wire")]
    for a, b in wires:
        pieces.join(a, b)
    for item in (item for kind in (*_NAMES, "junction") for item in tree.all(kind)):
        for a, b in wires:
            if _between(a, _at(item), b):
                pieces.join(a, _at(item))
    return pieces


def _point(node: Node) -> _Point:
    x, y = node.texts()[:2]
    return round(float(x) * 100), round(float(y) * 100)


def _at(node: Node) -> _Point:
    return _point(node.one("at"))


def _ends(wire: Node) -> tuple[_Point, _Point]:
    a, b = (_point(xy) for xy in wire.one("pts").all("xy"))
    return a, b


def _between(a: _Point, point: _Point, b: _Point) -> bool:
    (x, y), (left, right), (top, bottom) = point, sorted((a[0], b[0])), sorted((a[1], b[1]))
    on_line = (b[0] - a[0]) * (y - a[1]) == (b[1] - a[1]) * (x - a[0])
    return on_line and left <= x <= right and top <= y <= bottom


def _pins(tree: Node) -> Iterator[tuple[dict[str, str], Node, _Point]]:
    """Return the pins on the sheet, each with the fields of its symbol and its place."""
    library = {symbol.texts()[0]: symbol for symbol in tree.one("lib_symbols").all("symbol")}
    for symbol in tree.all("symbol"):
        name = symbol.one("lib_id").texts()[0]
        if symbol.one("at").texts()[2] != "0" or symbol.all("mirror") or name not in library:
            raise HardwareError(f"{name} is turned, or not in lib_symbols; symbols are drawn upright here")
        fields = {item.texts()[0]: item.texts()[1] for item in symbol.all("property")}
        x, y = _at(symbol)
        for pin in (pin for unit in library[name].all("symbol") for pin in unit.all("pin")):
            pin_x, pin_y = _at(pin)
            yield fields, pin, (x + pin_x, y - pin_y)  # y points up in a symbol, down on a sheet
