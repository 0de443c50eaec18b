# SPDX-License-Identifier: MIT
"""The assembly: the only place that positions parts and gives them their references."""

from dataclasses import dataclass, field

from build123d import Location, Pos, Rot

from rollhardware.enclosure import body, bought, fork, head_plate, lid, load_path, tray
from rollhardware.enclosure.layout import CLAMP_FLOOR, FREE_X, Layout
from rollhardware.enclosure.params import Params
from rollhardware.enclosure.shapes import Part

STEEL, ALUMINIUM, BRASS = 7.85, 2.7, 8.5  # g/cm3


@dataclass(frozen=True)
class Kind:
    """What a reference stands for; `mass_g` is from memory where the volume tells nothing."""

    ref: str
    name: str
    kind: str  # printed, fastener, bought
    material: str
    density: float = 0.0  # g/cm3
    mass_g: float = 0.0
    on_head: bool = False  # it moves with the bar's free end; so does all that sits in P4 or P5


@dataclass(frozen=True)
class Item:
    """One part in its place; `push` is the way it comes in, seen in an exploded view."""

    kind: Kind
    solid: Part
    on_head: bool
    push: tuple[float, float, float] = (0, 0, 0)
    inside: str = ""  # reference of the part it sits in, where its kind is in several

    @property
    def ref(self) -> str:
        """The reference of its kind."""
        return self.kind.ref


KINDS = {
    kind.ref: kind
    for kind in (
        Kind("P1", "body", "printed", "PETG"),
        Kind("P2", "lid", "printed", "PETG"),
        Kind("P3", "tray", "printed", "PETG"),
        Kind("P4", "head plate", "printed", "PETG", on_head=True),
        Kind("P5", "fork", "printed", "PETG", on_head=True),
        Kind("H1", "roller tube, 25 x 1.5, 45 long", "bought", "stainless steel 1.4301", STEEL, on_head=True),
        Kind("H2", "stop arm, flat 15 x 8, 52.25 long", "bought", "steel S235", STEEL),
        Kind("H3", "bearing 608-2RS", "bought", "steel", mass_g=12, on_head=True),
        Kind("H4", "axle, round 8 h9, 60 long", "bought", "aluminium EN AW-6060", ALUMINIUM, on_head=True),
        Kind("H5", "shim, 18.5 x 12 x 1", "bought", "steel", STEEL),
        Kind("F1", "screw ISO 7380-1 M5x16", "fastener", "A2", STEEL),
        Kind("F2", "screw ISO 4762 M5x12", "fastener", "A2", STEEL),
        Kind("F3", "washer ISO 7089 M5", "fastener", "A2", STEEL),
        Kind("F4", "set screw ISO 4026 M4x12", "fastener", "steel 45H", STEEL),
        Kind("F5", "thin nut ISO 4035 M4", "fastener", "A2", STEEL),
        Kind("F6", "screw ISO 4762 M4x10", "fastener", "A2", STEEL, on_head=True),
        Kind("F7", "screw ISO 4762 M3x10", "fastener", "A2", STEEL),
        Kind("F8", "screw ISO 4762 M3x12", "fastener", "A2", STEEL),
        Kind("F9", "heat-set insert M3, 5 outside, 4 long", "fastener", "brass", BRASS),
        Kind("F10", "screw ISO 4762 M2.5x6", "fastener", "A2", STEEL),
        Kind("F11", "set screw ISO 4026 M3x4", "fastener", "steel 45H", STEEL, on_head=True),
        Kind("LC1", "load cell bar TAL220B, 5 kg", "bought", "aluminium", ALUMINIUM),
        Kind("A1", "Thing Plus ESP32 WROOM USB-C", "bought", "board", mass_g=10),
        Kind("U1", "LSM6DSOX breakout", "bought", "board", mass_g=2),
        Kind("U2", "NAU7802 breakout", "bought", "board", mass_g=2.5),
        Kind("U3", "DRV2605L breakout", "bought", "board", mass_g=2),
        Kind("BT1", "protected LiPo cell 1200 mAh", "bought", "cell", mass_g=24),
        Kind("M1", "coin LRA 10 mm, 175 Hz", "bought", "motor", mass_g=1.2),
        Kind("SW1", "push button, 7 mm thread", "bought", "button", mass_g=3),
        Kind("S1", "slide switch", "bought", "switch", mass_g=1),
        Kind("LP1", "light pipe over the blue LED", "bought", "acrylic rod 3 mm", 1.19),
        Kind("LP2", "light pipe over the colour LED", "bought", "acrylic rod 3 mm", 1.19),
    )
}


