# SPDX-License-Identifier: MIT
"""A fault at every transfer of the I2C bus in each state of the roller: no hang, the bus is back, no stroke is lost.

    python tests/firmware/bus_sweep.py [stride] [drawn]     # make sweep: 1, 1000

As in `motor_sweep.py` the world is split by fork at each point: in the child the fault happens and the app goes on with
it. A modelled hand rolls for a minute; the strokes of a child are compared with those of the run without a fault. A
stroke that overlaps the fault's gap (see `Fault`) may be another; every other one is to be there. Not on Windows.
"""

import asyncio
import io
import json
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "firmware"), str(HERE.parents[1] / "host_tools")]

import pytest  # noqa: E402 - the folders just put on the path are for the run as a script
from fakes.app_rig import AppRig  # noqa: E402
from fakes.board_rig import HaltError  # noqa: E402
from samples import SampleFile  # noqa: E402

from rolltools import hand  # noqa: E402
from rolltools.recording import write_chip_samples  # noqa: E402

ENODEV, ETIMEDOUT = 19, 116
SEED, ROLLS_S = 3, 60.0
SETTINGS = {"sleep_s": 30, "session_gap_s": 20}
BURST = 8  # transfers
GARBAGE_S = 1.0  # a converter that once reads what only a torn wire gives is doubted for a while
ANEW_S = 3.0  # chips set up anew, 0.6 s; gravity found anew in motion: sure with the next rest
FREE_MS = 20.0  # the limit for a bus that a chip holds
SAME = 0.5  # intersection over union of one stroke in both runs: a fetch that is late moves its ends
LATER_S = 4.0  # how long a child goes on after its fault
CHILD = "../child"  # the flash of a child, beside that of its parent
PATIENCE_S = 60  # of the PC's time: what takes longer hangs


Points = Callable[[float, int], Iterator[tuple[str, float]]]


@dataclass(frozen=True)
class Fault:
    """What happens at a transfer to the chip `name`: `act(bus, name)` returns an errno or None; `gap_s` it may cost."""

    act: Callable[["Bus", str], int | None]
    gap_s: float


class Bus:
    """The bus of a child: what goes wrong on it, and how long it takes until a transfer goes through again."""

    def __init__(self, rig: AppRig, rng: random.Random) -> None:
        self.rig = rig
        self.rng = rng
        self.errno = 0
        self.left = 0  # transfers that still fail
        self.noise = 0  # transfers whose bytes are still garbage
        self.holds = 0
        self.t0_us = self.free_us = 0

    def transfer(self, *_: object) -> int | None:
        """Fail while there is something left of the fault, and note when the bus is good again."""
        if self.left:
            self.left -= 1
            return self.errno
        if self.holds:
            self.holds -= 1
            self.rig.world.hold_sda(9)
            return ETIMEDOUT  # the transfer in which it began
        self.free_us = self.free_us or self.rig.clock.now_us()
        return None

    def garble(self, buffer: bytearray) -> None:
        """Put garbage in place of what goes over the bus, as long as there is some left."""
        if self.noise:
            self.noise -= 1
            buffer[:] = self.rng.randbytes(len(buffer))


def _fail(errno: int, times: int) -> Callable[[Bus, str], int]:
    def act(bus: Bus, name: str) -> int:
        bus.errno, bus.left = errno, times - 1
        return errno

    return act


def _hold(times: int) -> Callable[[Bus, str], int]:
    def act(bus: Bus, name: str) -> int:
        bus.holds = times - 1
        bus.rig.world.hold_sda(9)
        return ETIMEDOUT

    return act


def _garbage(times: int) -> Callable[[Bus, str], None]:
    def act(bus: Bus, name: str) -> None:
        bus.noise = times

    return act


def _brown_out(everyone: bool) -> Callable[[Bus, str], int]:
    def act(bus: Bus, name: str) -> int:
        chips = bus.rig.world.chips
        bus.rig.world.settle()
        for chip in ("imu", "force", "haptic") if everyone else (name,):
            if hasattr(chips[chip], "power_on"):
                chips[chip].power_on()
        return ENODEV  # it does not answer while it starts

    return act


FAULTS = {
    "no answer": Fault(_fail(ENODEV, 1), 0.0),
    "timeout": Fault(_fail(ETIMEDOUT, 1), 0.0),
    "SDA held": Fault(_hold(1), 0.0),
    "garbage": Fault(_garbage(1), GARBAGE_S),
    "brown-out": Fault(_brown_out(False), ANEW_S),
    f"no answer, {BURST} in a row": Fault(_fail(ENODEV, BURST), 0.5),
    f"timeout, {BURST} in a row": Fault(_fail(ETIMEDOUT, BURST), 0.5),
    "SDA held, 3 in a row": Fault(_hold(3), 0.5),
    f"garbage, {BURST} in a row": Fault(_garbage(BURST), GARBAGE_S),
    "brown-out of all": Fault(_brown_out(True), ANEW_S),
}


