# SPDX-License-Identifier: MIT
import json
from pathlib import Path

import pytest
from fakes.log_sessions import (
    begin,
    drain,
    every_record_session,
    feedback_session,
    full_pages,
    page,
    record,
    routine_session,
    row,
    sealed,
    stroke_row,
    strokes_session,
    summary_row,
    trace_session,
)

from rollcore import events
from rollcore import logformat as fmt
from rollcore.records import STORAGE
from rollcore.sample import FORCE_UNKNOWN
from rolltools.errors import RollerError
from rolltools.session import COMPLETE, DAMAGED, TRUNCATED
from rolltools.session_log import decode_json, iter_records, iter_trace, read_session

GOLDEN = Path(__file__).parents[1] / "rollcore" / "golden"


def save(folder: Path, *parts: bytes) -> Path:
    path = folder / "s000007.roll"
    path.write_bytes(b"".join(parts))
    return path


def ids(path: Path) -> list[int]:
    return [stroke.id for stroke in read_session(path).strokes]


# -- golden files: one per version, never edited -------------------------------------------------------------------


def traced(path: Path) -> list[list[int]]:
    return [[item.t_ms, item.mode, *item.sample] for item in iter_trace(path)]


@pytest.mark.parametrize("name", ["v1", "v1_feedback", "v2", "v2_trace", "v2_feedback", "v2_routine"])
def test_a_golden_file_reads_as_it_always_did(name):
    """A later reader may say more of it, never anything else."""
    expected = json.loads((GOLDEN / f"{name}.json").read_text())
    decoded = json.loads(json.dumps(decode_json(read_session(GOLDEN / f"{name}.roll"))))
    told = expected["session"] if "trace" in expected else expected
    assert {key: decoded[key] for key in told} == told
    if "trace" in expected:
        assert traced(GOLDEN / f"{name}.roll") == expected["trace"]
        assert len(expected["trace"]) == {"v1": 120, "v2": 120, "v2_trace": 180}[name]


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("v2", every_record_session),
        ("v2_trace", trace_session),
        ("v2_feedback", feedback_session),
        ("v2_routine", routine_session),
    ],
)
def test_the_version_of_today_is_still_written_byte_for_byte(name, made):
    assert b"".join(made()) == (GOLDEN / f"{name}.roll").read_bytes()


def test_the_golden_files_hold_every_type_of_record():
    names = ("v2.roll", "v2_feedback.roll", "v2_routine.roll")
    found = {item.code for name in names for item in iter_records(GOLDEN / name)}
    assert found == set(STORAGE) - {fmt.TIME, fmt.DROPOUT} | {fmt.TRACE, fmt.STATE, fmt.SEAL}


# -- the seal ------------------------------------------------------------------------------------------------------


def sealed_session() -> list[bytes]:
    writer = begin()
    for number in range(1, 200):
        writer.add_event(stroke_row(5000 + 1000 * number, number))
    pages = full_pages(writer)
    writer.add_event(row(events.SESSION_STOP, 300000, 7, 295000, 20000, 15000, 900))
    writer.end(300000)
    return sealed(writer, pages + drain(writer))


def test_a_sealed_file_is_complete_and_proven(tmp_path):
    session = read_session(save(tmp_path, *sealed_session()))
    assert (session.sealed, session.state, len(session.strokes)) == (True, COMPLETE, 199)
    assert session.skipped_records == 0


def test_a_file_that_lost_its_seal_is_as_complete_and_not_proven(tmp_path):
    session = read_session(save(tmp_path, *sealed_session()[:-1]))
    assert (session.sealed, session.state) == (None, COMPLETE)


def test_whole_pages_in_another_order_break_the_seal(tmp_path):
    pages = sealed_session()
    session = read_session(save(tmp_path, pages[1], pages[0], *pages[2:]))
    assert (session.sealed, session.state, len(session.strokes)) == (False, DAMAGED, 199)


