# SPDX-License-Identifier: MIT
"""The board link beside stock mpremote, over a modelled line: python tests/bench_link.py. Part of `make bench`.

500 kB of sessions on the virtual board, once by `roller pull` and once by `mpremote fs cp`, from the start of the
program to its end. 115200 baud is what a board's port has; 921600 is modelled in every part (see README.md).
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS.parent / "firmware")]

import rolltools  # noqa: E402, F401 - makes the firmware's stand-ins importable

# isort: split
from fakes.roll_files import write_roll  # noqa: E402
from fakes.virtual_boards import add_sessions, blank_flash, mpremote, roller  # noqa: E402

from rolltools.virtual.process import BoardProcess, run_board  # noqa: E402

ALL_BYTES = 500_000
SESSION_BYTES = 20_000
KNOWN_BYTES = 1_000_000
NEW_BYTES = 10_000
LINE_BPS = 11_520
LONG_S = 600.0


def sessions(size: int, each: int = SESSION_BYTES, first: int = 1, seed: int = 1) -> dict[str, bytes]:
    """Return session files of noise, `size` bytes in all: nothing on the way can make them smaller."""
    chance = random.Random(seed)
    return {f"s{first + i:06}.roll": chance.randbytes(each) for i in range(size // each)}


def seconds(what: Callable[[], object]) -> float:
    """Return how long it takes."""
    start_s = time.monotonic()
    what()
    return time.monotonic() - start_s


def pull(board: BoardProcess, to: Path, *options: str) -> tuple[float, float]:
    """Pull as a user does; return in how many seconds, the whole command and the sessions alone."""
    start_s = time.monotonic()
    done = roller("pull", "--stop", "--json", "--port", board.port, "--to", str(to), *options, timeout_s=LONG_S)
    took_s = time.monotonic() - start_s
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, "roller pull", done.stdout, done.stderr)
    return took_s, json.loads(done.stdout)["seconds"]


def copy(board: BoardProcess, to: Path) -> None:
    """Copy as a user of mpremote does."""
    to.mkdir()
    mpremote(board.port, "fs", "cp", "-r", ":/sessions", str(to), timeout_s=LONG_S)


def line(what: str, size: int, took_s: float, of: str = "") -> None:
    """Print one figure."""
    print(f"{what:56} {size / 1000:6.0f} kB {took_s:7.2f} s {size / took_s / 1000:7.2f} kB/s{of}", flush=True)


def check(folder: Path, files: dict[str, bytes]) -> None:
    """See that what came is what was there."""
    for name, data in files.items():
        if (folder / name).read_bytes() != data:
            raise ValueError(f"{name} is not what the board has")


def all_sessions(folder: Path) -> None:
    """Print pull and copy of the same sessions."""
    files = sessions(ALL_BYTES)
    size = sum(map(len, files.values()))
    blank_flash(folder)
    add_sessions(folder, files)
    with run_board(folder, "--line") as board:
        took_s, _ = pull(board, folder / "pulled")
        check(folder / "pulled", files)
        line("pull, 115200 baud", size, took_s, f" ({size / took_s / LINE_BPS * 100:.1f} % of the line)")
        took_s, alone_s = pull(board, folder / "fast", "--baud", "921600")
        check(folder / "fast", files)
        line("pull, 921600 baud, modelled", size, took_s)
        line("  of that the sessions, both changes of the rate included", size, alone_s)
        took_s = seconds(lambda: copy(board, folder / "copied"))
        check(folder / "copied" / "sessions", files)
        line("mpremote fs cp, 115200 baud", size, took_s)


def only_the_new(folder: Path) -> None:
    """Print a pull of a new session behind many known ones."""
    known = {}
    number = 0
    made = write_roll(folder / "made", strokes=400, sealed=True).read_bytes()
    while sum(map(len, known.values())) < KNOWN_BYTES:
        number += 1
        known[f"s{number:06}.roll"] = made
    new = sessions(NEW_BYTES, NEW_BYTES, number + 1)
    blank_flash(folder)
    add_sessions(folder, known | {name.replace("roll", "pulled"): b"" for name in known} | new)
    (folder / "pulled").mkdir()
    for name, data in known.items():
        (folder / "pulled" / name).write_bytes(data)
        (folder / "pulled" / name).with_suffix(".strokes.csv").write_text("")
    with run_board(folder, "--line") as board:
        took_s, _ = pull(board, folder / "pulled")
        check(folder / "pulled", new)
        size = sum(map(len, known.values()))
        line(f"pull behind {size / 1000:.0f} kB in {number} known sessions, 115200 baud", NEW_BYTES, took_s)


def main() -> None:
    """Print all of it."""
    for part in (all_sessions, only_the_new):
        folder = Path(tempfile.mkdtemp())
        try:
            part(folder)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
