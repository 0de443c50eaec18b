# SPDX-License-Identifier: MIT
"""`roller readings`: the readings of a board beside what is expected."""

import json
from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..errors import RollerError


def readings(
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Keep the readings in this file, as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the readings as JSON.")] = False,
) -> None:
    """Take every reading of the bring-up that needs no instrument, beside what is expected and why.

    Lay the roller still, nothing on it, and do not touch it for some seconds; the motor buzzes at the end. Steps are
    those of hardware/docs/bringup.md. Sources: V read in a data sheet or schematic, C computed, M from memory.

    Exits with 1 when a reading is outside, or was not read.

    \b
    Example:
      roller readings
      roller readings --out first-prototype.json
    """
    from ..archive import write_whole
    from ..link import Link
    from ..readings import take

    with Link(port) as link, console.progress("Reading the chips"):
        taken = take(link)
    if out:
        write_whole(out, (json.dumps(taken.as_json(), indent=2) + "\n").encode())
    if as_json:
        console.print_json(taken.as_json())
    else:
        rows = [
            (
                r.step,
                r.name,
                r.shown,
                r.unit,
                r.expected,
                f"{r.state}: {r.why}" if r.why else r.state,
                f"{r.source} [{r.mark}]",
            )
            for r in taken.readings
        ]
        title = f"{taken.board}, firmware {taken.firmware}, device {taken.device}"
        console.table(("step", "reading", ">value", "unit", "expected", "state", "source"), rows, title)
        if out:
            console.say(f"kept: {console.printable(out)}")
    failed = taken.failed()
    if failed:
        steps = ", ".join(dict.fromkeys(reading.step for reading in failed))
        raise RollerError(
            f"{len(failed)} of {len(taken.readings)} readings are not as expected, the first: {failed[0].name}",
            f"see step {steps} of hardware/docs/bringup.md",
        )
