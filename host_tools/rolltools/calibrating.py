# SPDX-License-Identifier: MIT
"""Calibration of the load cell in two points: nothing on it, then a known weight.

The roller lies with its load axis vertical, so that the weight presses along it; it must not be moved in between. The
board's `/calibration.json` then holds `zero_counts` (what it reads without any force, the head's weight taken out) and
`counts_per_n`, and under `empty` what the first point was, for the second to build on.
"""

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rollcore.calibration import NOMINAL_COUNTS_PER_N, Calibration
from rollcore.fields import ACCEL_UG_PER_LSB

from .errors import RollerError

if TYPE_CHECKING:
    from .link import Link

PATH = "/calibration.json"
SECONDS = 3.0
LIGHTEST_G, HEAVIEST_G = 50.0, 5000.0
GRAVITY = 9.80665
_FEWEST = 10  # tenths of a second with a reading
_STEADY_MN = 60.0
_LEVEL_G = 0.95  # 18 degrees; the cosine is taken into account, a slope is not
_MOVED_G = 0.03
_EMPTY_MN = 5000.0  # with nothing on it and the nominal slope
_PART_LOW, _PART_HIGH = 0.25, 4.0  # of the change that the nominal slope gives

Data = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What the board read: mN by the nominal slope from 0 counts, how far that wandered, and az in g."""

    force_mn: float
    spread_mn: float
    az_g: float
    head_mass_g: float

    @property
    def counts(self) -> float:
        """The reading in counts of the converter."""
        return self.force_mn * NOMINAL_COUNTS_PER_N / 1000


def motor(link: "Link") -> list[int]:
    """Let the haptic driver fit itself to its motor and keep the result on the board; return its registers.

    RollerError when the board has no such driver, or no motor answers it.
    """
    answer = link.run("calibrate_motor")
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        problem = answer.get("problem") if isinstance(answer, dict) else None
        raise RollerError(
            f"the motor was not calibrated: {problem or 'the answer makes no sense'}",
            "check the wires of the motor, then try again; a motor without a driver chip needs no calibration",
        )
    return [int(value) for value in answer["results"]]


def read(link: "Link") -> tuple[Reading, Data]:
    """Read the sensor of a board for some seconds; return the reading and what its calibration file holds now.

    RollerError for an FSR, for a sensor that does not answer, is not steady or does not lie level.
    """
    answer = link.run("read_force", seconds=SECONDS)
    try:
        return checked(answer)
    except (KeyError, TypeError, ValueError) as error:
        raise RollerError("the board's answer makes no sense", "run `roller deploy`, then try again") from error


def checked(answer: Data) -> tuple[Reading, Data]:
    """Return the reading in a board's answer and its calibration file; errors as in `read`."""
    if answer["kind"] == "fsr":
        raise RollerError(
            "an FSR tells light from firm, not newtons: it cannot be calibrated", "use a board with a load cell"
        )
    force, az = answer["force_mn"], answer["az"]
    if len(force) < _FEWEST:
        raise RollerError("the force sensor gives no readings", "run `roller doctor` to see what is wrong")
    made = Reading(
        force_mn=math.fsum(force) / len(force),
        spread_mn=max(force) - min(force),
        az_g=math.fsum(az) / len(az) * ACCEL_UG_PER_LSB / 1e6,
        head_mass_g=float(answer["head_mass_g"]),
    )
    if made.spread_mn > _STEADY_MN:
        raise RollerError(
            f"the force wandered by {made.spread_mn / 1000:.2f} N within {SECONDS:g} s",
            "lay the roller on something firm, take the hands off, and try again",
        )
    if not _LEVEL_G <= abs(made.az_g) <= 2 - _LEVEL_G:
        raise RollerError(
            f"the load axis is not vertical: it feels {made.az_g:+.2f} g",
            "support the handle so that the roller points straight up, and try again",
        )
    file = answer["file"]
    return made, file if isinstance(file, dict) else {}


def zero(reading: Reading, file: Data) -> Data:
    """Return the file after the first point: nothing on the roller. A slope that is there already is kept."""
    weight_mn = reading.head_mass_g * GRAVITY * reading.az_g
    if abs(reading.force_mn + weight_mn) > _EMPTY_MN:
        raise RollerError(
            f"the sensor reads about {(reading.force_mn + weight_mn) / 1000:+.1f} N with nothing on it",
            "take everything off the roller; if it stays so, check the four wires of the load cell",
        )
    known = file.get("calibrated", True) is True and isinstance(file.get("counts_per_n"), int)
    slope = file["counts_per_n"] if known else NOMINAL_COUNTS_PER_N
    return _file(reading.counts + slope * weight_mn / 1000, slope, known, _point(reading))


def weight(reading: Reading, file: Data, grams: float) -> Data:
    """Return the file after the second point: `grams` (50-5000) on the roller, as it lay at the first."""
    check_grams(grams)
    empty = file.get("empty")
    if not isinstance(empty, dict) or not all(isinstance(empty.get(k), int) for k in ("counts", "az_mg")):
        raise RollerError("the zero was not read yet", "run `roller calibrate zero` first, with nothing on the roller")
    if abs(reading.az_g - empty["az_mg"] / 1000) > _MOVED_G:
        raise RollerError(
            "the roller was moved since its zero was read", "run `roller calibrate zero` again, then add the weight"
        )
    pressed_n = -grams * GRAVITY / 1000 * reading.az_g  # +z up: the weight pulls the roller off, and reads below zero
    counts = reading.counts - empty["counts"]
    part = counts / (pressed_n * NOMINAL_COUNTS_PER_N)
    if part < -_PART_LOW:
        raise RollerError(
            "the sensor reads the other way round", "exchange the white and the green wire of the load cell"
        )
    if not _PART_LOW <= part <= _PART_HIGH:
        raise RollerError(
            f"{grams:g} g changed the reading by about {abs(counts) / NOMINAL_COUNTS_PER_N:.2f} N"
            f" in place of {abs(pressed_n):.2f} N",
            "put the weight on the roller itself, clear of everything else, and check the grams",
        )
    slope = round(counts / pressed_n)
    head_n = reading.head_mass_g * GRAVITY / 1000 * empty["az_mg"] / 1000
    return _file(empty["counts"] + slope * head_n, slope, True, empty)


def check_grams(grams: float) -> None:
    """Raise a RollerError for a weight that nobody can calibrate with."""
    if not LIGHTEST_G <= grams <= HEAVIEST_G:
        raise RollerError(f"{grams:g} g is no weight to calibrate with", "use 50 to 5000 g; 1000 g or more is best")


def write(link: "Link", file: Data) -> None:
    """Put the file on the board: beside the old one first, renamed when it is proven whole."""
    link.write_file(PATH, json.dumps(file).encode())


def _point(reading: Reading) -> Data:
    return {"counts": round(reading.counts), "az_mg": round(1000 * reading.az_g)}


def _file(zero_counts: float, slope: int, calibrated: bool, empty: Data) -> Data:
    try:
        made = Calibration(round(zero_counts), slope)
    except ValueError as error:
        raise RollerError(
            f"this makes no calibration: {error}", "check the load cell's wires and its rating"
        ) from error
    return {
        "zero_counts": made.zero_counts,
        "counts_per_n": made.counts_per_n,
        "calibrated": calibrated,
        "empty": empty,
    }
