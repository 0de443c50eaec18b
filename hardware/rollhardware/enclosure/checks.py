# SPDX-License-Identifier: MIT
"""What must hold of the model, measured on it: every figure is printed, whatever does not hold stops the make."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rollhardware.enclosure import cables, load_path, mesh
from rollhardware.enclosure.assembly import Assembly, Item
from rollhardware.enclosure.body import M3_HOLE, M5_HOLE
from rollhardware.enclosure.head_plate import M4_HOLE
from rollhardware.enclosure.layout import FREE_X
from rollhardware.enclosure.mesh import Mesh
from rollhardware.enclosure.shapes import Hole, Part, box, holes
from rollhardware.enclosure.tray import SCREW_HOLE
from rollhardware.wiring.facts import facts
from rollhardware.wiring.netlist import Netlist

PRINT_UP = {"P1": (0, 0, 1), "P2": (0, 0, -1), "P3": (0, 0, 1), "P4": (0, 0, 1), "P5": (0, 0, -1)}
_NOTHING_MM3 = 1e-3
_ROUNDING_MM = 0.005


@dataclass
class Report:
    """Lines of the tables, and what is wrong."""

    parts: list[list[str]] = field(default_factory=list)
    figures: list[list[str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, what: str, found: str, wanted: str, holds: bool, cure: str):
        """Add one figure; when it does not hold, it becomes a problem that names the cure."""
        self.figures.append([what, found, wanted])
        if not holds:
            self.problems.append(f"{what}: {found}, but {wanted} is wanted; {cure}")


def run(made: Assembly) -> tuple[Report, dict[str, Mesh]]:
    """Measure everything; return the report and the meshes of the printed parts."""
    report = Report()
    meshes = {item.ref: mesh.of(item.solid) for item in made.items if item.kind.kind == "printed"}
    for ref, surface in meshes.items():
        _printed_part(made, ref, surface, report)
    _solids(made, report)
    _interference(made, report)
    _clearance(made, report)
    _engagement(made, report)
    _fastener_holes(made, meshes, report)
    _stop(made, report)
    _frame(made, report)
    _cables(made, report)
    return report, meshes


def _printed_part(made: Assembly, ref: str, surface: Mesh, report: Report):
    """Measure one printed part: closed surface, wall, overhang, and whether it fits on the bed."""
    p = made.params
    (item,) = made.of(ref)
    gaps = mesh.open_edges(surface)
    wall, place = mesh.thinnest(surface)
    up = np.array(PRINT_UP[ref], float)
    hanging = mesh.overhang(surface, up, p.bridge_longest_mm)
    size = np.ptp(surface.corners, axis=0)
    flat = sorted(size[np.abs(up) < 0.5])
    side = min(flat[1], (flat[0] + flat[1]) / 2**0.5)  # straight, or across the corners of the bed
    report.parts.append(
        [
            ref, item.kind.name, f"{item.solid.volume / 1000:.1f}", f"{made.mass_g(item):.0f}",
            " x ".join(f"{s:.1f}" for s in size), str(gaps), f"{wall:.2f}", f"{hanging.area_mm2:.0f}",
            f"{hanging.widest_mm:.1f}", f"{side:.0f}",
        ]
    )  # fmt: skip
    problems = report.problems
    if gaps:
        problems.append(f"{ref}: {gaps} edges of its surface are open or shared by more than two faces; see its file")
    if wall < p.wall_least_mm - _ROUNDING_MM:
        where = ", ".join(f"{c:.1f}" for c in place)
        problems.append(f"{ref}: a wall of {wall:.2f} mm at ({where}), below wall_least_mm; make it thicker there")
    if hanging.too_wide_mm2:
        problems.append(
            f"{ref}: {hanging.too_wide_mm2:.0f} mm2 hang over {hanging.widest_mm:.1f} mm wide; chamfer it, or turn"
            " the part in PRINT_UP"
        )
    if side > p.bed_mm:
        problems.append(f"{ref}: needs a bed of {side:.0f} mm; shorten it, or set bed_mm to your printer's")


def _cables(made: Assembly, report: Report):
    """Check that every cable reaches."""
    for name, slack in cables.slack_mm(made, Netlist(facts(), "thing_plus")).items():
        report.add(
            f"slack of {name}", f"{slack:.0f} mm", f"{cables.LEAST_SLACK_MM} mm", slack >= cables.LEAST_SLACK_MM,
            "give it more length_mm in nets.yaml",
        )  # fmt: skip


def _solids(made: Assembly, report: Report):
    """Check that every part is one valid solid with a volume."""
    bad = [
        item.ref
        for item in made.items
        if not item.solid.is_valid or item.solid.volume <= 0 or len(item.solid.solids()) != 1
    ]
    count = len(made.items)
    report.add(
        "valid solids", f"{count - len(bad)} of {count}", f"{count}", not bad, f"see {', '.join(sorted(set(bad)))}"
    )


def common_mm3(a: Part, b: Part) -> float:
    """Return the volume that two solids share."""
    shared = a & b
    if shared is None:
        return 0.0
    pieces = shared if isinstance(shared, list) else [shared]
    return sum(solid.volume for piece in pieces for solid in piece.solids())


def near(items: list[Item], margin: float) -> Iterator[tuple[Item, Item]]:
    """Yield the pairs whose bounding boxes come nearer than `margin` in mm."""
    boxes = [item.solid.bounding_box() for item in items]
    low = np.array([[b.min.X, b.min.Y, b.min.Z] for b in boxes]) - margin / 2
    high = np.array([[b.max.X, b.max.Y, b.max.Z] for b in boxes]) + margin / 2
    for i, first in enumerate(items):
        for j in range(i):
            if (low[i] < high[j]).all() and (low[j] < high[i]).all():
                yield items[j], first


def _interference(made: Assembly, report: Report):
    """Check that no two parts share any volume."""
    pairs = list(near(made.items, 0.0))
    shared = [(common_mm3(a.solid, b.solid), a.ref, b.ref) for a, b in pairs]
    bad = [f"{a} and {b} ({volume:.2f} mm3)" for volume, a, b in shared if volume > _NOTHING_MM3]
    total = sum(volume for volume, _, _ in shared if volume > _NOTHING_MM3)
    report.add(
        f"volume shared by parts, {len(pairs)} pairs that come near, intersected",
        f"{total:.3f} mm3", "0", not bad, "move apart " + ", ".join(bad),
    )  # fmt: skip


def _clearance(made: Assembly, report: Report):
    """Measure how near the head and the bar's free part come to the handle; the stop screw alone may come near."""
    limit = made.params.head_clearance_mm
    (bar,) = made.of("LC1")
    free = Item(bar.kind, bar.solid & box((FREE_X, 100), (-50, 50), (-50, 50)), on_head=True)
    moving = [item for item in made.items if item.on_head] + [free]
    still = [item for item in made.items if not item.on_head and item.ref not in ("LC1", "F4")]
    pairs = [(a, b) for a, b in near(still + moving, 4 * limit) if a.on_head != b.on_head]
    found = min((a.solid.distance_to(b.solid), b.ref, a.ref) for a, b in pairs)
    report.add(
        "nearest of head and handle", f"{found[0]:.2f} mm ({found[1]} to {found[2]})", f"{limit:g} mm",
        found[0] >= limit - _ROUNDING_MM, "make room there; the bar must be the only link",
    )  # fmt: skip


