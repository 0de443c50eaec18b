# SPDX-License-Identifier: MIT
"""When a session began, from a modelled clock that drifts between contacts: the truth lies within what is told."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.log_sessions import strokes_session
from hypothesis import given
from hypothesis import strategies as st

from rolltools.clock_history import WORST_PPM, Contact, board_file
from rolltools.pulling import keep_next_contact
from rolltools.session import Session
from rolltools.session_log import decode_json, read_session
from rolltools.session_time import judge

SET_MS = 1_790_000_000_000
HOUR_MS = 3_600_000


def utc(ms):
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds")


def ms(text):
    return datetime.fromisoformat(text).timestamp() * 1000


def session(folder, shown_ms, **told):
    clock = {"set_ms": SET_MS, "error_ms": 20, "drift_ppm": 0, "drift_error_ppm": WORST_PPM} | told
    made = Session(Path(folder) / "s000001.roll", "s000001", started_utc=utc(shown_ms))
    made.clock = {name: value for name, value in clock.items() if value is not None}
    return made


def judged(made, *contacts):
    keep_next_contact(made, contacts)
    judge(made)
    return made


FIRST = Contact(SET_MS, None, None, 20)


def test_after_one_contact_the_worst_drift_is_allowed_for(tmp_path):
    made = judged(session(tmp_path, SET_MS + HOUR_MS))
    assert made.started_utc == utc(SET_MS + HOUR_MS)
    assert made.started_uncertainty_s == pytest.approx(12.0 + 0.02, abs=0.01)


def test_a_known_drift_is_taken_off_and_its_uncertainty_told(tmp_path):
    made = judged(session(tmp_path, SET_MS + 10 * HOUR_MS, drift_ppm=2500, drift_error_ppm=100))
    assert made.started_utc == utc(SET_MS + 10 * HOUR_MS - 90_000)
    assert made.started_uncertainty_s == pytest.approx(3.62 + 9.0)


def test_the_next_contact_shares_out_what_the_clock_was_off(tmp_path):
    after = Contact(SET_MS + 10 * HOUR_MS, 72_000, 10 * 3600, 50)
    nine_tenths = SET_MS + 9 * HOUR_MS + 64_800
    made = judged(session(tmp_path, nine_tenths), FIRST, after)  # the last hour of ten: 2000 ppm, or none
    assert made.started_utc == utc(SET_MS + 9 * HOUR_MS)
    assert made.started_uncertainty_s == pytest.approx((HOUR_MS + 7200) * WORST_PPM / 1e9 + 7.2 + 0.05, abs=0.02)
    assert json.loads((tmp_path / "s000001.clock.json").read_text())["offset_ms"] == 72_000


def test_the_first_contact_after_a_session_stays_the_one_beside_it(tmp_path):
    after = Contact(SET_MS + 10 * HOUR_MS, 72_000, 10 * 3600, 50)
    later = Contact(SET_MS + 20 * HOUR_MS, 90_000, 10 * 3600, 50)
    judged(session(tmp_path, SET_MS + HOUR_MS), FIRST, after)
    judged(session(tmp_path, SET_MS + HOUR_MS), FIRST, after, later)
    assert json.loads((tmp_path / "s000001.clock.json").read_text())["offset_ms"] == 72_000


@pytest.mark.parametrize("contacts", [(), (FIRST,), (Contact(SET_MS - 1, None, None, 1), FIRST)])
def test_without_a_later_contact_nothing_is_written(tmp_path, contacts):
    judged(session(tmp_path, SET_MS + HOUR_MS), *contacts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "strange",
    [
        {"set_ms": None},
        {"set_ms": SET_MS + 2 * HOUR_MS},  # set back by somebody else
        {"error_ms": -1},
        {"error_ms": True},
        {"drift_ppm": 10**9},
        {"drift_ppm": 2.5},
        {"drift_error_ppm": 10**9},
        {"drift_error_ppm": "many"},
        {"set_ms": [SET_MS]},
    ],
)
def test_a_log_whose_clock_makes_no_sense_keeps_its_time_and_says_no_uncertainty(tmp_path, strange):
    made = judged(session(tmp_path, SET_MS + HOUR_MS, **strange))
    assert (made.started_utc, made.started_uncertainty_s) == (utc(SET_MS + HOUR_MS), None)


def test_a_clock_that_somebody_else_set_in_between_is_not_judged(tmp_path):
    after = Contact(SET_MS + 10 * HOUR_MS, 9 * HOUR_MS, 10 * 3600, 50)
    made = judged(session(tmp_path, SET_MS + HOUR_MS), FIRST, after)
    assert (made.started_utc, made.started_uncertainty_s) == (utc(SET_MS + HOUR_MS), None)


def test_a_power_cut_after_the_session_leaves_what_the_contact_before_says(tmp_path):
    after = Contact(SET_MS + 10 * HOUR_MS, None, 10 * 3600, 50)
    made = judged(session(tmp_path, SET_MS + HOUR_MS), FIRST, after)
    assert made.started_uncertainty_s == pytest.approx(12.02, abs=0.01)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"unix_ms": 1}', "\x00"])
def test_a_damaged_contact_beside_a_session_is_as_none(tmp_path, text):
    (tmp_path / "s000001.clock.json").write_text(text)
    made = judged(session(tmp_path, SET_MS + HOUR_MS))
    assert made.started_uncertainty_s == pytest.approx(12.02, abs=0.01)


def test_a_log_of_a_board_without_contacts_says_so(tmp_path):
    path = tmp_path / "s000007.roll"
    path.write_bytes(b"".join(strokes_session(3)))
    found = decode_json(read_session(path))
    assert found["started_utc"] is not None and found["started_uncertainty_s"] is None
    assert "clock" not in found


sizes = st.integers(-(2**53) + 1, 2**53 - 1)


@given(st.integers(0, 2**32 - 1), sizes, sizes, sizes, st.none() | sizes, st.none() | sizes, sizes, st.integers())
def test_no_numbers_make_it_fail(
    tmp_path_factory, shown_s, set_ms, error_ms, drift_ppm, offset_ms, since_s, unix_ms, n
):
    folder = tmp_path_factory.mktemp("numbers")
    (folder / "s000001.clock.json").write_text(
        json.dumps({"unix_ms": unix_ms, "offset_ms": offset_ms, "since_s": since_s, "error_ms": abs(error_ms)})
    )
    made = session(
        folder, shown_s * 1000, set_ms=set_ms, error_ms=error_ms, drift_ppm=drift_ppm % 9000, drift_error_ppm=n
    )
    judge(made)
    assert datetime.fromisoformat(made.started_utc)
    assert made.started_uncertainty_s is None or made.started_uncertainty_s >= 0


class Drifting:
    """A board's clock over weeks: awake it is right to 20 ppm, asleep off by its own rate, which wanders by day."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self._asleep_ppm = self._random.uniform(-3000, 3000)

    def interval(self):
        """Return (hours in all, hours until a session begins, ms off by then, ms off at the end)."""
        draw = self._random
        rate_ppm = self._asleep_ppm + draw.gauss(0, 100)
        asleep_h, awake_h = draw.uniform(2, 100), draw.uniform(0.1, 1)
        before_h = draw.uniform(0, asleep_h)
        return asleep_h + awake_h, before_h, before_h * rate_ppm * 3.6, (asleep_h * rate_ppm + awake_h * 20) * 3.6


