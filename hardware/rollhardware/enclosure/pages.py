# SPDX-License-Identifier: MIT
"""The pages of numbers: what the checks found, and the load path. No number in them is typed by hand."""

from rollhardware.enclosure import load_path
from rollhardware.enclosure.assembly import Assembly
from rollhardware.enclosure.checks import Report
from rollhardware.enclosure.params import Params, entries

_PART_HEAD = [
    "part", "name", "cm3", "about g", "size mm", "open edges", "thinnest wall mm", "hangs over mm2",
    "widest bridge mm", "bed mm",
]  # fmt: skip


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines) + "\n"


def check_page(report: Report) -> str:
    """Return the page of what was measured on the model."""
    return (
        "# What was measured on the model\n\n"
        "Made by `make hardware ONLY=enclosure`, which stops when one of these does not hold. Measured on the CAD"
        " model: nothing\nwas printed or built yet.\n\n"
        "Mass: with 4 walls and 40 % infill, head plate and fork solid. Hangs over: faces flatter than 45 degrees"
        " from\nbelow in the printing position, off the bed; the widest of them is what has to be bridged. Bed: side of"
        " the\nsmallest bed it fits on, across the corners if that is less.\n\n"
        + table(_PART_HEAD, report.parts)
        + "\n"
        + table(["what", "found", "wanted"], report.figures)
    )


def load_path_page(made: Assembly) -> str:
    """Return the free-body note with its numbers."""
    p = made.params
    return "\n".join([_way(made), _bar_and_stop(made), _reading(made), _sides(made), _sources(p)])


def _way(made: Assembly) -> str:
    """Return how the force goes, and the free body of the head."""
    p, mass = made.params, made.head_mass_g()
    return f"""# The way of the force

Made by `make hardware ONLY=enclosure` from [params.yaml](../enclosure/params.yaml) and the CAD model. Nothing here was
measured: no prototype was built yet. The marks V, M, C, D stand in params.yaml (read, from memory, computed, design).

![Section through the load path](../enclosure/pictures/section.png)

Skin, roller tube H1, bearings H3, axle H4, fork P5, head plate P4, free end of the bar LC1, its fixed end, body P1,
hand. The bar is the only link: all that hangs on it keeps at least {p.head_clearance_mm:g} mm off the handle
([checked](enclosure-check.md)).

Frame: x along the handle to the roller, y the axle, z away from the skin. The skin lies at -z and pushes the head to
+z; that reads positive. With nothing touched the reading is -head_mass x a_z, where a_z is what the accelerometer
shows (+1 g when the handle lies with its button up).

## Free body of the head

The head is P4, P5, the roller and half of the bar's free part: **{mass:.0f} g**. On the board:
`roller settings set head_mass_g={mass:.0f}` (the default is 150); weigh yours, printed mass depends on the infill.

{_forces(made)}
The bar is a parallelogram: its beams bend alike whatever the lever is, so it reads force, not moment, to first order.
What is left of the lever is given as {p.bar_eccentric_percent_per_cm:g} % a cm (M). No rating of the moment is known
for this bar; single-point cells are rated for a load anywhere on a small platform, which this lever stays within.
"""


def _forces(made: Assembly) -> str:
    """Return the table of the forces on the head."""
    p, at = made.params, made.layout
    weight = made.head_mass_g() / 1000 * load_path.GRAVITY
    along = at.axle_x - p.bar_length_mm / 2
    moment = p.test_force_n * along
    down = -at.axle_z + p.roller_outer_mm / 2
    shift = f"bar; shifts the reading by up to {weight:.2f} N either way with the orientation, taken out with the IMU"
    pair = f"bar, as a pair of forces along x: {moment / (p.bar_height_mm - 3):.0f} N in each beam"
    rows = [
        [
            "push of the skin, F",
            "roller, along +z",
            f"up to {p.test_force_n:g} N",
            "bar; beyond the stop's force the stop",
        ],
        ["weight", "middle of the head, along gravity", f"{weight:.2f} N", shift],
        ["drag along the skin", f"{down:.1f} mm below the bar's axis", "see below", "bar, as a pair of forces along x"],
        [
            "moment F x lever",
            f"{along:.1f} mm from the bar's middle",
            f"{moment:.0f} N mm at {p.test_force_n:g} N",
            pair,
        ],
    ]
    return table(["force", "where", "size", "what balances it"], rows)


