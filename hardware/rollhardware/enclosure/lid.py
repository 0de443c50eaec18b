# SPDX-License-Identifier: MIT
"""P2, the lid: the upper half of the handle, with the hood over bar and stop arm."""

from rollhardware.enclosure.body import BLOCK_X, RIM
from rollhardware.enclosure.layout import COLUMN_RADIUS, HOOD_BOTTOM, LAP, NOSE_X, Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, along_x, box, grip, rod, rounded

HOOD_WALL = 2.4
PIPE_COLLAR = 6.0  # outer diameter


def lid(p: Params, at: Layout) -> Part:
    """Return the lid in the handle frame."""
    shell = grip(p, at, (at.rear_x, NOSE_X)) & box((at.rear_x, NOSE_X), (-50, 50), (at.split_z, at.top_z))
    shell = rounded(shell, 2.0)
    shell -= grip(p, at, (at.rear_inner_x, NOSE_X - p.wall_mm), inside=True)
    shell += _tongue(p, at)
    shell += _columns(at) & grip(p, at, (at.rear_x + 1, NOSE_X - 1))
    shell += _hood(at)
    return shell - _hood_room(p, at) - _holes(p, at)


def _tongue(p: Params, at: Layout) -> Part:
    """Return the tongue of the lap joint; it leaves the USB opening free."""
    half = at.half_width - RIM - p.fit_mm
    front = BLOCK_X - p.fit_mm
    outside = box((at.rear_x + RIM + p.fit_mm, front), (-half, half), (at.split_z - LAP, at.split_z))
    inside = box((at.rear_inner_x, front + 1), (-at.inner_half, at.inner_half), (-50, 50))
    usb = box((at.rear_x, at.rear_inner_x), (at.usb.y - 6.5, at.usb.y + 6.5), (-50, at.split_z))
    return outside - inside - usb


def _columns(at: Layout) -> Part:
    """Return the columns over the screws and the collars of the light pipes."""
    parts = [rod(2 * COLUMN_RADIUS, spot, (at.tray_top_z, at.top_z)) for spot in at.tray_columns]
    parts += [rod(2 * COLUMN_RADIUS, spot, (at.split_z, at.top_z)) for spot in at.nose_columns]
    parts += [rod(PIPE_COLLAR, spot, (at.board_top_z + 6, at.top_z)) for spot in (at.led, at.rgb)]
    return parts[0].fuse(*parts[1:])


def _hood(at: Layout) -> Part:
    """Return the hood, still solid."""
    half, low, high = at.hood_half + HOOD_WALL, HOOD_BOTTOM, at.top_z
    line = [(half, low), (half, high - 3), (half - 3, high), (3 - half, high), (-half, high - 3), (-half, low)]
    hood = rounded(along_x(line, (NOSE_X + 0.2, at.hood_x + HOOD_WALL)), 2.0)
    upper = [(y, max(z, at.split_z)) for y, z in line]
    return hood + along_x(upper, (NOSE_X - 1, NOSE_X + 1))


def _hood_room(p: Params, at: Layout) -> Part:
    """Return the room of bar, stop arm and the heads on it."""
    y = (-at.hood_half, at.hood_half)
    return box((BLOCK_X, at.hood_x), y, (HOOD_BOTTOM - 1, at.top_z - p.wall_mm))


def _holes(p: Params, at: Layout) -> Part:
    """Return the holes of inserts, button and light pipes."""
    deep = p.insert_length_mm + 1
    holes = [rod(p.insert_hole_mm, spot, (at.tray_top_z, at.tray_top_z + deep)) for spot in at.tray_columns]
    holes += [rod(p.insert_hole_mm, spot, (at.split_z, at.split_z + deep)) for spot in at.nose_columns]
    holes.append(rod(p.button_hole_mm + p.fit_mm, at.button, (0, at.top_z)))
    holes += [rod(p.pipe_mm + 0.1, spot, (0, at.top_z)) for spot in (at.led, at.rgb)]
    return holes[0].fuse(*holes[1:])