@dataclass
class Outcome:
    """What one kind of fault did over its points; `wrong` lists (what, where, t_s)."""

    points: int = 0
    worst_free_ms: float = 0.0
    gaps: int = 0  # points after which the log tells of a gap
    lost: int = 0  # strokes outside of the gap
    wrong: list[tuple[str, str, float]] = field(default_factory=list)


def strokes(rig: AppRig) -> list[tuple[float, float, int]]:
    """Return the strokes of all sessions as (start, end, direction), on the rig's clock in s."""
    found = []
    for session in rig.sessions():
        t0_s = rig.start_of(session)
        found += [(t0_s + s.t_start_s, t0_s + s.t_end_s, s.dir) for s in session.strokes]
    return found


def lost(expected, found, fault_s: tuple[float, float], end_s: float) -> int:
    """Return how many of `expected` that lie outside of `fault_s` and end before `end_s` are not among `found`."""

    def there(stroke):
        for start, end, direction in found:
            both = min(end, stroke[1]) - max(start, stroke[0])
            if direction == stroke[2] and both > SAME * (max(end, stroke[1]) - min(start, stroke[0])):
                return True
        return False

    apart = [s for s in expected if s[1] < end_s and (s[1] < fault_s[0] or s[0] > fault_s[1])]
    return sum(not there(stroke) for stroke in apart)


class Sweep:
    """One run of the app, split at transfers: `points(t_s, number)` says at which and to which end (s)."""

    def __init__(self, rig: AppRig, expected: list, points: Points) -> None:
        self.rig = rig
        self.expected = expected
        self.outcomes = {name: Outcome() for name in FAULTS}
        self.transfers = 0
        self._points = points
        self._report = -1
        self._bus: Bus | None = None
        rig.world.bus_fault = self._transfer
        rig.world.deepsleep = lambda *_: self.end("")

    def _transfer(self, address: int, reg: int, *_: object) -> int | None:
        self.transfers += 1
        t_s = self.rig.clock.now_us() / 1e6
        for name, end_s in self._points(t_s, self.transfers):
            reading, writing = os.pipe()
            loop = asyncio._get_running_loop()
            if os.fork() == 0:
                asyncio._set_running_loop(loop)  # it does not go over to another process by itself
                return self._be_child(writing, FAULTS[name], address, end_s)
            self._hear(name, f"{address:#x}:{reg:#x}", t_s, reading, writing)
        return None

    def _be_child(self, report: int, fault: Fault, address: int, end_s: float) -> int | None:
        signal.alarm(PATIENCE_S)
        rig = self.rig
        self._report, self._fault, self._end_s = report, fault, end_s
        self._bus = bus = Bus(rig, random.Random(self.transfers))
        try:
            rig.disk.copy(CHILD)
        except OSError as error:  # the app would take it for one of its bus, and go on in the flash of the parent
            self.end(f"no flash: {error!r}")
        bus.t0_us = rig.clock.now_us()
        rig.world.bus_fault, rig.world.bus_noise = bus.transfer, bus.garble
        rig.world.power.reset = lambda cause: self.end("reset")
        rig.at(end_s, rig.interrupt)
        wiring = rig.world.wiring
        name = next(n for n in ("imu", "force", "haptic_chip", "gauge") if wiring[n] == address)
        return fault.act(bus, name.removesuffix("_chip"))

    def end(self, what: str) -> None:
        """In the child: report and end, whatever happens; `what` is wrong with it already."""
        if self._report < 0:
            return
        try:
            os.write(self._report, json.dumps(self._found(what)).encode())
        except BaseException as error:
            os.write(self._report, json.dumps([f"report: {error!r}", 0.0, 0, 0]).encode())
        finally:
            os._exit(0)

    def _found(self, what: str) -> list:
        """Return what is wrong ("": nothing), when the bus was good again (ms), gaps in the log, strokes lost."""
        rig, bus = self.rig, self._bus
        t0_s = bus.t0_us / 1e6
        rig.clock._script.clear()
        if not what and rig.world.level(4):
            what = "motor pin high"
        missing = lost(self.expected, strokes(rig), (t0_s, t0_s + self._fault.gap_s), self._end_s - 1.0)
        free_ms = (bus.free_us - bus.t0_us) / 1e3 if bus.free_us else 0.0
        return [what, free_ms, sum(len(session.gaps) for session in rig.sessions()), missing]

    def _hear(self, name: str, where: str, t_s: float, reading: int, writing: int) -> None:
        os.close(writing)
        with open(reading, "rb") as stream:
            said = stream.read()
        os.wait()
        shutil.rmtree(CHILD, ignore_errors=True)
        what, free_ms, gaps, missing = json.loads(said) if said else ("hang", 0.0, 0, 0)
        outcome = self.outcomes[name]
        outcome.points += 1
        outcome.gaps += gaps > 0
        outcome.lost += missing
        outcome.worst_free_ms = max(outcome.worst_free_ms, free_ms)
        if not what and name == "SDA held" and free_ms > FREE_MS:
            what = f"bus back after {free_ms:.1f} ms"
        if what:
            outcome.wrong.append((what, where, t_s))


