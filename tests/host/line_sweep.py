# SPDX-License-Identifier: MIT
"""Transfers over faulty lines: python tests/host/line_sweep.py [at the frames] [through mpremote].

The first kind joins the firmware's sender and the PC's reader by a line that loses, turns and doubles bytes and is cut
at any place, 100,000 times. The second pulls sessions from a virtual board by mpremote through a port with such a line.
A pull that fails is repeated, as a user would.
"""

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    TESTS = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "firmware")]

import rolltools  # noqa: E402, F401 - makes the firmware's stand-ins importable

# isort: split
from fakes.line_board import LineBoard  # noqa: E402

from rolltools.errors import RollerError  # noqa: E402
from rolltools.fetching import Fetch, fetch  # noqa: E402
from rolltools.link import FileRange, Link  # noqa: E402
from rolltools.link.frames import DATA, Frame  # noqa: E402
from rolltools.pulling import pull  # noqa: E402
from rolltools.session_source import SessionSource, StoppedBoard  # noqa: E402
from rolltools.virtual.line import Line  # noqa: E402
from rolltools.virtual.process import run_board  # noqa: E402
from rolltools.virtual.wire import Faults  # noqa: E402

MOST_BYTES = 20_000
TRIES = 12
BAUD = 2_000_000
SILENCE_S = 0.4


@dataclass
class Tally:
    """How transfers ended; `resent` is the most that came twice of one file, in all the tries it took."""

    whole: int = 0
    repeated: int = 0
    failed: int = 0
    wrong: int = 0
    visible_parts: int = 0
    resent: int = 0

    def count(self, folder: Path, files: dict[str, bytes]) -> None:
        """Look at what lies in a folder."""
        for path in folder.glob("[!.]*"):
            if path.suffix == ".roll" and path.read_bytes() != files[path.name]:
                self.wrong += 1
            self.visible_parts += path.suffix == ".part"
        self.whole += sum((folder / name).exists() for name in files)

    def __str__(self) -> str:
        return (
            f"{self.whole} whole, {self.failed} given up, {self.repeated} times repeated; {self.wrong} wrong, "
            f"{self.visible_parts} parts visible, {self.resent} bytes at the most of a file came twice"
        )


def faults(chance: random.Random, size: int) -> Faults:
    """Draw a line: good, bad, or cut somewhere."""
    rate = chance.choice([0, 0, 1e-5, 1e-4, 5e-4])
    cut = chance.randrange(size + 400) if chance.random() < 0.3 else None
    return Faults(*(rate * chance.random() for _ in range(3)), cut_after=cut, seed=chance.randrange(1 << 30))


def at_the_frames(transfers: int) -> Tally:
    """Transfer files of up to 20 kB, each until it is there."""
    tally = Tally()
    chance = random.Random(1)
    folder = Path(tempfile.mkdtemp())
    try:
        for _ in range(transfers):
            data = chance.randbytes(chance.choice([0, 1, 100, 2048, 5000, MOST_BYTES]))
            _one(tally, chance, data, folder)
            tally.count(folder, {"s000001.roll": data})
            for path in folder.iterdir():
                path.unlink()
    finally:
        shutil.rmtree(folder)
    return tally


class Heard:
    """Counts the bytes of files that come from a board."""

    def __init__(self) -> None:
        self.bytes = 0

    def wrap(self, board: SessionSource) -> SessionSource:
        """Return the board, listened to."""
        frames = board.frames

        def heard(ranges: Sequence[FileRange]) -> Iterator[Frame]:
            for frame in frames(ranges):
                self.bytes += len(frame.payload) if frame.kind == DATA else 0
                yield frame

        board.frames = heard
        return board


def _one(tally: Tally, chance: random.Random, data: bytes, folder: Path) -> None:
    heard = Heard()
    for tried in range(TRIES):
        board = heard.wrap(LineBoard({"/x": data}, faults(chance, len(data)) if tried < TRIES - 1 else None))
        file = Fetch("/x", len(data), folder / "s000001.roll")
        try:
            fetch(board, [file], lambda _: None, lambda _: None)
            return
        except RollerError:
            tally.repeated += 1
            if file.finished:
                return  # the cable came out behind it: a pull would know the file by its digest
        finally:
            tally.resent = max(tally.resent, heard.bytes - len(data))
    tally.failed += 1


def through_mpremote(pulls: int, folder: Path) -> Tally:
    """Pull a session of up to 20 kB so often from a virtual board in `folder`."""
    tally = Tally()
    chance = random.Random(2)
    with run_board(folder / "board") as board:
        data = chance.randbytes(MOST_BYTES)
        with Link(board.port, restart=False) as link:
            link.exec("import os\nos.mkdir('/sessions')")
        for number in range(pulls):
            size = chance.choice([1, 100, 2048, 5000, MOST_BYTES])
            with Link(board.port, restart=False) as link:
                link.write_file("/sessions/s000001.roll", data[:size])
            to = folder / str(number)
            _pull(tally, chance, board.port, to, size)
            to.mkdir(exist_ok=True)
            tally.count(to, {"s000001.roll": data[:size]})
            shutil.rmtree(to)
    return tally


def _pull(tally: Tally, chance: random.Random, port: str, to: Path, size: int) -> None:
    heard = Heard()
    for tried in range(TRIES):
        up = faults(chance, 6000 + size) if tried < TRIES - 1 else None
        try:
            with Line(port, BAUD, up) as line, Link(line.port, restart=False, silence_s=SILENCE_S) as link:
                source = heard.wrap(StoppedBoard(link))
                pull(source, source.sessions(), to)
                return
        except RollerError:
            tally.repeated += 1
        finally:
            tally.resent = max(tally.resent, heard.bytes - size)
    tally.failed += 1


def main() -> None:
    """Print how both ended."""
    frames = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    pulls = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    print(f"{frames} transfers at the frames: {at_the_frames(frames)}", flush=True)
    folder = Path(tempfile.mkdtemp())
    try:
        print(f"{pulls} pulls through mpremote: {through_mpremote(pulls, folder)}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
