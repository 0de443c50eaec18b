# SPDX-License-Identifier: MIT
"""`roller flash`: MicroPython onto an ESP32, and the board made ready."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import console
from ..errors import RollerError

if TYPE_CHECKING:
    from ..diagnosis import Finding
    from ..flashing.chip import Chip, Written
    from ..flashing.road import Saved, Settled
    from ..flashing.source import Image


def flash(
    image: Annotated[
        str, typer.Argument(metavar="IMAGE", help="ESP32_GENERIC: a .bin file, its https address, or a known release.")
    ],
    sha256: Annotated[str | None, typer.Option("--sha256", help="The SHA-256 that the image must have.")] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Take a file by its own checks alone.")] = False,
    releases: Annotated[Path | None, typer.Option("--releases", help="A table of known releases of your own.")] = None,
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    backup: Annotated[
        Path | None, typer.Option("--backup", help="The folder for what the board holds [roller-backup-DATE].")
    ] = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Give up what the board holds.")] = False,
    no_deploy: Annotated[bool, typer.Option("--no-deploy", help="Leave firmware and doctor out.")] = False,
    board: Annotated[str | None, typer.Option("--board", help="As of `roller deploy`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Put MicroPython onto an ESP32, then the firmware.

    The image is proven before anything is erased: by its SHA-256, and each of its parts by what it carries itself.

    Sessions and settings of a board that has MicroPython go to a folder first; its settings and calibration are put
    back at the end, and the doctor looks at it. Cut off at any point: run it again, it begins anew and ends it.

    A release is known by --releases: a TOML table with url, sha256 and size under each version.

    \b
    Example:
      roller flash ESP32_GENERIC.bin --sha256 6f0c...e1 --port /dev/ttyUSB0
    """
    from .. import boards
    from ..flashing import road
    from ..flashing.backup import new_folder
    from ..flashing.source import proven
    from ..link import find_port

    if board:
        boards.known(board)  # before anything is erased
    with console.progress("Checking the image") as advance:
        taken = proven(image, sha256, trust, releases, advance)
    where = port or find_port()
    folder = backup or new_folder(datetime.now())
    saved = None if no_backup else _save(where, folder)
    written = _write(taken, where, folder, saved)
    console.note(f"{taken.name} is on the board at {where} and verified")
    with console.progress("Deploying", 1.0) as advance:
        settled = road.settle(where, written.chip, folder, board, not no_deploy, _part_by_part(advance))
    findings = None if no_deploy else _doctor(where)
    if as_json:
        console.print_json(_told(taken, where, written, saved, settled, findings))
    else:
        _say(where, settled, findings)
    _raise_problems(findings or [])


def _save(port: str, folder: Path) -> "Saved":
    from ..flashing import road

    with console.progress("Bringing away what the board holds", 1.0) as advance:
        saved = road.save(port, folder, _part_by_part(advance))
    if saved.backup:
        console.note(f"in {folder}: sessions {saved.backup.sessions}, other files {len(saved.backup.files)}")
    elif saved.answered:
        console.note("the board holds no sessions and no settings: nothing to bring away")
    else:
        console.note("no MicroPython answers, the board is bare: nothing to bring away")
    return saved


def _write(image: "Image", port: str, folder: Path, saved: "Saved | None") -> "Written":
    from ..flashing import chip, road

    def may_erase(found: "Chip") -> None:
        if saved and not saved.answered:
            road.refuse_loss(found, folder)

    with console.progress(f"Flashing {image.name}", 1.0) as advance:
        return chip.write(image, port, may_erase, _part_by_part(advance))


def _part_by_part(advance: Callable[[float], None]) -> Callable[[int, int], None]:
    """Return what moves a bar of length 1 to (bytes done, bytes in all)."""
    shown = 0.0

    def say(done: int, total: int) -> None:
        nonlocal shown
        if total:
            advance(done / total - shown)
            shown = done / total

    return say


def _doctor(port: str) -> "list[Finding]":
    from ..checkup import checkup
    from ..link import Link

    with console.progress("Asking the doctor"), Link(port, without_files=True) as link:
        return checkup(link)


def _told(
    image: "Image",
    port: str,
    written: "Written",
    saved: "Saved | None",
    settled: "Settled",
    findings: "list[Finding] | None",
) -> dict[str, Any]:
    kept = saved.backup if saved else None
    return {
        "image": image.name,
        "sha256": image.sha256,
        "port": port,
        "mac": written.chip.mac,
        "flash_bytes": written.chip.flash_bytes,
        "baud": written.baud,
        "backup": kept and {"folder": str(kept.folder), "files": list(kept.files), "sessions": kept.sessions},
        "board": settled.board,
        "deployed": settled.deployed and vars(settled.deployed),
        "put_back": settled.put_back,
        "findings": None if findings is None else [vars(finding) for finding in findings],
    }


def _say(port: str, settled: "Settled", findings: "list[Finding] | None") -> None:
    if settled.put_back:
        console.say(f"put back: {', '.join(settled.put_back)}")
    if findings is None:
        console.say(f"MicroPython is on the board; next: roller deploy --port {port}")
    else:
        console.table(("", "state", "says", "cure"), [(f.what, f.state, f.says, f.cure) for f in findings])
        console.say(f"MicroPython and the firmware are on the board; it runs as {settled.board}")


def _raise_problems(findings: "list[Finding]") -> None:
    from ..diagnosis import PROBLEM

    problems = [finding for finding in findings if finding.state == PROBLEM]
    if problems:
        raise RollerError(f"{len(problems)} to mend: {problems[0].says}", problems[0].cure)
