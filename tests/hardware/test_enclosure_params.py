# SPDX-License-Identifier: MIT
"""What params.yaml refuses, and that it says key, cause and cure."""

import msgspec
import pytest

from rollhardware.enclosure.params import PATH, Params, check, entries, load
from rollhardware.errors import HardwareError


def raw():
    return msgspec.yaml.decode(PATH.read_bytes())


def refused(values):
    with pytest.raises(HardwareError) as caught:
        check(values)
    return caught.value.problems


def test_its_own_file_is_read_and_each_line_says_where_it_is_from():
    assert isinstance(load(), Params)
    assert {entry.mark for entry in entries().values()} <= set("VMCD")
    assert all(entry.what for entry in entries().values())


def test_out_of_bounds():
    (problem,) = refused({**raw(), "wall_mm": {**raw()["wall_mm"], "value": 9}})
    assert "wall_mm: 9 is outside of 2.8 to 3; choose a value within" in problem


def test_a_key_with_a_slip_names_the_right_one():
    values = raw()
    values["handle_widht_mm"] = values.pop("handle_width_mm")
    slip, missing = refused(values)
    assert "handle_widht_mm: nothing is called so; is it handle_width_mm?" in slip
    assert "handle_width_mm: is missing" in missing


def test_not_a_number_and_an_unknown_mark():
    line = raw()["wall_mm"]
    assert "Expected `float`, got `str`" in refused({**raw(), "wall_mm": {**line, "value": "thick"}})[0]
    assert "mark" in refused({**raw(), "wall_mm": {**line, "mark": "X"}})[0]
    assert "write it as {value" in refused({**raw(), "wall_mm": 2.8})[0]


def test_values_that_do_not_go_together():
    values = raw()
    values["roller_wall_mm"]["value"] = 2.5
    (problem,) = refused(values)
    assert "a bore of 20 does not hold a bearing of 22; 1.5 would" in problem
    values = raw()
    values["test_force_n"]["value"], values["stop_force_n"]["value"] = 35, 36
    assert "test_force_n: the stop does not touch at it" in refused(values)[0]


def test_broken_yaml(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("wall_mm: {value: 2.8\n")
    with pytest.raises(HardwareError, match="cannot be read"):
        load(path)
    path.write_text("- 1\n")
    with pytest.raises(HardwareError, match="not a table of keys"):
        load(path)
