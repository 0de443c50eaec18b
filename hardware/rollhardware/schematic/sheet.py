# SPDX-License-Identifier: MIT
"""sheets.yaml: the frames of each sheet, and where the parts stand in them."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.wiring.facts import read
from rollhardware.wiring.netlist import Netlist

Side = Literal["left", "right", "up", "down"]


class Frame(Struct, forbid_unknown_fields=True, frozen=True):
    """A box with a title; places in it count from its left upper corner."""

    box: tuple[int, int, int, int]
    parts: dict[str, tuple[int, int]]
    ports: dict[str, tuple[int, int, Side]] = {}
    flag: tuple[int, int] | None = None
    note: str = ""

    def on_sheet(self, x: int, y: int) -> tuple[int, int]:
        """Return the place on the sheet of a place in the frame."""
        return self.box[0] + x, self.box[1] + y


class Sheet(Struct, forbid_unknown_fields=True, frozen=True):
    """One A4 sheet, across."""

    title: str
    revision: str
    frames: dict[str, Frame]
    right: dict[str, list[str]] = {}


def sheets(folder: Path = HARDWARE) -> dict[str, Sheet]:
    """Read the sheets of all boards. HardwareError when the file does not hold any."""
    return read(folder / "sheets.yaml", dict[str, Sheet])


def problems(sheet: Sheet, netlist: Netlist) -> list[str]:
    """Return which parts have no place or two, and which parts, nets and pads of the sheet are not in the build."""
    frames = sheet.frames.values()
    placed = [reference for frame in frames for reference in frame.parts]
    kinds = {part.kind_name: part.kind for part in netlist.parts.values()}
    found = [f"{ref} of nets.yaml has no place" for ref in netlist.parts if ref not in placed]
    found += [f"{ref} has two places" for ref in sorted(set(placed)) if placed.count(ref) > 1]
    found += [f"nets.yaml has no part {ref}" for ref in placed if ref not in netlist.parts]
    found += [f"nets.yaml has no net {net}" for frame in frames for net in frame.ports if net not in netlist.nets]
    for name, pads in sheet.right.items():
        known = kinds[name].all_pads() if name in kinds else []
        found += [f"parts.yaml: {name} of nets.yaml has no pad {pad}" for pad in pads if pad and pad not in known]
    return [f"sheets.yaml: {netlist.board}: {text}" for text in found]


def sheet_of(netlist: Netlist) -> Sheet:
    """Return the sheet of a build. HardwareError when there is none, or it is of another build."""
    found = sheets()
    if netlist.board not in found:
        raise HardwareError(f"sheets.yaml: no sheet for {netlist.board}")
    lines = problems(found[netlist.board], netlist)
    if lines:
        raise HardwareError("\n".join(lines))
    return found[netlist.board]
