# SPDX-License-Identifier: MIT
"""`roller calibrate`: the load cell's zero and its slope, so that newtons are newtons; and the haptic motor."""

from enum import StrEnum
from typing import Annotated

import typer

from .. import console
from ..errors import RollerError


class Point(StrEnum):
    """What is calibrated."""

    zero = "zero"
    weight = "weight"
    motor = "motor"


def calibrate(
    point: Annotated[Point, typer.Argument(help="zero: nothing on the roller; weight: GRAMS on it; motor.")],
    grams: Annotated[float | None, typer.Argument(metavar="[GRAMS]", help="The weight, 50 to 5000 g.")] = None,
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the calibration as JSON.")] = False,
) -> None:
    """Calibrate the load cell in two points, or fit the haptic driver to its motor.

    Support the handle so that the roller points straight up and nothing touches it: `zero`. Without moving it, put a
    known weight on the roller: `weight`. Until both are done, every newton is "about". `motor` buzzes for a second.

    \b
    Example:
      roller calibrate zero
      roller calibrate weight 1000
      roller calibrate motor
    """
    from .. import calibrating
    from ..link import Link

    if (grams is not None) != (point is Point.weight):
        cure = "give it: roller calibrate weight 1000" if grams is None else "leave the grams out"
        raise RollerError("the weight is missing" if grams is None else f"{point.value} is read without a weight", cure)
    if point is Point.motor:
        with Link(port) as link, console.progress("Fitting the motor"):
            registers = calibrating.motor(link)
        if as_json:
            console.print_json({"registers": registers})
        else:
            console.say("the motor is calibrated; the board keeps it in /motor.json")
        return
    if grams is not None:
        calibrating.check_grams(grams)
    with Link(port) as link:
        with console.progress("Reading the sensor"):
            reading, file = calibrating.read(link)
        made = calibrating.zero(reading, file) if grams is None else calibrating.weight(reading, file, grams)
        calibrating.write(link, made)
    if as_json:
        console.print_json(made)
    elif made["calibrated"]:
        console.say(f"calibrated: zero at {made['zero_counts']} counts, {made['counts_per_n']} counts a newton")
    else:
        console.say(f"zero at {made['zero_counts']} counts; now put a weight on: roller calibrate weight GRAMS")