def test_bytes_between_pages_break_the_seal(tmp_path):
    pages = sealed_session()
    session = read_session(save(tmp_path, pages[0], b"\xff", *pages[1:]))
    assert (session.sealed, session.state) == (False, DAMAGED)


def test_a_broken_seal_is_told_apart_from_none(tmp_path):
    pages = sealed_session()
    assert "sealed" not in decode_json(read_session(save(tmp_path, *pages[:-1])))
    assert decode_json(read_session(save(tmp_path, *pages)))["sealed"] is True
    assert decode_json(read_session(save(tmp_path, pages[1], pages[0], *pages[2:])))["sealed"] is False


@pytest.mark.parametrize("number", ["1" + "0" * 400, "1e999", "-1e999", "1e16"])
def test_numbers_that_nobody_set_are_no_settings(tmp_path, number):
    writer = begin()
    writer.add_text(fmt.SETTINGS, 5000, f'{{"over_limit_n": {number}}}')
    writer.add_event(summary_row(6000))
    session = read_session(save(tmp_path, *drain(writer)))
    assert session.settings == {}
    json.dumps(decode_json(session), allow_nan=False)


def test_a_cut_session_counts_by_the_limits_of_its_steps(tmp_path):
    writer = begin()
    writer.add_event(row(events.STEP, 5500, 1, 1, 1000, 4000, 0))
    for second in range(1, 6):
        writer.add_event(summary_row(5000 + 1000 * second + 500, 6000))
    session = read_session(save(tmp_path, *drain(writer)))
    assert (session.state, session.in_band_s, session.over_s) == (TRUNCATED, 0.0, 4.5)


def test_steps_without_end_are_bounded(tmp_path):
    writer = begin()
    pages = []
    for number in range(3000):
        writer.add_event(row(events.STEP, 6000 + number, 1, 1, 1000, 4000, 0))
        pages += full_pages(writer)
    assert len(read_session(save(tmp_path, *pages, *drain(writer))).steps) <= 64


# -- what a session says -------------------------------------------------------------------------------------------


def test_a_complete_session(tmp_path):
    session = read_session(save(tmp_path, *strokes_session(50)))
    assert (session.state, session.damaged_pages, session.skipped_records) == (COMPLETE, 0, 0)
    assert (session.name, session.session_no) == ("s000007", 7)
    assert (session.device, session.firmware, session.calibrated) == ("roller-a1", "0.1.0", True)
    assert session.started_utc == "2026-09-21T14:13:20.250+00:00"
    assert session.settings["over_limit_n"] == 10.0
    assert (session.duration_s, session.contact_s, session.in_band_s, session.over_s) == (50.0, 35.0, 30.0, 0.5)
    stroke = session.strokes[0]
    assert (stroke.id, stroke.t_start_s, stroke.t_end_s, stroke.t_report_s) == (1, 0.2, 0.86, 1.0)
    assert (stroke.dir, stroke.kind, stroke.length_cm, stroke.mean_n) == (1, "lift", 15.0001, 4.001)
    assert (stroke.peak_n, stroke.peak_cm_s, stroke.quality) == (7.001, 40.0001, 90)
    assert len(session.force) == 500
    assert (session.force[0].t_s, session.force[0].force_n) == (0.05, 5.0)
    assert session.force[9].force_n is None


def test_a_later_revision_replaces_a_stroke_and_keeps_its_first_announcement(tmp_path):
    writer = begin()
    writer.add_event(stroke_row(7000, 1))
    writer.add_event(stroke_row(7300, 1, revision=2, kind=1))
    writer.add_event(stroke_row(7200, 1, revision=1))
    (stroke,) = read_session(save(tmp_path, *drain(writer))).strokes
    assert (stroke.kind, stroke.t_report_s) == ("knead", 2.0)


