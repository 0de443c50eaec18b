# SPDX-License-Identifier: MIT
"""The firmware compiled for a board: which files, for which processor, and one that does not compile."""

import pytest

from rolltools import building
from rolltools.deploying import firmware_files
from rolltools.errors import RollerError

NATIVE = b"import micropython\n\n\n@micropython.native\ndef f():\n    pass\n"
VERSION_6 = b"M\x06"
ARCHITECTURES = {"x86": 1, "x64": 2, "xtensawin": 10, "rv32imc": 11}


def test_every_module_is_compiled_but_those_that_are_read_as_text():
    sources = firmware_files()
    made = building.compiled(sources, "xtensawin")
    kept = {path for path in made if path.endswith(".py")}
    assert kept == {"main.py", "board.py"}
    assert {path.rpartition(".")[0] for path in made} == {path.rpartition(".")[0] for path in sources}
    assert all(data == sources[path] if path in kept else data[:2] == VERSION_6 for path, data in made.items())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_machine_code_names_the_processor_as_the_board_does(name):
    """The same number stands in the third byte of a file, and in `sys.implementation._mpy` from bit 10 on."""
    number = ARCHITECTURES[name]
    assert building.architecture(number << 10 | 3 << 8 | 6) == name
    assert building.compiled({"f.py": NATIVE}, name)["f.mpy"][2] == number << 2 | 3


def test_the_same_source_makes_the_same_file():
    """Else every deploy would send everything."""
    assert building.compiled({"f.py": NATIVE}, "xtensawin") == building.compiled({"f.py": NATIVE}, "xtensawin")


def test_a_file_that_does_not_compile_is_named():
    with pytest.raises(RollerError) as failed:
        building.compiled({"a.py": b"x = 1\n", "parts/b.py": b"def (\n"}, "xtensawin")
    assert failed.value.cause == "parts/b.py does not compile: SyntaxError: invalid syntax"


def test_progress_counts_the_files():
    seen = []
    building.compiled({"a.py": b"", "b.py": b"", "main.py": b""}, "x64", lambda *counts: seen.append(counts))
    assert seen == [(1, 3), (2, 3), (3, 3)]
