# SPDX-License-Identifier: MIT
"""The programs that run on a board (`snippets/`), made short: the line is slow."""

import io
import re
import tokenize
from functools import cache
from pathlib import Path

from .. import FIRMWARE_DIR

_SNIPPETS = Path(__file__).parents[1] / "snippets"
_IMPORT = re.compile(r"^from (\w+) import .*$", re.MULTILINE)
_INDENT = re.compile(r"^(?: {4})+", re.MULTILINE)


@cache
def snippet_source(name: str) -> str:
    """Return the source of `snippets/NAME.py` as it goes over the line, with the files of ours that it imports."""
    source = compact((_SNIPPETS / f"{name}.py").read_text(encoding="utf-8"))
    return _IMPORT.sub(_imported, source)


def _imported(line: re.Match[str]) -> str:
    """Return what an import stands for: another snippet, a module of the firmware, or one of MicroPython's own."""
    name = line[1]
    if (_SNIPPETS / f"{name}.py").exists():
        return snippet_source(name)
    module = FIRMWARE_DIR / f"{name}.py"
    return compact(module.read_text(encoding="utf-8")) if module.exists() else line[0]


def compact(source: str) -> str:
    """Return Python source that does the same, without comments, docstrings and empty lines, one blank a level."""
    lines = ["", *source.splitlines()]  # tokens count from 1
    before = tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        (row, column), (last, _) = token.start, token.end
        if token.type in (tokenize.COMMENT, tokenize.NL):
            lines[row] = lines[row][:column].rstrip()
            continue
        if token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            lines[row : last + 1] = [" " * column + "0", *[""] * (last - row)]
        before = token.type
    short = "\n".join(line for line in lines if line) + "\n"
    return _INDENT.sub(lambda indent: " " * (len(indent[0]) // 4), short)
