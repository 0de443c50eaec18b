# SPDX-License-Identifier: MIT
"""The breaks of `mutants.py` are those that it names."""

import ast

import mutants
import pytest

SOURCE = """
_LIMIT = const(3 << 2)

def f(a, b):
    if a > 1 and b:
        return min(a, _LIMIT)
    return 1 if b else 2
"""


def value_of(mutant, a, b):
    space = {"const": lambda value: value}
    exec(compile(mutant.tree, "f", "exec"), space)
    return space["f"](a, b)


@pytest.fixture
def broken(tmp_path, monkeypatch):
    (tmp_path / "small.py").write_text(SOURCE)
    monkeypatch.setattr(mutants, "ROLLCORE", tmp_path)
    return lambda kind: {(m.line, m.what): m for m in mutants.mutants("small", kind)}


def test_a_guard_is_taken_as_never_and_as_always_and_loses_each_part(broken):
    found = broken("guards")
    assert sorted(found) == [
        (5, "always"),
        (5, "never"),
        (5, "without `a > 1`"),
        (5, "without `b`"),
        (7, "always"),
        (7, "never"),
    ]
    assert [value_of(found[5, "never"], 9, True), value_of(found[5, "always"], 0, False)] == [1, 0]
    assert [value_of(found[5, "without `a > 1`"], 0, True), value_of(found[5, "without `b`"], 9, False)] == [0, 9]
    assert [value_of(found[7, "never"], 0, True), value_of(found[7, "always"], 0, False)] == [2, 1]


def test_a_clamp_loses_its_bound_and_a_constant_its_value(broken):
    assert value_of(broken("clamps")[6, "`a` alone"], 99, True) == 99
    constants = broken("constants")
    assert [value_of(constants[2, what], 99, True) for what in ("* 2", "// 2")] == [24, 6]


def test_a_break_is_known_by_its_code_wherever_it_stands(broken, tmp_path, monkeypatch):
    reason = '[[small]]\nfunction = "f"\ncode = "1 if b else 2"\nbreaks = ["never"]\nwhy = "None."\n'
    (tmp_path / "explained.toml").write_text(reason)
    monkeypatch.setattr(mutants, "EXPLAINED", tmp_path / "explained.toml")
    before = broken("guards")[7, "never"].key
    assert mutants.explained() == {before: "None."}
    (tmp_path / "small.py").write_text("\n\n" + SOURCE)
    assert broken("guards")[9, "never"].key == before


def test_every_reason_is_one_of_a_break_that_there_is():
    keys = {mutant.key for module in mutants.MOTION + mutants.FORCE for mutant in mutants.mutants(module, "guards")}
    assert set(mutants.explained()) <= keys
    assert all(why.endswith(".") for why in mutants.explained().values())


def test_every_break_is_a_break_of_one_place():
    whole = ast.unparse(ast.parse((mutants.ROLLCORE / "tare.py").read_text())).splitlines()
    for mutant in mutants.mutants("tare", "guards"):
        changed = ast.unparse(mutant.tree).splitlines()
        assert sum(a != b for a, b in zip(whole, changed, strict=True)) == 1, mutant.what
