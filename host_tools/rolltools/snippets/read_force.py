# SPDX-License-Identifier: MIT
"""On the board: read the force sensor for a while, through the firmware's own board, with the nominal slope."""

import json
import sys

_TENTH_SAMPLES = 20


def tenths(board, seconds):
    """Return the means of about a tenth of a second each: the force in mN, and the load axis' acceleration in LSB."""
    from rollcore.sample import AZ, FORCE, FORCE_UNKNOWN, new_sample

    sample = new_sample()
    force_mn, az = [], []
    count = force_sum = az_sum = 0
    for _ in range(int(seconds * 100)):
        board.sleep_ms(10)
        for i in range(board.fetch()):
            board.sample(i, sample)
            if sample[FORCE] == FORCE_UNKNOWN:
                continue
            force_sum += sample[FORCE]
            az_sum += sample[AZ]
            count += 1
            if count == _TENTH_SAMPLES:
                force_mn.append(force_sum / count)
                az.append(az_sum / count)
                count = force_sum = az_sum = 0
    return force_mn, az


def file_of(path):
    """Return what the JSON file holds, None where there is none that can be read."""
    try:
        with open(path) as stream:
            return json.load(stream)
    except (OSError, ValueError):
        return None


def main(seconds):
    """Return the readings, the sensor's kind, the head's mass in g and the calibration file."""
    with open("/active") as stream:
        sys.path.insert(0, "/" + stream.read().strip())
    from board import Board
    from config import load_settings

    board = Board()
    board.motor_off()
    board.start()
    force_mn, az = tenths(board, seconds)
    settings = load_settings(board.force_kind)[0]
    return {
        "kind": board.force_kind,
        "force_mn": force_mn,
        "az": az,
        "head_mass_g": settings.head_mass_g,
        "file": file_of("/calibration.json"),
    }
