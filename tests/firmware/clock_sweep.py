# SPDX-License-Identifier: MIT
"""Hours of the whole app over many wraps of `ticks_us` on the 32-bit MicroPython, and what its logs then say.

    python tests/firmware/clock_sweep.py [HOURS]

A hand rolls for a minute and leaves the roller alone until the session has closed, again and again. The sessions that
the VM leaves are read on the PC: what the board kept is compared with what was played.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

TESTS = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    sys.path.insert(0, str(TESTS.parent / "host_tools"))

import numpy as np  # noqa: E402 - on its own this is a program, and finds its way by itself
from fakes.light_machine import PERIOD_US  # noqa: E402

import rolltools  # noqa: E402
from rollcore.fields import GYRO_MDPS_PER_LSB  # noqa: E402
from rolltools import hand  # noqa: E402
from rolltools.recording import engine_rows  # noqa: E402
from rolltools.session_log import iter_pages, read_session  # noqa: E402

HOURS = 6.0
_HEAP_KB = 300
_UNREAD = 600  # samples: the boot, which reads none, and the last drain
_REST_S = 80  # a session closes 60 s after the last contact
_SECOND_ROWS = 208
_DEVICE = Path(rolltools.__file__).parent / "virtual" / "device"


@dataclass
class Outcome:
    """What the VM told, and what its logs hold.

    `back` counts steps back in time: in the app, from session to session, from record to record of one type. Records
    of different types carry the time of the sample or of the processor, whichever made them: `skew_ms` is the most by
    which one is earlier than another before it.
    """

    seconds: float
    cycle_s: float
    wraps: int
    back: int
    off_ms: int
    samples: int
    heap: list[int]
    faults: list[str]
    starts_ms: list[int]
    strokes: list[int]
    pages: int
    records: int
    skew_ms: int
    wrong: list[str]

    @property
    def heap_drift(self) -> int:
        """Return how many bytes more a collection leaves after the later half of the sessions than after the first.

        By the least: the collector takes a number in a buffer for a pointer now and then, and keeps 16 bytes for it.
        """
        half = len(self.heap) // 2
        return min(self.heap[half:]) - min(self.heap[:half])

    @property
    def lost_samples(self) -> int:
        """Return how many samples of the time that passed were not read."""
        return max(0, int(self.seconds * 1e6 // PERIOD_US) - self.samples - _UNREAD)


def played(path: Path) -> float:
    """Write one round of what the hand does for the VM; return its length in s."""
    rolls = engine_rows(hand.make("demo", 1).recording)[:, 1:]
    before, after = rolls[:_SECOND_ROWS], rolls[-_SECOND_ROWS:]  # the roller lies
    rest = np.tile(after, (_REST_S, 1))
    round_trip = np.concatenate([rolls, rest, turned(after.mean(0), before.mean(0), 2 * _SECOND_ROWS), before])
    path.write_bytes(round_trip.round().astype("<i4").tobytes())
    return len(round_trip) * PERIOD_US / 1e6


def turned(start: np.ndarray, end: np.ndarray, count: int) -> np.ndarray:
    """Return `count` samples of a roller that is turned evenly from one pose at rest to another.

    Without them it would lie otherwise from one sample to the next, and no gyroscope would have felt it.
    """
    axis = np.cross(start[:3], end[:3])
    size = np.linalg.norm(start[:3]) * np.linalg.norm(end[:3])
    angle = np.arctan2(np.linalg.norm(axis), start[:3] @ end[:3])
    axis /= np.linalg.norm(axis)
    share = np.linspace(0, 1, count)[:, None]
    rows = start + (end - start) * share
    across = np.cross(axis, start[:3])
    rows[:, :3] = start[:3] * np.cos(angle * share) + across * np.sin(angle * share)
    rows[:, :3] *= np.sqrt(size) / np.linalg.norm(start[:3])
    # What the handle sees turn one way turns the handle the other way.
    rows[:, 3:6] -= axis * np.degrees(angle) / (count * PERIOD_US / 1e6) * 1000 / GYRO_MDPS_PER_LSB
    # The head hangs on the sensor: its weight follows the load axis.
    rows[:, 6] = np.interp(rows[:, 2], *zip(*sorted([(start[2], start[6]), (end[2], end[6])]), strict=True))
    return rows


def run(vm: list[str], folder: Path, hours: float) -> Outcome:
    """Run the app for `hours` of modelled time in `folder`; AssertionError when the VM fails."""
    cycle_s = played(folder / "samples")
    seconds = round(hours * 3600)
    script = Path(__file__).parent / "clock_vm.py"
    arguments = [rolltools.FIRMWARE_DIR, _DEVICE, TESTS, folder / "samples", folder, seconds]
    command = [*vm, "-X", f"heapsize={_HEAP_KB}K", script, *arguments]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    outcome = Outcome(seconds, cycle_s, **told, starts_ms=[], strokes=[], pages=0, records=0, skew_ms=0, wrong=[])
    for path in sorted((folder / "sessions").glob("*.roll")):
        _read(path, outcome)
    outcome.back += sum(later <= earlier for earlier, later in pairwise(outcome.starts_ms))
    return outcome


def _read(path: Path, outcome: Outcome) -> None:
    """Add what one session file holds to the outcome."""
    session = read_session(path)
    if session.state != "complete" or not session.sealed:
        outcome.wrong.append(f"{path.name}: {session.state}, sealed: {session.sealed}")
    outcome.wrong += [f"{path.name}: {found}" for found in (*session.gaps, *session.faults)]
    outcome.starts_ms.append(session.start_ms)
    outcome.strokes.append(len(session.strokes))
    latest_ms = dict.fromkeys(range(256), session.start_ms)
    for records in iter_pages(path):
        outcome.pages += 1
        outcome.records += len(records)
        for record in records:
            outcome.skew_ms = max(outcome.skew_ms, max(latest_ms.values()) - record.t_ms)
            if record.t_ms < latest_ms[record.code]:
                outcome.back += 1
                outcome.wrong.append(f"{path.name}: record {record.code} at {record.t_ms} ms comes too late")
            latest_ms[record.code] = record.t_ms


def main() -> None:
    """Print what came out."""
    import vm32

    hours = float(sys.argv[1]) if len(sys.argv) > 1 else HOURS
    with tempfile.TemporaryDirectory() as name:
        o = run(vm32.command(), Path(name), hours)
    print(f"{o.seconds / 3600:g} h of modelled time, {o.samples} samples, {o.wraps} wraps of ticks_us")
    print(f"steps back in time: {o.back}; the app's clock was at most {o.off_ms} ms off the modelled time")
    print(f"{len(o.starts_ms)} sessions, {o.pages} pages, {o.records} records, {sum(o.strokes)} strokes")
    print(f"records of the processor and of the samples are at most {o.skew_ms} ms out of order")
    print(f"samples lost: {o.lost_samples}; faults: {o.faults or 'none'}; wrong in the logs: {o.wrong or 'nothing'}")
    heap = f"after the first session {o.heap[0]} B, at most {max(o.heap)} B, after the last {o.heap[-1]} B"
    print(f"heap: {heap}: drift {o.heap_drift} B")


if __name__ == "__main__":
    main()
