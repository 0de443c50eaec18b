# SPDX-License-Identifier: MIT
"""The programs for the board are whole: what they import of ours goes with them, once."""

import ast
from pathlib import Path

import pytest

import rolltools
from rolltools.link import snippet_source

SNIPPETS = Path(rolltools.__file__).parent / "snippets"
NAMES = sorted(path.stem for path in SNIPPETS.glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_program_brings_what_it_imports_of_ours(name):
    """On the board there is no other snippet."""
    imported = {node.module for node in ast.parse(snippet_source(name)).body if isinstance(node, ast.ImportFrom)}
    assert not imported & {*NAMES, "sender"}
    assert snippet_source(name).count("class Sender") <= 1


def test_a_snippet_goes_with_one_that_imports_it():
    scope = {}
    exec(snippet_source("settle"), scope)
    assert {"main", "digest"} <= set(scope)
