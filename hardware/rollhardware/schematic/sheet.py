# SPDX-License-Identifier: MIT
"""sheets.yaml: the frames of each sheet, and where the parts stand in them."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.wiring.facts import read

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


def problems(sheet: Sheet, board: str, references: list[str]) -> list[str]:
    """Return which parts of a build have no place on its sheet, or more than one, and which places have no part."""
    placed = [reference for frame in sheet.frames.values() for reference in frame.parts]
    where = f"sheets.yaml: {board}: "
    found = [where + f"{ref} of nets.yaml has no place" for ref in references if ref not in placed]
    found += [where + f"nets.yaml has no part {ref}" for ref in placed if ref not in references]
    return found + [where + f"{ref} has two places" for ref in sorted(set(placed)) if placed.count(ref) > 1]


def sheet_of(board: str, references: list[str]) -> Sheet:
    """Return the sheet of a board, with each part once. HardwareError otherwise."""
    found = sheets()
    if board not in found:
        raise HardwareError(f"sheets.yaml: no sheet for {board}")
    lines = problems(found[board], board, references)
    if lines:
        raise HardwareError("\n".join(lines))
    return found[board]