def _bar_and_stop(made: Assembly) -> str:
    """Return stiffness of bar and stop, the gap, and what 10, 30 and 50 N do."""
    p, at = made.params, made.layout
    stop = load_path.stop_stiffness(p, at)
    bars = load_path.bars(p)
    first = [
        [
            bar.name,
            f"{bar.stiffness:.0f}",
            f"{load_path.gap_mm(bar.stiffness, p):.3f}",
            f"{load_path.degrees_per_newton(bar.stiffness, p):.2f}",
            f"{load_path.share(bar.stiffness, stop) * 100:.0f}",
            f"{load_path.push_at_rating(bar.stiffness, stop, p):.0f}",
            f"{load_path.latest_touch_n(bar.stiffness, stop, p):.0f}",
        ]
        for bar in bars
    ]  # fmt: skip
    second = [
        [f"{bar.stiffness:.0f}", f"{push:g}", f"{s.deflection_mm:.4f}", f"{s.bar_n:.1f}", f"{s.stop_n:.1f}"]
        for bar in bars
        for push in (10, p.stop_force_n, p.test_force_n)
        for s in [load_path.loaded(push, bar.stiffness, stop, p)]
    ]
    parts = ", ".join(f"{name} {value / 1000:.0f}" for name, value in load_path.stop_parts(p, at).items())
    thick = [load_path.beam_thickness_mm(p, s) for s in (p.bar_hinge_span_low_mm, p.bar_hinge_span_high_mm)]
    return f"""## Bar and overload stop

The bar's stiffness is not in its data. From its output at the rated load, {p.bar_output_mv_per_v:g} mV/V at
{p.bar_rated_n:g} N, a full bridge of gauge factor {p.bar_gauge_factor:g} sees {load_path.strain(p) * 1e6:.0f} um/m.
Two beams that stay parallel reach that with {thick[0]:.2f} to {thick[1]:.2f} mm of thickness over a span of
{p.bar_hinge_span_low_mm:g} to {p.bar_hinge_span_high_mm:g} mm; that makes a stiff bar. Catalogues of single-point cells
have it softer, up to {p.bar_soft_deflection_mm:g} mm at the rated load (M). All three are carried along here.

The stop is the set screw F4 in the steel arm H2. Arm, shim H5 and bar are bolted to one another, metal on metal, so no
printed part is in the loop. F4 presses on the bar right over the axle, so push and stop have no lever between them.
Stiffness as felt at F4 in kN/mm: {parts}; together **{stop / 1000:.1f} kN/mm**.

{
        table(
            [
                "bar",
                "stiffness N/mm",
                f"gap for {p.stop_force_n:g} N, mm",
                "turn of F4 a newton, degrees",
                f"share of the stop beyond {p.stop_force_n:g} N, %",
                f"push at which the bar sees {p.bar_rated_n:g} N, N",
                f"latest touch that keeps the bar below its rating at {p.test_force_n:g} N, N",
            ],
            first,
        )
    }
{table(["bar N/mm", "push N", "deflection mm", "on the bar N", "on the stop N"], second)}
A gap of a hundredth to a quarter of a millimetre is not set with a feeler gauge: the guide sets it by weight, with the
load cell as the feeler. The head carries {p.stop_force_n / load_path.GRAVITY:.2f} kg, F4 is turned in until the reading
begins to fall, and is locked; the thin nut F5 pulls F4 against the same flank of its thread as the push does. A touch
anywhere between 26 N (over the firmware's ceiling of 25 N) and the last column is good.

**The other way** there is no stop: a pull on the roller, or a drop on its back, loads the bar alone. It carries
{p.bar_rated_n:g} N that way too, and a drop of {made.head_mass_g():.0f} g onto a table makes more than that. After a
drop check the zero (`roller doctor`). Aside the bar is far stiffer than the gap of {p.head_clearance_mm:g} mm.
"""


def _reading(made: Assembly) -> str:
    """Return what a newton becomes, and what falsifies it."""
    p, at = made.params, made.layout
    along, across = load_path.eccentric_percent(p, at)
    tilt = ", ".join(f"{load_path.tilt_error_percent(angle):.1f} % at {angle}" for angle in (5, 10, 20, 30))
    weight = made.head_mass_g() / 1000 * load_path.GRAVITY
    return f"""## What the reading is

| what | size |
|---|---|
| bridge | {load_path.microvolts_per_newton(p):.1f} uV/N at {load_path.EXCITATION_V:g} V |
| converter, gain {load_path.GAIN}, {load_path.BITS} bit | {load_path.counts_per_newton(p) / 1000:.1f}k counts/N |
| tilt of the handle against the skin's normal: reads F x cos | {tilt} degrees too little |
| gravity, if it were left in | {weight:.2f} N |
| lever of the roller's middle | {along:.2f} %, the same at every push: the calibration takes it out |
| push at the end of the roller | {across:.2f} % |
"""


def _sides(made: Assembly) -> str:
    """Return friction and compliance."""
    p, at = made.params, made.layout
    drag = {push: load_path.friction_n(push, p) for push in (1, 10, 30)}
    drags = ", ".join(f"{value:.2f} N at {push} N" for push, value in drag.items())
    down = -at.axle_z + p.roller_outer_mm / 2
    compliance = load_path.fork_compliance(p, at)
    parts = ", ".join(f"{name} {value * 1000:.2f}" for name, value in compliance.items())
    total = sum(compliance.values())
    low, high = (
        load_path.resonance_hz(bar.stiffness, total, made.head_mass_g())
        for bar in (load_path.bars(p)[-1], load_path.bars(p)[0])
    )
    return f"""## Friction and stiffness

Two sealed bearings (M: {p.bearing_seal_n_mm:g} N mm of seal drag each, {p.bearing_friction:g} of the load at the bore)
hold the roller back by {drags} of push. That force lies along the skin, across the load axis: it is not read, it turns
the bar about y with a lever of {down:.0f} mm, {drag[10] * down:.0f} N mm at 10 N, which the parallelogram does not
read to first order. Tilted by 10 degrees, {load_path.sine(10) * 100:.0f} % of it is read: {
        drag[10] * load_path.sine(10):.2f} N. The skin's own drag comes on top and acts alike.

Printed parts give way in um/N: {parts}; {total * p.test_force_n:.2f} mm at {p.test_force_n:g} N. It moves the roller,
not the reading, and is outside of the stop's loop. Head on bar and fork: {low:.0f} to {high:.0f} Hz, above the
converter's filter, and near the motor's 175 Hz only with the softest bar.
"""


def _sources(p: Params) -> str:
    """Return which of the numbers used here are from memory."""
    used = [key for key in entries() if key.startswith(("bar_", "stop_", "bearing_")) and entries()[key].mark == "M"]
    return f"""## From memory

{table(["parameter", "value", "what"], [[f"`{key}`", f"{getattr(p, key):g}", entries()[key].what] for key in used])}"""
