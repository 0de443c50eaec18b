# SPDX-License-Identifier: MIT
"""The files of the enclosure agree: list of parts, drawings, pictures, guide and parameters."""

import csv
import re

import pytest

from rollhardware.enclosure.load_path import GRAVITY
from rollhardware.enclosure.params import load
from rollhardware.made import HARDWARE

ENCLOSURE = HARDWARE / "enclosure"
GUIDE = (HARDWARE / "docs" / "assembly.md").read_text()
P = load()


def parts():
    with (ENCLOSURE / "parts.csv").open() as file:
        return {row["ref"]: row for row in csv.DictReader(file)}


def named(text):
    """Return the references that a text names, ranges like P1 to P5 opened."""
    text = re.sub(r"P1 to P5", "P1 P2 P3 P4 P5", text)
    return set(re.findall(r"\b(?:P\d|H\d|F\d{1,2}|LP\d|LC1|A1|U\d|BT1|M1|SW1|S1)\b", text))


def test_every_part_is_in_the_assembly_drawing_and_the_other_way_round():
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", (ENCLOSURE / "drawings" / "assembly.svg").read_text())
    assert {text for text in texts if re.fullmatch(r"[A-Z]{1,2}\d{1,2}", text)} == set(parts())
    quantities = dict(zip(texts, texts[1:], strict=False))
    listed = {ref: quantities[ref] for ref in parts()}  # the last place of a reference is the list
    assert listed == {ref: f"{row['quantity']} x" for ref, row in parts().items()}


def test_every_part_is_in_the_guide_with_its_number_and_no_other():
    assert named(GUIDE.split("## Steps")[1]) == set(parts())
    table = GUIDE.split("## Parts")[1].split("## Tools")[0]
    for ref, row in parts().items():
        if row["kind"] == "fastener":
            assert re.search(rf"^\| {ref} \|.*\| {row['quantity']} \|$", table, re.MULTILINE), ref


def test_every_step_has_its_picture_and_no_picture_is_left_over():
    shown = set(re.findall(r"pictures/([\w-]+)\.png", GUIDE + (HARDWARE / "docs" / "load-path.md").read_text()))
    assert shown == {path.stem for path in (ENCLOSURE / "pictures").glob("*.png")}
    steps = re.findall(r"^### (\d+) ", GUIDE, re.MULTILINE)
    assert steps == [str(n) for n in range(1, 17)]


def test_numbers_in_the_guide_are_those_of_the_model():
    lengths = [parts()[ref]["size_mm"].split(" x ")[0] for ref in ("LP1", "LP2")]
    assert f"cut to {lengths[0]} and {lengths[1]} long" in GUIDE
    assert f"{P.stop_force_n / GRAVITY:.2f} kg on the roller ({P.stop_force_n:g} N)" in GUIDE
    assert f"{P.head_pattern_x_mm:g} mm along x, {P.head_pattern_y_mm:g} mm along y" in GUIDE


def test_bought_parts_are_as_large_as_the_parameters_say():
    def size(ref):
        return [float(text) for text in parts()[ref]["size_mm"].split(" x ")]

    assert size("BT1") == [P.battery_length_mm, P.battery_width_mm, P.battery_height_mm]
    assert size("H1") == [P.roller_length_mm, P.roller_outer_mm, P.roller_outer_mm]
    assert size("LC1") == pytest.approx([P.bar_length_mm, P.bar_width_mm, P.bar_height_mm], abs=0.06)
    assert size("M1")[2] == P.motor_height_mm


def test_the_head_is_as_heavy_as_its_parts_and_the_page_says_so():
    rows = parts()
    alone = sum(
        float(rows[ref]["mass_g"]) * number
        for ref, number in {"P4": 1, "P5": 1, "H1": 1, "H3": 2, "H4": 1, "F6": 2, "F7": 4, "F9": 6, "F11": 2}.items()
    )
    page = (HARDWARE / "docs" / "load-path.md").read_text()
    said = int(re.search(r"head_mass_g=(\d+)", page)[1])
    bar = float(rows["LC1"]["mass_g"]) * (1 - 20 / P.bar_length_mm) / 2
    assert said == pytest.approx(alone + bar, abs=1)
    assert said < 150
