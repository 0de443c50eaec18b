# SPDX-License-Identifier: MIT
"""The guides name only what there is: files, commands with their options, and parts."""

import re

import pytest
from typer.main import get_command

from rollhardware.made import HARDWARE
from rolltools.cli import app

PAGES = [HARDWARE / "README.md", *sorted((HARDWARE / "docs").glob("*.md"))]
_LINK = re.compile(r"\]\(([^)#]+)")
_COMMAND = re.compile(r"`roller ([^`]+)`|^ {3}roller (\S.*)$", re.MULTILINE)


def words_of(command: str) -> list[str]:
    """Return the words of a command line, without what a comment or the next command says."""
    return re.split(r"\s+#|;|\s\|", command)[0].split()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page):
    targets = [target for target in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_option_exists(page):
    there = get_command(app).commands  # type: ignore[attr-defined]
    for match in _COMMAND.finditer(page.read_text(encoding="utf-8")):
        name, *rest = words_of(match[1] or match[2])
        assert name in there, f"{page.name}: roller {name}"
        options = {option for parameter in there[name].params for option in parameter.opts}
        unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options]
        assert unknown == [], f"{page.name}: roller {name}"
