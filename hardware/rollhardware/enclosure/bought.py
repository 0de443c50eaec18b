# SPDX-License-Identifier: MIT
"""Simple models of what is bought or cut from stock, each about its own origin, sizes in mm.

A screw stands on z = 0 with the underside of its head and points to -z. Threads are modelled at their core where a
screw cuts into plastic, and 0.1 mm under the hole's diameter elsewhere: no model overlaps another one. Pieces of a
kind are one model in several places.
"""

from functools import cache

from build123d import Cylinder, Pos, RegularPolygon, extrude

from rollhardware.enclosure.layout import SHIM_X, SPACER, Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part, box, rod, rod_y, rounded

ROD_SHORTER = 2.0  # the axle ends this much inside of the tines, on either side
INSERT_OUTER = 0.05  # insert over hole, on the diameter, is pressed away by the heat


@cache
def screw(thread: float, length: float, head: float, height: float, socket: float) -> Part:
    """Return a screw with a cylindrical head."""
    shank = rod(thread - 0.1, (0, 0), (-length, 0))
    return shank + rod(head, (0, 0), (0, height)) - rod(socket, (0, 0), (height / 2, height))


def set_screw(thread: float, length: float) -> Part:
    """Return a set screw whose tip stands on z = 0."""
    return rod(thread - 0.1, (0, 0), (0, length)) - rod(thread / 2, (0, 0), (length - thread / 2, length))


def nut(thread: float, across: float, height: float) -> Part:
    """Return a nut on z = 0."""
    return extrude(RegularPolygon(across / 2, 6, major_radius=False), height) - rod(thread, (0, 0), (0, height))


def washer(bore: float, outer: float, height: float) -> Part:
    """Return a washer on z = 0."""
    return rod(outer, (0, 0), (0, height)) - rod(bore, (0, 0), (0, height))


@cache
def insert(p: Params) -> Part:
    """Return an M3 heat-set insert on z = 0, pointing up."""
    outer = p.insert_hole_mm - INSERT_OUTER
    return rod(outer, (0, 0), (0, p.insert_length_mm)) - rod(3.0, (0, 0), (0, p.insert_length_mm))


def bar(p: Params, at: Layout) -> Part:
    """Return the load cell in the handle frame: the two bores that meet make four thin places."""
    half = p.bar_width_mm / 2
    part = box((0, p.bar_length_mm), (-half, half), (at.bar_bottom_z, at.bar_top_z))
    middle, span, bore = p.bar_length_mm / 2, p.bar_hinge_span_low_mm, p.bar_height_mm - 2 * 1.6
    for x in (middle - span / 2, middle + span / 2):
        part -= rod_y(bore, (x, 0), (-half, half))
    part -= box((middle - span / 2, middle + span / 2), (-half, half), (-2, 2))
    for x in at.fixed_holes_x:
        part -= rod(p.bar_fixed_thread_mm, (x, 0), (-20, 20))
    for x in at.free_holes_x:
        part -= rod(p.bar_free_thread_mm, (x, 0), (-20, 20))
    return part


def stop_arm(p: Params, at: Layout) -> Part:
    """Return the stop arm H2 in the handle frame: a steel flat with two holes and one M4 thread."""
    half = p.stop_arm_width_mm / 2
    part = box(at.arm_x, (-half, half), (at.arm_bottom_z, at.arm_top_z))
    for x in at.fixed_holes_x:
        part -= rod(5.5, (x, 0), (0, 40))
    return part - rod(4.0, (at.stop_x, 0), (0, 40))


def shim(p: Params, at: Layout) -> Part:
    """Return the shim H5 between bar and stop arm in the handle frame."""
    part = box((0, SHIM_X), (-6, 6), (at.bar_top_z, at.bar_top_z + SPACER))
    for x in at.fixed_holes_x:
        part -= rod(5.3, (x, 0), (0, 40))
    return part


def tube(p: Params) -> Part:
    """Return the roller tube about its axis, along y."""
    half = p.roller_length_mm / 2
    return rod_y(p.roller_outer_mm, (0, 0), (-half, half)) - rod_y(p.bearing_outer_mm, (0, 0), (-half, half))


@cache
def bearing(p: Params) -> Part:
    """Return a 608 bearing about its axis, along y, from y = 0; its gap between the rings left out."""
    outer, bore, wide = p.bearing_outer_mm - 0.02, p.bearing_bore_mm + 0.02, p.bearing_width_mm
    part = rod_y(outer, (0, 0), (0, wide)) - rod_y(bore, (0, 0), (0, wide))
    for y in ((0, 0.4), (wide - 0.4, wide)):
        part -= rod_y(19.2, (0, 0), y) - rod_y(12.1, (0, 0), y)
    return part


