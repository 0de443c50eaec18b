# SPDX-License-Identifier: MIT
"""`roller virtual-board`: a board that exists only on this computer, for mpremote and every tool here."""

import signal
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .. import console
from ..errors import RollerError


class ClockKind(StrEnum):
    """How time passes on the board."""

    real = "real"
    fast = "fast"


def virtual_board(
    folder: Annotated[Path, typer.Option("--dir", help="Its folder: flash image and probe notes.")] = Path("board"),
    samples: Annotated[
        Path | None, typer.Option("--samples", help="A recorded session its sensors shall feel.")
    ] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="A modelled hand; `list` names them.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="The seed of the modelled hand.")] = 1,
    board_name: Annotated[str, typer.Option("--board", help="thing_plus or devkit_fsr.")] = "thing_plus",
    line: Annotated[bool, typer.Option("--line", help="A serial line as slow as a real one: 115200 baud.")] = False,
    clock: Annotated[ClockKind, typer.Option("--clock", help="Wall time, or as fast as it goes.")] = ClockKind.real,
) -> None:
    """Run a board without hardware.

    It prints its port on the first line, then serves it until it is killed. A new folder is a freshly flashed board
    without the app; `roller deploy --port PORT` puts it there. Samples start when the app first reads its motion
    sensor. Killing it is a power cut.

    \b
    Example:
      roller virtual-board --dir board --scenario demo --clock fast
    """
    if scenario == "list":
        _list_scenarios()
        return
    if samples and scenario:
        raise RollerError("both --samples and --scenario are given", "give one of them")
    from ..boards import BOARDS, known
    from ..virtual.board import VirtualBoard
    from ..virtual.line import Line
    from ..virtual.wire import ESP32_STDIN_BYTES

    sensor = BOARDS[known(board_name)].force_sensor
    felt = _chip_samples(folder, samples, scenario, seed, sensor)
    board = VirtualBoard(folder, felt, clock.value, board_name, ESP32_STDIN_BYTES if line else None)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Line(board.port) if line else nullcontext() as slow:
            if slow:
                board.on_baud = slow.set_board_baud
            print(slow.port if slow else board.port, flush=True)
            board.serve()
    except KeyboardInterrupt:
        console.note("switched off")
    finally:
        board.close()


def _chip_samples(
    folder: Path, samples: Path | None, scenario: str | None, seed: int, force_sensor: str
) -> Path | None:
    """Write what the chips shall feel into the board's folder and return the file, None for a board that lies still."""
    if not samples and not scenario:
        return None
    from ..recording import write_chip_samples

    if samples:
        from ..recording_csv import read_csv

        recording = read_csv(samples)
    else:
        from .. import hand

        if scenario not in hand.SCENARIOS:
            raise RollerError(f"there is no scenario {scenario!r}", "see `roller virtual-board --scenario list`")
        recording = hand.make(scenario, seed, force_sensor=force_sensor).recording
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RollerError(f"{folder} cannot be made: {error.strerror}", "name another folder with --dir") from error
    path = folder / "samples.bin"
    write_chip_samples(recording, path)
    return path


def _list_scenarios() -> None:
    from .. import hand

    console.table(("scenario", "what the hand does"), list(hand.SCENARIOS.items()))
