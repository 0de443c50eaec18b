# SPDX-License-Identifier: MIT
"""What may be changed in the enclosure: enclosure/params.yaml, read and refused with a reason."""

from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE

PATH = HARDWARE / "enclosure" / "params.yaml"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of params.yaml; `mark` says where the value is from."""

    value: float
    min: float
    max: float
    mark: Literal["V", "M", "C", "D"]
    what: str


class Params(msgspec.Struct, frozen=True):
    """The values of params.yaml, under the same names; what they mean stands there."""

    bar_length_mm: float
    bar_width_mm: float
    bar_height_mm: float
    bar_hole_end_mm: float
    bar_hole_pitch_mm: float
    bar_fixed_thread_mm: float
    bar_free_thread_mm: float
    bar_rated_n: float
    bar_output_mv_per_v: float
    bar_gauge_factor: float
    bar_modulus_gpa: float
    bar_hinge_span_low_mm: float
    bar_hinge_span_high_mm: float
    bar_soft_deflection_mm: float
    bar_eccentric_percent_per_cm: float
    stop_force_n: float
    stop_arm_width_mm: float
    stop_arm_height_mm: float
    stop_modulus_gpa: float
    stop_share_least: float
    stop_screw_pitch_mm: float
    test_force_n: float
    handle_width_mm: float
    wall_mm: float
    bottom_chamfer_mm: float
    top_chamfer_mm: float
    imu_to_axle_mm: float
    head_clearance_mm: float
    wall_least_mm: float
    fit_mm: float
    bridge_longest_mm: float
    bed_mm: float
    head_pattern_x_mm: float
    head_pattern_y_mm: float
    head_plate_mm: float
    fork_base_mm: float
    fork_tine_mm: float
    roller_outer_mm: float
    roller_wall_mm: float
    roller_length_mm: float
    roller_gap_mm: float
    bearing_outer_mm: float
    bearing_bore_mm: float
    bearing_width_mm: float
    bearing_friction: float
    bearing_seal_n_mm: float
    a1_length_mm: float
    a1_width_mm: float
    a1_hole_inset_mm: float
    a1_led_along_mm: float
    a1_led_across_mm: float
    a1_rgb_along_mm: float
    a1_rgb_across_mm: float
    qt_length_mm: float
    qt_width_mm: float
    qt_hole_inset_mm: float
    u1_turned: float
    board_mm: float
    boss_mm: float
    battery_length_mm: float
    battery_width_mm: float
    battery_height_mm: float
    battery_swell_mm: float
    motor_diameter_mm: float
    motor_height_mm: float
    button_hole_mm: float
    button_depth_mm: float
    switch_length_mm: float
    switch_width_mm: float
    switch_depth_mm: float
    pipe_mm: float
    insert_hole_mm: float
    insert_length_mm: float
    print_modulus_gpa: float
    print_density_g_per_cm3: float
    print_infill_share: float


def load(path: Path = PATH) -> Params:
    """Return the values of a params.yaml; HardwareError with key, cause and cure for each that cannot be."""
    try:
        raw = msgspec.yaml.decode(path.read_bytes())
    except (msgspec.DecodeError, OSError) as error:
        raise HardwareError(f"{path.name}: it cannot be read: {error}; mend that line") from error
    if not isinstance(raw, dict):
        raise HardwareError(f"{path.name}: it is not a table of keys; write `key: {{value: ...}}` lines")
    return check(raw, path.name)


@cache
def entries() -> dict[str, Entry]:
    """Return the lines of the project's own params.yaml, for the pages that show where a value is from."""
    return msgspec.yaml.decode(PATH.read_bytes(), type=dict[str, Entry])


def check(raw: dict[str, Any], name: str = PATH.name) -> Params:
    """Return the values of a decoded params.yaml; errors as in `load`, all of them at once."""
    known = Params.__struct_fields__
    problems = []
    for key in raw.keys() - set(known):
        near = get_close_matches(str(key), known, 1)
        problems.append(f"{name}: {key}: nothing is called so; " + (f"is it {near[0]}?" if near else "take it out"))
    problems += [f"{name}: {key}: is missing; add it (git shows what it was)" for key in known if key not in raw]
    values = {}
    for key in known:
        if key in raw:
            try:
                values[key] = _value(raw[key])
            except ValueError as error:
                problems.append(f"{name}: {key}: {error}")
    if not problems:
        params = Params(**values)
        problems = [f"{name}: {line}" for line in _together(params)]
    if problems:
        raise HardwareError(*sorted(problems))
    return params


def _value(raw: Any) -> float:
    """Return the value of one line; ValueError with cause and cure."""
    try:
        entry = msgspec.convert(raw, Entry)
    except msgspec.ValidationError as error:
        raise ValueError(f"{error}; write it as {{value: 1.0, min: 0.5, max: 2, mark: D, what: ...}}") from error
    if not entry.min <= entry.value <= entry.max:
        raise ValueError(
            f"{entry.value:g} is outside of {entry.min:g} to {entry.max:g}; choose a value within,"
            " or widen the bounds and look at the model"
        )
    return entry.value


def _together(p: Params) -> list[str]:
    """Return what is wrong between values that are each within their bounds."""
    problems = []
    bore = p.roller_outer_mm - 2 * p.roller_wall_mm
    if abs(bore - p.bearing_outer_mm) > 0.2:
        problems.append(
            f"roller_wall_mm: a bore of {bore:g} does not hold a bearing of {p.bearing_outer_mm:g};"
            f" {(p.roller_outer_mm - p.bearing_outer_mm) / 2:g} would"
        )
    if p.bar_hinge_span_low_mm > p.bar_hinge_span_high_mm:
        problems.append("bar_hinge_span_low_mm: it is above bar_hinge_span_high_mm; exchange them")
    if p.test_force_n <= p.stop_force_n:
        problems.append("test_force_n: the stop does not touch at it; choose one above stop_force_n")
    if p.u1_turned not in (0, 1):
        problems.append("u1_turned: it is neither 0 nor 1; look at the axes printed on U1")
    return problems
