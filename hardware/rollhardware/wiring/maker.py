# SPDX-License-Identifier: MIT
"""Makes the harness drawings and the table of pins, after the checks of pins, nets and cables."""

from collections.abc import Callable
from pathlib import Path

from wireviz.wireviz import parse

from rollhardware.wiring import drawn_pins
from rollhardware.wiring.checks import checked
from rollhardware.wiring.facts import facts
from rollhardware.wiring.pages import texts
from rollhardware.wiring.shrinking import shrink

FOLDERS = ["wiring"]


def make(out: Path, say: Callable[[str], None]):
    """Write wiring/ and docs/pins.md below `out`. HardwareError when facts and firmware contradict each other."""
    netlists = checked(facts())
    for name, text in texts(netlists).items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for netlist in netlists:
        for text in drawn_pins.problems(netlist):
            say(text)
        drawing = out / "wiring" / f"{netlist.board}.yml"
        parse(drawing, output_formats=("svg", "png"), output_dir=drawing.parent, output_name=netlist.board)
        shrink(drawing.with_suffix(".png"), 2400)
        say(f"{netlist.board}: {len(netlist.parts)} parts, {len(netlist.nets)} nets, {len(netlist.cables)} cables")
