# SPDX-License-Identifier: MIT
"""P1, the body: the lower half of the handle. It carries the bar, the cell, the motor and the tray."""

from rollhardware.enclosure.layout import CLAMP_FLOOR, COLUMN_RADIUS, LAP, NOSE_X, SEAT_X, Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, box, grip, rod, rounded

BLOCK_X = -2.0  # rear face of the block under the bar
RIM = 1.4  # outer part of the lap joint
M3_HOLE, M3_HEAD, M3_LENGTH = 3.4, 6.0, 12.0
M5_HOLE, M5_WASHER = 5.5, 11.0


def body(p: Params, at: Layout) -> Part:
    """Return the body in the handle frame."""
    shell = grip(p, at, (at.rear_x, NOSE_X))
    shell = rounded(shell & box((at.rear_x, NOSE_X), (-50, 50), (at.bottom_z, at.split_z)), 2.0)
    shell -= grip(p, at, (at.rear_inner_x, BLOCK_X), inside=True)
    shell += _inside(p, at) & grip(p, at, (at.rear_x, NOSE_X))
    return shell - _trough(p, at) - _screws(p, at) - _rear_openings(p, at) - _rim(at)


def seat_z(insert_z: float, p: Params) -> float:
    """Return the height of the seat of a screw's head so that its tip ends where the insert over it ends."""
    return insert_z + p.insert_length_mm - M3_LENGTH


def _inside(p: Params, at: Layout) -> Part:
    """Return columns, ribs under the cell, its end walls and the motor's ring; they reach into the walls."""
    low = at.bottom_z + 1
    parts = [rod(2 * COLUMN_RADIUS, spot, (low, at.tray_z)) for spot in [*at.tray_columns, at.tray_screw]]
    parts += [box((at.cell_rear_x, at.cell_front_x), (y - 0.8, y + 0.8), (low, at.cell_z)) for y in (-8, 8)]
    # End walls of the bay; the front one leaves a way for the wires.
    parts.append(box((at.cell_rear_x - 2.1, at.cell_rear_x - 0.5), (-21, 21), (low, at.tray_z)))
    front = box((at.cell_front_x + 0.5, at.cell_front_x + 2.1), (-21, 21), (low, at.tray_z))
    parts.append(front - box((-200, 0), (4, 14), (at.cell_z, at.tray_z)))
    radius = p.motor_diameter_mm / 2 + 0.3
    ring = rod(2 * radius + 2.8, at.motor, (low, at.floor_z + 2)) - rod(2 * radius, at.motor, (at.floor_z, 0))
    wires = box((at.motor.x - 20, at.motor.x), (-1.5, 1.5), (at.floor_z, 0))
    parts.append(ring - wires)
    return parts[0].fuse(*parts[1:])


def _trough(p: Params, at: Layout) -> Part:
    """Return the room of bar and stop arm: a keyed seat for the fixed end, clear all round where the bar moves."""
    wide = at.hood_half
    key = p.bar_width_mm / 2 + 0.15
    seat = box((BLOCK_X, SEAT_X), (-key, key), (at.bar_bottom_z, 0))
    above = box((BLOCK_X, NOSE_X), (-wide, wide), (at.bar_bottom_z + 2, at.split_z))
    front = box((SEAT_X, NOSE_X), (-wide, wide), (at.bar_bottom_z - 2, 0))
    return seat + above + front


def _screws(p: Params, at: Layout) -> Part:
    """Return the holes of all screws, from below."""
    low = at.bottom_z
    holes = []
    for x in at.fixed_holes_x:
        holes.append(rod(M5_HOLE, (x, 0), (low, 0)))
        holes.append(rod(M5_WASHER, (x, 0), (low, at.bar_bottom_z - CLAMP_FLOOR)))
    for spots, insert_z in ((at.tray_columns, at.tray_top_z), (at.nose_columns, at.split_z)):
        for spot in spots:
            holes.append(rod(M3_HOLE, spot, (low, at.split_z)))
            holes.append(rod(M3_HEAD, spot, (low, seat_z(insert_z, p))))
    holes.append(rod(p.insert_hole_mm, at.tray_screw, (at.tray_z - p.insert_length_mm - 4, at.tray_z)))
    return holes[0].fuse(*holes[1:])


def _rear_openings(p: Params, at: Layout) -> Part:
    """Return the USB opening, wide enough for a plug's housing, and slot and seat of the slide switch, open upward."""
    wall = (at.rear_x, at.rear_inner_x)
    usb = box(wall, (at.usb.y - 6.5, at.usb.y + 6.5), (at.usb_z - 3.75, at.split_z))
    y, z = at.switch.y, at.switch_z
    half_y, half_z = p.switch_width_mm / 2 + p.fit_mm, p.switch_length_mm / 2 + p.fit_mm
    seat = box((at.rear_inner_x - 1, at.rear_inner_x), (y - half_y, y + half_y), (z - half_z, at.split_z))
    return usb + seat + box(wall, (y - 1.2, y + 1.2), (z - 2.8, z + 2.8))


def _rim(at: Layout) -> Part:
    """Return what makes room for the tongue of the lid."""
    half = at.half_width - RIM
    return box((at.rear_x + RIM, BLOCK_X), (-half, half), (at.split_z - LAP - 0.1, at.split_z))
