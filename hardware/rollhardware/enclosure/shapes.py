# SPDX-License-Identifier: MIT
"""The few solids everything is made of, by their bounds in mm."""

from build123d import Align, Axis, Box, Cone, Cylinder, Part, Plane, Polyline, Pos, Rot, extrude, make_face

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


__all__ = ["Part", "Plane", "along_x", "along_y", "box", "cone_y", "grip", "rod", "rod_x", "rod_y", "rounded"]
