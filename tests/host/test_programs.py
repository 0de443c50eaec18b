# SPDX-License-Identifier: MIT
"""The programs for the board: shorter on the line, and the same to Python."""

import ast
from pathlib import Path

import pytest

import rolltools
from rolltools.link import compact, snippet_source

SNIPPETS = Path(rolltools.__file__).parent / "snippets"
NAMES = sorted(path.stem for path in SNIPPETS.glob("*.py"))


def meaning(source):
    """Return what Python understands, but for docstrings and what stands in their place."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            node.body = [part for part in node.body if not isinstance(getattr(part, "value", None), ast.Constant)]
    return ast.dump(tree)


@pytest.mark.parametrize("name", NAMES)
def test_a_compact_program_means_the_same(name):
    source = (SNIPPETS / f"{name}.py").read_text()
    short = compact(source)
    assert meaning(short) == meaning(source)
    assert "#" not in short and '"""' not in short and "\n\n" not in short and "\n    return" not in short
    assert len(short) < 0.9 * len(source)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_brings_what_it_imports_of_ours(name):
    """On the board there is no other snippet."""
    imported = {node.module for node in ast.parse(snippet_source(name)).body if isinstance(node, ast.ImportFrom)}
    assert not imported & {*NAMES, "sender"}


def test_a_snippet_goes_with_one_that_imports_it():
    scope = {}
    exec(snippet_source("settle"), scope)
    assert {"main", "digest"} <= set(scope)
