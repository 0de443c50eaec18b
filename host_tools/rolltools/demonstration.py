# SPDX-License-Identifier: MIT
"""The main job from end to end: a modelled hand rolls on the virtual board, the board is asked what it found."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from . import boards, clock_contact, deploying, hand, pulling
from .errors import RollerError
from .link import Link
from .recording import write_csv
from .scoring import Comparison, compare
from .session import Session
from .session_log import read_session
from .session_source import StoppedBoard
from .virtual.process import run_board

SCENARIO = "demo"
SAMPLES_NAME = "samples.csv"  # what the hand made the sensors feel, for `roller replay` to compare
_EPOCH_2000 = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_SESSION_S = 150.0
_GOOD = 0.9


@dataclass(frozen=True)
class Outcome:
    """What the roller found, what the hand did, and how well the two agree."""

    session: Session
    labels: dict[str, Any]
    found: dict[str, Any]
    comparison: Comparison

    @property
    def passed(self) -> bool:
        """Whether the roller did its job: strokes, directions, and every alarm."""
        c = self.comparison
        return c.f1 >= _GOOD and (c.direction or 0.0) >= _GOOD and c.over_missed == 0


def run(folder: Path, seed: int, say: Callable[[str], None], board_name: str = boards.DEFAULT) -> Outcome:
    """Run the demo in `folder` (samples.csv, board, sessions) and return its outcome; `say` hears of each step."""
    truth = hand.make(SCENARIO, seed, force_sensor=boards.BOARDS[boards.known(board_name)].force_sensor)
    say(f"a modelled hand will roll for {truth.labels['duration_s']:.0f} s: {len(truth.labels['strokes'])} strokes")
    _start_afresh(folder)
    samples = folder / SAMPLES_NAME
    with samples.open("w") as stream:
        write_csv(truth.recording, stream)
    options = ("--board", board_name, "--samples", str(samples), "--clock", "fast")
    with run_board(folder / "board", *options) as board:
        say(f"a virtual {board_name} answers on {board.port}: MicroPython, littlefs and modelled chips")
        with Link(board.port) as link:
            clock_contact.make(link)
            result = deploying.deploy(link, deploying.firmware_for(deploying.choose_board(link, None)))
        say(f"the firmware is on it: {result.files} files, {result.sent_bytes} bytes")
        board.wait_for(_session_closed, _SESSION_S)
        say("the hand has rolled, the board has closed the session")
        with Link(board.port, restart=False) as link:
            stopped = StoppedBoard(link)
            pulled = pulling.pull(stopped, stopped.sessions(), folder / "sessions")
        notes = board.notes()
    if not pulled:
        raise RollerError("the board kept no session", "run the demo again with another --seed and report it")
    session = read_session(Path(pulled[0].path))
    say(f"pulled {pulled[0].path}: {pulled[0].bytes} bytes, {session.state}")
    found = on_clock_of(session, notes)
    return Outcome(session, truth.labels, found, compare(found, truth.labels))


def _start_afresh(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else, so that this one starts from a blank board."""
    folder.mkdir(parents=True, exist_ok=True)
    board = [folder / "board" / name for name in ("flash.img", "samples.bin", "probe.jsonl")]
    session = [folder / "sessions" / name for name in ("s000001.roll", "s000001.strokes.csv")]
    for path in board + session:
        path.unlink(missing_ok=True)


def _session_closed(notes: list[dict[str, Any]]) -> bool:
    """Tell whether the session's light went on and off again."""
    lights = [note["value"] for note in notes if note["name"] == "led"]
    return 1 in lights and lights[-1] == 0 and 0 in lights[lights.index(1) :]


def on_clock_of(session: Session, notes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return strokes and alarms of a session on the clock of the samples, in the form of a replay.

    The board's wall clock joins the two: the log holds it, and the probe saw it when the samples began.
    """
    begun = next(note for note in notes if note["name"] == "samples")
    samples_utc = _EPOCH_2000 + timedelta(seconds=begun["value"] + begun["t_s"])
    if session.started_utc is None:
        raise RollerError("the session does not know when it was", "run the demo again")
    shift = (datetime.fromisoformat(session.started_utc) - samples_utc).total_seconds()
    strokes = []
    for stroke in session.strokes:
        row = {
            name.removesuffix("_s") if name.startswith("t_") else name: value for name, value in asdict(stroke).items()
        }
        strokes.append({name: value + shift if name.startswith("t_") else value for name, value in row.items()})
    over = [{"t_on": o.t_on_s + shift, "t_off": o.t_off_s + shift, "peak_n": o.peak_n} for o in session.overpressure]
    return {"strokes": strokes, "overpressure": over}
