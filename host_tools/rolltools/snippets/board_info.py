# SPDX-License-Identifier: MIT
"""On the board: what `roller doctor` wants to know, found out without the app."""

import gc
import os
import sys
import time
from binascii import hexlify


def interpreter():
    """Return version, memory and clock of the MicroPython that runs."""
    gc.collect()
    return {
        "version": list(sys.implementation.version),
        "machine": sys.implementation._machine,
        "year": time.gmtime()[0],
        "free_heap": gc.mem_free(),
    }


def flash():
    """Return the space, the names in the root and the fault log; no space where there is no file system."""
    stat = os.statvfs("/")
    if not stat[2]:  # blocks: nothing is mounted
        return {"total_bytes": None, "free_bytes": None}
    names = os.listdir("/")
    info = {"total_bytes": stat[0] * stat[2], "free_bytes": stat[0] * stat[3], "root": names, "fault_log": ""}
    try:
        with open("/faults.bin", "rb") as stream:
            info["fault_log"] = hexlify(stream.read(1024)).decode()
    except OSError:
        pass  # none yet
    return info


def problem(load, path, names):
    """Return what is wrong with a file by `load(path)`; where it was bad at a boot, what is wrong with the one kept."""
    aside = path[: -len("json")] + "bad.json"
    kept = aside[1:] in names and path[1:] not in names
    return load(aside if kept else path)


def hardware(names):
    """Return what the deployed firmware says of its board, and who answers on the bus."""
    from board import Board
    from config import load_calibration, load_routine, load_settings, restore_motor
    from machine import I2C, Pin

    from rollcore import VERSION

    board = Board()
    board.motor_off()
    settings = load_settings(board.force_kind)[0]
    try:
        battery = board.battery()
        rate_x10 = board.battery_rate_x10() if hasattr(board, "battery_rate_x10") else None  # an older app has none
    except OSError:
        battery = rate_x10 = None
    return {
        "app": VERSION,
        "board": board.name,
        "id": board.unique_id(),
        "force_kind": board.force_kind,
        "faults": board.faults,
        "addresses": I2C(0, scl=Pin(22), sda=Pin(21), freq=400000).scan(),
        "battery": battery,
        "battery_rate_x10": rate_x10,
        "settings_problem": problem(lambda path: load_settings(board.force_kind, path)[1], "/settings.json", names),
        "routine_problem": problem(lambda path: load_routine(settings, path)[2], "/routine.json", names),
        "calibrated": load_calibration()[0].calibrated,
        "motor_problem": problem(lambda path: restore_motor(board, path), "/motor.json", names),
        "calibration_problem": problem(lambda path: load_calibration(path)[1], "/calibration.json", names),
    }


def main():
    """Return all as one dictionary; `app` is None and `problem` says why where the firmware does not load."""
    info = interpreter()
    info.update(flash())
    try:
        with open("/active") as stream:
            sys.path.insert(0, "/" + stream.read(1))
    except (OSError, ValueError):
        sys.path.insert(0, "/a")
    try:
        info.update(hardware(info.get("root", [])))
    except Exception as error:
        info["app"] = None
        info["problem"] = "%s: %s" % (type(error).__name__, error)
    return info
