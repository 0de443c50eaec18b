# SPDX-License-Identifier: MIT
"""`roller doctor`: what is wrong with a board, and what to do about it."""

from typing import Annotated

import typer

from .. import console
from ..errors import RollerError


def doctor(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Say what is wrong with a board, and the cure.

    Interpreter, file system, clock, firmware, chips, battery, settings, calibration, and what the board wrote of its
    last starts and faults.

    Exits with 1 when something has to be mended.

    \b
    Example:
      roller doctor --port /dev/ttyUSB0
    """
    from ..checkup import checkup
    from ..diagnosis import PROBLEM
    from ..link import Link

    with Link(port, without_files=True) as link:
        findings = checkup(link)
    if as_json:
        console.print_json({"findings": [vars(finding) for finding in findings]})
    else:
        console.table(("", "state", "says", "cure"), [(f.what, f.state, f.says, f.cure) for f in findings])
    problems = [finding for finding in findings if finding.state == PROBLEM]
    if problems:
        raise RollerError(f"{len(problems)} to mend: {problems[0].says}", problems[0].cure)
