# SPDX-License-Identifier: MIT
"""Settings, routine, calibration and the clock's last contact from their JSON files: what only the boot needs.

A bad file never stops the boot, whatever it makes the parser or a check raise: the defaults hold, its fault is named
and logged, and it is kept (`bad_files.py`).
"""

import json
import os

from micropython import const

from rollcore import VERSION
from rollcore.calibration import Calibration
from rollcore.logformat import CALIBRATION, DEVICE, PAGE_LIMIT, ROUTINE, SETTINGS
from rollcore.settings import Settings

_SETTINGS_PATH = const("/settings.json")
_ROUTINE_PATH = const("/routine.json")
_CALIBRATION_PATH = const("/calibration.json")
_MOTOR_PATH = const("/motor.json")
_MOST_BYTES = const(8192)  # a routine of twelve steps takes 2000; what is longer is none of ours
_MOST_CHARS = const(160)  # of what is said about a file
_ENOENT = const(2)
_CLOCK_LIMIT = const(200)  # characters of the log's text


def load(board, root=""):
    """Set the board up by its files below `root`.

    Return (settings, routine or None, their JSON texts for the log by record type, texts that say what is wrong).
    """
    settings, settings_problem = load_settings(board.force_kind, root + _SETTINGS_PATH)
    routine, routine_text, routine_problem = load_routine(settings, root + _ROUTINE_PATH)
    calibration, calibration_problem = load_calibration(root + _CALIBRATION_PATH)
    problems = [settings_problem, routine_problem, calibration_problem, restore_motor(board, root + _MOTOR_PATH)]
    board.configure(settings.rate_hz, calibration)
    texts = {SETTINGS: json.dumps(settings.to_dict()), CALIBRATION: json.dumps(calibration.to_dict())}
    texts[DEVICE] = json.dumps(describe(board, root + "/clock.json"))
    if routine:
        texts[ROUTINE] = routine_text
    if any(problems) or ".bad.json" in "".join(os.listdir(root or "/")):
        from bad_files import keep  # rare, and this module is to stay small

        keep(problems, root)
    return _plain(settings), routine, texts, [problem[:_MOST_CHARS] for problem in problems if problem]


class _Values:
    """The settings without their rules, which the boot forgets."""


def _plain(settings):
    values = _Values()
    for name, value in settings.__dict__.items():
        setattr(values, name, value)
    return values


def load_settings(force_kind, path=_SETTINGS_PATH):
    """Return (Settings, None), or the defaults and a text that says what is wrong with the file."""
    given, problem = _load(path)
    try:
        return Settings.from_dict(given, force_kind), problem
    except Exception as error:
        return Settings.from_dict({}, force_kind), "%s: %s" % (path, error)


def load_routine(settings, path=_ROUTINE_PATH):
    """Return (Routine, its text for the log, None), or no routine and a text that says what is wrong with the file."""
    given, problem = _load(path)
    if given == {}:
        return None, "", problem
    from rollcore.routine import Routine, check_steps  # 3 KB that a roller without a routine never needs

    try:
        routine, text = Routine(check_steps(given, settings)), json.dumps(given)
        if len(text.encode()) > PAGE_LIMIT // 2:
            raise ValueError("%d bytes do not fit a record of the log" % len(text.encode()))
        return routine, text, None
    except Exception as error:
        return None, "", "%s: %s" % (path, error)


def load_calibration(path=_CALIBRATION_PATH):
    """Return (Calibration, None), or the nominal one and a text that says what is wrong with the file."""
    given, problem = _load(path)
    if given == {}:
        return Calibration(), problem
    try:
        zero_counts, counts_per_n = _whole(given, "zero_counts"), _whole(given, "counts_per_n")
        # A file with a zero alone says so; its slope is the nominal one.
        return Calibration(zero_counts, counts_per_n, given.get("calibrated", True) is True), None
    except Exception as error:
        return Calibration(), "%s: %s" % (path, error)


def restore_motor(board, path=_MOTOR_PATH):
    """Give the board what its motor's calibration found; return None, or a text that says what is wrong with it."""
    given, problem = _load(path)
    if given == {}:
        return problem
    try:
        board.restore_motor([_whole(given, name) for name in ("compensation", "back_emf", "feedback")])
    except Exception as error:
        return "%s: %s" % (path, error)


def describe(board, path):
    """Return what a log says of its board, and of its clock what the last host found, where it makes sense."""
    device = {"board": board.name, "device": board.unique_id(), "firmware": VERSION, "reset": board.reset_cause()}
    given = _load(path)[0]
    told = given.get("session") if isinstance(given, dict) else None
    if isinstance(told, dict) and len(json.dumps(told)) <= _CLOCK_LIMIT:
        device["clock"] = {name: value for name, value in told.items() if isinstance(value, int)}
    return device


def _whole(given, name):
    """Return a whole number of the file: a float would stop the integer arithmetic at the first sample."""
    value = given.get(name) if isinstance(given, dict) else None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("%s is no whole number: calibrate again" % name)
    return value


def _load(path):
    """Return (what the JSON file holds, None), or an empty object and what is wrong with the file."""
    try:
        if os.stat(path)[6] > _MOST_BYTES:
            return {}, "%s: too long" % path
        with open(path) as stream:
            return json.load(stream), None
    except OSError as error:
        # never written: the defaults are meant
        return {}, None if error.errno == _ENOENT else "%s: %s" % (path, error)
    except Exception as error:
        return {}, "%s: not JSON (%s)" % (path, error)