@dataclass
class Assembly:
    """All parts in their places, for one set of parameters."""

    params: Params
    layout: Layout
    items: list[Item] = field(default_factory=list)

    def put(self, ref: str, solid: Part, at: Location | None = None, push=(0, 0, 0), inside: str = ""):
        """Add one part where `at` says; `push` and `inside` as in Item."""
        kind = KINDS[ref]
        placed = solid.moved(at) if at is not None else solid
        on_head = kind.on_head or inside in ("P4", "P5")
        self.items.append(Item(kind, placed, on_head, push, inside))

    def of(self, *refs: str) -> list[Item]:
        """Return all parts with these references."""
        return [item for item in self.items if item.ref in refs]

    def mass_g(self, item: Item) -> float:
        """Return the mass of one part in g."""
        p = self.params
        if item.kind.kind == "printed":
            share = 1 if item.on_head else p.print_infill_share  # what carries the load is printed solid
            return item.solid.volume / 1000 * p.print_density_g_per_cm3 * share
        return item.kind.mass_g or item.solid.volume / 1000 * item.kind.density

    def head_mass_g(self) -> float:
        """Return the mass of all that hangs on the bar, half of the bar's free part with it."""
        head = sum(self.mass_g(item) for item in self.items if item.on_head)
        (bar,) = self.of("LC1")
        return head + self.mass_g(bar) * (1 - FREE_X / self.params.bar_length_mm) / 2


def assemble(p: Params) -> Assembly:
    """Return the whole roller in the handle frame."""
    at = Layout(p)
    made = Assembly(p, at)
    _printed(made)
    _bar(made)
    _head(made)
    _electronics(made)
    _closing(made)
    return made


def _printed(made: Assembly):
    """Add the printed parts, modelled in the handle frame."""
    p, at = made.params, made.layout
    made.put("P1", body.body(p, at))
    made.put("P2", lid.lid(p, at), push=(0, 0, 60))
    made.put("P3", tray.tray(p, at), push=(0, 0, 22))
    made.put("P4", head_plate.head_plate(p, at), push=(46, 0, -22))
    made.put("P5", fork.fork(p, at), push=(46, 0, -48))


def _bar(made: Assembly):
    """Add the bar with its stop, and what fixes it in the body."""
    p, at = made.params, made.layout
    made.put("LC1", bought.bar(p, at), push=(46, 0, 14))
    made.put("H5", bought.shim(p, at), push=(46, 0, 22))
    made.put("H2", bought.stop_arm(p, at), push=(46, 0, 30))
    for x in at.fixed_holes_x:
        made.put("F1", bought.screw(5, 16, 9.5, 2.75, 3), Pos(x, 0, at.arm_top_z), push=(46, 0, 46))
        low = at.bar_bottom_z - CLAMP_FLOOR - 1
        made.put("F3", bought.washer(5.3, 10, 1), Pos(x, 0, low), push=(0, 0, -16))
        made.put("F2", bought.screw(5, 12, 8.5, 5, 4), Pos(x, 0, low) * Rot(180, 0, 0), push=(0, 0, -24))
    middle = load_path.bars(p)[1]
    tip = at.bar_top_z + load_path.gap_mm(middle.stiffness, p)
    made.put("F4", bought.set_screw(4, 12), Pos(at.stop_x, 0, tip), push=(46, 0, 54))
    made.put("F5", bought.nut(4, 7, 2.2), Pos(at.stop_x, 0, at.arm_top_z), push=(46, 0, 42))


