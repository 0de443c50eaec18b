# SPDX-License-Identifier: MIT
"""The schematics in the repository, read without KiCad: compared with the facts and with what is made of them now."""

from pathlib import Path

from rollhardware.made import HARDWARE
from rollhardware.schematic import compare, project
from rollhardware.schematic.circuit import of_sheet
from rollhardware.schematic.drawing import Drawing

CURE = "cure: make hardware ONLY=schematic"


def problems(drawings: list[Drawing], folder: Path = HARDWARE / project.FOLDER) -> list[str]:
    """Return what a schematic joins otherwise than the facts, then the first line of each file that is not as made."""
    found = []
    for drawing in drawings:
        path = folder / f"{drawing.netlist.board}.kicad_sch"
        if path.is_file():
            circuit = of_sheet(path.read_text(encoding="utf-8"))
            found += compare.problems(circuit, drawing.netlist, f"{project.FOLDER}/{path.name}")
    for name, text in project.texts(drawings).items():
        there = (folder / name).read_text(encoding="utf-8") if (folder / name).is_file() else ""
        if there != text:
            found.append(_first_difference(f"{project.FOLDER}/{name}", there, text))
    return found


def _first_difference(file: str, there: str, made: str) -> str:
    lines, wanted = there.split("\n"), made.split("\n")
    same = (a == b for a, b in zip(lines, wanted, strict=False))
    row = next((row for row, equal in enumerate(same) if not equal), min(len(lines), len(wanted)))
    one, other = ((text[row].strip() if row < len(text) else "the end") for text in (lines, wanted))
    return f"{file}: line {row + 1} is {one}; made now it is {other}; {CURE}"
