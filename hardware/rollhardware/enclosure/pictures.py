# SPDX-License-Identifier: MIT
"""The rendered pictures: an overview, an exploded view, a section, and one for each step of the guide."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image

from rollhardware.enclosure import mesh
from rollhardware.enclosure.assembly import Assembly, Item
from rollhardware.enclosure.mesh import Mesh
from rollhardware.enclosure.render import Camera, Colour, Picture, Vector, arrow, label
from rollhardware.enclosure.shapes import box

GREY: Colour = (0.86, 0.86, 0.84)
NEW: dict[str, Colour] = {"printed": (1.0, 0.72, 0.35), "fastener": (0.72, 0.8, 0.95), "bought": (0.45, 0.78, 0.62)}
HERE: Vector = (0, 0, 0)
ABOVE = Camera((0.5, -0.9, 1))


@dataclass(frozen=True)
class Scene:
    """One picture: parts that are there already, parts that come, and how far away they are drawn.

    A part is named by its reference, or as F9@P2 where it sits in one part only.
    """

    name: str
    title: str
    camera: Camera
    there: str
    new: dict[str, Vector]
    named: str = ""  # the new parts that get a label, where not all of them do
    mark: Literal["", "weight", "x of U1"] = ""  # an arrow: the weight on the roller, or the way U1 has to lie


BAR = "LC1 H5 H2 F1 F4 F5"
HEAD = "P4 F9@P4 F6"
FORK = "P5 F9@P5 F7@P5 H1 H3 H4 F11"
BODY = "P1 F9@P1 M1 S1"
BOARDS = "P3 A1 U1 U2 U3 F10"

SCENES = [
    Scene("step-01", "1  Inserts into the lid", Camera((0.5, -1, -0.9)), "P2", {"F9@P2": (0, 0, -22)}),
    Scene(
        "step-02", "2  Inserts into head plate and fork", Camera((1, -0.75, -0.75)), "",
        {"P4": (0, 0, 34), "F9@P4": (0, 0, 18), "P5": HERE, "F9@P5": (14, 0, 0)},
    ),
    Scene(
        "step-03", "3  Insert, motor and switch into the body", Camera((0.9, -0.6, 1)), "P1",
        {"F9@P1": (0, 0, 20), "M1": (0, 0, 14), "S1": (6, 0, 26)},
    ),
    Scene("step-04", "4  Bearings into the roller tube", Camera((0.8, -1, 0.5)), "", {"H1": HERE, "H3": HERE}),
    Scene(
        "step-05", "5  Shim and stop arm onto the bar", Camera((0.6, -1, 0.6)), "",
        {"LC1": HERE, "H5": (0, 0, 10), "H2": (0, 0, 20), "F1": (0, 0, 34), "F5": (0, 0, 26), "F4": (0, 0, 42)},
    ),
    Scene(
        "step-06", "6  Head plate under the bar", Camera((0.7, -1, -0.55)), BAR,
        {"P4": (0, 0, -14), "F9@P4": (0, 0, -14), "F6": (0, 0, -34)},
    ),
    Scene(
        "step-07", "7  Fork under the head plate", Camera((0.8, -1, -0.5)), f"{BAR} {HEAD}",
        {"P5": (0, 0, -16), "F9@P5": (0, 0, -16), "F7@P5": (0, 0, -34)},
    ),
    Scene(
        "step-08", "8  Roller into the fork", Camera((1, -0.8, 0.3)), f"{BAR} {HEAD} P5 F9@P5 F7@P5",
        {"H1": (0, 0, -32), "H3": (0, 0, -32), "H4": (0, -52, 0), "F11": (18, 0, 0)},
    ),
    Scene(
        "step-09", "9  Bar with head into the body", Camera((0.7, -1, -0.5)), f"{BODY} {BAR} {HEAD} {FORK}",
        {**dict.fromkeys(f"{BAR} {HEAD} {FORK}".split(), (0, 0, 34)), "F3": (0, 0, -14), "F2": (0, 0, -24)},
        named="LC1 H2 P5 F2 F3",
    ),
    Scene("step-10", "10  Cell into its bay", ABOVE, f"{BODY} {BAR} {HEAD} {FORK}", {"BT1": (0, 0, 40)}),
    Scene(
        "step-11", "11  Boards onto the tray", Camera((0.4, -0.9, 1)), "P3",
        {**dict.fromkeys(("A1", "U1", "U2", "U3"), (0, 0, 14)), "F10": (0, 0, 30)}, mark="x of U1",
    ),
    Scene(
        "step-12", "12  Tray into the body", ABOVE, f"{BODY} {BAR} {HEAD} {FORK} BT1",
        {**dict.fromkeys(BOARDS.split(), (0, 0, 36)), "F7@P1": (0, 0, 58)},
    ),
    Scene(
        "step-13", "13  Setting the stop: upside down, a weight on the roller", Camera((0.5, -1, 0.35), (0, 0, -1)),
        f"{BODY} {HEAD} {FORK} F2 F3 F7 BT1 {BOARDS} LC1 H5 H2 F1", {"F4": HERE, "F5": HERE}, mark="weight",
    ),
    Scene(
        "step-14", "14  Button and light pipes into the lid", ABOVE, "P2 F9@P2",
        {"SW1": (0, 0, 26), "LP1": (0, 0, 26), "LP2": (0, 0, 26)},
    ),
    Scene(
        "step-15", "15  Lid on, five screws from below", Camera((0.5, -1, -0.42)),
        f"{BODY} {BAR} {HEAD} {FORK} F2 F3 F7 BT1 {BOARDS}",
        {**dict.fromkeys(("P2", "F9@P2", "SW1", "LP1", "LP2"), (0, 0, 42)), "F8": (0, 0, -22)},
    ),
]  # fmt: skip


def write(made: Assembly, folder: Path) -> None:
    """Write all pictures."""
    folder.mkdir(parents=True)
    studio = Studio(made)
    for scene in SCENES:
        studio.scene(scene).save(folder / f"{scene.name}.png", optimize=True)
    studio.overview().save(folder / "overview.png", optimize=True)
    studio.exploded().save(folder / "exploded.png", optimize=True)
    studio.section().save(folder / "section.png", optimize=True)


class Studio:
    """Draws an assembly."""

    def __init__(self, made: Assembly):
        self._made = made
        self._meshes = [mesh.of(item.solid) for item in made.items]

    def _chosen(self, names: str) -> list[int]:
        """Return the numbers of the parts with these names."""
        wanted = set(names.split())
        return [
            i for i, item in enumerate(self._made.items) if item.ref in wanted or f"{item.ref}@{item.inside}" in wanted
        ]

    def scene(self, scene: Scene) -> Image.Image:
        """Return the picture of a step."""
        shown = {i: (GREY, HERE) for i in self._chosen(scene.there)}
        new = {}
        for name, shift in scene.new.items():
            for i in self._chosen(name):
                shown[i] = (NEW[self._made.items[i].kind.kind], shift)
                new[i] = name
        if scene.name == "step-04":  # the bearings come from either end
            for i in self._chosen("H3"):
                side = 1 if self._made.items[i].solid.center().Y > 0 else -1
                shown[i] = (shown[i][0], (0, 18 * side, 0))
        labelled = set(self._chosen(scene.named)) if scene.named else set(new)
        return self._draw(scene.camera, shown, scene.title, [i for i in new if i in labelled], mark=scene.mark)

    def _draw(
        self,
        camera: Camera,
        shown: dict[int, tuple[Colour, Vector]],
        title: str,
        named: list[int],
        cut=None,
        mark="",
    ):
        """Draw parts with their shifts, and name some of them, each reference once with its number."""
        meshes = cut or self._meshes
        bounds = [meshes[i].corners + shift for i, (_, shift) in shown.items()]
        picture = Picture(camera, bounds)
        for i, (colour, shift) in shown.items():
            picture.add(meshes[i], colour, i, shift)
        notes = []
        for ref in dict.fromkeys(self._made.items[i].ref for i in named):
            same = [i for i in named if self._made.items[i].ref == ref]
            places = [spot for i in same if (spot := picture.anchor(i))]
            if places:
                text = ref if len(same) == 1 else f"{ref} ({len(same)} x)"
                notes.append((text, max(places, key=lambda spot: abs(spot[0] - 500))))
        image = picture.image()
        p, at = self._made.params, self._made.layout
        if mark == "weight":
            above = (at.axle_x, 0.0, at.roller_low_z)
            arrow(image, picture.spot((above[0], 0.0, above[2] - 34)), picture.spot(above), f"{p.stop_force_n:g} N")
        elif mark:
            (board,) = self._chosen("U1")
            x, y, z = at.boards["U1"].x, p.qt_width_mm, at.board_top_z + shown[board][1][2] + 14
            arrow(image, picture.spot((x - 10, y, z)), picture.spot((x + 20, y, z)), mark)
        return label(image, title, notes)

    def overview(self) -> Image.Image:
        """Return the whole roller."""
        shown = {i: (_own_colour(item), HERE) for i, item in enumerate(self._made.items)}
        names = self._chosen("P1 P2 P4 P5 H1 SW1 LP1 LP2")
        return self._draw(Camera((0.75, -1, 0.55)), shown, "Massage roller", names)

    def exploded(self) -> Image.Image:
        """Return everything, pulled apart."""
        items = self._made.items
        shown = {i: (_own_colour(item), item.push) for i, item in enumerate(items)}
        return self._draw(Camera((0.45, -1, 0.42)), shown, "All parts", list(shown))

    def section(self) -> Image.Image:
        """Return a section along the middle of the front."""
        keep = box((-34, 80), (0, 60), (-80, 60))
        meshes: list[Mesh] = []
        shown = {}
        for i, item in enumerate(self._made.items):
            part = item.solid & keep
            solids = part.solids() if part is not None and not isinstance(part, list) else []
            if solids and item.ref not in ("U1", "U3", "F10", "A1"):
                shown[i] = (_own_colour(item), HERE)
                meshes.append(mesh.of(part))
            else:
                meshes.append(self._meshes[i])
        names = self._chosen("P1 P2 P4 P5 H1 H2 H3 H4 H5 LC1 F1 F2 F3 F4 F5 F6 SW1")
        title = "Section through the load path"
        return self._draw(Camera((0.0, -1, 0.0)), shown, title, [i for i in names if i in shown], meshes)


def _own_colour(item: Item) -> Colour:
    """Return the colour of a part where all are shown alike."""
    colours: dict[str, Colour] = {
        "P1": (0.95, 0.8, 0.55), "P2": (0.98, 0.88, 0.68), "P3": (0.8, 0.88, 0.75), "P4": (0.98, 0.6, 0.45),
        "P5": (0.9, 0.5, 0.4), "LC1": (0.72, 0.82, 0.92), "H2": (0.62, 0.64, 0.7), "BT1": (0.6, 0.6, 0.85),
    }  # fmt: skip
    if item.ref in colours:
        return colours[item.ref]
    return {"printed": (0.95, 0.8, 0.55), "fastener": (0.75, 0.78, 0.82), "bought": (0.5, 0.76, 0.66)}[item.kind.kind]