def axle(p: Params, at: Layout) -> Part:
    """Return the axle about its axis, along y."""
    half = at.tine_y + p.fork_tine_mm - ROD_SHORTER
    return rod_y(p.bearing_bore_mm, (0, 0), (-half, half))


def thing_plus(p: Params) -> Part:
    """Return A1 lying flat: USB end at x = 0, the edge with the battery plug at y = 0, underside at z = 0."""
    long, wide, thick = p.a1_length_mm, p.a1_width_mm, p.board_mm
    board = rounded(box((0, long), (-wide, 0), (0, thick)), 2.5)
    for y in (-p.a1_hole_inset_mm, p.a1_hole_inset_mm - wide):
        board -= rod(3.3, (p.a1_hole_inset_mm, y), (0, thick))
    low = thick - 0.1
    blocks = [
        box((-0.2, 7.2), (-wide / 2 - 4.5, -wide / 2 + 4.5), (low, thick + 3.2)),  # USB-C
        box((33.5, 59), (-wide / 2 - 9, -wide / 2 + 9), (low, thick + 3.1)),  # ESP32 module
        box((14, 21.6), (-6.5, -0.1), (low, thick + 5.5)),  # battery plug
        box((5.9, 11.9), (-7, -1), (low, thick + 2.9)),  # Qwiic
        box((30.4, 31.9), (-wide / 2 - 0.5, -wide / 2 + 0.5), (low, thick + 0.7)),  # LED D3
        box((p.a1_rgb_along_mm - 1, p.a1_rgb_along_mm + 1), (-wide + 0.1, -wide + 2.2), (low, thick + 0.8)),  # D5
    ]
    return board.fuse(*blocks)


def breakout(p: Params, chip: float) -> Part:
    """Return a STEMMA QT breakout about its middle, underside at z = 0, connectors at both ends of x."""
    x, y, thick = p.qt_length_mm / 2, p.qt_width_mm / 2, p.board_mm
    board = rounded(box((-x, x), (-y, y), (0, thick)), 2.5)
    for sx in (-1, 1):
        for sy in (-1, 1):
            board -= rod(2.55, (sx * (x - p.qt_hole_inset_mm), sy * (y - p.qt_hole_inset_mm)), (0, thick))
    low = thick - 0.1
    plugs = [box((-x, -x + 4.5), (-3, 3), (low, thick + 2.9)), box((x - 4.5, x), (-3, 3), (low, thick + 2.9))]
    return board.fuse(*plugs, box((-chip / 2, chip / 2), (-chip / 2, chip / 2), (low, thick + 0.9)))


def cell(p: Params) -> Part:
    """Return BT1 from its rear end at x = 0 along x, on z = 0."""
    half = p.battery_width_mm / 2
    part = box((0, p.battery_length_mm), (-half, half), (0, p.battery_height_mm))
    return rounded(part, 2.0)


def button(p: Params) -> Part:
    """Return SW1 with the panel's outside at z = 0, its cap up; the nut holds a wall of `wall_mm`."""
    collar = rod(p.button_hole_mm + 3, (0, 0), (0, 1.5))
    shank = rod(p.button_hole_mm, (0, 0), (-p.button_depth_mm - p.wall_mm, 0))
    ring = rod(11, (0, 0), (-p.wall_mm - 2.2, -p.wall_mm))
    return collar.fuse(shank, ring, rod(5, (0, 0), (0, 4.5)))


def switch(p: Params) -> Part:
    """Return S1 on end: its slide points to -x through x = 0, its body behind it, long side along z."""
    half_y, half_z = p.switch_width_mm / 2, p.switch_length_mm / 2
    part = box((0, p.switch_depth_mm), (-half_y, half_y), (-half_z, half_z))
    slide = box((-3, 0.1), (-0.8, 0.8), (-2.2, 0))
    pins = [
        box((p.switch_depth_mm - 0.1, p.switch_depth_mm + 3), (-0.3, 0.3), (z - 0.3, z + 0.3)) for z in (-2.5, 0, 2.5)
    ]
    return part.fuse(slide, *pins)


def motor(p: Params) -> Part:
    """Return M1 on z = 0."""
    return Pos(0, 0, p.motor_height_mm / 2) * Cylinder(p.motor_diameter_mm / 2, p.motor_height_mm)


def pipe(p: Params, length: float) -> Part:
    """Return a light pipe on z = 0."""
    return rod(p.pipe_mm, (0, 0), (0, length))