def engagements(made: Assembly) -> dict[str, tuple[float, float]]:
    """Return for each kind of screw its engagement and the least that holds, in mm: a diameter in metal.

    A screw that cuts into plastic needs one and a half.
    """
    p, at = made.params, made.layout
    return {
        "F1": (16 - p.stop_arm_height_mm - 1.0, 5),
        "F2": (12 - 6 - 1.0, 5),
        "F4": (p.stop_arm_height_mm, 4),
        "F6": (10 - (p.head_plate_mm - 4.2), 4),
        "F7": (min(p.insert_length_mm, 10 - p.fork_base_mm), 3),
        "F8": (p.insert_length_mm, 3),
        "F10": (6 - p.board_mm, 1.5 * 2.5),
        "F11": (4 + at.axle_x + p.bearing_bore_mm / 2 - (at.axle_x + 8.25 - p.insert_length_mm), 3),
    }


def _engagement(made: Assembly, report: Report):
    """Check that every screw holds in enough thread, and that the two that meet in the bar do not touch."""
    for ref, (length, least) in engagements(made).items():
        report.add(
            f"thread engagement of {ref}",
            f"{length:.2f} mm",
            f"{least:g} mm",
            length >= least - 1e-9,
            "take a longer screw",
        )
    values = engagements(made)
    between = made.params.bar_height_mm - values["F1"][0] - values["F2"][0]
    report.add("between the tips of F1 and F2 in the bar", f"{between:.2f} mm", "0.3 mm", between >= 0.3, "shorten one")