def test_the_two_ends_of_an_alarm_are_joined(tmp_path):
    writer = begin()
    writer.add_event(row(events.OVER_ON, 6100, 6000, 12000, 1))
    writer.add_event(row(events.OVER_OFF, 7000, 6100, 15000, 2500))
    (alarm,) = read_session(save(tmp_path, *drain(writer))).overpressure
    assert (alarm.t_cross_s, alarm.t_on_s, alarm.t_off_s) == (1.0, 1.1, 2.0)
    assert (alarm.peak_n, alarm.impulse_ns, alarm.ceiling) == (15.0, 2.5, True)


def test_an_alarm_keeps_when_the_motor_was_commanded_and_what_crossed_again(tmp_path):
    first, second = read_session(save(tmp_path, *feedback_session())).overpressure
    assert (first.t_told_s, first.t_again_s) == (1.104, (1.398,))
    assert (second.t_told_s, second.t_again_s) == (None, (15.0,))
    assert (first.ceiling, second.ceiling) == (True, False)


def test_silent_cues_and_bands_reach_the_session(tmp_path):
    session = read_session(save(tmp_path, *feedback_session()))
    told = [(cue.t_s, cue.cue, cue.played) for cue in session.cues]
    assert told == [(1.1, "over", True), (3.1, "over", False), (57.0, "too_light", False)]
    assert [(b.t_s, b.band, b.force_n) for b in session.bands] == [(0.1, "too_light", 0.7), (0.6, "in_band", -0.02)]


def test_an_alarm_without_its_end_lasts_as_long_as_the_file(tmp_path):
    writer = begin()
    writer.add_event(row(events.OVER_ON, 6100, 6000, 12000, 0))
    writer.add_event(row(events.MARK, 9000, 1))
    (alarm,) = read_session(save(tmp_path, *drain(writer))).overpressure
    assert (alarm.t_on_s, alarm.t_off_s, alarm.peak_n) == (1.1, 4.0, 12.0)


def test_small_records_reach_the_session(tmp_path):
    writer = begin()
    writer.add_event(row(events.CUE, 6000, 1, 80))
    writer.add_event(row(events.CUE, 6100, 99, 70))
    writer.add_event(row(events.MARK, 6200, 1))
    writer.add_event(row(events.GAP, 6300, 90))
    writer.add_event(row(events.FAULT, 6400, 2))
    writer.add_battery(6500, 3912, 804)
    session = read_session(save(tmp_path, *drain(writer)))
    assert [(cue.t_s, cue.cue, cue.level) for cue in session.cues] == [(1.0, "ceiling", 80), (1.1, "cue 99", 70)]
    assert [mark.t_s for mark in session.marks] == [1.2]
    assert [(gap.t_s, gap.lost_s) for gap in session.gaps] == [(1.21, 0.09)]
    assert [(fault.t_s, fault.code) for fault in session.faults] == [(1.4, "force")]
    assert [(item.t_s, item.mv, item.percent) for item in session.battery] == [(1.5, 3912, 80.4)]


def test_dropped_records_are_a_gap(tmp_path):
    writer = begin()
    while writer.add_event(stroke_row(6000, 1)):
        pass
    pages = full_pages(writer)
    writer.add_event(row(events.MARK, 8000, 1))
    assert [(gap.t_s, gap.lost_s) for gap in read_session(save(tmp_path, *pages, *drain(writer))).gaps] == [(1.0, 2.0)]


def test_a_cut_session_estimates_its_totals_from_its_summaries(tmp_path):
    writer = begin()
    for second, force_mn in enumerate((5000, 5000, 12000, 200, FORCE_UNKNOWN)):
        writer.add_event(summary_row(6000 + 1000 * second, force_mn))
    session = read_session(save(tmp_path, *drain(writer)))
    assert session.state == TRUNCATED
    assert (session.duration_s, session.contact_s, session.in_band_s, session.over_s) == (5.0, 2.7, 1.8, 0.9)


