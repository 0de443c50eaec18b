# SPDX-License-Identifier: MIT
"""Replays of logs that no roller made: one cause, one cure, never a traceback."""

import struct
from zlib import crc32

import pytest
from fakes.log_sessions import DEVICE, begin, drain, record, row, sealed

from rollcore import events
from rollcore import logformat as fmt
from rollcore.engine import Engine
from rollcore.sample import new_sample
from rollcore.settings import Settings
from rollcore.snapshot import StateWriter, walk
from rollcore.trace import FULL, TraceEncoder
from rolltools.errors import RollerError
from rolltools.log_replay import replay_log


def traced(folder, start_ms=5000, state=None, extra=None):
    """Write a session with the state of a fresh engine (or these bytes) and a second of rest; `extra` adds records."""
    writer = begin(start_ms=start_ms)
    if state is None:
        walk(Engine(Settings()), StateWriter(writer, start_ms))
    else:
        writer.add_bytes(fmt.STATE, start_ms, state)
    encoder, sample = TraceEncoder(writer, FULL, 4808), new_sample()
    for i in range(208):
        encoder.add(start_ms + i * 4808 // 1000, sample)
    if extra:
        extra(writer, start_ms + 1000)
    writer.add_event(row(events.SESSION_STOP, start_ms + 1000, 7, 1000, 0, 0, 0))
    writer.end(start_ms + 1000)
    path = folder / "s000007.roll"
    path.write_bytes(b"".join(sealed(writer, drain(writer))))
    return path


def refused(path):
    with pytest.raises(RollerError) as caught:
        replay_log(path)
    assert caught.value.cause and caught.value.cure
    return caught.value.cause


def test_a_rest_is_replayed(tmp_path):
    assert replay_log(traced(tmp_path)).answer["strokes"] == []


@pytest.mark.parametrize("state", [b"\x00", b"\x09" * 900, b"\xff" * 900])
def test_the_state_of_another_firmware_is_named(tmp_path, state):
    assert "another firmware" in refused(traced(tmp_path, state=state))


def test_a_clock_that_no_roller_has_is_refused(tmp_path):
    assert "no roller" in refused(traced(tmp_path, start_ms=2**30 + 5))


def test_a_trace_that_the_board_lost_parts_of_is_not_taken_for_whole(tmp_path):
    def extra(writer, t_ms):
        row_of = [fmt.DROPOUT, t_ms, 1, 300, t_ms - 900]
        writer._write(fmt.DROPOUT, t_ms, row_of + [0] * 10)

    assert "lost" in refused(traced(tmp_path, extra=extra))


def test_cues_and_steps_that_nobody_knows_are_left_out(tmp_path):
    def extra(writer, t_ms):
        writer.add_event(row(events.CUE, t_ms, 250, 100))
        writer.add_event(row(events.STEP, t_ms, 63, 3, 1, 1, 0))

    assert replay_log(traced(tmp_path, extra=extra)).different >= 2


def test_a_stroke_of_an_older_log_is_a_difference_and_no_crash(tmp_path):
    path = traced(tmp_path)
    old = record(1, bytes(16), 10)
    length = fmt.HEADER_BYTES + len(old)
    head = struct.pack(fmt.HEADER_FORMAT, fmt.MAGIC, 1, 0, length, DEVICE, 7, 40, 5000, 5000, 0)[: fmt.CRC_AT]
    page = head + struct.pack("<I", crc32(old, crc32(head))) + old
    path.write_bytes(path.read_bytes() + page)
    assert "lost" in refused(path), "the pages between are missing"
