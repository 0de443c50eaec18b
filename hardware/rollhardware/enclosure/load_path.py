# SPDX-License-Identifier: MIT
"""The way of the force from the skin to the converter, in formulas: N, mm, g, degrees. No CAD in here.

The bar is a parallelogram: two beams that stay parallel, thin at four places. Its stiffness is not known, so all that
depends on it is given for the stiffest and the softest bar that are likely.
"""

import math
from dataclasses import dataclass

from rollhardware.enclosure.layout import SHIM_X, SPACER, Layout
from rollhardware.enclosure.params import Params

GRAVITY = 9.80665
EXCITATION_V = 3.0  # AVDD of the NAU7802 as the firmware sets it
GAIN = 128
BITS = 24


def strain(p: Params) -> float:
    """Return the strain at the gauges at rated load: a full bridge gives gauge factor times strain."""
    return p.bar_output_mv_per_v / 1000 / p.bar_gauge_factor


def beam_thickness_mm(p: Params, span_mm: float) -> float:
    """Return how thick the bar's two beams are, from the strain that the rated load makes in them.

    Either beam carries half of the load; fixed at one end and guided at the other, its end moment is F/2 * span/2, and
    the strain there is 6 M / (E b t^2).
    """
    moment = p.bar_rated_n * span_mm / 4
    return math.sqrt(6 * moment / (p.bar_modulus_gpa * 1000 * p.bar_width_mm * strain(p)))


def bar_stiffness(p: Params, span_mm: float) -> float:
    """Return the stiffness in N/mm of two beams of this span: 24 E I / span^3."""
    inertia = p.bar_width_mm * beam_thickness_mm(p, span_mm) ** 3 / 12
    return 24 * p.bar_modulus_gpa * 1000 * inertia / span_mm**3


@dataclass(frozen=True)
class Bar:
    """A bar that may come out of the bag: what it is taken for, and its stiffness in N/mm."""

    name: str
    stiffness: float


def bars(p: Params) -> list[Bar]:
    """Return the stiffest, a middle and the softest likely bar."""
    low, high = p.bar_hinge_span_low_mm, p.bar_hinge_span_high_mm
    return [
        Bar(f"beams of {low:g} mm, from strain", bar_stiffness(p, low)),
        Bar(f"beams of {high:g} mm, from strain", bar_stiffness(p, high)),
        Bar(f"{p.bar_soft_deflection_mm:g} mm at rated load, from memory", p.bar_rated_n / p.bar_soft_deflection_mm),
    ]


def stop_parts(p: Params, at: Layout) -> dict[str, float]:
    """Return the stiffness in N/mm, each as felt at the stop screw, of what the stop consists of.

    All of it is metal and lies between the bar's fixed end and its free end; no printed part is in the loop.
    """
    reach = at.stop_x - SHIM_X
    inertia = p.stop_arm_width_mm * p.stop_arm_height_mm**3 / 12
    arm = 3 * p.stop_modulus_gpa * 1000 * inertia / reach**3
    # The arm turns on the shim: the bar's aluminium below gives way, over a depth of half the bar.
    turn = p.bar_modulus_gpa * 1000 * 12 * SHIM_X**3 / 12 / (p.bar_height_mm / 2)
    lever = at.stop_x - SHIM_X / 2
    root_area = math.pi / 4 * 3.24**2  # core of an M4 thread
    screw = 205_000 * root_area / (SPACER + p.stop_arm_height_mm / 2)
    # A flat tip of 2.5 mm on aluminium: a punch on a half space.
    tip = 2.5 * p.bar_modulus_gpa * 1000 / (1 - 0.33**2)
    return {"arm": arm, "shim": turn / lever**2, "screw": screw, "tip": tip}


def stop_stiffness(p: Params, at: Layout) -> float:
    """Return the stiffness of the stop in N/mm: its parts one behind the other."""
    return 1 / sum(1 / part for part in stop_parts(p, at).values())


@dataclass(frozen=True)
class Loaded:
    """Bar and stop under a push: forces in N, deflection of the bar's free end in mm."""

    push_n: float
    bar_n: float
    stop_n: float
    deflection_mm: float


