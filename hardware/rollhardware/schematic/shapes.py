# SPDX-License-Identifier: MIT
"""The bodies of the usual symbols (IEC 60617). Points are in millimetres from the middle, y points down."""

from collections.abc import Callable

from rollhardware.schematic.sexpr import Node, Word, node
from rollhardware.schematic.symbol import Pin, Symbol
from rollhardware.wiring.facts import Kind

GRID_MM = 1.27
LINE_MM = 0.254
_Point = tuple[float, float]


def line(*points: _Point, fill: str = "none") -> Node:
    """Return a line through points; closed and filled it is a surface."""
    return node("polyline", node("pts", *(node("xy", x, -y) for x, y in points)), *_style(fill))


def rectangle(x0: float, y0: float, x1: float, y1: float, fill: str = "none") -> Node:
    """Return a rectangle between two corners."""
    return node("rectangle", node("start", x0, -y0), node("end", x1, -y1), *_style(fill))


def circle(x: float, y: float, radius: float, fill: str = "none") -> Node:
    """Return a circle."""
    return node("circle", node("center", x, -y), node("radius", radius), *_style(fill))


def text(words: str, x: float, y: float) -> Node:
    """Return a text around a point."""
    return node("text", words, node("at", x, -y, 0), node("effects", node("font", node("size", GRID_MM, GRID_MM))))


def _style(fill: str) -> list[Node]:
    stroke = node("stroke", node("width", LINE_MM), node("type", Word("default")), node("color", 0, 0, 0, 0))
    return [stroke, node("fill", node("type", Word(fill)))]


def _ray(x: float, y: float) -> list[Node]:
    """Return an arrow of light down to the right."""
    tip = x + 1.4, y + 1.4
    return [line((x, y), tip), line((tip[0] - 0.9, tip[1]), tip, (tip[0], tip[1] - 0.9))]


def _resistor() -> list[Node]:
    return [rectangle(-1.016, -2.54, 1.016, 2.54)]


def _capacitor() -> list[Node]:
    plates = [line((-2, y), (2, y)) for y in (-0.635, 0.635)]
    return [*plates, line((0, -2.54), (0, -0.635)), line((0, 0.635), (0, 2.54))]


def _fsr() -> list[Node]:
    return [*_resistor(), line((-2.6, 2.6), (-1.6, 2.6), (1.9, -2.2)), text("F", -3.3, 1.9)]


def _diode_up() -> list[Node]:
    """Return a diode whose current flows up."""
    leads = [line((0, -2.54), (0, -1.27)), line((0, 1.27), (0, 2.54))]
    return [line((-1.27, 1.27), (1.27, 1.27), (0, -1.27), (-1.27, 1.27)), line((-1.27, -1.27), (1.27, -1.27)), *leads]


def _led_down() -> list[Node]:
    """Return an LED whose current flows down."""
    leads = [line((0, -2.54), (0, -1.27)), line((0, 1.27), (0, 2.54))]
    body = [line((-1.27, -1.27), (1.27, -1.27), (0, 1.27), (-1.27, -1.27)), line((-1.27, 1.27), (1.27, 1.27))]
    return [*body, *leads, *_ray(1.6, -1.2), *_ray(1.6, 0.2)]


def _button() -> list[Node]:
    """Return a push button between top and bottom, with its cap on the left."""
    contacts = [circle(0, y, 0.5) for y in (-2.04, 2.04)]
    return [*contacts, line((-1.27, -2.6), (-1.27, 2.6)), line((-2.6, 0), (-1.27, 0)), line((-2.6, -0.9), (-2.6, 0.9))]


def _cell() -> list[Node]:
    leads = [line((0, -2.54), (0, -0.6)), line((0, 0.6), (0, 2.54))]
    plus = [line((0.8, -1.9), (1.8, -1.9)), line((1.3, -2.4), (1.3, -1.4))]
    return [line((-2.3, -0.6), (2.3, -0.6)), rectangle(-1.3, 0.3, 1.3, 0.6, fill="outline"), *leads, *plus]


def _motor() -> list[Node]:
    return [circle(0, 0, 2.54), text("M", 0, 0)]


def _lra() -> list[Node]:
    """Return a motor with both leads on the left; the wave says that it swings."""
    leads = [line((-2.54, y), (-1.9, y)) for y in (-1.27, 1.27)]
    wave = line((-1.5, 0), (-0.9, -0.8), (0, 0), (0.9, 0.8), (1.5, 0))
    return [circle(0, 0, 2.286), *leads, wave]


def _slide_switch() -> list[Node]:
    """Return a switch from the left to one of two throws on the right; it is on."""
    contacts = [circle(x, y, 0.5) for x, y in ((-2.04, 0), (2.04, -2.54), (2.04, 2.54))]
    return [*contacts, line((-1.6, -0.2), (1.7, -2.2))]


def _mosfet() -> list[Node]:
    channel = [line((0, y - 0.8), (0, y + 0.8)) for y in (-1.9, 0, 1.9)]
    drain = line((0, -1.9), (2.54, -1.9), (2.54, -2.54))
    source = line((0, 1.9), (2.54, 1.9), (2.54, 2.54))
    bulk = [line((0, 0), (2.54, 0), (2.54, 1.9)), line((0.2, 0), (1.1, -0.5), (1.1, 0.5), (0.2, 0), fill="outline")]
    return [line((-0.6, -1.9), (-0.6, 1.9)), line((-2.54, 0), (-0.6, 0)), *channel, drain, source, *bulk]


