# SPDX-License-Identifier: MIT
import io
from array import array

import pytest
from fakes.log_sessions import begin, drain, row, stroke_row
from hypothesis import given, settings
from hypothesis import strategies as st

from rollcore import events
from rollcore import logformat as fmt
from rollcore.logwriter import LogWriter
from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN
from rollcore.trace import COMPACT, FORCE_LIMIT_MN, FULL, TraceEncoder
from rolltools.log_pages import read_records, scan_pages
from rolltools.log_trace import TraceDecoder

INT16 = st.integers(-32768, 32767)
FORCES = st.one_of(st.just(FORCE_UNKNOWN), st.integers(-FORCE_LIMIT_MN, FORCE_LIMIT_MN), st.integers(0, 20000))
SAMPLE = st.tuples(INT16, INT16, INT16, INT16, INT16, INT16, FORCES, st.just(MOTOR_OWN))


def decoded(pages: list[bytes]) -> list:
    samples = []
    for page in scan_pages(io.BytesIO(b"".join(pages))):
        decoder = TraceDecoder()
        for record in read_records(page)[0]:
            if record.code == fmt.TRACE:
                samples += list(decoder.decode(record))
        assert decoder.skipped == 0
    return samples


def logged(pages: list[bytes], kind: int) -> list:
    return [
        record
        for page in scan_pages(io.BytesIO(b"".join(pages)))
        for record in read_records(page)[0]
        if record.code == kind
    ]


def noisy(i: int) -> tuple:
    return tuple((i * i * (channel + 3) * 1237) % 65536 - 32768 for channel in range(6)) + (i * 9973 % 30000, MOTOR_OWN)


def record_all(writer: LogWriter, encoder: TraceEncoder, count: int, event_every: int = 0) -> tuple[list, list[bytes]]:
    """Add samples and take pages as they fill; return what was taken in, and the pages."""
    taken, pages = [], []
    for i in range(count):
        t_ms = 5000 + i * 4808 // 1000
        if encoder.add(t_ms, array("i", noisy(i))):
            taken.append((t_ms, noisy(i)))
        if event_every and i % event_every == 0:
            assert writer.add_event(stroke_row(t_ms, i))
        while writer.pending:
            pages.append(bytes(writer.take_page()))
            writer.release()
    return taken, pages


@given(st.lists(st.tuples(st.integers(0, 40), SAMPLE), min_size=1, max_size=60), st.integers(0, 2**30 - 3000))
@settings(max_examples=200)
def test_full_is_exact(steps, start_ms):
    writer = begin(start_ms=start_ms)
    encoder = TraceEncoder(writer, FULL, 4808)
    expected = []
    t_ms = start_ms
    for step_ms, sample in steps:
        t_ms += step_ms
        expected.append((t_ms, sample))
        assert encoder.add(t_ms, array("i", sample))
    assert [(found.t_ms, found.sample) for found in decoded(drain(writer))] == expected


@given(st.lists(SAMPLE, min_size=1, max_size=60))
def test_compact_keeps_every_channel_within_half_a_step(samples):
    writer = begin()
    encoder = TraceEncoder(writer, COMPACT, 9615)
    for i, sample in enumerate(samples):
        assert encoder.add(5000 + i * 9615 // 1000, array("i", sample))
    found = decoded(drain(writer))
    assert [item.t_ms for item in found] == [5000 + i * 9615 // 1000 for i in range(len(samples))]
    for item, sample in zip(found, samples, strict=True):
        assert all(abs(a - b) <= 8 for a, b in zip(item.sample[:6], sample[:6], strict=True))
        assert (item.sample[6] == FORCE_UNKNOWN) == (sample[6] == FORCE_UNKNOWN)
        assert abs(item.sample[6] - sample[6]) <= 8


def test_a_force_beyond_its_limit_is_held_at_it():
    writer = begin()
    encoder = TraceEncoder(writer, FULL, 4808)
    for force_mn in (2**28, -(2**28)):
        encoder.add(5000, array("i", [0] * 6 + [force_mn, MOTOR_OWN]))
    assert [item.sample[6] for item in decoded(drain(writer))] == [FORCE_LIMIT_MN, -FORCE_LIMIT_MN]


def test_pages_of_a_trace_with_events_are_each_readable_alone():
    writer = begin()
    taken, pages = record_all(writer, TraceEncoder(writer, FULL, 4808), 3000, event_every=70)
    pages += drain(writer)
    assert len(pages) > 8
    assert [(item.t_ms, item.sample) for item in decoded(pages)] == taken
    alone = [(item.t_ms, item.sample) for page in pages for item in decoded([page])]
    assert alone == taken
    assert len(logged(pages, events.STROKE)) == 43


def test_pages_of_a_trace_end_with_their_blocks():
    writer = begin()
    _, pages = record_all(writer, TraceEncoder(writer, FULL, 4808), 3000)
    assert [len(page) for page in pages[:5]] == [4096, 4092, 4088, 4092, 4084]
    assert all(page[-40:] != bytes(40) for page in pages), "filler instead of samples"


def test_a_trace_that_fills_the_ring_leaves_room_for_strokes_and_says_what_it_lost():
    writer = begin()
    encoder = TraceEncoder(writer, FULL, 4808)
    taken = sum(encoder.add(5000 + 5 * i, array("i", noisy(i))) for i in range(2000))
    assert writer.dropped == 2000 - taken > 0
    for number in range(20):
        assert writer.add_event(stroke_row(16000 + number, number))
    pages = [bytes(writer.take_page())]
    writer.release()
    assert encoder.add(17000, array("i", noisy(5)))
    pages += drain(writer)
    assert len(logged(pages, events.STROKE)) == 20
    assert [item.values["samples"] for item in logged(pages, fmt.DROPOUT)] == [2000 - taken]
    assert decoded(pages)[-1].t_ms == 17000


def test_another_encoder_in_the_same_page_starts_from_zero():
    writer = begin()
    for mode in (FULL, COMPACT, FULL):
        TraceEncoder(writer, mode, 4808).add(5000, array("i", noisy(3)))
    first, second, third = decoded(drain(writer))
    assert first.sample == third.sample == noisy(3)
    assert max(abs(a - b) for a, b in zip(second.sample, first.sample, strict=True)) <= 8


def test_an_encoder_goes_on_in_the_next_session():
    writer = begin()
    encoder = TraceEncoder(writer, FULL, 4808)
    for session in (7, 8):
        if session == 8:
            writer.begin(session, 5000, b"dev1")
        encoder.add(5000, array("i", noisy(1)))
        encoder.add(5004, array("i", noisy(2)))
        writer.end(6000)
        assert [item.sample for item in decoded(drain(writer))] == [noisy(1), noisy(2)]


def test_no_samples_outside_a_session():
    writer = LogWriter()
    assert not TraceEncoder(writer, FULL, 4808).add(0, array("i", noisy(0)))
    assert writer.dropped == 0


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="neither compact nor full"):
        TraceEncoder(LogWriter(), 3, 4808)


def test_an_event_between_samples_costs_little():
    writer = begin()
    encoder = TraceEncoder(writer, FULL, 4808)
    encoder.add(5000, array("i", noisy(0)))
    encoder.add(5005, array("i", noisy(0)))
    encoder.add(5010, array("i", noisy(0)))
    before = writer.block_at
    writer.add_event(row(events.MARK, 5012, 1))
    encoder.add(5015, array("i", noisy(0)))
    encoder.add(5020, array("i", noisy(0)))
    assert writer.block_at - before <= 6 + 8 + 2 * 8
