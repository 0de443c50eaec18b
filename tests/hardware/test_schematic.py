# SPDX-License-Identifier: MIT
"""The schematics, without KiCad: drawn whole, read back as the facts say, and never other than what is committed."""

import re
from collections import Counter
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.schematic import committed, compare, overlaps, project
from rollhardware.schematic.circuit import of_netlist, of_sheet
from rollhardware.schematic.drawing import draw
from rollhardware.schematic.faults import faults
from rollhardware.schematic.kicad import without_date
from rollhardware.schematic.sexpr import Node, Word, read, write
from rollhardware.schematic.sheet import problems as place_problems
from rollhardware.schematic.sheet import sheets
from rollhardware.schematic.sheet_text import schematic
from rollhardware.schematic.symbol_text import mm
from rollhardware.schematic.wires import End, Wire, joined, junctions
from rollhardware.wiring.facts import facts
from rollhardware.wiring.netlist import Netlist, Pad

FACTS = facts()
DRAWINGS = project.drawings(FACTS)
BOARDS = [drawing.netlist.board for drawing in DRAWINGS]
THING_PLUS = DRAWINGS[BOARDS.index("thing_plus")]
FILE = "schematic/thing_plus.kicad_sch"

words = st.from_regex(r'[^\s()"]+', fullmatch=True).map(Word)
trees = st.recursive(
    st.lists(words | st.text(), max_size=4).map(Node),
    lambda inner: st.lists(words | st.text(st.characters(exclude_categories=["Cs"])) | inner, max_size=5).map(Node),
)


def kinds(item):
    return [kinds(inner) for inner in item] if isinstance(item, Node) else (type(item), item)


@settings(max_examples=50)
@given(trees)
def test_what_is_written_reads_the_same(tree):
    assert kinds(read(write(tree))) == kinds(tree)


@pytest.mark.parametrize("text", ["", "(a", "(a))", "a", "(a) (b)", '(a "b)', "()("])
def test_what_is_no_list_is_refused(text):
    with pytest.raises(HardwareError):
        read(text)


def test_a_committed_file_is_what_the_facts_make():
    lines = committed.problems(DRAWINGS)
    assert not lines, "\n".join(lines)


def at_controller(net: str) -> str:
    """Return how the file begins the name of an input at the controller; at the chip its form is that of an output."""
    return f'(global_label "{net}"\n    (shape input)'


def test_a_pin_changed_in_the_schematic_names_both_places(tmp_path):
    """As a hand would do it: the names at two pins of the controller change places."""
    project.write(project.texts(DRAWINGS), tmp_path)
    path = tmp_path / "thing_plus.kicad_sch"
    text = path.read_text(encoding="utf-8")
    pieces = re.split("(" + "|".join(re.escape(at_controller(net)) for net in ("IMU_INT1", "FORCE_READY")) + ")", text)
    assert len(pieces) == 5
    pieces[1], pieces[3] = pieces[3], pieces[1]
    path.write_text("".join(pieces), encoding="utf-8")
    lines = committed.problems(DRAWINGS, tmp_path)
    assert lines[:2] == [
        f"{FILE}: IMU_INT1 is on pin 26; pins.yaml: thing_plus: IMU_INT1 is on GPIO 25",
        f"{FILE}: FORCE_READY is on pin 25; pins.yaml: thing_plus: FORCE_READY is on GPIO 26",
    ]
    assert lines[2].startswith(f"{FILE}: line ") and lines[2].endswith("cure: make hardware ONLY=schematic")
    assert len(lines) == 3


def test_a_pin_changed_in_the_facts_names_both_places():
    pins = FACTS.pins["thing_plus"]
    signals = {**pins.signals, "BUTTON": msgspec.structs.replace(pins.signals["BUTTON"], gpio=33)}
    changed = replace(FACTS, pins={**FACTS.pins, "thing_plus": msgspec.structs.replace(pins, signals=signals)})
    there = of_sheet((HARDWARE / FILE).read_text(encoding="utf-8"))
    assert compare.problems(there, Netlist(changed, "thing_plus"), FILE) == [
        f"{FILE}: BUTTON is on pin 27; pins.yaml: thing_plus: BUTTON is on GPIO 33"
    ]


def test_a_pad_and_a_value_changed_by_hand_are_named():
    text = schematic(THING_PLUS).replace('"Value" "100k"', '"Value" "10k"', 1)
    text = text.replace('(global_label "FORCE_READY"\n    (shape output)', '(global_label "BUTTON"\n    (shape output)')
    assert compare.problems(of_sheet(text), THING_PLUS.netlist, FILE) == [
        f"{FILE}: R1 is 10k; nets.yaml: thing_plus: R1 is 100k",
        f"{FILE}: U2.DRDY is on BUTTON; nets.yaml: thing_plus: FORCE_READY",
    ]


@pytest.mark.parametrize("drawing", DRAWINGS, ids=BOARDS)
def test_each_fault_to_be_injected_is_one(drawing):
    for fault in faults(drawing):
        lines = compare.problems(of_sheet(schematic(fault.drawing)), drawing.netlist, FILE)
        assert lines and ("unconnected" in fault.name) == all("on no pin" in line for line in lines), fault.name


@pytest.mark.parametrize("drawing", DRAWINGS, ids=BOARDS)
def test_each_part_is_drawn_once_and_the_sheet_is_tidy(drawing):
    assert Counter(part.reference for part in drawing.parts) == Counter(list(drawing.netlist.parts))
    assert overlaps.problems(drawing) == []


def moved(reference: str, place: tuple[int, int]):
    """Return the reference build with one part elsewhere in its frame."""
    frames = {
        title: msgspec.structs.replace(frame, parts={**frame.parts, reference: place})
        if reference in frame.parts
        else frame
        for title, frame in THING_PLUS.sheet.frames.items()
    }
    return draw(THING_PLUS.netlist, msgspec.structs.replace(THING_PLUS.sheet, frames=frames))


