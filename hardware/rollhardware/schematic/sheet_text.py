# SPDX-License-Identifier: MIT
"""A drawing as a schematic of KiCad 6."""

from uuid import NAMESPACE_URL, uuid5

from rollhardware.schematic.drawing import Drawing, Label, Placed
from rollhardware.schematic.sexpr import Node, Word, node, write
from rollhardware.schematic.symbol_text import (
    GENERATOR,
    LIBRARY,
    TEXT_LINE_STEPS,
    effects,
    mm,
    number_of,
    place,
    properties,
    symbol_text,
)
from rollhardware.schematic.wires import Wire

VERSION = 20211123  # KiCad 6.0; later ones read it
TITLE_MM, NOTE_MM = 2.0, 1.27
_ANGLE = {"right": 0, "left": 180, "up": 90, "down": 270}
_JUSTIFY = {"right": "left", "left": "right", "up": "left", "down": "right"}


def uuid_of(*names: str | int) -> str:
    """Return the identifier of a thing: always the same for the same names."""
    return str(uuid5(NAMESPACE_URL, "massage-roller/schematic/" + "/".join(str(name) for name in names)))


def schematic(drawing: Drawing) -> str:
    """Return the text of the schematic."""
    board = drawing.netlist.board
    placed = [*drawing.parts, *drawing.signs]
    symbols = {item.symbol.name: item.symbol for item in placed}
    tree = node("kicad_sch", node("version", VERSION), node("generator", Word(GENERATOR)))
    tree += [_uuid(board, "sheet"), node("paper", "A4"), _title(drawing)]
    tree.append(node("lib_symbols", *(symbol_text(symbols[name], LIBRARY) for name in sorted(symbols))))
    tree += [_junction(board, x, y) for x, y in drawing.junctions]
    tree += [node("no_connect", place(x, y), _uuid(board, "open", x, y)) for x, y in drawing.open_ends]
    tree += [_wire(board, wire) for wire in drawing.wires]
    tree += [line for frame in drawing.sheet.frames.values() for line in _frame_lines(board, frame.box)]
    tree += _texts(drawing)
    tree += [_label(board, label) for label in drawing.labels]
    tree += [_placed(board, item) for item in placed]
    tree.append(node("sheet_instances", node("path", "/", node("page", "1"))))
    tree.append(node("symbol_instances", *(_instance(board, item) for item in placed)))
    return write(tree) + "\n"


def _uuid(*names: str | int) -> Node:
    return node("uuid", Word(uuid_of(*names)))


def _title(drawing: Drawing) -> Node:
    return node(
        "title_block",
        node("title", drawing.sheet.title),
        node("rev", drawing.sheet.revision),
        node("comment", 1, "Made from pins.yaml, parts.yaml and nets.yaml: change those, then run make hardware"),
        node("comment", 2, f"Build {drawing.netlist.board}"),
    )


def _stroke(kind: str = "default", width_mm: float = 0) -> Node:
    return node("stroke", node("width", width_mm), node("type", Word(kind)), node("color", 0, 0, 0, 0))


def _junction(board: str, x: int, y: int) -> Node:
    no_colour = node("color", 0, 0, 0, 0)
    return node("junction", place(x, y), node("diameter", 0), no_colour, _uuid(board, "junction", x, y))


def _points(*steps: tuple[int, int]) -> Node:
    return node("pts", *(node("xy", mm(x), mm(y)) for x, y in steps))


def _wire(board: str, wire: Wire) -> Node:
    ends = (wire.x0, wire.y0), (wire.x1, wire.y1)
    return node("wire", _points(*ends), _stroke(), _uuid(board, "wire", *ends[0], *ends[1]))


def _frame_lines(board: str, box: tuple[int, int, int, int]) -> list[Node]:
    left, top, right, bottom = box
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    lines = zip(corners, corners[1:], strict=False)
    return [node("polyline", _points(a, b), _stroke("dash", 0.15), _uuid(board, "frame", *a, *b)) for a, b in lines]


def _texts(drawing: Drawing) -> list[Node]:
    texts = []
    for title, frame in drawing.sheet.frames.items():
        texts.append((title, *frame.on_sheet(2, 3), TITLE_MM))
        texts.append((frame.note, frame.box[0] + 2, frame.box[3] - 2, NOTE_MM))
    for part in drawing.parts:
        x, y = part.symbol.text
        for row, note in enumerate(part.notes, 2):
            texts.append((note, part.x + x, part.y + y + TEXT_LINE_STEPS * row, NOTE_MM))
    board = drawing.netlist.board
    return [
        node("text", words, place(x, y + 1, 0), effects("left", "bottom", size_mm=size_mm), _uuid(board, "text", x, y))
        for words, x, y, size_mm in texts
        if words
    ]


def _label(board: str, label: Label) -> Node:
    justify = [_JUSTIFY[label.side], *([] if label.shape else ["bottom"])]
    found = node("global_label" if label.shape else "label", label.net)
    if label.shape:
        found.append(node("shape", Word(label.shape)))
    found += [place(label.x, label.y, _ANGLE[label.side]), effects(*justify)]
    found.append(_uuid(board, "label", label.x, label.y))
    return found


def _placed(board: str, item: Placed) -> Node:
    found = node("symbol", node("lib_id", f"{LIBRARY}:{item.symbol.name}"), place(item.x, item.y, 0), node("unit", 1))
    found += [node("in_bom", Word("yes")), node("on_board", Word("yes")), _uuid(board, "part", item.reference)]
    found += properties(item.symbol, item.reference, item.value, item.x, item.y, down=1)
    found += [node("pin", number_of(pad), _uuid(board, "pin", item.reference, pad)) for pad in item.symbol.pins]
    return found


def _instance(board: str, item: Placed) -> Node:
    path = "/" + uuid_of(board, "part", item.reference)
    given = node("reference", item.reference), node("unit", 1), node("value", item.value), node("footprint", "")
    return node("path", path, *given)
