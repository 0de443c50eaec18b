# SPDX-License-Identifier: MIT
"""The few solids everything is made of, by their bounds in mm."""

from typing import NamedTuple

from build123d import (
    Align,
    Axis,
    Box,
    Cone,
    Cylinder,
    GeomType,
    Part,
    Polyline,
    Pos,
    Rot,
    Vector,
    extrude,
    make_face,
)
from OCP.BRepAdaptor import BRepAdaptor_Surface

from rollhardware.enclosure.layout import Layout
from rollhardware.enclosure.params import Params

Range = tuple[float, float]
_LOW = (Align.CENTER, Align.CENTER, Align.MIN)


def box(x: Range, y: Range, z: Range) -> Part:
    """Return the block between these bounds."""
    size = [b - a for a, b in (x, y, z)]
    middle = [(a + b) / 2 for a, b in (x, y, z)]
    return Pos(*middle) * Box(*size)


def rod(diameter: float, at: tuple[float, float], z: Range) -> Part:
    """Return a cylinder along z at a place seen from above."""
    return Pos(at[0], at[1], z[0]) * Cylinder(diameter / 2, z[1] - z[0], align=_LOW)


def rod_x(diameter: float, at: tuple[float, float], x: Range) -> Part:
    """Return a cylinder along x at (y, z)."""
    return Pos(x[0], *at) * Rot(0, 90, 0) * Cylinder(diameter / 2, x[1] - x[0], align=_LOW)


def rod_y(diameter: float, at: tuple[float, float], y: Range) -> Part:
    """Return a cylinder along y at (x, z)."""
    return Pos(at[0], y[0], at[1]) * Rot(-90, 0, 0) * Cylinder(diameter / 2, y[1] - y[0], align=_LOW)


def cone_y(wide: float, narrow: float, at: tuple[float, float], y: Range) -> Part:
    """Return a truncated cone along y at (x, z), from its wide end to its narrow one; y may fall."""
    turn = -90 if y[1] > y[0] else 90
    return Pos(at[0], y[0], at[1]) * Rot(turn, 0, 0) * Cone(wide / 2, narrow / 2, abs(y[1] - y[0]), align=_LOW)


def along_x(points: list[tuple[float, float]], x: Range) -> Part:
    """Return the prism along x over a closed line of (y, z)."""
    line = Polyline(*[(0, y, z) for y, z in points], close=True)
    return Pos(x[0], 0, 0) * extrude(make_face(line), amount=x[1] - x[0], dir=(1, 0, 0))


def along_y(points: list[tuple[float, float]], y: Range) -> Part:
    """Return the prism along y over a closed line of (x, z)."""
    line = Polyline(*[(x, 0, z) for x, z in points], close=True)
    return Pos(0, y[0], 0) * extrude(make_face(line), amount=y[1] - y[0], dir=(0, 1, 0))


def grip(p: Params, at: Layout, x: Range, inside: bool = False) -> Part:
    """Return the whole grip between two places along it, or what is inside of its walls.

    An octagon with 45 degree chamfers: either half prints without support on its own flat.
    """
    wall = p.wall_mm if inside else 0.0
    half = at.half_width - wall
    low, high = at.bottom_z + wall, at.top_z - wall
    below, above = (c - wall * 0.5858 for c in (p.bottom_chamfer_mm, p.top_chamfer_mm))  # 2 - sqrt(2): the offset
    right = [(half - below, low), (half, low + below), (half, high - above), (half - above, high)]
    return along_x(right + [(-y, z) for y, z in reversed(right)], x)


def rounded(part: Part, radius: float) -> Part:
    """Return a part with its edges along z rounded."""
    return part.fillet(radius, part.edges().filter_by(Axis.Z))


class Hole(NamedTuple):
    """A round hole: diameter, the axis it runs along (0 is x), and a point of its axis."""

    diameter: float
    along: int
    spot: tuple[float, float, float]


def holes(part: Part) -> set[Hole]:
    """Return the round holes of a part that run along an axis of the frame."""
    found = set()
    for face in part.faces().filter_by(GeomType.CYLINDER):
        cylinder = BRepAdaptor_Surface(face.wrapped).Cylinder()
        axis, spot = cylinder.Axis().Direction(), cylinder.Axis().Location()
        direction = Vector(axis.X(), axis.Y(), axis.Z())
        along = max(range(3), key=lambda i: abs(tuple(direction)[i]))
        point = face.position_at(0.5, 0.5)
        inward = Vector(spot.X(), spot.Y(), spot.Z()) - point
        if abs(tuple(direction)[along]) > 0.999 and inward.dot(face.normal_at(point)) > 0:
            found.add(Hole(round(2 * cylinder.Radius(), 3), along, (spot.X(), spot.Y(), spot.Z())))
    return found


__all__ = ["Hole", "Part", "along_x", "along_y", "box", "cone_y", "grip", "holes", "rod", "rod_x", "rod_y", "rounded"]
