# SPDX-License-Identifier: MIT
"""Runs the firmware's engine over a file of integers and hands out its events as integers.

It runs on CPython inside the tools and as a script on MicroPython: integers only, nothing but rollcore, so that every
interpreter computes the same. As a script: replay_runner.py FIRMWARE_DIR JOB. It prints one line an event
(`e` and the row), `p N` after every 4096 samples, `end` at last.

A job: int32 words, little-endian: magic, dt_us, gap_ms, samples, settings, rows of the routine, bytes of the engine's
state; then per setting the length of its name, the name one character a word, its value; then the rows; the state,
and what fills its last word; then per sample t_ms and the sample. In place of a sample there may be what came from
outside at that moment: INPUT, t_ms, and the cue that the app asked for, or PRESS for the button, FINISH, MUTE or
UNMUTE.
"""

import sys
from array import array

MAGIC = 0x0B0B3
INPUT = -1
PRESS = -1
FINISH = -2
MUTE = -3
UNMUTE = -4
STEP_WORDS = 7
ROW_WORDS = 9
PROGRESS_EVERY = 4096


def _read_words(stream, count):
    words = array("i", bytes(4 * count))
    if stream.readinto(words) != 4 * count:
        raise ValueError("the job is cut off")
    return words


def _read_settings(stream, count):
    from rollcore.settings import Settings

    settings = Settings()
    for _ in range(count):
        length = _read_words(stream, 1)[0]
        name = "".join([chr(c) for c in _read_words(stream, length)])
        setattr(settings, name, _read_words(stream, 1)[0])
    return settings


def _read_routine(stream, count):
    if not count:
        return None
    from rollcore.routine import Routine

    return Routine(tuple([tuple(_read_words(stream, STEP_WORDS)) for _ in range(count)]))


def _load_state(engine, state):
    from rollcore.snapshot import StateReader, walk

    walk(engine, StateReader(state))


def _put_in(engine, t_ms, cue):
    if cue == PRESS:
        engine.press(t_ms)
    elif cue == FINISH:
        engine.finish(t_ms)
    elif cue in (MUTE, UNMUTE):
        engine.mute(cue == MUTE, t_ms)
    else:
        engine.cue(cue, t_ms)


def _hand_out(ring, row, emit):
    while ring.pop(row):
        emit(row)


def run(stream, emit, advance):
    """Run the job in the binary `stream`; `emit` gets each event row (copy it), `advance` a number of samples done."""
    # not at the top: as a script the firmware's folder must be on the path first
    from rollcore.engine import Engine
    from rollcore.events import new_row

    magic, dt_us, gap_ms, samples, settings_count, rows, state_bytes = _read_words(stream, 7)
    if magic != MAGIC:
        raise ValueError("this is not a job")
    engine = Engine(_read_settings(stream, settings_count), _read_routine(stream, rows))
    if state_bytes:
        _load_state(engine, bytes(_read_words(stream, (state_bytes + 3) // 4))[:state_bytes])
    row = new_row()
    words = array("i", bytes(4 * ROW_WORDS))
    sample = array("i", bytes(4 * (ROW_WORDS - 1)))
    before_ms = 0
    for number in range(1, samples + 1):
        if stream.readinto(words) != 4 * ROW_WORDS:
            raise ValueError("the job is cut off")
        t_ms = words[0]
        if t_ms == INPUT:
            _put_in(engine, words[1], words[2])
            _hand_out(engine.events, row, emit)
            continue
        for i in range(ROW_WORDS - 1):
            sample[i] = words[i + 1]
        if t_ms - before_ms > gap_ms:
            engine.gap(t_ms, t_ms - before_ms)
        before_ms = t_ms
        engine.step(t_ms, dt_us, sample)
        if len(engine.events):
            _hand_out(engine.events, row, emit)
        if number % PROGRESS_EVERY == 0:
            advance(PROGRESS_EVERY)
    engine.finish(before_ms)
    _hand_out(engine.events, row, emit)


def _main(firmware_dir, job):
    sys.path.insert(0, firmware_dir)
    with open(job, "rb") as stream:  # noqa: PTH123 - MicroPython has no pathlib
        run(stream, lambda row: print("e", *row), lambda count: print("p", count))
    print("end")


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
