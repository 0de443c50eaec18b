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


def hardware():
    """Return what the deployed firmware says of its board, and who answers on the bus."""
    from board import Board
    from config import load_calibration, load_routine, load_settings, restore_motor
    from machine import I2C, Pin

    from rollcore import VERSION

    board = Board()
    board.motor_off()
    calibration, calibration_problem = load_calibration()
    settings, settings_problem = load_settings(board.force_kind)
    return {
        "app": VERSION,
        "board": board.name,
        "id": board.unique_id(),
        "force_kind": board.force_kind,
        "faults": board.faults,
        "addresses": I2C(0, scl=Pin(22), sda=Pin(21), freq=400000).scan(),
        "battery": board.battery(),
        "settings_problem": settings_problem,
        "routine_problem": load_routine(settings)[2],
        "calibrated": calibration.calibrated,
        "motor_problem": restore_motor(board),
        "calibration_problem": calibration_problem,
    }


def main():
    """Return both as one dictionary; `app` is None and `problem` says why where there is no firmware."""
    info = interpreter()
    try:
        with open("/active") as stream:
            sys.path.insert(0, "/" + stream.read().strip())
        info.update(hardware())
    except (OSError, ImportError) as error:
        info["app"] = None
        info["problem"] = str(error)
    return info
