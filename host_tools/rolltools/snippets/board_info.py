# SPDX-License-Identifier: MIT
"""On the board: what `roller doctor` wants to know, found out without the app."""

import gc
import os
import sys
import time


def interpreter():
    """Return version, memory, space and clock of the MicroPython that runs."""
    stat = os.statvfs("/")
    gc.collect()
    return {
        "version": list(sys.implementation.version),
        "machine": sys.implementation._machine,
        "year": time.gmtime()[0],
        "total_bytes": stat[0] * stat[2],
        "free_bytes": stat[0] * stat[3],
        "free_heap": gc.mem_free(),
    }


def hardware(slot):
    """Return what the firmware deployed in the folder `slot` says of its board."""
    from config import load_calibration, load_settings

    from boards import board_name, open_board
    from rollcore import VERSION

    board = open_board(board_name(slot))
    board.motor_off()
    calibration, calibration_problem = load_calibration()
    return {
        "app": VERSION,
        "board": board.name,
        "id": board.unique_id(),
        "faults": board.faults,
        "addresses": board.addresses(),
        "battery": board.battery(),
        "settings_problem": load_settings(board.force_kind)[1],
        "calibrated": calibration.calibrated,
        "calibration_problem": calibration_problem,
    }


def main():
    """Return both as one dictionary; `app` is None and `problem` says why where there is no firmware."""
    info = interpreter()
    try:
        with open("/active") as stream:
            slot = "/" + stream.read().strip()
        sys.path.insert(0, slot)
        info.update(hardware(slot))
    except (OSError, ImportError, ValueError) as error:
        info["app"] = None
        info["problem"] = str(error)
    return info
