# SPDX-License-Identifier: MIT
"""Makes hardware/schematic/, and proves by KiCad that the drawings are in order and join what nets.yaml joins."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from rollhardware.errors import HardwareError
from rollhardware.schematic import circuit, compare, kicad, overlaps, project
from rollhardware.schematic.drawing import Drawing
from rollhardware.schematic.faults import Fault, faults
from rollhardware.wiring.facts import facts

FOLDERS = [project.FOLDER]


def make(out: Path, say: Callable[[str], None]):
    """Write the schematics, their library and their plots. HardwareError when a check does not hold."""
    drawings = project.drawings(facts())
    _raise(line for drawing in drawings for line in overlaps.problems(drawing))
    folder = out / project.FOLDER
    project.write(project.texts(drawings), folder)
    for drawing in drawings:
        board = drawing.netlist.board
        with tempfile.TemporaryDirectory() as scratch:  # KiCad leaves files of its own beside what it opens
            project.write(project.texts(drawings), Path(scratch))
            _check(drawing, Path(scratch) / f"{board}.kicad_sch", say)
            plot = kicad.svg(Path(scratch) / f"{board}.kicad_sch")
        project.write({f"{board}.svg": plot}, folder)
    for fault in (fault for drawing in drawings for fault in faults(drawing)):
        _must_find(fault, say)


def _raise(lines):
    lines = list(lines)
    if lines:
        raise HardwareError("\n".join(lines))


def _check(drawing: Drawing, sheet: Path, say: Callable[[str], None]):
    findings = kicad.erc(sheet)
    _raise(f"{project.FOLDER}/{sheet.name}: ERC: {finding}" for finding in findings)
    say(f"ERC {sheet.stem}: 0 errors, 0 warnings")
    found = circuit.of_netlist(kicad.netlist(sheet))
    _raise(compare.problems(found, drawing.netlist, f"{project.FOLDER}/{sheet.name}"))
    nets = len(set(found.net_of.values()))
    say(f"netlist {sheet.stem}: {len(found.parts)} parts, {nets} nets, {len(found.net_of)} pads as in nets.yaml")


def _must_find(fault: Fault, say: Callable[[str], None]):
    board = fault.drawing.netlist.board
    with tempfile.TemporaryDirectory() as scratch:
        project.write(project.texts([fault.drawing]), Path(scratch))
        findings = kicad.erc(Path(scratch) / f"{board}.kicad_sch")
    finding = fault.found_in(findings)
    if not finding:
        heard = "\n".join(findings) or "nothing"
        raise HardwareError(f"{board}: ERC does not find the injected {fault.name}; it finds:\n{heard}")
    say(f"injected into {board}: {fault.name}; ERC: {finding}")
