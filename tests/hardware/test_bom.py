# SPDX-License-Identifier: MIT
"""BOMs and drawings name the same parts, and the page adds them up."""

import shutil

import pytest

from rollhardware.bom.bill import bill, problems
from rollhardware.bom.maker import page
from rollhardware.errors import HardwareError
from rollhardware.made import HARDWARE
from rollhardware.wiring.facts import facts
from rollhardware.wiring.netlist import Netlist

BOARDS = ("thing_plus", "devkit_fsr")


def changed(folder, old, new, file="bom/thing_plus.csv"):
    """Return the reference build's bill after `old` became `new` in one of its files."""
    for name in ("bom/thing_plus.csv", "enclosure/parts.csv"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(HARDWARE / name, folder / name)
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, "the test changes what is not there once"
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    return bill(Netlist(facts(), "thing_plus"), folder)


@pytest.fixture(scope="module")
def bills():
    return [bill(Netlist(facts(), board)) for board in BOARDS]


def test_every_part_is_in_a_drawing_and_every_drawn_part_in_its_bom(bills):
    assert [text for each in bills for text in problems(each)] == []


def test_the_page_is_the_one_that_the_files_make(bills):
    assert (HARDWARE / "docs" / "bom.md").read_text(encoding="utf-8") == page(bills), "run `make hardware`"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\nU1,1,", "\nU9,1,", "U1 is not there, but in harness and schematic and assembly"),
        ("\nU1,1,", "\nU9,1,", "U9 is in no drawing"),
        ("\nF10,14,", "\nF10,13,", "F10: quantity 13; enclosure/parts.csv has 14"),
        ("\nR1 R2 R3,3,", "\nR1 R2,3,", "R3 is not there, but in harness and schematic"),
        ("\nR1 R2 R3,3,", "\nR1 R2 R3 A1,3,", "A1 is there 2 times"),
        ("2026-11,0.2,any of 47k", "2026-11,,any of 47k", "R1 R2 R3: a mass belongs here"),
    ],
)
def test_what_bom_and_drawings_say_against_each_other_is_named(tmp_path, old, new, said):
    assert f"bom/thing_plus.csv: {said}" in "\n".join(problems(changed(tmp_path, old, new)))


def test_a_part_that_the_model_has_more_is_named(tmp_path):
    made = changed(tmp_path, "\nH5,", "\nX1,new,printed,1,1,1,1 x 1 x 1,PETG\nH5,", "enclosure/parts.csv")
    assert problems(made) == ["bom/thing_plus.csv: X1 is not there, but in assembly"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("\nF10,14,", "\nF10,many,", "bom/thing_plus.csv: line"),
        ("\nF10,14,", "\nF10,0,", ">= 1"),
        ("33.50,2026-11", "33.50,November", "price_date"),
        ("\nA1,1,", "\n,1,", "ref"),
        ("critical,notes", "critical", "bom/thing_plus.csv: line 2"),
    ],
)
def test_a_bad_line_is_named(tmp_path, old, new, said):
    with pytest.raises(HardwareError) as caught:
        changed(tmp_path, old, new)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(HardwareError, match="enclosure/parts.csv: No such file"):
        bill(Netlist(facts(), "thing_plus"), tmp_path)


def test_cost_and_mass_add_up(bills):
    cost = sum(row.unit_price_usd * row.quantity for row in bills[1].rows)
    assert f"{cost:.2f} USD" in page(bills)
    by_hand = {"F10": 14 * 0.4, "H1": 39.1, "R1 R2 R3": 3 * 0.2}
    assert {row.ref: bills[0].mass_g(row) for row in bills[0].rows if row.ref in by_hand} == pytest.approx(by_hand)
