# SPDX-License-Identifier: MIT
"""Where things are, computed from the parameters: handle frame, mm, the bar's fixed end at x = 0, its axis at z = 0.

x points to the roller, y along its axle, z away from the skin. The skin lies at -z and pushes the head to +z, as the
firmware has it (lying on the table, buttons up, it feels +1 g on z and the head's weight as a negative force).
"""

from typing import NamedTuple

from rollhardware.enclosure.params import Params

SEAT_X = 17.0  # the bar lies on the body from 0 to here, where its bore begins
SHIM_X = 18.5  # end of the shim between bar and stop arm
FREE_X = 20.0  # from here on the bar moves
NOSE_X = 20.0  # front face of the body
TRAY = 2.4  # thickness of the tray
SPACER = 1.0  # shim H5 between bar and stop arm
FLOOR_UNDER_BAR = 12.0
CLAMP_FLOOR = 6.0  # printed material between the bar and the heads of its screws
HOOD_BOTTOM = -4.0
LAP = 1.5  # height of the lap joint between body and lid
COLUMN_RADIUS = 4.25


class Spot(NamedTuple):
    """A place seen from above, mm."""

    x: float
    y: float


class Layout:
    """The derived places. Names that end in `_z` are heights, in `_x` places along the handle; all in mm."""

    def __init__(self, p: Params):
        half = p.bar_height_mm / 2
        self.bar_top_z, self.bar_bottom_z = half, -half
        self.fixed_holes_x = (p.bar_hole_end_mm, p.bar_hole_end_mm + p.bar_hole_pitch_mm)
        self.free_holes_x = tuple(p.bar_length_mm - x for x in reversed(self.fixed_holes_x))
        # The stop presses on the bar between its holes, right over the axle: no lever between push and stop.
        self.axle_x = self.stop_x = sum(self.free_holes_x) / 2
        self.arm_bottom_z = self.bar_top_z + SPACER
        self.arm_top_z = self.arm_bottom_z + p.stop_arm_height_mm
        self.arm_x = (0.0, self.stop_x + 7)
        self.plate_bottom_z = self.bar_bottom_z - p.head_plate_mm
        self.base_bottom_z = self.plate_bottom_z - p.fork_base_mm
        self.axle_z = self.base_bottom_z - p.roller_gap_mm - p.roller_outer_mm / 2
        self.roller_low_z = self.axle_z - p.roller_outer_mm / 2
        self.tine_y = p.roller_length_mm / 2 + 1.5  # inner face
        self.bottom_z = self.bar_bottom_z - FLOOR_UNDER_BAR
        self.top_z = self.arm_top_z + 2.75 + 0.7 + p.wall_mm  # heads of F1, and room over them
        self.half_width = p.handle_width_mm / 2
        self.inner_half = self.half_width - p.wall_mm
        self._rear(p)
        self.pattern = [
            Spot(self.axle_x + sx * p.head_pattern_x_mm / 2, sy * p.head_pattern_y_mm / 2)
            for sx in (-1, 1)
            for sy in (-1, 1)
        ]
        self.hood_half = p.stop_arm_width_mm / 2 + 1.0  # inner
        self.hood_x = p.bar_length_mm + 1.2  # inner face of its front

    def _rear(self, p: Params):
        """Work out what lies behind the bar: battery, tray, boards, columns."""
        floor_z = self.bottom_z + p.wall_mm
        # The cell lies where the chamfer of the inside has become wide enough for it.
        floor_half = self.half_width - p.bottom_chamfer_mm - p.wall_mm * 0.4142
        self.cell_z = floor_z + max(1.0, p.battery_width_mm / 2 + 0.3 - floor_half)
        self.tray_z = self.cell_z + p.battery_height_mm + p.battery_swell_mm
        self.tray_top_z = self.tray_z + TRAY
        self.board_z = self.tray_top_z + p.boss_mm
        self.board_top_z = self.board_z + p.board_mm
        self.floor_z = floor_z
        imu_x = self.axle_x - p.imu_to_axle_mm
        first_x = -6.2 - p.qt_length_mm / 2  # before them 4 mm for the bend of a Qwiic cable
        side = p.qt_width_mm / 2 + 0.4
        self.boards = {"U1": Spot(imu_x, 0), "U2": Spot(first_x, side), "U3": Spot(first_x, -side)}
        self.a1_front_x = imu_x - p.qt_length_mm / 2 - 6
        self.a1_rear_x = self.a1_front_x - p.a1_length_mm
        self.a1_left_y = -self.inner_half + 0.45 + p.a1_width_mm  # the edge with battery plug and Qwiic
        self.rear_inner_x = self.a1_rear_x - 0.3
        self.rear_x = self.rear_inner_x - p.wall_mm
        self.usb = Spot(self.a1_rear_x, self.a1_left_y - p.a1_width_mm / 2)
        self.usb_z = self.board_top_z + 1.6
        self.split_z = self.usb_z + 3.75
        self.led = Spot(self.a1_rear_x + p.a1_led_along_mm, self.a1_left_y - p.a1_led_across_mm)
        self.rgb = Spot(self.a1_rear_x + p.a1_rgb_along_mm, self.a1_left_y - p.a1_rgb_across_mm)
        rear = Spot(self.rear_inner_x + COLUMN_RADIUS + 0.1, self.inner_half - COLUMN_RADIUS - 0.4)
        mid_x = imu_x + p.qt_length_mm / 2 + 5.3
        self.tray_columns = [rear, Spot(mid_x, rear.y), Spot(mid_x, -rear.y)]
        self.nose_columns = [Spot(9, self.half_width - 6.6), Spot(9, 6.6 - self.half_width)]
        self.tray_screw = Spot(mid_x, 0)
        self.cell_rear_x = rear.x + COLUMN_RADIUS + 0.8
        self.cell_front_x = self.cell_rear_x + p.battery_length_mm
        self.motor = Spot(self.cell_front_x + 14, 0)
        self.button = Spot(first_x, 0)
        self.switch = Spot(self.rear_inner_x, self.a1_left_y + 1.2 + p.switch_width_mm / 2)
        self.switch_z = self.tray_top_z + 0.4 + p.switch_length_mm / 2

    def a1_holes(self, p: Params) -> list[Spot]:
        """Return the two holes of A1."""
        inset = p.a1_hole_inset_mm
        x = self.a1_rear_x + inset
        return [Spot(x, self.a1_left_y - inset), Spot(x, self.a1_left_y - p.a1_width_mm + inset)]

    def qt_holes(self, p: Params, ref: str) -> list[Spot]:
        """Return the four holes of one of the breakouts."""
        at = self.boards[ref]
        dx, dy = p.qt_length_mm / 2 - p.qt_hole_inset_mm, p.qt_width_mm / 2 - p.qt_hole_inset_mm
        if ref == "U1" and p.u1_turned:
            dx, dy = dy, dx
        return [Spot(at.x + sx * dx, at.y + sy * dy) for sx in (-1, 1) for sy in (-1, 1)]

    def board_screws(self, p: Params) -> list[Spot]:
        """Return the places of all screws that hold boards."""
        return self.a1_holes(p) + [spot for ref in self.boards for spot in self.qt_holes(p, ref)]
