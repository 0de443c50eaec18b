# SPDX-License-Identifier: MIT
"""A symbol: a body, and pins on its sides. Places are whole steps of the 1.27 mm grid, y points down as on a sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from rollhardware.schematic.sexpr import Node
from rollhardware.wiring.electrics import GROUND
from rollhardware.wiring.facts import Kind

PIN_STEPS = 2  # length of a pin, and distance between two
TOP_STEPS = 8  # between supply pins, so that the names above them do not touch
TEXT_STEPS = 0.9  # width of a letter of 1.27 mm, on average


@dataclass(frozen=True)
class Pin:
    """Where a wire meets a pad, to which side the wire leaves, and what the pad does."""

    x: int
    y: int
    side: str
    electrical: str
    name: str


@dataclass(frozen=True)
class Symbol:
    """How a kind of part is drawn. `body` is left, top, right, bottom; `text` is where its reference stands."""

    name: str
    prefix: str
    pins: dict[str, Pin]
    body: tuple[int, int, int, int]
    text: tuple[int, int]
    graphics: Sequence[Node] = ()
    names_shown: bool = False
    power: bool = False


def box(name: str, prefix: str, kind: Kind, used: Sequence[str] = (), right: Sequence[str] = ()) -> Symbol:
    """Return a box: supplies above, ground below, inputs left, outputs right.

    `right` names pads to be drawn on the right, in this order, whatever they are; "" leaves a row free. Of an ESP32
    board the GPIO pads in `used` stand on the right, the unused ones on the left.
    """
    right = [*right, *used]
    sides: dict[str, list[str]] = {"up": [], "down": [], "left": [], "right": right}
    for pad in kind.all_pads():
        if pad not in right:
            sides[_side(pad, kind)].append(pad)
    label = {pad: f"IO{pad}" if kind.esp32 and pad.isdigit() else pad for pad in ["", *kind.all_pads()]}
    above = len(sides["up"])
    names = [max((len(label[pad]) for pad in sides[side]), default=0) * TEXT_STEPS for side in ("left", "right")]
    width = max(16, even(sum(names) + 6), TOP_STEPS * above + (4 if above > 1 else 0))
    upper = even(max((len(label[pad]) for pad in sides["up"]), default=0) * TEXT_STEPS) // 2 * 2 + 2
    rows = max(len(sides["left"]), len(sides["right"]))
    height = upper + PIN_STEPS * rows + 2 + (4 if sides["down"] else 0)
    left, top = -width // 2, 0
    pins = {}
    for pad, (x, y, side) in _places(sides, left, width, upper, height).items():
        pins[pad] = Pin(x, y, side, kind.electrical(pad) or "passive", label[pad])
    return Symbol(name, prefix, pins, (left, top, left + width, height), (left + 8, height + 2), names_shown=True)


def even(number: float) -> int:
    """Return the next even whole number."""
    return 2 * -int(-number // 2)


def _side(pad: str, kind: Kind) -> str:
    electrical = kind.electrical(pad)
    if pad == GROUND:
        return "down"
    if electrical in ("power_in", "power_out") or (kind.esp32 and electrical == "passive"):
        return "up"
    return "right" if electrical == "output" else "left"


def _places(sides: dict[str, list[str]], left: int, width: int, upper: int, height: int) -> dict[str, tuple]:
    places = {}
    for row, pad in enumerate(sides["left"]):
        places[pad] = (left - PIN_STEPS, upper + PIN_STEPS * row, "left")
    for row, pad in enumerate(sides["right"]):
        if pad:
            places[pad] = (left + width + PIN_STEPS, upper + PIN_STEPS * row, "right")
    for column, pad in enumerate(sides["up"]):
        places[pad] = (left + 4 + TOP_STEPS * column, -PIN_STEPS, "up")
    for column, pad in enumerate(sides["down"]):
        places[pad] = (left + 4 + TOP_STEPS * column, height + PIN_STEPS, "down")
    return places
