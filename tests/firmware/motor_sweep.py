# SPDX-License-Identifier: MIT
"""A fault at every await and every bus transfer of the control path, and when the motor was off after it.

    python tests/firmware/motor_sweep.py [stride]      # make sweep

The world is split at each point by fork: in the child the fault happens and the app goes on with it, the parent goes
on unharmed to the next point. So thousands of points cost one run and what follows each fault. Not on Windows.
"""

import asyncio
import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
if __name__ == "__main__":
    sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "firmware"), str(HERE.parents[1] / "host_tools")]

import pytest  # noqa: E402 - the folders just put on the path are for the run as a script
from fakes.app_rig import AppRig, pressed  # noqa: E402

# Too hard until the pages of the trace must be written in the alarm, then far too hard; the button in between.
STEPS = [(0.6, 0.0), (0.2, 5.0), (15.0, 14.0), (0.6, 5.0), (1.0, 32.0), (0.3, 0.0), (2.0, 0.0)]
PRESS_S, LET_GO_S, END_S = 16.3, 16.5, 21.0  # the end leaves the watchdog its time
ALARM, PAGE, CEILING = (1.2, 2.0), (12.2, 13.8), (16.2, 18.2)
OFF_MS, WATCHDOG_OFF_MS = 50.0, 2010.0
ETIMEDOUT = 116
LATER_MS = 500  # beyond the limit: how long the app goes on after a fault that does not end it
AFTER_US = 3_000_000  # what the chip does by itself is over by then

Act = Callable[[AppRig], int | None]


def _die(rig: AppRig) -> None:
    raise RuntimeError("injected")


def _ctrl_c(rig: AppRig) -> None:
    raise KeyboardInterrupt


def _soft_reset(rig: AppRig) -> None:
    raise SystemExit


def _bus_times_out(rig: AppRig) -> int:
    rig.world.bus_fault = lambda *_: ETIMEDOUT
    return ETIMEDOUT


def _hang(rig: AppRig) -> None:
    while True:
        rig.clock.charge(1000)
        rig.world.tick()


def _bus_never_answers(rig: AppRig) -> None:
    rig.world.bus_fault = lambda *_: _hang(rig)


def _imu_goes_silent(rig: AppRig) -> None:
    imu = rig.world.chips["imu"]
    imu.update = lambda now_us: imu._fifo.clear()


def _force_goes_silent(rig: AppRig) -> None:
    rig.world.chips["force"]._convert = lambda t_us: None


@dataclass(frozen=True)
class Fault:
    """What may happen, where (at an await, at a transfer), and how soon the motor is to be off.

    `told`: the hand is told by another cue, which may begin when the one that played is over.
    """

    act: Act
    limit_ms: float = OFF_MS
    places: tuple[str, ...] = ("await", "transfer")
    told: bool = False


FAULTS = {
    "exception": Fault(_die),
    "Ctrl-C": Fault(_ctrl_c),
    "soft reset": Fault(_soft_reset),
    "bus times out": Fault(_bus_times_out),
    "bus never answers": Fault(_bus_never_answers, WATCHDOG_OFF_MS, ("await",)),
    "bus never answers here": Fault(_hang, WATCHDOG_OFF_MS, ("transfer",)),
    "task hangs": Fault(_hang, WATCHDOG_OFF_MS, ("await",)),
    "motion sensor silent": Fault(_imu_goes_silent),
    "force sensor silent": Fault(_force_goes_silent, told=True),
}


@dataclass
class Outcome:
    """What one kind of fault did over all its points; `late` lists (where, t_s, ms) of a motor on for too long."""

    points: int = 0
    driven: int = 0  # points at which the motor was on
    boots: int = 0  # points after which the watchdog started the board again, the motor off all through it
    worst_ms: float = 0.0
    late: list[tuple[str, float, float]] = field(default_factory=list)


