# SPDX-License-Identifier: MIT
"""The border and title block of the sheets. KiCad's own bears its version, which would make plots of two PCs differ."""

from rollhardware.schematic.sexpr import Node, Word, node, write

NAME = "roller.kicad_wks"
VERSION = 20210606  # of the format; KiCad 6.0
MARGIN_MM = 10
_LINE_MM = 0.15
WIDTH_MM, HEIGHT_MM = 110, 26  # of the title block, from the right lower corner
_LEFT_MM = WIDTH_MM - 2
# text, millimetres above the lower margin, size, style
_ROWS: list[tuple[str, float, float, list[str]]] = [
    ("${TITLE}", 21, 2.5, ["bold"]),
    ("${COMMENT2}", 15, 1.5, []),
    ("${COMMENT1}", 10.5, 1.27, []),
    ("${FILENAME}   revision ${REVISION}   ${PAPER}", 5, 1.5, []),
]


def border() -> str:
    """Return the text of the border, a drawing sheet of KiCad's."""
    settings = {"linewidth": _LINE_MM, "textlinewidth": _LINE_MM}
    settings |= dict.fromkeys(("left_margin", "right_margin", "top_margin", "bottom_margin"), MARGIN_MM)
    setup = node("setup", node("textsize", 1.5, 1.5), *(node(name, value) for name, value in settings.items()))
    frame = node("rect", node("name", ""), node("start", 0, 0, Word("ltcorner")), node("end", 0, 0))
    block = node("rect", node("name", ""), node("start", WIDTH_MM, HEIGHT_MM), node("end", 0, 0))
    head = [node("version", VERSION), node("generator", Word("rollhardware"))]
    return write(node("kicad_wks", *head, setup, frame, block, *(_row(*row) for row in _ROWS))) + "\n"


def _row(words: str, above_mm: float, size_mm: float, style: list[str]) -> Node:
    font = node("font", *(Word(name) for name in style), node("size", size_mm, size_mm))
    return node("tbtext", words, node("name", ""), node("pos", _LEFT_MM, above_mm), font)
