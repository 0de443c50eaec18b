# SPDX-License-Identifier: MIT
"""On the board: fit the haptic driver to its motor, which buzzes for a second, and keep what it found."""

import json
import os
import sys

_PATH = "/motor.json"


def keep(results):
    """Write the three registers aside, then into their place."""
    with open(_PATH + ".part", "w") as stream:
        json.dump(dict(zip(("compensation", "back_emf", "feedback"), results)), stream)  # noqa: B905 - no strict here
    os.rename(_PATH + ".part", _PATH)


def main():
    """Return {"results": the three registers}, or {"problem": why there are none}."""
    with open("/active") as stream:
        sys.path.insert(0, "/" + stream.read().strip())
    from board import Board

    board = Board()
    try:
        results = board.calibrate_motor()
    except OSError as error:
        return {"problem": str(error)}
    finally:
        board.motor_off()
    if results is None:
        return {"problem": "the motor does not answer" if "haptic" in board.faults else "this motor needs none"}
    keep(results)
    return {"results": results}