@contextmanager
def _quiet() -> Iterator[pytest.MonkeyPatch]:
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()), pytest.MonkeyPatch.context() as patches:
            yield patches
    finally:
        logging.disable(logging.NOTSET)


def _rig(root: Path, patches: pytest.MonkeyPatch) -> AppRig:
    """Return the app with an empty flash in the folder `root`, which is the working directory from now on."""
    if not (root / "samples").exists():
        write_chip_samples(hand.make("demo", SEED, duration_s=ROLLS_S).recording, root / "samples")
    flash = root / "flash"
    shutil.rmtree(flash, ignore_errors=True)
    flash.mkdir()
    patches.chdir(flash)
    rig = AppRig(Path("."), patches, SampleFile(io.BytesIO((root / "samples").read_bytes())), SETTINGS)
    rig.world.chips["gauge"].rate_x10 = -60
    rig.set_wall_clock()
    return rig


@dataclass(frozen=True)
class Plain:
    """The run without a fault: its strokes, and the second of each state that the sweep looks at."""

    strokes: list
    states: dict[str, tuple[float, float]]


def plain(root: Path) -> Plain:
    """Run without a fault, until the roller sleeps."""
    with _quiet() as patches:
        rig = _rig(root, patches)
        slept = []

        def sleep(*_: object) -> None:
            slept.append(rig.clock.now_us() / 1e6)
            raise HaltError

        rig.world.deepsleep = sleep
        rig.run(200.0)
        found = strokes(rig)
        session = rig.sessions()[0]
        alarm_s = next(start for start, end in rig.motor_spans() if end - start > 0.1)
        close_s = rig.start_of(session) + session.duration_s + SETTINGS["session_gap_s"]
    states = {
        "boot": (0.0, 1.0),
        "idle": (1.0, 2.0),
        "contact": (found[0][0], found[0][0] + 1.0),
        "cue": (alarm_s - 0.1, alarm_s + 0.9),
        "flush": (close_s - 0.2, close_s + 0.8),
        "going to sleep": (slept[0] - 0.8, slept[0] + 0.2),
    }
    return Plain(found, states)


def sweep(root: Path, points: Points, expected: list, until_s: float = 200.0) -> Sweep:
    """Run the app once, split at `points`; `root` is its flash."""
    with _quiet() as patches:
        rig = _rig(root, patches)
        made = Sweep(rig, expected, points)
        try:
            rig.run(until_s)
        except BaseException:
            if made._report < 0:
                raise
        made.end(f"died: {rig.error!r}" if rig.error else "")
    return made


def every(states: dict[str, tuple[float, float]], stride: int, counts: Counter):
    """Return `points` for each kind of fault at every `stride`-th transfer of the states, which it counts."""

    def points(t_s: float, number: int) -> Iterator[tuple[str, float]]:
        for state, (start_s, end_s) in states.items():
            if start_s <= t_s < end_s:
                counts[state] += 1
                for i, name in enumerate(FAULTS):
                    if (counts[state] + i) % stride == 0:
                        yield name, t_s + LATER_S

    return points


def drawn(count: int, span_s: tuple[float, float]):
    """Return `points` for `count` faults of drawn kinds at drawn transfers within `span_s`, each to the end."""
    rng = random.Random(SEED)
    times = sorted(rng.uniform(*span_s) for _ in range(count))
    names = list(FAULTS)

    def points(t_s: float, number: int) -> Iterator[tuple[str, float]]:
        while times and times[0] <= t_s:
            times.pop(0)
            yield rng.choice(names), span_s[1] + 5.0

    return points


def table(title: str, done: Sweep) -> int:
    """Print a table of a sweep; return how many points were wrong, lost strokes apart."""
    from rolltools import console

    rows = [(n, o.points, o.gaps, f"{o.worst_free_ms:.1f}", o.lost, len(o.wrong)) for n, o in done.outcomes.items()]
    columns = ("fault", ">points", ">gap in the log", ">bus good after ms at most", ">strokes lost", ">wrong")
    console.table(columns, rows, title)
    wrong = [(name, *what) for name, o in done.outcomes.items() for what in o.wrong]
    for (name, what, where), times in Counter((n, w, p) for n, w, p, _ in wrong).most_common(20):
        first_s = next(t for n, w, p, t in wrong if (n, w, p) == (name, what, where))
        print(f"{name} at {where}, first at {first_s:.4f} s: {what}, {times} times", file=sys.stderr)
    return len(wrong)


def main() -> None:
    """Print the tables; fail when anything hung, died, was reset, or kept the bus for too long."""
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as folder:
        known = plain(Path(folder))
        counts: Counter = Counter()
        done = sweep(Path(folder), every(known.states, stride, counts), known.strokes)
        said = ", ".join(f"{state} {n}" for state, n in counts.items())
        wrong = table(f"every {stride}. transfer of a second in each state ({said})", done)
        span_s = known.strokes[0][0], known.strokes[-1][1]
        done = sweep(Path(folder), drawn(count, span_s), known.strokes, span_s[1] + 5.0)
        wrong += table(f"{count} drawn transfers of a minute", done)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