def test_a_part_on_another_or_outside_is_found():
    assert "sheets.yaml: thing_plus: U1 lies on R1" in overlaps.problems(moved("R1", (30, 27)))
    assert "sheets.yaml: thing_plus: R1 is in no frame" in overlaps.problems(moved("R1", (70, 27)))


def test_a_moved_part_is_joined_by_name_instead_of_a_wire():
    drawing = moved("R1", (50, 35))
    assert compare.problems(of_sheet(schematic(drawing)), drawing.netlist, FILE) == []
    assert len([label for label in drawing.labels if label.net == "IMU_INT1"]) == 1 + len(
        [label for label in THING_PLUS.labels if label.net == "IMU_INT1"]
    )


def test_a_place_without_a_part_and_a_part_without_a_place_are_named():
    sheet = sheets()["thing_plus"]
    assert place_problems(sheet, THING_PLUS.netlist) == []
    motion = sheet.frames["Motion"]
    twice = msgspec.structs.replace(
        motion, parts={"R1": (9, 9), "R9": (9, 9), "R2": (9, 9)}, ports={"SKY": (1, 1, "up")}
    )
    changed = msgspec.structs.replace(sheet, frames={**sheet.frames, "Motion": twice}, right={"nau7802": ["", "C+"]})
    assert place_problems(changed, THING_PLUS.netlist) == [
        "sheets.yaml: thing_plus: U1 of nets.yaml has no place",
        "sheets.yaml: thing_plus: R2 has two places",
        "sheets.yaml: thing_plus: nets.yaml has no part R9",
        "sheets.yaml: thing_plus: nets.yaml has no net SKY",
        "sheets.yaml: thing_plus: parts.yaml: nau7802 of nets.yaml has no pad C+",
    ]


def test_a_net_of_several_pieces_needs_a_name_that_holds_on_the_sheet():
    frames = THING_PLUS.sheet.frames
    portless = {title: msgspec.structs.replace(frame, ports={}) for title, frame in frames.items()}
    with pytest.raises(HardwareError, match="sheets.yaml: thing_plus: IMU_INT1 needs a port where U1.I1 is"):
        draw(THING_PLUS.netlist, msgspec.structs.replace(THING_PLUS.sheet, frames=portless))


@pytest.mark.parametrize("board", BOARDS)
def test_identifiers_are_unique_and_everything_stands_on_the_grid(board):
    tree = read((HARDWARE / project.FOLDER / f"{board}.kicad_sch").read_text(encoding="utf-8"))
    identifiers = re.findall(r"\(uuid (\S+)\)", write(tree))
    assert len(identifiers) == len(set(identifiers)) > 100
    places = [
        item.one("at")
        for kind in ("symbol", "label", "global_label", "junction", "no_connect")
        for item in tree.all(kind)
    ]
    places += [xy for wire in tree.all("wire") for xy in wire.one("pts").all("xy")]
    places += [
        pin.one("at")
        for symbol in tree.one("lib_symbols").all("symbol")
        for unit in symbol.all("symbol")
        for pin in unit.all("pin")
    ]
    for place in places:
        for number in place.texts()[:2]:
            assert round(float(number) * 100) % 127 == 0, place


@given(st.integers(-10_000, 10_000))
def test_steps_in_millimetres_are_exact(steps):
    assert round(float(mm(steps)) * 100) == steps * 127 and re.fullmatch(r"-?\d+\.\d\d", mm(steps))


def test_wires_go_neither_through_another_end_nor_through_a_body():
    a, b = End(0, 0, "right", Pad("R1", "1")), End(10, 0, "left", Pad("R2", "1"))
    wire = Wire(0, 0, 10, 0)
    assert joined("N", [a, b], {}, []) == [([a, b], [wire])]
    apart = [([a], []), ([b], [])]
    assert joined("N", [a, b], {(5, 0): "OTHER"}, []) == apart
    assert joined("N", [a, b], {}, [(4, -1, 6, 1)]) == apart
    assert joined("N", [replace(a, side="left"), b], {}, []) == [([replace(a, side="left")], []), ([b], [])]
    assert junctions([wire, Wire(10, 0, 10, 5)], [(0, 0), (10, 0)]) == [(10, 0)]


def test_a_netlist_of_kicad_is_read():
    """A slash leads the names that hold on their sheet only; it stays where the plain name is another net."""
    found = of_netlist("""(export (version "E")
      (components (comp (ref "R1") (value "100k")))
      (nets (net (code "1") (name "/CELL") (node (ref "R1") (pin "1")))
            (net (code "2") (name "unconnected-(R1-Pad2)") (node (ref "R1") (pin "2")))
            (net (code "3") (name "/SDA") (node (ref "R1") (pin "3")))
            (net (code "4") (name "SDA") (node (ref "R1") (pin "4")))))""")
    assert found.parts == {"R1": "100k"}
    assert found.net_of == {Pad("R1", "1"): "CELL", Pad("R1", "3"): "/SDA", Pad("R1", "4"): "SDA"}


def test_a_plot_bears_neither_date_nor_version():
    """Or the plots of two days, or of two PCs with one update between them, would differ."""
    title = "<title>SVG Picture created as thing_plus.svg date 2026/11/26 19:15:35 </title>"
    assert without_date(title) == "<title>SVG Picture created as thing_plus.svg </title>"
    for board in BOARDS:
        plot = (HARDWARE / project.FOLDER / f"{board}.svg").read_text(encoding="utf-8")
        assert not re.search(r"date \d|eeschema \d", plot)