def test_settings_that_are_no_json_are_no_settings(tmp_path):
    texts = (b"\xff\xfe", b"[1]", b"[" * 120, b'{"a": NaN}', b"")
    pages = [page(record(fmt.SETTINGS, text), sequence) for sequence, text in enumerate(texts)]
    assert read_session(save(tmp_path, *pages)).settings == {}


def test_text_from_the_board_is_made_safe_to_print(tmp_path):
    session = read_session(save(tmp_path, page(record(fmt.DEVICE, b'{"device": "a\\u001b[31m\\nb"}'))))
    assert session.device == "a[31mb"


# -- newer versions ------------------------------------------------------------------------------------------------


def test_unknown_records_of_a_newer_version_are_skipped_and_counted(tmp_path):
    mark = record(events.MARK, b"\x01\x00", 100)
    longer = record(events.GAP, b"\x5a\x00\x00\x00more", 200)
    payload = record(90, b"what is this") + mark + record(200, b"") + record(255, b"x" * 100) + longer
    session = read_session(save(tmp_path, page(payload, version=9, flags=fmt.FLAG_LAST)))
    assert session.state == COMPLETE
    assert session.skipped_records == 3
    assert [item.t_s for item in session.marks] == [0.1]
    assert [item.lost_s for item in session.gaps] == [0.09]


def test_a_length_that_leaves_its_page_ends_the_page_and_is_counted(tmp_path):
    mark = record(events.MARK, b"\x01\x00")
    for broken in (bytes([events.GAP, 120, 0, 0]), bytes([events.GAP, 0xFF, 0xFF, 0, 0]), b"\x09", b"\x09\x80\x01"):
        session = read_session(save(tmp_path, page(mark + broken)))
        assert (len(session.marks), session.skipped_records) == (1, 1)


def test_a_payload_too_short_for_its_type_is_counted(tmp_path):
    assert read_session(save(tmp_path, page(record(events.GAP, b"\x01")))).skipped_records == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x01",
        b"\x83\xff\xff" + b"\x00" * 7,
        b"\x83\xff\xff" + b"\xff" * 60,
        b"\x82\x05\x00" + b"\xff" * 60,
        b"\x02\x05\x00abc",
        b"\x84" + b"\0" * 9,
        b"\x85\x05\x00" + b"\0" * 60,
    ],
)
def test_a_broken_trace_block_ends_without_an_exception(tmp_path, payload):
    path = save(tmp_path, page(record(fmt.TRACE, payload)))
    assert len(list(iter_trace(path))) <= 1


# -- damage --------------------------------------------------------------------------------------------------------


def test_a_power_cut_keeps_every_whole_page(tmp_path):
    pages = strokes_session(20, flush_every=4)
    ends = [sum(map(len, pages[: i + 1])) for i in range(len(pages))]
    data = b"".join(pages)
    for cut in range(len(pages[0]), len(data)):
        session = read_session(save(tmp_path, data[:cut]))
        whole = sum(end <= cut for end in ends)
        assert len(session.strokes) == 4 * whole
        assert (session.state, session.damaged_pages) == (TRUNCATED, 0)