def _gauge(start: _Point, end: _Point) -> list[Node]:
    """Return a resistor between two points."""
    (x0, y0), (x1, y1) = start, end
    ax, ay, bx, by = (start[n % 2] + (end[n % 2] - start[n % 2]) * part for n, part in enumerate((0.3, 0.3, 0.7, 0.7)))
    dx, dy = (y1 - y0) * 0.12, (x0 - x1) * 0.12
    corners = [(ax + dx, ay + dy), (bx + dx, by + dy), (bx - dx, by - dy), (ax - dx, ay - dy), (ax + dx, ay + dy)]
    return [line((x0, y0), (ax, ay)), line((bx, by), (x1, y1)), line(*corners)]


def _load_cell() -> list[Node]:
    """Return the bridge of four strain gauges beside the names of the leads."""
    x, radius = 6.35, 3.81
    corners = [(x, -radius), (x + radius, 0.0), (x, radius), (x - radius, 0.0)]
    gauges = [part for n in range(4) for part in _gauge(corners[n], corners[(n + 1) % 4])]
    return [rectangle(-7.62, -5.08, 11.43, 5.08, fill="background"), *gauges]


_Pins = dict[str, tuple[int, int, str]]


def _upright(top: str, bottom: str) -> _Pins:
    return {top: (0, -4, "up"), bottom: (0, 4, "down")}


_BRIDGE: _Pins = {
    pad: (-8, y, "left") for pad, y in zip(("red E+", "green A+", "white A-", "black E-"), (-3, -1, 1, 3), strict=True)
}
# kind of parts.yaml: first letter of its references, how it is drawn, where its pins end, body, place of the reference
_SHAPES: dict[str, tuple[str, Callable[[], list[Node]], _Pins, tuple[int, int, int, int], tuple[int, int]]] = {
    "resistor": ("R", _resistor, _upright("1", "2"), (-1, -2, 1, 2), (2, -1)),
    "capacitor": ("C", _capacitor, _upright("1", "2"), (-2, -2, 2, 2), (2, -2)),
    "fsr": ("FSR", _fsr, _upright("1", "2"), (-3, -2, 2, 2), (2, -1)),
    "diode": ("D", _diode_up, _upright("cathode", "anode"), (-1, -2, 1, 2), (2, -1)),
    "led": ("D", _led_down, _upright("anode", "cathode"), (-1, -2, 3, 2), (4, -1)),
    "button": ("SW", _button, _upright("1", "2"), (-2, -2, 1, 2), (2, -1)),
    "cell": ("BT", _cell, _upright("+", "-"), (-2, -2, 2, 2), (3, -1)),
    "erm": ("M", _motor, _upright("red", "blue"), (-2, -2, 2, 2), (3, -1)),
    "lra": ("M", _lra, {"1": (-4, -1, "left"), "2": (-4, 1, "left")}, (-2, -2, 2, 2), (-8, 4)),
    "slide_switch": (
        "S",
        _slide_switch,
        {"2": (-4, 0, "left"), "1": (4, -2, "right"), "3": (4, 2, "right")},
        (-2, -3, 2, 3),
        (-2, 5),
    ),
    "mosfet": (
        "Q",
        _mosfet,
        {"gate": (-4, 0, "left"), "drain": (2, -4, "up"), "source": (2, 4, "down")},
        (-2, -2, 2, 2),
        (4, -1),
    ),
    "load_cell": ("LC", _load_cell, _BRIDGE, (-6, -4, 9, 4), (-6, -7)),
}


def shape(kind_name: str, kind: Kind) -> Symbol | None:
    """Return the symbol of a kind that has a usual one, or None."""
    if kind_name not in _SHAPES:
        return None
    prefix, draw, places, body, text_at = _SHAPES[kind_name]
    pins = {
        pad: Pin(x, y, side, kind.electrical(pad) or "passive", pad.replace(" ", "/"))
        for pad, (x, y, side) in places.items()
    }
    return Symbol(kind_name, prefix, pins, body, text_at, draw(), names_shown=kind_name == "load_cell")


def ground(net: str) -> Symbol:
    """Return the sign of ground."""
    bars = [line((-x, y), (x, y)) for x, y in ((1.27, 1.27), (0.8, 1.75), (0.3, 2.23))]
    return _sign(net, "down", [line((0, 0), (0, 1.27)), *bars], (-1, 0, 1, 2), "power_in")


def supply(net: str) -> Symbol:
    """Return the sign of a supply: an arrow up."""
    tip = line((-0.76, -1.27), (0, -2.54), (0.76, -1.27))
    return _sign(net, "up", [line((0, 0), (0, -2.54)), tip], (-1, -2, 1, 0), "power_in")


def power_flag() -> Symbol:
    """Return the sign by which KiCad knows that a net is fed."""
    flag = line((0, -1.27), (-1.02, -1.9), (0, -2.54), (1.02, -1.9), (0, -1.27))
    return _sign("PWR_FLAG", "up", [line((0, 0), (0, -1.27)), flag], (-1, -2, 1, 0), "power_out")


def _sign(net: str, side: str, graphics: list[Node], body: tuple[int, int, int, int], electrical: str) -> Symbol:
    pins = {"1": Pin(0, 0, "up" if side == "down" else "down", electrical, net)}
    return Symbol(
        net, "#FLG" if net == "PWR_FLAG" else "#PWR", pins, body, (0, 3 if side == "down" else -3), graphics, power=True
    )
