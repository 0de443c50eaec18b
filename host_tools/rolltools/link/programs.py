# SPDX-License-Identifier: MIT
"""The programs that run on a board (`snippets/`), made short: the line is slow."""

import io
import re
import tokenize
import zlib
from binascii import b2a_base64
from functools import cache
from pathlib import Path

from .. import FIRMWARE_DIR

_SNIPPETS = Path(__file__).parents[1] / "snippets"
_WINDOW_BITS = 10  # the board holds 1 kB of what it inflated last
_RUNNER = """\
import deflate
from binascii import a2b_base64 as b
from io import BytesIO
exec(deflate.DeflateIO(BytesIO(b("%s"))).read())
"""
_IMPORT = re.compile(r"^from (\w+) import .*$", re.MULTILINE)


@cache
def snippet_source(name: str) -> str:
    """Return the source of `snippets/NAME.py` as it goes over the line, with the files of ours that it imports."""
    return _whole(_SNIPPETS / f"{name}.py", set())


def _whole(path: Path, within: set[Path]) -> str:
    """Return a file in short, with snippets and modules of the firmware in place of their imports, each once."""

    def imported(line: re.Match[str]) -> str:
        candidates = [folder / f"{line[1]}.py" for folder in (_SNIPPETS, FIRMWARE_DIR)]
        found = next((file for file in candidates if file.exists()), None)
        if found is None:
            return line[0]  # MicroPython's own
        return "" if found in within else _whole(found, within)

    within.add(path)
    return _IMPORT.sub(imported, compact(path.read_text(encoding="utf-8")))


def deflated(program: str) -> str:
    """Return a program that inflates `program` on the board and runs it, where that is shorter."""
    made = zlib.compressobj(9, zlib.DEFLATED, _WINDOW_BITS)
    small = b2a_base64(made.compress(program.encode()) + made.flush(), newline=False).decode()
    runner = _RUNNER % small
    return runner if len(runner) < len(program) else program


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
    narrow = [" " * ((len(line) - len(line.lstrip())) // 4) + line.lstrip() for line in lines if line]
    return "\n".join(narrow) + "\n"
