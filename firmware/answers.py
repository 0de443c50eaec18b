# SPDX-License-Identifier: MIT
"""What a host may ask of the running app (see console.py), and the answers: one JSON object a line.

@status     state, limits of force, battery, faults
@live on    what is felt, 20 times a second, until @live off
@mark       a mark in the log; false without a session
@step       the next step of the routine; false where none runs
@cue N      play cue N; false when a more urgent one plays
@sessions @send @pulled @clock   closed sessions to the host: see sending.py

States, bands and cues are numbers: their names are in `rollcore.fields`, which a board has no room for.
"""

import gc
import json

from rollcore import VERSION
from rollcore.haptics import CUE_ERROR


def answer(line, app, now_ms):
    """Return the answer to a request (bytes, without its "@") as JSON text, None for what is no request."""
    try:
        words = line.decode().split()
    except ValueError:
        return None  # not even text
    if not words:
        return None
    if words[0] in _FILES:
        return json.dumps({words[0]: _file(app, words)})
    ask = _REQUESTS.get(words[0])
    return json.dumps({words[0]: ask(app, now_ms, words[1:])}) if ask else None


def _status(app, now_ms, _words):
    board = app.board
    try:
        battery, rate_x10 = board.battery(), board.battery_rate_x10()
    except OSError:
        battery = rate_x10 = None  # the gauge is not needed to roll
    mv, percent_x10 = battery or (None, None)
    engine = app.engine
    if not engine.in_contact:
        gc.collect()  # else what is free tells little
    return {
        "firmware": VERSION,
        "board": board.name,
        "device": board.unique_id(),
        "t_ms": now_ms,
        "state": app.upkeep.state,
        "contact": engine.in_contact,
        "band": engine.band,
        "limits_mn": _limits_mn(engine),
        "about": board.force_kind == "fsr" or not board.calibration.calibrated,
        "battery_mv": mv,
        "percent_x10": percent_x10,
        "rate_x10": rate_x10,
        "faults": sorted(set(board.faults + app.upkeep.faults)),
        "force_fault": engine._check.fault,  # its number in `rollcore.faults`, 0 for none
        "free_heap": gc.mem_free(),
    }


def _limits_mn(engine):
    """Return where in band, firm, over and the ceiling begin now: a step of the routine may have limits of its own.

    They are read where they are kept: one more name in the engine, for a host that may ask, costs a board without a
    host 9 kB of heap where the table of names is full.
    """
    bands, pressure = engine._bands, engine._pressure
    return [bands._low_mn, bands._firm_mn, pressure.limit_mn, pressure._ceiling_mn]


def _live(app, _now_ms, words):
    if words == ["on"]:
        from live import Live

        app.console.live = Live(app.engine)
    elif words == ["off"]:
        app.console.live = None
    return app.console.live is not None


def _mark(app, now_ms, _words):
    if not app.engine.in_session:
        return False
    app.engine.mark(now_ms)
    app.drain_events()
    return True


def _step(app, now_ms, _words):
    went_on = app.engine.in_session and app.engine.go_on(now_ms)
    app.drain_events()
    return went_on


def _cue(app, now_ms, words):
    number = int(words[0]) if len(words) == 1 and words[0].isdigit() else -1
    if not 0 <= number <= CUE_ERROR:
        return "a number of 0 to %d" % CUE_ERROR
    return app.upkeep.cue(number, now_ms)


def _file(app, words):
    import sending  # 3 KB that only a pull needs

    try:
        return getattr(sending, words[0])(app, words[1:])
    except (OSError, ValueError, IndexError) as error:
        return "%s: %s" % (type(error).__name__, error)


_REQUESTS = {"status": _status, "live": _live, "mark": _mark, "step": _step, "cue": _cue}
_FILES = ("sessions", "send", "pulled", "clock")