def _fastener_holes(made: Assembly, meshes: dict[str, Mesh], report: Report):
    """Check that every hole for a fastener has one, and that every fastener touches something."""
    fasteners = [item for item in made.items if item.kind.kind == "fastener"]
    held = {id(item) for a, b in near(made.items, 0.3) if a.solid.distance_to(b.solid) < 0.3 for item in (a, b)}
    alone = [item.ref for item in fasteners if id(item) not in held]
    report.add("fasteners that touch nothing", str(len(alone)), "0", not alone, f"see {', '.join(sorted(set(alone)))}")
    empty, count = [], 0
    for ref in meshes:
        (part,) = made.of(ref)
        for hole in holes(part.solid):
            if not any(abs(hole.diameter - wanted) < 0.01 for wanted in _screw_holes(made)):
                continue
            count += 1
            if not any(_on_axis(item, hole) for item in fasteners):
                empty.append(f"{ref} at ({', '.join(f'{c:.1f}' for c in hole.spot)})")
    found = f"{count - len(empty)} of {count}"
    report.add("holes with a screw or insert in them", found, f"{count}", not empty, "see " + ", ".join(sorted(empty)))


def _screw_holes(made: Assembly) -> tuple[float, ...]:
    """Return the diameters of holes that are there for a screw or an insert."""
    return (SCREW_HOLE, M3_HOLE, M4_HOLE, M5_HOLE, made.params.insert_hole_mm)


def _on_axis(item: Item, hole: Hole) -> bool:
    """Return whether a fastener lies on the axis of a hole."""
    middle = tuple(item.solid.center())
    return all(abs(middle[i] - hole.spot[i]) < 0.05 for i in range(3) if i != hole.along)


def _stop(made: Assembly, report: Report):
    """Check that the stop takes its share of any likely bar, and that none sees more than its rating."""
    p, at = made.params, made.layout
    stop = load_path.stop_stiffness(p, at)
    for bar in load_path.bars(p):
        share = load_path.share(bar.stiffness, stop)
        report.add(
            f"share of the stop beyond {p.stop_force_n:g} N, bar of {bar.stiffness:.0f} N/mm",
            f"{share * 100:.0f} %", f"{p.stop_share_least * 100:g} %", share >= p.stop_share_least,
            "a thicker stop arm, or one of steel",
        )  # fmt: skip
        states = [load_path.loaded(n, bar.stiffness, stop, p) for n in (10, p.stop_force_n, p.test_force_n)]
        report.add(
            f"deflection of that bar at 10, {p.stop_force_n:g}, {p.test_force_n:g} N",
            ", ".join(f"{state.deflection_mm:.4f}" for state in states) + " mm",
            f"{states[-1].bar_n:.1f} N on the bar, its rating is {p.bar_rated_n:g}",
            states[-1].bar_n < p.bar_rated_n, "a stiffer stop",
        )  # fmt: skip


def _frame(made: Assembly, report: Report):
    """Check that the IMU is where the firmware takes it to be, and that the head is light."""
    p, at = made.params, made.layout
    (imu,), (axle,) = made.of("U1"), made.of("H4")
    lever = axle.solid.center().X - imu.solid.bounding_box().center().X
    report.add(
        "IMU to axle along x (imu_to_head_mm)", f"{lever:.2f} mm", f"{p.imu_to_axle_mm:g} mm",
        abs(lever - p.imu_to_axle_mm) < 0.1, "move U1 in the layout",
    )  # fmt: skip
    mass = made.head_mass_g()
    report.add(
        "mass that hangs on the bar (head_mass_g)", f"{mass:.0f} g", "below 150 g", mass < 150, "a lighter roller"
    )
    room = at.bottom_z - at.roller_low_z
    report.add("room for fingers between grip and skin", f"{room:.0f} mm", "20 mm", room >= 20, "a longer fork")
