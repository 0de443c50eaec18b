# SPDX-License-Identifier: MIT
"""What the engine finds in recordings of real hands, printed: `make bench` runs it; left out where they are absent.

Nobody has recorded a massage roller yet. These are the nearest motions of real hands: they walk, brush and strum. None
of them has a gyro or a force, so the gyro is 0 and the force is held at one value. None of them was tuned on.
"""

import math
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from rolltools import console
from rolltools.recording import Array, Recording, finish
from rolltools.replay import replay

DATA = Path(__file__).parents[2] / "shared" / "data"
GRAVITY = 9.80665
RAW_PER_G = 16384.0
NEAR_S = 0.1  # a strum is found where a stroke of its direction is so near
FORCES_N = (0.0, 3.0)
DOWN, UP = "D", "U"

Strums = list[tuple[float, str]]


def recorded(name: str, t_s: Array, accel_g: Array, force_n: float) -> Recording:
    """Return an accelerometer's recording with no turning and one force, in the order of time."""
    t_s, order = np.unique(t_s - t_s[0], return_index=True)
    return finish(Recording(name, 0.0, t_s, accel_g[order], np.zeros_like(accel_g[order]), np.full(len(t_s), force_n)))


def walks(force_n: float) -> list[Recording]:
    """Return walks with a phone in the hand, 100-405 Hz: no stroke at all."""
    found = []
    for path in sorted(DATA.glob("walk_in_hand/*/accelerometer.csv")):
        table = np.loadtxt(path, delimiter=",")
        found.append(recorded(path.parent.name, table[:, 0] / 1e9, table[:, 2:5] / GRAVITY, force_n))
    return found


def brushes(force_n: float) -> list[Recording]:
    """Return a brush in use, 50 Hz."""
    found = []
    for path in sorted(DATA.glob("mcu_brush/VID_*.csv")):
        table = np.loadtxt(path, delimiter=",", skiprows=1)
        found.append(recorded(path.stem, table[:, 0], table[:, 1:4], force_n))
    return found


def others(force_n: float) -> list[Recording]:
    """Return a brush that is carried, swung, dropped, laid down, 50 Hz: no stroke at all.

    The chunks of 5 s do not follow each other, so each is a recording of its own.
    """
    table = np.loadtxt(DATA / "mcu_brush" / "other_all.csv", delimiter=",", skiprows=1)
    chunks = (table[table[:, 0] == number] for number in np.unique(table[:, 0]))
    return [recorded(f"chunk {c[0, 0]:.0f}", c[:, 1], c[:, 2:5] / RAW_PER_G, force_n) for c in chunks]


def strums(force_n: float) -> list[tuple[Recording, Strums]]:
    """Return guitar strums with their times and directions: one axis of the back of the hand, 18.7 Hz.

    The axis is taken for the one along the handle. The hand hardly changes its attitude in a take, so z gets what is
    left of 1 g beside the mean of that axis, all the time, and y nothing. The times are those of the recording's clock.
    """
    found = []
    for path in sorted(DATA.glob("strum_direction/*.csv")):
        table = np.loadtxt(path, delimiter=",")
        accel_g = np.zeros((len(table), 3))
        accel_g[:, 0] = table[:, 1] / GRAVITY
        accel_g[:, 2] = math.sqrt(max(0.0, 1.0 - accel_g[:, 0].mean() ** 2))
        lines = (line.split() for line in path.with_suffix(".strums").read_text().splitlines())
        true = [(float(line[0]) - table[0, 0], line[1]) for line in lines if line]
        found.append((recorded(path.stem, table[:, 0], accel_g, force_n), true))
    return found


def strokes_a_minute(recordings: Iterable[Recording]) -> tuple[int, float]:
    """Return how many strokes the engine finds in all, and in a minute."""
    count, seconds = 0, 0.0
    for recording in recordings:
        count += len(replay(recording)["strokes"])
        seconds += float(recording.t_s[-1] - recording.t_s[0])
    return count, count * 60.0 / seconds


def hits(true: list[float], found: list[float]) -> int:
    """Return how many true times have a found one near, each of its own; both in order."""
    count = i = 0
    for time in true:
        while i < len(found) and found[i] < time - NEAR_S:
            i += 1
        if i < len(found) and found[i] <= time + NEAR_S:
            count += 1
            i += 1
    return count


def f1_of_strums(takes: list[tuple[list[dict], Strums]], forward: str, moment: Callable[[dict], float]) -> dict:
    """Return precision, recall and F1 of down and up: `forward` is what a stroke of dir +1 is called."""
    backward = UP if forward == DOWN else DOWN
    answer = {}
    for way in (DOWN, UP):
        hit = n_true = n_found = 0
        for strokes, true in takes:
            times = [t for t, name in true if name == way]
            named = sorted(moment(s) for s in strokes if (forward if s["dir"] > 0 else backward) == way)
            hit += hits(times, named)
            n_true += len(times)
            n_found += len(named)
        answer[way] = (hit / max(1, n_found), hit / n_true, 2.0 * hit / (n_true + n_found))
    return answer


def middle(stroke: dict) -> float:
    """Return the middle of a stroke in s: a strum sounds while the hand is fastest, not where it sets off."""
    return (stroke["t_start"] + stroke["t_end"]) / 2.0


def print_strokeless() -> None:
    """Print the strokes found where there are none."""
    rows = []
    for what, load in (("walks, phone in the hand", walks), ("brush carried, swung, dropped", others)):
        for force_n in FORCES_N:
            recordings = load(force_n)
            count, per_min = strokes_a_minute(recordings)
            minutes = sum(r.t_s[-1] - r.t_s[0] for r in recordings) / 60.0
            allowed = "0" if force_n == 0 else "at most 1/min"
            rows.append((what, f"{force_n:g}", f"{minutes:.1f}", count, f"{per_min:.2f}", allowed))
    columns = ("real hands that do not roll", ">force held at N", ">minutes", ">strokes", ">a minute", ">asked for")
    console.table(columns, rows, "Strokes where there is none; no gyro in these recordings")


def print_strums() -> None:
    """Print how well strums are found, for both ways in which the axis may point: nobody noted which it was."""
    takes = [(replay(recording)["strokes"], true) for recording, true in strums(3.0)]
    names = {DOWN: "down", UP: "up"}
    rows = []
    for forward in (DOWN, UP):
        for what, moment in (("its middle", middle), ("its start", lambda stroke: stroke["t_start"])):
            figures = f1_of_strums(takes, forward, moment)
            cells = [f"{value:.3f}" for way in (DOWN, UP) for value in figures[way]]
            rows.append((names[forward], what, *cells))
    columns = ("dir +1 is", "a stroke's time", ">down: precision", ">recall", ">F1", ">up: precision", ">recall", ">F1")
    found = sum(len(strokes) for strokes, _ in takes)
    title = (
        f"Strums within {NEAR_S * 1000:.0f} ms: {sum(len(true) for _, true in takes)} true, {found} found; one axis at "
        "18.7 Hz, far below the 50 Hz that the engine is made for"
    )
    console.table(columns, rows, title)


def main() -> None:
    """Print all tables."""
    if not DATA.is_dir():
        console.note("real recordings are left out: there is no ../shared/data beside the project")
        return
    print_strokeless()
    console.say()
    print_strums()


if __name__ == "__main__":
    main()