def _head(made: Assembly):
    """Add what hangs on the bar."""
    p, at = made.params, made.layout
    for x in at.free_holes_x:
        z = at.plate_bottom_z + head_plate.M4_SINK
        made.put("F6", bought.screw(4, 10, 7, 4, 3), Pos(x, 0, z) * Rot(180, 0, 0), push=(46, 0, -42))
    for spot in at.pattern:
        made.put("F9", bought.insert(p), Pos(*spot, at.plate_bottom_z), push=(46, 0, -28), inside="P4")
        fix = Pos(*spot, at.base_bottom_z) * Rot(180, 0, 0)
        made.put("F7", bought.screw(3, 10, 5.5, 3, 2.5), fix, push=(46, 0, -66), inside="P5")
    axis = Pos(at.axle_x, 0, at.axle_z)
    made.put("H1", bought.tube(p), axis, push=(46, 0, -92))
    half = p.roller_length_mm / 2
    for side in (-1, 1):
        y = half - p.bearing_width_mm if side > 0 else -half
        made.put("H3", bought.bearing(p), axis * Pos(0, y, 0), push=(46, side * 24, -92))
    made.put("H4", bought.axle(p, at), axis, push=(46, -60, -66))
    face = at.axle_x + fork.TINE_HALF
    for side in (-1, 1):
        y = side * (at.tine_y + p.fork_tine_mm / 2)
        place = Pos(face - p.insert_length_mm, y, at.axle_z) * Rot(0, 90, 0)
        made.put("F9", bought.insert(p), place, push=(60, 0, -48), inside="P5")
        tip = Pos(at.axle_x + p.bearing_bore_mm / 2, y, at.axle_z) * Rot(0, 90, 0)
        made.put("F11", bought.set_screw(3, 4), tip, push=(76, 0, -48))


def _electronics(made: Assembly):
    """Add boards, cell, motor and the screw that holds the tray while the lid is off."""
    p, at = made.params, made.layout
    made.put("A1", bought.thing_plus(p), Pos(at.a1_rear_x, at.a1_left_y, at.board_z), push=(0, 0, 36))
    for ref, chip in (("U1", 3.0), ("U2", 5.0), ("U3", 3.0)):
        turn = Rot(0, 0, 90 if ref == "U1" and p.u1_turned else 0)
        made.put(ref, bought.breakout(p, chip), Pos(*at.boards[ref], at.board_z) * turn, push=(0, 0, 36))
    for spot in at.board_screws(p):
        # Cut into plastic: modelled at its core of 2 mm.
        made.put("F10", bought.screw(2.1, 6, 4.5, 2.5, 2), Pos(*spot, at.board_top_z), push=(0, 0, 46))
    made.put("BT1", bought.cell(p), Pos(at.cell_rear_x, 0, at.cell_z), push=(0, -70, -40))
    made.put("M1", bought.motor(p), Pos(*at.motor, at.floor_z), push=(0, -60, -20))
    made.put("S1", bought.switch(p), Pos(at.switch.x - 1, at.switch.y, at.switch_z), push=(-26, 0, 8))
    made.put("F9", bought.insert(p), Pos(*at.tray_screw, at.tray_z - p.insert_length_mm), push=(0, 0, 14), inside="P1")
    made.put("F7", bought.screw(3, 10, 5.5, 3, 2.5), Pos(*at.tray_screw, at.tray_top_z), push=(0, 0, 32), inside="P1")


def _closing(made: Assembly):
    """Add what sits in the lid, and what closes it."""
    p, at = made.params, made.layout
    for spots, z in ((at.tray_columns, at.tray_top_z), (at.nose_columns, at.split_z)):
        for spot in spots:
            made.put("F9", bought.insert(p), Pos(*spot, z), push=(0, 0, 52), inside="P2")
            seat = Pos(*spot, body.seat_z(z, p)) * Rot(180, 0, 0)
            made.put("F8", bought.screw(3, 12, 5.5, 3, 2.5), seat, push=(0, 0, -20))
    made.put("SW1", bought.button(p), Pos(*at.button, at.top_z), push=(0, 0, 78))
    low = at.board_top_z + 1.2
    over_module = at.board_top_z + 3.5  # the colour LED sits right beside the ESP32's module
    made.put("LP1", bought.pipe(p, round(at.top_z - low, 1)), Pos(*at.led, low), push=(0, 0, 80))
    slope = at.top_z - (abs(at.rgb.y) - (at.half_width - p.top_chamfer_mm))
    made.put("LP2", bought.pipe(p, round(slope - over_module, 1)), Pos(*at.rgb, over_module), push=(0, 0, 80))
