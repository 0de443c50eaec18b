# SPDX-License-Identifier: MIT
"""What stands on a sheet: symbols, wires and names, in steps of the 1.27 mm grid."""

from dataclasses import dataclass, field

from rollhardware.errors import HardwareError
from rollhardware.schematic.shapes import ground, power_flag, shape, supply
from rollhardware.schematic.sheet import Frame, Sheet
from rollhardware.schematic.symbol import Symbol, box
from rollhardware.schematic.wires import End, Wire, joined, junctions
from rollhardware.wiring.electrics import GROUND
from rollhardware.wiring.netlist import Netlist, Pad, Part

STUB_STEPS = 2  # the wire between a pad and the name of its net
_AWAY = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_OPPOSITE = {"left": "right", "right": "left", "up": "down", "down": "up"}
_SHAPES = {"input": "input", "output": "output", "bidirectional": "bidirectional", "open_drain": "bidirectional"}


@dataclass(frozen=True)
class Placed:
    """A symbol on the sheet."""

    reference: str
    value: str
    symbol: Symbol
    x: int
    y: int
    notes: tuple[str, ...] = ()

    def pin(self, pad: str) -> tuple[int, int]:
        """Return where wires meet a pad."""
        return self.x + self.symbol.pins[pad].x, self.y + self.symbol.pins[pad].y

    def body(self) -> tuple[int, int, int, int]:
        """Return the box of the body: left, top, right, bottom."""
        left, top, right, bottom = self.symbol.body
        return self.x + left, self.y + top, self.x + right, self.y + bottom


@dataclass(frozen=True)
class Label:
    """The name of a net. It reads away from the wire to `side`; `shape` is the form of a name that holds on the sheet.

    Without a shape it is the name of a wire within a frame.
    """

    net: str
    x: int
    y: int
    side: str
    shape: str | None = None


@dataclass
class Drawing:
    """Everything on the sheet of one build."""

    netlist: Netlist
    sheet: Sheet
    parts: list[Placed] = field(default_factory=list)
    signs: list[Placed] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    junctions: list[tuple[int, int]] = field(default_factory=list)
    open_ends: list[tuple[int, int]] = field(default_factory=list)


def draw(netlist: Netlist, sheet: Sheet) -> Drawing:
    """Return the drawing of a build."""
    drawing = Drawing(netlist, sheet)
    for frame in sheet.frames.values():
        _draw_frame(drawing, frame)
    ends = [placed.pin(pad) for placed in [*drawing.parts, *drawing.signs] for pad in placed.symbol.pins]
    drawing.junctions = junctions(drawing.wires, ends)
    return drawing


def rails(netlist: Netlist) -> set[str]:
    """Return the nets that are drawn with a sign at each pad: ground, and what the ESP32's board feeds."""
    assert netlist.esp32
    pads = netlist.esp32.kind.pads
    fed = {netlist.net_of.get(Pad(netlist.esp32.reference, pad)) for pad in pads if pads[pad] == "power_out"}
    return {GROUND, *(net for net in fed if net)}


def symbol_of(part: Part, netlist: Netlist, sheet: Sheet) -> Symbol:
    """Return the symbol of a part: the usual one of its kind, or a box."""
    usual = shape(part.kind_name, part.kind)
    if usual:
        return usual
    prefix = part.reference.rstrip("0123456789")
    used: list[str] = []
    if part.kind.esp32:
        numbers = [str(signal.gpio) for signal in netlist.pins.signals.values()]
        used = [number for number in numbers if Pad(part.reference, number) in netlist.net_of]
    return box(part.kind_name, prefix, part.kind, used, sheet.right.get(part.kind_name, []))


def _notes(part: Part, netlist: Netlist) -> tuple[str, ...]:
    """Return what is on the bought board and shows in no wire."""
    notes = []
    chips = " and ".join(chip for chip, reference in netlist.pins.chips.items() if reference == part.reference)
    if part.kind.address is not None:
        pulls = f", bus pulled up by {part.kind.bus_pull_k:g}k" if part.kind.bus_pull_k else ""
        notes.append(f"{chips or 'Chip'} at I2C 0x{part.kind.address:02X}{pulls}")
    if part.kind.esp32:
        on_board = [f"{name} on IO{signal.gpio}" for name, signal in netlist.pins.signals.items() if signal.on_board]
        notes += ["On the board: " + ", ".join(on_board)] if on_board else []
    return tuple(notes)


