# SPDX-License-Identifier: MIT
"""Wires between ends of one net that stand in one row or one column, in steps of the grid."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rollhardware.wiring.netlist import Pad

_Point = tuple[int, int]
_Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class End:
    """Where a wire can begin, and the side to which it leaves; without a pad it is a place for the net's name."""

    x: int
    y: int
    side: str
    pad: Pad | None = None


@dataclass(frozen=True, order=True)
class Wire:
    """A level or upright line, from its left or upper end."""

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def between(cls, a: _Point, b: _Point) -> "Wire":
        """Return the wire between two points."""
        return cls(*min(a, b), *max(a, b))

    def inside(self, x: int, y: int) -> bool:
        """Tell whether a point lies on the wire, but not at its ends."""
        on_it = self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1
        return on_it and (x, y) not in ((self.x0, self.y0), (self.x1, self.y1))

    def crosses(self, box: _Box) -> bool:
        """Tell whether the wire runs through the inside of a box."""
        left, top, right, bottom = box
        return self.x0 < right and self.x1 > left and self.y0 < bottom and self.y1 > top


def joined(
    net: str, ends: Sequence[End], nets: Mapping[_Point, str], bodies: Sequence[_Box]
) -> list[tuple[list[End], list[Wire]]]:
    """Return the pieces of a net, each as its ends and the wires between them.

    Neighbours in a row or a column are joined unless one of them would be left through its own symbol, another symbol
    is in the way, or an end of another net (`nets` says which is where) lies between.
    """
    pieces = [([end], list[Wire]()) for end in ends]
    for a, b in _neighbours(ends):
        wire = Wire.between((a.x, a.y), (b.x, b.y))
        between = [other for point, other in nets.items() if wire.inside(*point) and other != net]
        if between or any(wire.crosses(box) for box in bodies):
            continue
        one = next(piece for piece in pieces if a in piece[0])
        other = next(piece for piece in pieces if b in piece[0])
        one[1].append(wire)
        if one is not other:
            one[0].extend(other[0])
            one[1].extend(other[1])
            pieces.remove(other)
    return pieces


def _neighbours(ends: Sequence[End]) -> list[tuple[End, End]]:
    found = []
    for first, last, along in (("left", "right", lambda end: end.x), ("up", "down", lambda end: end.y)):
        lines: dict[int, list[End]] = {}
        for end in ends:
            lines.setdefault(end.y if first == "left" else end.x, []).append(end)
        for row in lines.values():
            pairs = pairwise(sorted(row, key=along))
            found += [(a, b) for a, b in pairs if a.side != first and b.side != last]
    return found


def junctions(wires: Sequence[Wire], pins: Sequence[_Point]) -> list[_Point]:
    """Return where three or more of wires and pins meet."""
    ends = Counter([*pins, *((w.x0, w.y0) for w in wires), *((w.x1, w.y1) for w in wires)])
    return sorted(point for point, count in ends.items() if count > 2)