def test_the_true_start_lies_within_the_uncertainty_that_is_told(tmp_path):
    """95 % of the sessions at least, with and without the contact after them; and the uncertainty is worth having."""
    told = {True: [], False: []}
    for seed in range(40):
        clock, contacts = Drifting(seed), [FIRST]
        for number in range(8):
            hours, before_h, off_ms, end_ms = clock.interval()
            facts = board_file(contacts)["session"]
            set_ms = contacts[-1].unix_ms
            true_ms = set_ms + before_h * HOUR_MS
            error_ms = 15
            after = Contact(round(set_ms + hours * HOUR_MS), round(end_ms), round(hours * 3600), error_ms)
            contacts = [*contacts, after][-8:]
            for known in (True, False):
                folder = tmp_path / f"{seed}-{number}-{known}"
                folder.mkdir()
                made = judged(session(folder, true_ms + off_ms, **facts), *(contacts if known else ()))
                wrong_s = abs(ms(made.started_utc) - true_ms) / 1000
                told[known].append((wrong_s, made.started_uncertainty_s, number))
    for known, found in told.items():
        within = sum(wrong_s <= uncertainty_s for wrong_s, uncertainty_s, _ in found)
        assert within >= 0.95 * len(found), known
    late = sorted(uncertainty_s for _, uncertainty_s, number in told[False] if number >= 4)
    early = sorted(uncertainty_s for _, uncertainty_s, number in told[False] if number == 0)
    assert late[len(late) // 2] < early[len(early) // 2] / 3, "several contacts say more than one"
