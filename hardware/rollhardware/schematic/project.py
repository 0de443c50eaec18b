# SPDX-License-Identifier: MIT
"""The files around a schematic by which KiCad opens it as a project, with its own library of symbols."""

import json
from pathlib import Path

from rollhardware.schematic import border
from rollhardware.schematic.drawing import Drawing, draw
from rollhardware.schematic.sheet import sheet_of
from rollhardware.schematic.sheet_text import schematic
from rollhardware.schematic.symbol_text import LIBRARY, library
from rollhardware.wiring.facts import Facts
from rollhardware.wiring.netlist import Netlist

FOLDER = "schematic"
# All rules that KiCad 6 has; half of them are warnings by default.
_RULES = """
bus_definition_conflict bus_entry_needed bus_label_syntax bus_to_bus_conflict bus_to_net_conflict
different_unit_footprint different_unit_net duplicate_reference duplicate_sheet_names extra_units
global_label_dangling hier_label_mismatch label_dangling lib_symbol_issues multiple_net_names net_not_bus_member
no_connect_connected no_connect_dangling pin_not_connected pin_not_driven pin_to_pin power_pin_not_driven
similar_labels unannotated unit_value_mismatch unresolved_variable wire_dangling
""".split()


def drawings(facts: Facts) -> list[Drawing]:
    """Return the drawings of all builds. HardwareError when a part has no place, or places are wrong."""
    netlists = [Netlist(facts, board) for board in facts.builds]
    return [draw(netlist, sheet_of(netlist)) for netlist in netlists]


def texts(made: list[Drawing]) -> dict[str, str]:
    """Return the files of the project by name: the schematics and what KiCad needs beside them."""
    found = {}
    for drawing in made:
        board = drawing.netlist.board
        found[f"{board}.kicad_sch"] = schematic(drawing)
        found[f"{board}.kicad_pro"] = _settings(board)
    symbols = {item.symbol.name: item.symbol for drawing in made for item in [*drawing.parts, *drawing.signs]}
    found[f"{LIBRARY}.kicad_sym"] = library(symbols[name] for name in sorted(symbols))
    place = f'(name "{LIBRARY}")(type "KiCad")(uri "${{KIPRJMOD}}/{LIBRARY}.kicad_sym")'
    found[border.NAME] = border.border()
    found["sym-lib-table"] = f'(sym_lib_table\n  (lib {place}(options "")(descr "Made from parts.yaml"))\n)\n'
    return found


def write(files: dict[str, str], folder: Path):
    """Write files into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _settings(board: str) -> str:
    rules = {"meta": {"version": 0}, "erc_exclusions": [], "rule_severities": dict.fromkeys(_RULES, "error")}
    meta = {"filename": f"{board}.kicad_pro", "version": 1}
    return (
        json.dumps({"erc": rules, "meta": meta, "schematic": {"page_layout_descr_file": border.NAME}}, indent=2) + "\n"
    )
