# SPDX-License-Identifier: MIT
"""Pulls from boards that mean harm: python tests/host/hostile_sweep.py [boards]. Prints how they ended.

Nothing may be written outside the folder of the pull, nothing in it but whole sessions under names of ours and parts,
and every board ends the pull with a reason or lets it end by itself.
"""

import re
import resource
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

if __name__ == "__main__":
    TESTS = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "firmware")]

import rolltools  # noqa: E402, F401 - makes the firmware's stand-ins importable

# isort: split
from fakes.hostile_boards import HostileLink, HostilePort  # noqa: E402

from rolltools.errors import RollerError  # noqa: E402
from rolltools.link import app as link_app  # noqa: E402
from rolltools.pulling import pull  # noqa: E402
from rolltools.session_source import RunningBoard, StoppedBoard  # noqa: E402

OURS = re.compile(r"s\d{6,9}\.(roll|strokes\.csv|clock\.json)|\.s\d{6,9}\.roll\.(part|holes)")


class Clock:
    """Time that moves with the reads of a port."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic(self) -> float:
        """Return the time in s."""
        return self.now_s

    time = monotonic


def running(seed: int, clock: Clock) -> RunningBoard:
    """Return a hostile board whose app runs."""
    app = link_app.AppLink.__new__(link_app.AppLink)
    app.port = "/dev/hostile"
    app.serial = HostilePort(seed, clock)
    app.bytes_heard = 0
    app._reader = link_app.FrameReader()
    app._heard = b""
    return RunningBoard(app)


def one(seed: int, sandbox: Path, clock: Clock) -> str:
    """Pull from one hostile board into `sandbox`/in/to; return how it ended: "by itself", or the cause."""
    board = running(seed, clock) if seed % 2 else StoppedBoard(HostileLink(seed))
    to = sandbox / "in" / "to"
    mine = to / "s000001.roll"
    if seed % 5 == 0:
        to.mkdir()
        mine.write_bytes(b"not of this board" * 60)
    try:
        sessions = board.sessions()
        contacts = board.contacts() if seed % 2 else []
        pull(board, sessions, to, contacts=contacts)
        ended = "by itself"
    except RollerError as error:
        for line in (error.cause, error.cure):
            assert line and len(line) < 400, seed
        ended = re.sub(r"/\S+|s\d{6,}|\S*hostile\S*|'.*'|send that: .*|send \S+: .*", "...", error.cause)
    left = [path for path in sandbox.rglob("*") if path not in (sandbox / "in", to)]
    assert all(path.parent == to and OURS.fullmatch(path.name) for path in left), (seed, left)
    assert seed % 5 or mine.read_bytes() == b"not of this board" * 60, seed
    return ended


def sweep(boards: int) -> tuple[Counter[str], int]:
    """Return how often a pull ended how, and by how many KB the process grew."""
    clock = Clock()
    link_app.time = clock
    ends: Counter[str] = Counter()
    sandbox = Path(tempfile.mkdtemp())
    before_kb = 0
    try:
        for seed in range(boards):
            shutil.rmtree(sandbox)
            (sandbox / "in").mkdir(parents=True)
            ends[one(seed, sandbox, clock)] += 1
            if seed == boards // 100:
                before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    finally:
        import time

        link_app.time = time
        shutil.rmtree(sandbox)
    return ends, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb


def main() -> None:
    """Print the table."""
    boards = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    ends, grown_kb = sweep(boards)
    print(f"{boards} hostile boards: 0 writes outside the folder, {grown_kb / 1024:.1f} MB more memory at the most")
    for end, count in ends.most_common():
        print(f"{count:7}  {end[:110]}")


if __name__ == "__main__":
    main()
