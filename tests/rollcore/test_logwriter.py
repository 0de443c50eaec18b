# SPDX-License-Identifier: MIT
import io

import pytest
from fakes.log_sessions import DEVICE, begin, drain, row, stroke_row, strokes_session, summary_row

from rollcore import events
from rollcore import logformat as fmt
from rollcore.logwriter import IDLE_FLUSH_MS, LogWriter
from rolltools.log_pages import Page, ScanReport, read_records, scan_pages


def parsed(pages: list[bytes]) -> list[Page]:
    report = ScanReport()
    found = list(scan_pages(io.BytesIO(b"".join(pages)), report))
    assert (report.bad_stretches, len(found)) == (0, len(pages))
    return found


def records(pages: list[bytes]) -> list:
    found = []
    for page in parsed(pages):
        some, skipped = read_records(page)
        assert skipped == 0
        found += some
    return found


def fill(writer: LogWriter, count: int, t_ms: int = 6000) -> int:
    """Add strokes until `count` pages wait or one is lost; return how many were taken in."""
    taken = 0
    while writer.pending < count and writer.add_event(stroke_row(t_ms, taken)):
        taken += 1
    return taken


def test_pages_end_where_the_blocks_of_the_file_end():
    pages = strokes_session(1500, flush_every=10**6)[:-1]
    assert [len(page) for page in pages[:8]] == [4096, 4092, 4088, 4092, 4084, 4092, 4088, 4092]


def test_after_an_early_flush_the_next_page_ends_with_the_block():
    pages = strokes_session(400, flush_every=39)
    ends, at, block, left = [], 0, 0, 4096
    for page in pages:
        assert len(page) <= left, "a page across two blocks"
        left -= len(page)
        at += len(page)
        if left == 0:
            ends.append(at)
            block += 1
            left = fmt.block_room(block, 4096)
    assert len(ends) == 4
    assert all(len(page) >= 256 for page in pages[:-1])


def test_headers_say_whose_page_it_is_and_in_which_order():
    pages = parsed(strokes_session(100))
    assert [page.sequence for page in pages] == list(range(len(pages)))
    assert {page.identity for page in pages} == {(DEVICE, 7, 5000)}
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]


def test_each_page_has_its_own_time_base():
    for page in parsed(strokes_session(100)):
        assert read_records(page)[0][0].t_ms == page.base_ms


def test_the_time_base_moves_when_a_record_is_too_far_or_goes_back():
    writer = begin()
    times = [6000, 71535, 71536, 200000, 5500, 2**30 - 1, 0]
    for t_ms in times:
        assert writer.add_event(row(events.MARK, t_ms, 1))
    marks = [record.t_ms for record in records(drain(writer)) if record.code == events.MARK]
    assert marks == times


def test_the_end_record_counts_pages_and_records():
    found = records(strokes_session(100))
    assert found[-1].values == {"pages": 6 + 1, "records": len(found) - 1, "dropped": 0}


def test_text_goes_to_the_next_page_when_the_rest_is_short():
    writer = begin()
    while writer.ring.limit - writer.ring.at > 500:
        writer.add_event(stroke_row(6000, 1))
    text = '{"a": "%s"}' % ("x" * 1500)
    assert writer.add_text(fmt.SETTINGS, 6000, text)
    assert [record.values["text"] for record in records(drain(writer)) if record.code == fmt.SETTINGS][-1] == text


def test_text_longer_than_half_a_page_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        begin().add_text(fmt.SETTINGS, 5000, "x" * 2049)


def test_a_page_that_was_opened_just_now_is_not_flushed_for_the_age_of_the_one_before():
    writer = begin()
    t_ms = 5000
    while not writer.pending:
        t_ms += 500
        writer.add_event(stroke_row(t_ms, 1))
    assert t_ms > 5000 + 2 * IDLE_FLUSH_MS
    assert writer.flush_due(t_ms, False)
    writer.take_page()
    writer.release()
    assert not writer.flush_due(t_ms + 50, False)
    assert writer.flush_due(t_ms + IDLE_FLUSH_MS, False)


