# SPDX-License-Identifier: MIT
"""Whether anything on a sheet lies on something else or leaves its frame. Widths of texts are an upper estimate."""

from dataclasses import dataclass
from itertools import combinations

from rollhardware.schematic.border import HEIGHT_MM, MARGIN_MM, WIDTH_MM
from rollhardware.schematic.drawing import Drawing, Label, Placed
from rollhardware.schematic.shapes import GRID_MM
from rollhardware.schematic.symbol import TEXT_STEPS
from rollhardware.schematic.symbol_text import TEXT_LINE_STEPS

A4_MM = (297, 210)
FLAG_STEPS = 2  # what the border of a name adds to its text
HALF_LINE_STEPS = 0.8
_Box = tuple[float, float, float, float]
_RIGHT, _BOTTOM = ((size_mm - MARGIN_MM) / GRID_MM for size_mm in A4_MM)
TITLE_BLOCK: _Box = (_RIGHT - WIDTH_MM / GRID_MM, _BOTTOM - HEIGHT_MM / GRID_MM, _RIGHT, _BOTTOM)


@dataclass(frozen=True)
class Item:
    """Something that takes room: left, top, right, bottom in steps of the grid."""

    name: str
    box: _Box


def items(drawing: Drawing) -> list[Item]:
    """Return everything on the sheet that must not lie on something else; wires may cross."""
    found = []
    for placed in [*drawing.parts, *drawing.signs]:
        found.append(Item(placed.reference, placed.body()))
        found += _texts(placed)
    found += [_label(label) for label in drawing.labels]
    for title, frame in drawing.sheet.frames.items():
        left, _, _, bottom = frame.box
        found.append(Item(f"title {title}", _line(*frame.on_sheet(2, 3), len(title) * 2)))
        if frame.note:
            found.append(Item(f"note of {title}", _line(left + 2, bottom - 2, len(frame.note))))
    return found


def problems(drawing: Drawing) -> list[str]:
    """Return which things overlap, leave the frames, or lie on the title block; one line each."""
    where = f"sheets.yaml: {drawing.netlist.board}: "
    all_items = items(drawing)
    frames = [Item(f"frame {title}", frame.box) for title, frame in drawing.sheet.frames.items()]
    pairs = [*combinations(all_items, 2), *combinations([*frames, Item("the title block", TITLE_BLOCK)], 2)]
    found = [where + f"{a.name} lies on {b.name}" for a, b in pairs if _touch(a.box, b.box)]
    for item in all_items:
        if not any(_inside(item.box, frame.box) for frame in frames):
            found.append(where + f"{item.name} is in no frame")
    for item in all_items:
        crossed = [wire for wire in drawing.wires if _touch(item.box, (wire.x0, wire.y0, wire.x1, wire.y1))]
        found += [where + f"a wire runs through {item.name}" for _ in crossed]
    return found


def _texts(placed: Placed) -> list[Item]:
    x, y = placed.x + placed.symbol.text[0], placed.y + placed.symbol.text[1]
    if placed.symbol.power:
        half = len(placed.value) * TEXT_STEPS / 2
        return [Item(f"name of {placed.reference}", (x - half, y - HALF_LINE_STEPS, x + half, y + HALF_LINE_STEPS))]
    lines = [placed.reference, placed.value, *placed.notes]
    boxes = [_line(x, y + TEXT_LINE_STEPS * row, len(text)) for row, text in enumerate(lines)]
    return [Item(f"text of {placed.reference}", box) for box in boxes]


def _line(x: float, y: float, letters: int) -> _Box:
    return (x, y - HALF_LINE_STEPS, x + letters * TEXT_STEPS, y + HALF_LINE_STEPS)


def _label(label: Label) -> Item:
    length = len(label.net) * TEXT_STEPS + (FLAG_STEPS if label.shape else 0)
    x, y, half = label.x, label.y, HALF_LINE_STEPS
    if not label.shape:
        return Item(f"name {label.net}", (x, y - 2 * half, x + length, y))
    box = {
        "right": (x, y - half, x + length, y + half),
        "left": (x - length, y - half, x, y + half),
        "up": (x - half, y - length, x + half, y),
        "down": (x - half, y, x + half, y + length),
    }[label.side]
    return Item(f"name {label.net}", box)


def _touch(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _inside(box: _Box, frame: _Box) -> bool:
    return frame[0] <= box[0] and frame[1] <= box[1] and box[2] <= frame[2] and box[3] <= frame[3]
