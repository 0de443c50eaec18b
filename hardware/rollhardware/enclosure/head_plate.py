# SPDX-License-Identifier: MIT
"""P4, the head plate under the bar's free end: the pattern of four M3 inserts that every head shares."""

from rollhardware.enclosure.layout import Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, box, rod, rounded

LENGTH, WIDTH = 24.0, 40.0  # along x and y
M4_HOLE, M4_HEAD, M4_SINK = 4.4, 7.8, 4.2
KEY = 1.1  # height of the two lips that hold the bar straight


def head_plate(p: Params, at: Layout) -> Part:
    """Return the head plate in the handle frame."""
    x = (at.axle_x - LENGTH / 2, at.axle_x + LENGTH / 2)
    z = (at.plate_bottom_z, at.bar_bottom_z)
    plate = rounded(box(x, (-WIDTH / 2, WIDTH / 2), z), 4.0)
    lip = p.bar_width_mm / 2 + 0.15
    for side in (-1, 1):
        y = sorted((side * lip, side * (lip + 1.8)))
        plate += box(x, (y[0], y[1]), (at.plate_bottom_z + 1, at.bar_bottom_z + KEY))
    holes = [rod(M4_HOLE, (hole, 0), (z[0], z[1])) for hole in at.free_holes_x]
    holes += [rod(M4_HEAD, (hole, 0), (z[0], z[0] + M4_SINK)) for hole in at.free_holes_x]
    holes += [rod(p.insert_hole_mm, spot, (z[0], z[0] + p.insert_length_mm + 1)) for spot in at.pattern]
    return plate - holes[0].fuse(*holes[1:])
