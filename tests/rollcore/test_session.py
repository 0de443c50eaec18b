# SPDX-License-Identifier: MIT
"""Sessions: start on contact, close after a minute without, totals and a summary every second; marks and gaps."""

import pytest
from strokes import Plan, of_type, run, samples

from rollcore.engine import Engine
from rollcore.events import CUE, FAULT, GAP, MARK, SESSION_START, SESSION_STOP, SUMMARY, new_row
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings


def test_a_session_spans_its_contacts():
    plan = Plan().rest(1.0).press(0, 3).rest(2.0, 3.0).press(3, 0).rest(5.0)
    plan.press(0, 12).rest(1.0, 12.0).press(12, 0).rest(2.0)
    found = run(samples(plan))
    (start,), (stop,) = of_type(found, SESSION_START), of_type(found, SESSION_STOP)
    assert start["t_ms"] == pytest.approx(1050, abs=40)
    assert stop["duration_ms"] == pytest.approx(8530, abs=80)
    assert stop["contact_ms"] == pytest.approx(3500, abs=120)
    assert stop["over_ms"] == pytest.approx(1080, abs=60)
    assert stop["in_band_ms"] == pytest.approx(2300, abs=120)


def test_a_minute_without_contact_closes_it_and_the_next_has_a_new_number():
    plan = Plan().rest(1.0).press(0, 3).rest(0.5, 3.0).press(3, 0).rest(62.0)
    plan.press(0, 3).rest(0.5, 3.0).press(3, 0).rest(0.5)
    found = run(samples(plan, 50.0), 50.0, Settings.from_dict({"rate_hz": 50}))
    stops = of_type(found, SESSION_STOP)
    assert [s["session"] for s in of_type(found, SESSION_START)] == [1, 2]
    assert stops[0]["t_ms"] == pytest.approx(61750, abs=1100)
    assert len(stops) == 2


def test_summaries_come_every_second_with_the_peaks_of_each_tenth():
    plan = Plan().rest(1.0).press(0, 3).rest(2.0, 3.0)
    plan.roll(8.0, 1.0)
    found = run(samples(plan.rest(1.0, 3.0).press(3, 0)))
    rows = of_type(found, SUMMARY)
    assert len(rows) >= 4
    assert {b["t_ms"] - a["t_ms"] for a, b in zip(rows, rows[1:], strict=False)} <= set(range(990, 1011))
    assert all(row[f"p{i}"] == pytest.approx(3000, abs=60) for row in rows[1:3] for i in range(10))
    assert max(row["speed_um_s"] for row in rows) > 30000


def test_unknown_tenths_say_so():
    rows = samples(Plan().rest(1.0).press(0, 3).rest(4.0, 3.0))
    rows[int(2.5 * 208) : int(3.0 * 208), 7] = FORCE_UNKNOWN
    peaks = [row[f"p{i}"] for row in of_type(run(rows), SUMMARY) for i in range(10)]
    assert 3 <= peaks.count(FORCE_UNKNOWN) <= 6


def test_marks_gaps_and_faults_are_recorded():
    engine, row, found = Engine(Settings()), new_row(), []
    engine.mark(10)
    engine.mark(500)
    engine.gap(600, 80)
    engine.fault(700, 2)
    while engine.events.pop(row):
        found.append((row[0], row[1], row[2]))
    assert [f for f in found if f[0] != CUE] == [(MARK, 10, 1), (MARK, 500, 2), (GAP, 600, 80), (FAULT, 700, 2)]