def test_a_damaged_page_costs_its_own_records_only(tmp_path):
    pages = strokes_session(100)
    broken = bytearray(pages[2])
    broken[len(broken) // 2] ^= 4
    path = save(tmp_path, *pages[:2], bytes(broken), *pages[3:])
    session = read_session(path)
    assert (session.state, session.damaged_pages) == (DAMAGED, 1)
    assert ids(path) == [*range(1, 41), *range(61, 101)]


def test_a_lost_last_page_of_full_length_is_damage_not_a_cut(tmp_path):
    pages = strokes_session(100)
    broken = bytearray(pages[-1])
    broken[-1] ^= 1
    assert read_session(save(tmp_path, *pages[:-1], bytes(broken))).state == DAMAGED


def test_a_last_page_of_impossible_length_is_damage_not_a_cut(tmp_path):
    pages = strokes_session(100)
    broken = bytearray(pages[-1])
    broken[7] |= 0x80
    assert read_session(save(tmp_path, *pages[:-1], bytes(broken))).state == DAMAGED


def test_lost_pages_are_counted_by_their_numbers(tmp_path):
    pages = strokes_session(100)
    session = read_session(save(tmp_path, pages[0], *pages[4:]))
    assert (session.state, session.damaged_pages) == (DAMAGED, 3)


def test_the_first_page_may_be_lost(tmp_path):
    path = save(tmp_path, b"\0" * 5000, *strokes_session(100)[1:])
    assert ids(path) == list(range(21, 101))
    assert read_session(path).strokes[0].t_report_s == 21.0


def test_swapped_and_repeated_pages_change_nothing(tmp_path):
    pages = strokes_session(100)
    plain = decode_json(read_session(save(tmp_path, *pages)))
    shuffled = [pages[3], pages[1], pages[0], pages[1], pages[4], pages[2], *pages[5:]]
    assert decode_json(read_session(save(tmp_path, *shuffled))) == plain


def test_two_pages_that_claim_one_place_are_damage(tmp_path):
    pages = strokes_session(100)
    other = page(record(events.MARK, b"\x01\x00"), sequence=2)
    session = read_session(save(tmp_path, *pages[:3], other, *pages[3:]))
    assert (session.damaged_pages, session.marks, len(session.strokes)) == (1, [], 100)


def test_pages_of_another_session_are_left_out_and_counted(tmp_path):
    pages = strokes_session(100)
    others = strokes_session(100, session=8)
    path = save(tmp_path, others[0], *pages[:3], others[1], *pages[3:])
    session = read_session(path)
    assert (session.session_no, session.state, session.damaged_pages) == (7, DAMAGED, 2)
    assert ids(path) == list(range(1, 101))


def test_lengths_are_not_believed(tmp_path):
    pages = strokes_session(60)
    for length in (0, 31, 4096, 4097, 65535):
        bad = bytearray(pages[1])
        bad[6:8] = length.to_bytes(2, "little")
        assert len(read_session(save(tmp_path, pages[0], bytes(bad), *pages[2:])).strokes) == 40


def test_a_file_full_of_false_starts_is_read_in_no_time(tmp_path):
    head = page(b"")[: fmt.HEADER_BYTES - 4]
    false_start = head[:6] + b"\x00\x10" + head[8:]
    assert len(read_session(save(tmp_path, false_start * 20000, *strokes_session(20))).strokes) == 20


# -- files that are no log ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\0" * 100000, b"hello", fmt.MAGIC, fmt.MAGIC * 1000, bytes(range(256)) * 300])
def test_a_file_that_is_no_log_is_one_error_with_a_cure(tmp_path, data):
    with pytest.raises(RollerError) as caught:
        read_session(save(tmp_path, data))
    assert "holds no page" in caught.value.cause
    assert caught.value.cure


def test_a_file_that_cannot_be_read_is_one_error_with_a_cure(tmp_path):
    for path in (tmp_path / "none.roll", tmp_path):
        with pytest.raises(RollerError) as caught:
            read_session(path)
        assert "cannot be read" in caught.value.cause


def test_the_json_of_a_session_speaks_as_the_replay_does(tmp_path):
    plain = decode_json(read_session(save(tmp_path, *strokes_session(4))))
    json.dumps(plain, allow_nan=False)
    replay = {"id", "t_start", "t_end", "t_report", "dir", "kind", "length_cm", "mean_n", "peak_n", "quality"}
    assert replay <= set(plain["strokes"][0])
    totals = {"strokes": 4, "lift": 3, "knead": 1, "plus": 2, "minus": 2, "cues": 0}
    assert plain["session"].items() >= totals.items()
