# SPDX-License-Identifier: MIT
"""P3, the tray: it carries all boards, and is the wall between them and the cell."""

from rollhardware.enclosure.layout import Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, box, rod, rounded

BOSS = 5.5  # diameter
SCREW_HOLE = 2.05  # an M2.5 screw cuts its thread into it
FRONT_X = -2.5


def tray(p: Params, at: Layout) -> Part:
    """Return the tray in the handle frame."""
    half = at.inner_half - p.fit_mm
    z = (at.tray_z, at.tray_top_z)
    plate = rounded(box((at.rear_inner_x + 0.4, FRONT_X), (-half, half), z), 1.0)
    bosses = [rod(BOSS, spot, (at.tray_z, at.board_z)) for spot in at.board_screws(p) + _rests(p, at)]
    return plate.fuse(*bosses) - _holes(p, at)


def _rests(p: Params, at: Layout) -> list[tuple[float, float]]:
    """Return where the end of A1 rests that has no holes."""
    x = at.a1_front_x - 6
    return [(x, at.a1_left_y - 7), (x, at.a1_left_y - p.a1_width_mm + 7)]


def _holes(p: Params, at: Layout) -> Part:
    """Return the holes: blind ones under the boards, so that no screw can reach the cell."""
    through = (at.tray_z, at.tray_top_z)
    holes = [rod(SCREW_HOLE, spot, (at.tray_top_z - 1, at.board_z)) for spot in at.board_screws(p)]
    holes += [rod(3.4, spot, through) for spot in [*at.tray_columns, at.tray_screw]]
    # The tie of the bar's wires, the wires of cell and switch, the wires of the motor.
    holes += [box((-7, -4), (y - 0.8, y + 0.8), through) for y in (7.7, 10.9)]
    gap = at.a1_front_x
    holes.append(box((gap - 0.5, gap + 5.5), (8, 16), through))
    # The tray goes in under S1, whose body and tags stand over its rear edge: a notch lets it be tilted.
    holes.append(box((at.rear_inner_x, at.rear_inner_x + 7.5), (at.switch.y - 3, at.switch.y + 3), through))
    holes.append(box((at.tray_screw.x - 3, at.tray_screw.x + 3), (-10.5, -6.5), through))
    return holes[0].fuse(*holes[1:])
