# SPDX-License-Identifier: MIT
"""The drawings: three views of each part that is printed or cut, and the assembly with all references."""

from pathlib import Path
from typing import NamedTuple

from build123d import Compound, Edge, GeomType, Pos, Vector

from rollhardware.enclosure.assembly import KINDS, Assembly, Item
from rollhardware.enclosure.export import file_name
from rollhardware.enclosure.render import Camera
from rollhardware.enclosure.shapes import holes
from rollhardware.enclosure.svg import Box, Sheet

DRAWN = ["P1", "P2", "P3", "P4", "P5", "H1", "H2", "H4", "H5", "LP1", "LP2"]
NOTES = {
    "H1": ["Ends deburred and rounded to 1 mm outside: they run along skin. Bearings are glued in."],
    "H2": ["The hole of 4 is a thread M4, drilled 3.3. Edges broken. Underside flat, without paint."],
    "H4": ["Ends deburred. A slip fit in the bearings: h9 or the drawn rod as it is, tried before it is cut."],
    "H5": ["Flat, deburred: it is clamped between bar and arm. Holes first, then cut."],
}
_FAR = 1000.0
_GAP = 18.0  # mm of paper between views


class View(NamedTuple):
    """One direction to look from; `across` and `along` are the axes to the right and upward."""

    name: str
    camera: Camera
    across: int
    along: int


VIEWS = [
    View("from the right (-y)", Camera((0, -1, 0)), 0, 2),
    View("from the roller (+x)", Camera((1, 0, 0)), 1, 2),
    View("from above (+z)", Camera((0, 0, 1), (0, 1, 0)), 0, 1),
]


def write(made: Assembly, folder: Path) -> None:
    """Write all drawings."""
    folder.mkdir(parents=True)
    for ref in DRAWN:
        (folder / f"{file_name(ref)}.svg").write_text(_part(made, ref))
    (folder / "assembly.svg").write_text(_assembly(made))


def _lines(edges: list[Edge]) -> list[list[tuple[float, float]]]:
    """Return edges in the picture's plane as lines of points."""
    lines = []
    for edge in edges:
        steps = 1 if edge.geom_type == GeomType.LINE else 24
        lines.append([(p.X, p.Y) for p in edge.positions([i / steps for i in range(steps + 1)])])
    return lines


def _project(shape, camera: Camera):
    """Return visible and hidden lines of a shape as `camera` sees it, about the frame's origin."""
    toward = camera.axes()[2]
    eye = tuple(_FAR * c for c in toward)
    visible, hidden = shape.project_to_viewport(eye, camera.up, (0, 0, 0))
    return _lines(visible), _lines(hidden)


def _part(made: Assembly, ref: str) -> str:
    """Return the drawing of one part: three views with their sizes, and its holes."""
    item = made.of(ref)[0]
    bounds = item.solid.bounding_box()
    low, size = tuple(bounds.min), tuple(bounds.size)
    scale = 2.0 if max(size) < 70 else 1.0
    sheet = Sheet(scale)
    wide, high = 40 + (size[0] + size[1]) * scale + 2 * _GAP, 62 + (size[2] + size[1]) * scale + 2 * _GAP
    places = [
        (20.0, 32 + size[2] * scale),
        (20 + size[0] * scale + _GAP + 8, 32 + size[2] * scale),
        (20.0, 32 + (size[2] + size[1]) * scale + _GAP + 8),
    ]
    for view, place in zip(VIEWS, places, strict=True):
        visible, hidden = _project(item.solid, view.camera)
        corner = (low[view.across], low[view.along])
        box = Box(*place, size[view.across] * scale, size[view.along] * scale)
        sheet.lines(hidden, corner, place, hidden=True)
        sheet.lines(visible, corner, place)
        sheet.dimensions(box, size[view.across], size[view.along])
        sheet.text(box.x, box.y - box.high - 3, view.name, 3.2)
    notes = _holes(item) + NOTES.get(ref, [])
    top = high + 4
    for i, note in enumerate(notes):
        sheet.text(20, top + 5 * i, note, 3.2)
    kind = item.kind
    title = f"{ref}  {kind.name}"
    made_of = f"{kind.material}, {len(made.of(ref))} x, scale {scale:g}:1, mm. Not built yet: design values."
    return sheet.render(max(wide, 190), top + 5 * len(notes) + 6, title, made_of)


def _holes(item: Item) -> list[str]:
    """Return a line for each kind of round hole: diameter, direction, places from the part's lowest corner."""
    bounds = item.solid.bounding_box()
    low = tuple(bounds.min)
    found: dict[tuple[float, int], set[tuple[float, ...]]] = {}
    for hole in holes(item.solid):
        place = tuple(round(hole.spot[i] - low[i], 2) + 0.0 for i in range(3) if i != hole.along)
        found.setdefault((round(hole.diameter, 2), hole.along), set()).add(place)
    lines = []
    for (diameter, along), places in sorted(found.items()):
        axes = ", ".join("xyz"[i] for i in range(3) if i != along)
        shown = "  ".join("(" + ", ".join(f"{c:g}" for c in place) + ")" for place in sorted(places))
        text = (
            f"{len(places)} x diameter {diameter:g} along {'xyz'[along]}, at ({axes}) from the lowest corner: {shown}"
        )
        lines += _wrapped(text)
    return lines


def _wrapped(text: str) -> list[str]:
    """Return a text in lines that fit the sheet."""
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) > 112:
            lines.append("     ")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


def _assembly(made: Assembly) -> str:
    """Return the exploded assembly with a balloon for each reference, and the list of parts."""
    camera = Camera((0.45, -1, 0.42))
    right, up, toward = camera.axes()
    moved = [item.solid.moved(Pos(*item.push)) for item in made.items]
    visible, _ = _project(Compound(moved), camera)
    points = [point for line in visible for point in line]
    low = (min(x for x, _ in points), min(y for _, y in points))
    high = (max(x for x, _ in points), max(y for _, y in points))
    sheet = Sheet(1.0)
    place = (34.0, 26 + high[1] - low[1])
    sheet.lines(visible, low, place)
    edge = place[0] + high[0] - low[0] + 22

    def flat(point: tuple[float, ...]) -> tuple[float, float]:
        across, along = (sum(a * b for a, b in zip(point, axis, strict=True)) for axis in (right, up))
        return place[0] + across - low[0], place[1] - (along - low[1])

    spots = []
    for ref in KINDS:
        places = [tuple(item.solid.bounding_box().center() + Vector(*item.push)) for item in made.of(ref)]
        nearest = max(places, key=lambda place: sum(a * b for a, b in zip(place, toward, strict=True)))
        spots.append((ref, *flat(nearest)))
    middle = (place[0] + edge) / 2
    sheet.balloons([s for s in spots if s[1] < middle], 14, place[1])
    sheet.balloons([s for s in spots if s[1] >= middle], edge, place[1])
    for i, (ref, kind) in enumerate(KINDS.items()):
        column, row = divmod(i, 17)
        y = place[1] + 16 + 5 * row
        sheet.text(20 + 120 * column, y, ref, 3.4)
        sheet.text(34 + 120 * column, y, f"{len(made.of(ref))} x", 3.4)
        sheet.text(44 + 120 * column, y, kind.name, 3.4)
    note = "Exploded, scale 1:1, mm. Not built yet: design values. Cables are in the harness drawing."
    return sheet.render(edge + 20, place[1] + 16 + 5 * 17 + 6, "Massage roller, assembly", note)