def _draw_frame(drawing: Drawing, frame: Frame):
    placed = [_place(drawing, frame, reference) for reference in frame.parts]
    ends = _ends(drawing.netlist, frame, placed)
    drawing.parts += placed
    drawing.open_ends += [(end.x, end.y) for end in ends.pop("")]
    if frame.flag:
        x, y = frame.on_sheet(*frame.flag)
        _sign(drawing, power_flag(), x, y)
        _sign(drawing, ground(GROUND), x, y)
    points = {(end.x, end.y): net for net in ends for end in ends[net]}
    points |= dict.fromkeys(drawing.open_ends, "")
    bodies = [part.body() for part in placed]
    for net, there in ends.items():
        if net in rails(drawing.netlist):
            for end in there:
                _rail(drawing, net, end)
            continue
        for group, wires in joined(net, there, points, bodies):
            drawing.wires += wires
            _name(drawing, net, group, wires)


def _place(drawing: Drawing, frame: Frame, reference: str) -> Placed:
    part = drawing.netlist.parts[reference]
    symbol = symbol_of(part, drawing.netlist, drawing.sheet)
    x, y = frame.on_sheet(*frame.parts[reference])
    return Placed(reference, part.value or part.kind.name, symbol, x, y, _notes(part, drawing.netlist))


def _ends(netlist: Netlist, frame: Frame, placed: list[Placed]) -> dict[str, list[End]]:
    """Return where wires can begin in a frame, by nets; the pads that stay open are under no name."""
    found: dict[str, list[End]] = {"": []}
    for part in placed:
        for name, pin in part.symbol.pins.items():
            pad = Pad(part.reference, name)
            found.setdefault(netlist.net_of.get(pad, ""), []).append(End(*part.pin(name), pin.side, pad))
    for net, (x, y, side) in frame.ports.items():
        found.setdefault(net, []).append(End(*frame.on_sheet(x, y), _OPPOSITE[side]))
    return found


def _sign(drawing: Drawing, symbol: Symbol, x: int, y: int):
    number = sum(sign.symbol.prefix == symbol.prefix for sign in drawing.signs) + 1
    drawing.signs.append(Placed(f"{symbol.prefix}{number:02}", symbol.name, symbol, x, y))


def _rail(drawing: Drawing, net: str, end: End):
    symbol = ground(net) if net == GROUND else supply(net)
    x, y = end.x, end.y
    if end.side in ("left", "right"):
        x, y = _stub(drawing, end)
    _sign(drawing, symbol, x, y)


def _stub(drawing: Drawing, end: End) -> tuple[int, int]:
    dx, dy = _AWAY[end.side]
    x, y = end.x + dx * STUB_STEPS, end.y + dy * STUB_STEPS
    drawing.wires.append(Wire.between((end.x, end.y), (x, y)))
    return x, y


def _name(drawing: Drawing, net: str, group: list[End], wires: list[Wire]):
    """Name one piece of a net: at its port, at the end of a stub, or along its longest wire."""
    port = next((end for end in group if end.pad is None), None)
    if port:
        side = _OPPOSITE[port.side]
        drawing.labels.append(Label(net, port.x, port.y, side, _shape(drawing.netlist, group)))
    elif wires:
        if len(group) < len(drawing.netlist.nets[net]):  # a bare name on a wire says that the net ends in this frame
            raise HardwareError(f"sheets.yaml: {drawing.netlist.board}: {net} needs a port where {group[0].pad} is")
        longest = max(wires, key=lambda wire: (wire.x1 - wire.x0, wire.y1 - wire.y0))
        level = longest.y0 == longest.y1
        x, y = (longest.x0 + 1, longest.y0) if level else (longest.x0, longest.y1 - 1)
        drawing.labels.append(Label(net, x, y, "right"))
    else:
        x, y = _stub(drawing, group[0])
        drawing.labels.append(Label(net, x, y, group[0].side, _shape(drawing.netlist, group)))


def _shape(netlist: Netlist, group: list[End]) -> str:
    """Return the form of a name, which says to where the signal goes as seen from these pads."""
    for pad in (end.pad for end in group if end.pad):
        signals = [s.direction for s in netlist.pins.signals.values() if str(s.gpio) == pad.name]
        part = netlist.parts[pad.reference]
        does = signals[0] if signals and part.kind.esp32 else part.kind.electrical(pad.name)
        if does in _SHAPES:
            return _SHAPES[does]
    return "passive"
