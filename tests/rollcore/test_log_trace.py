# SPDX-License-Identifier: MIT
import io
from array import array
from dataclasses import replace

import bench_sizes
import pytest
from fakes.log_sessions import begin, drain, full_pages, row, stroke_row
from hypothesis import given, settings
from hypothesis import strategies as st

from rollcore import events
from rollcore import logformat as fmt
from rollcore.logwriter import LogWriter
from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN
from rollcore.trace import COMPACT, FORCE_LIMIT_MN, FULL, TraceEncoder
from rolltools import hand
from rolltools.log_pages import Record, read_records, scan_pages
from rolltools.log_trace import TraceDecoder

BYTE = st.integers(0, 255)
INT16 = st.integers(-32768, 32767)
FORCES = st.one_of(st.just(FORCE_UNKNOWN), st.integers(-FORCE_LIMIT_MN, FORCE_LIMIT_MN), st.integers(0, 20000))
SAMPLE = st.tuples(INT16, INT16, INT16, INT16, INT16, INT16, FORCES, st.just(MOTOR_OWN))
SMOOTH = st.integers(-99, 99).map(lambda i: (i, 2 * i, 1 - i, 0, i // 2, 5, 5000 + i, MOTOR_OWN))
MOSTLY_SHORT_MS = st.one_of(st.integers(3, 6), st.integers(0, 40), st.integers(0, 2**21))


def decoded(pages: list[bytes]) -> list:
    samples = []
    for page in scan_pages(io.BytesIO(b"".join(pages))):
        decoder = TraceDecoder()
        for record in read_records(page)[0]:
            if record.code == fmt.TRACE:
                samples += list(decoder.decode(record))
        assert decoder.skipped == 0
    return samples


def decoded_block(block: Record) -> list:
    return list(TraceDecoder().decode(block))


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


def kept(mode: int, sample: tuple) -> tuple:
    """Return a sample as the trace keeps it."""
    if mode == FULL:
        return sample
    steps = [value if value == FORCE_UNKNOWN else (value + 8) // 16 * 16 for value in sample[:7]]
    return (*[min(step, 32767) for step in steps[:6]], steps[6], MOTOR_OWN)


def apply(writer: LogWriter, encoder: TraceEncoder, t_ms: int, act: tuple | str) -> list[bytes]:
    """Add a sample or an event, or flush; return the pages that were taken."""
    if act == "event":
        writer.add_event(row(events.MARK, t_ms, 1))
    elif act == "flush":
        return drain(writer)
    else:
        assert encoder.add(t_ms, array("i", act))
    return full_pages(writer)


@given(
    st.sampled_from([COMPACT, FULL]),
    st.lists(st.tuples(MOSTLY_SHORT_MS, st.one_of(SAMPLE, SMOOTH, st.sampled_from(["event", "flush"]))), max_size=150),
    st.integers(0, 2**28),
    st.integers(2000, 2**24 - 1),
)
@settings(max_examples=300, deadline=None)
def test_every_sample_comes_back_exactly_as_it_is_kept(mode, acts, start_ms, period_us):
    writer = begin(start_ms=start_ms, page_bytes=1024)
    encoder = TraceEncoder(writer, mode, period_us)
    expected, pages = [], []
    t_ms = start_ms
    for step_ms, act in acts:
        t_ms += step_ms
        pages += apply(writer, encoder, t_ms, act)
        if isinstance(act, tuple):
            expected.append((t_ms, period_us, mode + fmt.TRACE_RICE, kept(mode, act)))
    found = decoded(pages + drain(writer))
    assert [(item.t_ms, item.period_us, item.mode, item.sample) for item in found] == expected


def test_compact_reaches_over_the_whole_range_of_the_sensor_in_steps_of_16():
    writer = begin()
    encoder = TraceEncoder(writer, COMPACT, 4808)
    for value in (-32768, -9, -8, 7, 8, 32759, 32767):
        encoder.add(5000, array("i", [value] * 7 + [MOTOR_OWN]))
    assert [item.sample[0] for item in decoded(drain(writer))] == [-32768, -16, 0, 0, 16, 32752, 32767]


@given(st.sampled_from([COMPACT, FULL]), st.lists(st.tuples(st.integers(0), BYTE), max_size=8), st.data())
@settings(deadline=None)
def test_a_block_that_was_changed_or_cut_gives_no_more_than_it_holds(mode, changes, data):
    writer = begin()
    record_all(writer, TraceEncoder(writer, mode, 4808), 60)
    (block,) = logged(drain(writer), fmt.TRACE)
    payload = bytearray(block.payload)
    for at, value in changes:
        payload[at % len(payload)] = value
    payload = payload[: data.draw(st.integers(0, len(payload)))]
    decoder = TraceDecoder()
    samples = list(decoder.decode(replace(block, payload=bytes(payload))))
    assert len(samples) <= len(payload), "a sample has 8 codes of a bit or more"
    if not changes:
        assert (samples, decoder.skipped) == (decoded_block(block)[: len(samples)], len(samples) < 60)


@given(st.one_of(BYTE, st.integers(0x80, 0x85)), st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_whatever_upset_the_reader(mode, payload):
    head = bytes([mode]) + b"\xff\xff"
    record = Record(5000, fmt.TRACE, "trace", {}, head + payload)
    assert len(list(TraceDecoder().decode(record))) <= len(payload)


def test_the_longest_sample_finds_room_wherever_the_page_ends():
    room = 1024 - begin(page_bytes=1024).ring.at
    growths = []
    for quiet in range(room - 200, room - 80):
        writer = begin(page_bytes=1024)
        encoder = TraceEncoder(writer, FULL, 5000)
        expected = [(5000 + 5 * i, (0,) * 7 + (MOTOR_OWN,)) for i in range(quiet)]
        expected.append((2**28, (-32768, 32767) * 3 + (FORCE_LIMIT_MN, MOTOR_OWN)))
        for t_ms, sample in expected:
            before = writer.block_at
            encoder.add(t_ms, array("i", sample))
        growths.append(writer.block_at - before)
        assert [(item.t_ms, item.sample) for item in decoded(drain(writer))] == expected
    assert growths[0] == 38, "a raw code in every channel, in the first page"
    assert min(growths) < 0, "in a page of its own"


def test_what_follows_an_unreadable_block_in_its_page_is_not_believed():
    writer = begin()
    record_all(writer, TraceEncoder(writer, FULL, 4808), 40, event_every=10)
    blocks = logged(drain(writer), fmt.TRACE)
    assert len(blocks) == 5
    for payload in (blocks[2].payload[:-9], b"\x04", b"\x03" + blocks[2].payload[1:]):
        decoder = TraceDecoder()
        broken = [*blocks[:2], replace(blocks[2], payload=payload), *blocks[3:]]
        counts = [len(list(decoder.decode(block))) for block in broken]
        assert (counts[:2], counts[3:], decoder.skipped) == ([1, 10], [0, 0], 3)
        assert counts[2] < 10


def test_a_force_beyond_its_limit_is_held_at_it():
    writer = begin()
    encoder = TraceEncoder(writer, FULL, 4808)
    for force_mn in (2**28, -(2**28), FORCE_LIMIT_MN + 1, -FORCE_LIMIT_MN - 1):
        encoder.add(5000, array("i", [0] * 6 + [force_mn, MOTOR_OWN]))
    assert [item.sample[6] for item in decoded(drain(writer))] == [FORCE_LIMIT_MN, -FORCE_LIMIT_MN] * 2


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


@pytest.mark.parametrize(("rate_hz", "most"), [(208, 4.5), (104, 5.2)])
@pytest.mark.parametrize("scenario", bench_sizes.SCENARIOS)
def test_a_trace_of_a_hand_is_small_and_smaller_than_zlib(scenario, rate_hz, most):
    recording = hand.make(scenario, 2, rate_hz, 30.0).recording
    silence = [[] for _ in range(len(recording))]
    compact, full = [bench_sizes.logged(recording, silence, trace) for trace in (COMPACT, FULL)]
    assert compact <= most * len(recording)
    assert compact < bench_sizes.zlib_of_differences(recording, COMPACT)
    assert full < bench_sizes.zlib_of_differences(recording, FULL)


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