def test_a_session_cannot_begin_over_the_pages_of_another():
    writer = begin()
    with pytest.raises(ValueError, match="end the session"):
        writer.begin(8, 0, DEVICE)
    writer.end(6000)
    with pytest.raises(ValueError, match="end the session"):
        writer.begin(8, 0, DEVICE)
    drain(writer)
    writer.begin(8, 0, DEVICE)


def test_nothing_is_written_outside_a_session():
    writer = LogWriter()
    assert not writer.add_event(stroke_row(1000, 1))
    writer.end(1000)
    writer.demand_flush()
    assert not writer.flush_due(1000, False)
    assert writer.take_page() is None


# -- the rules of the flash ---------------------------------------------------------------------------------------


def test_a_full_page_waits_for_the_end_of_the_contact():
    writer = begin()
    fill(writer, 1)
    assert not writer.flush_due(6000, True)
    assert writer.flush_due(6000, False)
    writer.take_page()
    writer.release()
    assert not writer.flush_due(6000, False), "the open page may still grow"


def test_in_contact_the_ring_is_flushed_only_above_three_quarters():
    writer = begin(pages=4)
    fill(writer, 2)
    while writer._used_bytes() <= 4 * 4096 * 3 // 4:
        assert not writer.flush_due(6000, True)
        writer.add_event(stroke_row(6000, 1))
    assert writer.flush_due(6000, True)
    writer.take_page()
    writer.release()
    assert not writer.flush_due(6000, True)


def test_ten_seconds_of_idle_flush_everything_once():
    writer = begin()
    writer.flush_due(6000, True)
    assert not writer.flush_due(15999, False)
    assert writer.flush_due(16000, False)
    assert len(drain(writer)) == 1
    assert not writer.flush_due(16001, False)
    writer.add_event(summary_row(17000))
    assert not writer.flush_due(26999, False), "one flush in ten seconds, however long the rest"
    assert writer.flush_due(27000, False)


def test_a_short_rest_does_not_flush():
    writer = begin()
    for t_ms in range(5000, 60000, 1000):
        writer.add_event(summary_row(t_ms))
        assert not writer.flush_due(t_ms, t_ms % 9000 == 0)


def test_a_demand_flushes_even_in_contact():
    writer = begin()
    assert not writer.flush_due(6000, True)
    writer.demand_flush()
    assert writer.flush_due(6000, True)
    assert len(drain(writer)) == 1
    assert not writer.flush_due(6000, True)


def test_the_end_of_a_session_is_flushed():
    writer = begin()
    writer.end(6000)
    assert writer.flush_due(6000, False)
    assert parsed(drain(writer))[-1].is_last


# -- when the flash is too slow -----------------------------------------------------------------------------------


def test_records_lost_to_a_full_ring_are_counted_in_the_log():
    writer = begin()
    taken = fill(writer, 99)
    for t_ms in range(7000, 7009):
        assert not writer.add_event(stroke_row(t_ms, 1))
    assert writer.dropped == 10
    pages = [bytes(writer.take_page())]
    writer.release()
    assert writer.add_event(row(events.MARK, 9000, 1))
    found = records(pages + drain(writer))
    dropout = [record for record in found if record.code == fmt.DROPOUT]
    assert len(dropout) == 1
    assert dropout[0].values == {"records": 10, "samples": 0, "since_ms": 6000}
    assert dropout[0].t_ms == 9000
    assert sum(record.code == events.STROKE for record in found) == taken


def test_the_end_waits_for_room():
    writer = begin()
    fill(writer, 99)
    writer.end(9000)
    assert writer.flush_due(9000, False)
    pages = drain(writer)
    assert parsed(pages)[-1].is_last
    found = records(pages)
    assert [record.code for record in found[-2:]] == [fmt.DROPOUT, fmt.END]
    assert found[-1].values["pages"] == len(pages)
    assert not writer.flush_due(9000, False)
    writer.begin(8, 9000, DEVICE)


def test_a_page_stays_as_it_is_while_records_arrive():
    writer = begin()
    fill(writer, 1)
    page = writer.take_page()
    before = bytes(page)
    fill(writer, 99)
    assert bytes(page) == before
