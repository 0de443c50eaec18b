# SPDX-License-Identifier: MIT
"""Each fault of the page is provoked: one cause, one cure, the exit code of the page, and no traceback."""

import functools
from pathlib import Path

import link_faults
import pytest

from rolltools.link import Link

PAGE = Path(__file__).parents[2] / "host_tools" / "docs" / "link-faults.md"
SILENCE_S = 1.5  # a board that nobody scripted to answer is given up sooner than a user's


@pytest.fixture(scope="session")
def rows():
    return [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]


@pytest.mark.parametrize("number", range(len(link_faults.FAULTS)), ids=[each.name for each in link_faults.FAULTS])
def test_a_fault_is_told_as_the_page_has_it(number, rows, firmware_image, tmp_path, monkeypatch):
    fault = link_faults.FAULTS[number]
    if fault.is_scripted:
        monkeypatch.setattr(Link, "__init__", functools.partialmethod(Link.__init__, silence_s=SILENCE_S))
    said = fault.provoke(link_faults.Rig(tmp_path, firmware_image, monkeypatch))
    print(f"{said.seconds:.1f} s")
    assert said.code in (1, 75)
    assert said.cause and said.cure and "Traceback" not in said.cause + said.stdout
    assert link_faults.row(fault, said) == rows[number]


def test_the_page_lists_at_least_thirty(rows):
    assert len(rows) == len(link_faults.FAULTS) >= 30