def loaded(push_n: float, bar: float, stop: float, p: Params) -> Loaded:
    """Return what a push of `push_n` does to a bar and a stop of these stiffnesses in N/mm."""
    beyond = max(0.0, push_n - p.stop_force_n)
    on_stop = beyond * share(bar, stop)
    on_bar = push_n - on_stop
    return Loaded(push_n, on_bar, on_stop, on_bar / bar)


def share(bar: float, stop: float) -> float:
    """Return which share of the force beyond the stop's the stop carries."""
    return stop / (stop + bar)


def push_at_rating(bar: float, stop: float, p: Params) -> float:
    """Return the push in N at which the bar carries its rated load although the stop helps."""
    return p.stop_force_n + (p.bar_rated_n - p.stop_force_n) / (1 - share(bar, stop))


def gap_mm(bar: float, p: Params) -> float:
    """Return the gap under the stop screw with nothing touched."""
    return p.stop_force_n / bar


def degrees_per_newton(bar: float, p: Params) -> float:
    """Return how far the stop screw turns for 1 N."""
    return 360 / (p.stop_screw_pitch_mm * bar)


def microvolts_per_newton(p: Params) -> float:
    """Return the bridge's output for 1 N."""
    return p.bar_output_mv_per_v * EXCITATION_V / p.bar_rated_n * 1000


def counts_per_newton(p: Params) -> float:
    """Return the converter's counts for 1 N."""
    return microvolts_per_newton(p) * 1e-6 * GAIN / EXCITATION_V * 2**BITS


def tilt_error_percent(degrees: float) -> float:
    """Return what a tilt of the handle takes from the reading: it is the push times the cosine."""
    return (1 - math.cos(math.radians(degrees))) * 100


def friction_n(push_n: float, p: Params) -> float:
    """Return the force along the skin, at the roller's surface, that two bearings need to turn."""
    torque = p.bearing_friction * push_n * p.bearing_bore_mm / 2 + 2 * p.bearing_seal_n_mm
    return torque / (p.roller_outer_mm / 2)


def eccentric_percent(p: Params, at: Layout) -> tuple[float, float]:
    """Return by how much the reading differs: at the roller's middle against the bar's, and at the roller's end."""
    along = at.axle_x - p.bar_length_mm / 2
    across = p.roller_length_mm / 2
    return along / 10 * p.bar_eccentric_percent_per_cm, across / 10 * p.bar_eccentric_percent_per_cm


def fork_compliance(p: Params, at: Layout) -> dict[str, float]:
    """Return the deflection in mm for 1 N of the printed parts between bar and axle."""
    modulus = p.print_modulus_gpa * 1000
    out = at.tine_y + p.fork_tine_mm / 2 - p.head_pattern_y_mm / 2
    base = 0.5 * out**3 / (3 * modulus * 24 * p.fork_base_mm**3 / 12)
    tine = 0.5 * (at.base_bottom_z - at.axle_z) / (modulus * p.fork_tine_mm * 16.5)
    plate = 0.5 * (p.head_pattern_y_mm / 2) ** 3 / (3 * modulus * 24 * p.head_plate_mm**3 / 12)
    return {"head plate": plate, "fork base": base, "tines": tine}


def resonance_hz(stiffness: float, compliance: float, mass_g: float) -> float:
    """Return the frequency at which a head of this mass swings on bar and fork (N/mm, mm/N, g)."""
    per_m = 1000 / (1 / stiffness + compliance)
    return math.sqrt(per_m / (mass_g / 1000)) / (2 * math.pi)


def latest_touch_n(bar: float, stop: float, p: Params) -> float:
    """Return the highest push in N at which the stop may first touch, for the bar to stay below its rating.

    Below its rating at `test_force_n`: touch + (test - touch) (1 - share) = rated.
    """
    part = share(bar, stop)
    return min(p.bar_rated_n, (p.bar_rated_n - p.test_force_n * (1 - part)) / part)


def sine(degrees: float) -> float:
    """Return the sine of an angle in degrees."""
    return math.sin(math.radians(degrees))