class Sweep:
    """One run of the app, split at every `stride`-th point within `windows` (s)."""

    def __init__(self, rig: AppRig, stride: int, windows: tuple[tuple[float, float], ...]) -> None:
        self.rig = rig
        self.awaits = self.transfers = 0  # points met in the windows
        self.outcomes = {name: Outcome() for name in FAULTS}
        self._stride = stride
        self._windows = windows
        # Each kind has a count of its own, so that a stride takes its share of every kind, and of other points.
        self._turns = {name: i * stride // len(FAULTS) for i, name in enumerate(FAULTS)}
        self._in_child = False
        rig.asyncio.on_sleep = lambda task: self._point("await", task)
        rig.world.bus_fault = lambda address, reg, *_: self._point("transfer", f"{address:#x}:{reg:#x}")
        rig.world.power.reset = lambda cause: self._reset()
        self._booted = False
        self._report = -1
        self._fault = Fault(_die)
        self._t0_us = 0

    def _point(self, kind: str, where: str) -> int | None:
        t_s = self.rig.clock.now_us() / 1e6
        if self._in_child or not any(start <= t_s < end for start, end in self._windows):
            return None
        self.awaits += kind == "await"
        self.transfers += kind == "transfer"
        for name, fault in FAULTS.items():
            if kind in fault.places:
                self._turns[name] += 1
                if self._turns[name] % self._stride == 0:
                    reading, writing = os.pipe()
                    loop = asyncio.get_running_loop()
                    if os.fork() == 0:
                        asyncio._set_running_loop(loop)  # it does not go over to another process by itself
                        return self._be_child(writing, fault)
                    self._hear(name, where, t_s, reading, writing)
        return None

    def _be_child(self, report: int, fault: Fault) -> int | None:
        rig = self.rig
        self._in_child, self._report, self._fault, self._t0_us = True, report, fault, rig.clock.now_us()
        rig.asyncio.on_sleep = None
        rig.world.bus_fault = None
        rig.at(self._t0_us / 1e6 + (fault.limit_ms + LATER_MS) / 1e3, rig.interrupt)
        return fault.act(rig)

    def _reset(self) -> None:
        """Let go of the pins, as a reset does, and boot: the chips keep what they had, and the motor is to stay off."""
        rig = self.rig
        rig.world._release_pins()
        rig.world.bus_fault = None
        rig.clock._script.clear()
        rig.board().start()
        self._booted = True
        self.end_child()

    def end_child(self) -> None:
        """In the child: report when the motor was on last and end; nothing in the parent."""
        if not self._in_child:
            return
        rig = self.rig
        rig.clock._script.clear()
        rig.clock.charge(AFTER_US)
        rig.world.settle()
        spans = [(start * 1e3 - self._t0_us / 1e3, end * 1e3 - self._t0_us / 1e3) for start, end in rig.motor_spans()]
        ends = [end for start, end in spans if end > 0 and not (self._fault.told and start > self._fault.limit_ms)]
        answer = {
            "off_ms": max(ends, default=0.0),
            "driven": any(start < 0 <= end for start, end in spans),
            "pin": rig.world.level(4),
            "booted": self._booted,
        }
        os.write(self._report, json.dumps(answer).encode())
        os._exit(0)

    def _hear(self, name: str, where: str, t_s: float, reading: int, writing: int) -> None:
        os.close(writing)
        with open(reading, "rb") as stream:
            said = stream.read()
        os.wait()
        answer = json.loads(said) if said else {"off_ms": float("inf"), "driven": True, "pin": 1, "booted": False}
        outcome = self.outcomes[name]
        outcome.points += 1
        outcome.driven += answer["driven"]
        outcome.boots += answer["booted"]
        outcome.worst_ms = max(outcome.worst_ms, answer["off_ms"])
        if answer["pin"] or answer["off_ms"] > FAULTS[name].limit_ms:
            outcome.late.append((where, t_s, answer["off_ms"]))


@contextmanager
def _patience() -> Iterator[pytest.MonkeyPatch]:
    logging.disable(logging.CRITICAL)
    patches = pytest.MonkeyPatch()
    try:
        with redirect_stdout(io.StringIO()):  # each child says that it was stopped
            yield patches
    finally:
        patches.undo()
        logging.disable(logging.NOTSET)


def sweep(root: Path, stride: int, windows: tuple[tuple[float, float], ...] = (ALARM, PAGE, CEILING)) -> Sweep:
    """Run the app once and split it at the points within `windows`; `root` is its flash."""
    with _patience() as patches:
        rig = AppRig(root, patches, pressed(STEPS), {"trace": "full"})
        rig.at(PRESS_S, lambda: rig.world.press(True))
        rig.at(LET_GO_S, lambda: rig.world.press(False))
        made = Sweep(rig, stride, windows)
        try:
            rig.run(END_S)
        except BaseException:
            if not made._in_child:
                raise
        made.end_child()
    return made


def main() -> None:
    """Print the table of a whole sweep; fail when a motor was on for too long."""
    from rolltools import console

    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with tempfile.TemporaryDirectory() as folder:
        done = sweep(Path(folder), stride)
    rows = [
        (name, o.points, o.driven, o.boots, f"{o.worst_ms:.1f}", f"{FAULTS[name].limit_ms:.0f}", len(o.late))
        for name, o in done.outcomes.items()
    ]
    total = sum(o.points for o in done.outcomes.values())
    title = f"{total} faults at {done.awaits} awaits and {done.transfers} transfers, every {stride}. of them"
    columns = ("fault", ">points", ">motor on", ">booted", ">off after ms at most", ">limit", ">too late")
    console.table(columns, rows, title)
    late = [(name, *where) for name, o in done.outcomes.items() for where in o.late]
    for name, where, t_s, ms in late[:20]:
        print(f"{name} at {where}, {t_s:.4f} s: {ms:.1f} ms", file=sys.stderr)
    sys.exit(1 if late else 0)


if __name__ == "__main__":
    main()
