# SPDX-License-Identifier: MIT
"""P5, the fork of the single roller: it bolts to the head plate, two set screws hold the axle in it."""

from rollhardware.enclosure.layout import Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, along_y, box, cone_y, rod, rod_x, rod_y, rounded

BASE_LENGTH = 24.0
TINE_HALF = 8.25  # half of a tine's width along x
AXLE_FIT = 0.15  # hole over axle, on the diameter
TIP = 9.0  # tine below the axle: less than the roller, so that only the roller touches
M3_HOLE = 3.4
BOSS_FACE = 11.6  # rests against the bearing's inner ring only


def fork(p: Params, at: Layout) -> Part:
    """Return the fork in the handle frame."""
    x, z = at.axle_x, at.axle_z
    outer = at.tine_y + p.fork_tine_mm
    base = box((x - BASE_LENGTH / 2, x + BASE_LENGTH / 2), (-outer, outer), (at.base_bottom_z, at.plate_bottom_z))
    part = rounded(base, 4.0)
    for side in (-1, 1):
        part += _tine(p, at, side)
    holes = [rod(M3_HOLE, spot, (at.base_bottom_z, at.plate_bottom_z)) for spot in at.pattern]
    holes.append(_axle_hole(p, at))
    for side in (-1, 1):
        middle = side * (at.tine_y + p.fork_tine_mm / 2)
        face = x + TINE_HALF
        holes.append(rod_x(p.insert_hole_mm, (middle, z), (x, face)))
    return part - holes[0].fuse(*holes[1:])


def _tine(p: Params, at: Layout, side: int) -> Part:
    """Return one tine with the boss that keeps it off the bearing's outer ring."""
    x, z = at.axle_x, at.axle_z
    y = sorted((side * at.tine_y, side * (at.tine_y + p.fork_tine_mm)))
    cut = TIP * 0.4142  # corner of half an octagon at the tip
    low = z - TIP
    line = [
        (x - TINE_HALF, at.base_bottom_z + 1), (x + TINE_HALF, at.base_bottom_z + 1),
        (x + TINE_HALF, low + cut), (x + TINE_HALF - cut, low), (x - TINE_HALF + cut, low), (x - TINE_HALF, low + cut),
    ]  # fmt: skip
    tine = along_y(line, (y[0], y[1]))
    reach = at.tine_y - p.roller_length_mm / 2 - 0.1
    return tine + cone_y(BOSS_FACE + 2 * reach, BOSS_FACE, (x, z), (side * at.tine_y, side * (at.tine_y - reach)))


def _axle_hole(p: Params, at: Layout) -> Part:
    """Return the axle's hole, pointed away from the base: it prints with the base down, and the push comes upward."""
    diameter = p.bearing_bore_mm + AXLE_FIT
    x, z, radius = at.axle_x, at.axle_z, diameter / 2
    wide = at.tine_y + p.fork_tine_mm
    corner = radius * 0.7071
    drop = [(x - corner, z - corner), (x + corner, z - corner), (x, z - 2 * corner)]
    return rod_y(diameter, (x, z), (-wide, wide)) + along_y(drop, (-wide, wide))
