# SPDX-License-Identifier: MIT
"""Symbols as KiCad 6 writes them: in a schematic with the name of their library, and in the library itself."""

from collections.abc import Iterable

from rollhardware.schematic.sexpr import Node, Word, node, write
from rollhardware.schematic.shapes import GRID_MM, rectangle
from rollhardware.schematic.symbol import PIN_STEPS, Pin, Symbol

LIBRARY = "roller"
VERSION = 20211014  # of the library's format; KiCad 6.0
GENERATOR = "rollhardware"
TEXT_LINE_STEPS = 2
_PIN_ANGLE = {"left": 0, "right": 180, "up": 270, "down": 90}


def mm(steps: int) -> Word:
    """Return steps of the grid in millimetres."""
    return Word(f"{steps * 127 // 100}.{steps * 127 % 100:02}" if steps >= 0 else f"-{mm(-steps)}")


def place(x: int, y: int, angle: int | None = None) -> Node:
    """Return a place in steps of the grid."""
    return Node([Word("at"), mm(x), mm(y), *([] if angle is None else [Word(str(angle))])])


def number_of(pad: str) -> str:
    """Return the number of a pad's pin, which for KiCad holds no spaces."""
    return pad.replace(" ", "_")


def effects(*justify: str, hidden: bool = False, size_mm: float = GRID_MM) -> Node:
    """Return the size and the side of a text."""
    found = node("effects", node("font", node("size", size_mm, size_mm)))
    if justify:
        found.append(node("justify", *(Word(side) for side in justify)))
    if hidden:
        found.append(Word("hide"))
    return found


def properties(symbol: Symbol, reference: str, value: str, x: int = 0, y: int = 0, down: int = -1) -> list[Node]:
    """Return the fields of a symbol; `down` is the sign of y downwards: 1 on a sheet, -1 in a symbol."""
    text_x, text_y = symbol.text
    shown = () if symbol.power else ("left",)
    lines = [text_y, text_y if symbol.power else text_y + TEXT_LINE_STEPS]
    at = [place(x + text_x, y + down * line, 0) for line in lines]
    return [
        node("property", "Reference", reference, node("id", 0), at[0], effects(*shown, hidden=symbol.power)),
        node("property", "Value", value, node("id", 1), at[1], effects(*shown)),
        node("property", "Footprint", "", node("id", 2), place(x, y, 0), effects(hidden=True)),
        node("property", "Datasheet", "", node("id", 3), place(x, y, 0), effects(hidden=True)),
    ]


def symbol_text(symbol: Symbol, library: str = "") -> Node:
    """Return the definition of a symbol; in a schematic its name bears that of the library."""
    found = node("symbol", f"{library}:{symbol.name}" if library else symbol.name)
    if symbol.power:
        found.append(node("power"))
    found.append(node("pin_numbers", Word("hide")))
    hidden = [] if symbol.names_shown else [Word("hide")]
    found.append(node("pin_names", node("offset", 0.762 if symbol.names_shown else 0), *hidden))
    found += [node("in_bom", Word("yes")), node("on_board", Word("yes"))]
    found += properties(symbol, symbol.prefix, symbol.name)
    left, top, right, bottom = (steps * GRID_MM for steps in symbol.body)
    graphics = symbol.graphics or [rectangle(left, top, right, bottom, "background")]
    found.append(node("symbol", f"{symbol.name}_0_1", *graphics))
    found.append(node("symbol", f"{symbol.name}_1_1", *(_pin(symbol, pad, pin) for pad, pin in symbol.pins.items())))
    return found


def _pin(symbol: Symbol, pad: str, pin: Pin) -> Node:
    length = node("length", Word("0") if symbol.power else mm(PIN_STEPS))
    name, number = node("name", pin.name, effects()), node("number", number_of(pad), effects())
    found = node("pin", Word(pin.electrical), Word("line"), place(pin.x, -pin.y, _PIN_ANGLE[pin.side]), length)
    if symbol.power and pin.electrical == "power_in":
        found.append(Word("hide"))
    return Node([*found, name, number])


def library(symbols: Iterable[Symbol]) -> str:
    """Return the text of a library."""
    inner = [symbol_text(symbol) for symbol in symbols]
    head = [node("version", VERSION), node("generator", Word(GENERATOR))]
    return write(node("kicad_symbol_lib", *head, *inner)) + "\n"
