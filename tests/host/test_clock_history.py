# SPDX-License-Identifier: MIT
"""What the contacts of a board's clock say of it, and what is not believed of a board's file."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolltools.clock_history import KEPT, WORST_PPM, Contact, board_file, contact_of, drift, kept

HOUR_S = 3600
NOW_MS = 1_790_000_000_000


def history(*ppm, hours=10, error_ms=10):
    """Return the contacts of a clock that ran so fast from one to the next."""
    contacts = [Contact(NOW_MS - 40 * 86_400_000, None, None, error_ms)]
    for rate in ppm:
        since_s = hours * HOUR_S
        unix_ms = contacts[-1].unix_ms + since_s * 1000
        contacts.append(Contact(unix_ms, round(rate * since_s / 1000), since_s, error_ms))
    return contacts


@pytest.mark.parametrize("contacts", [history(), history(2000), history(2000, 2000, hours=0.5)])
def test_one_drift_or_short_ones_say_nothing_yet(contacts):
    assert drift(contacts) == (0.0, WORST_PPM)


def test_drifts_that_agree_are_trusted_to_the_error_of_their_measurement():
    assert drift(history(2500, 2500, 2500)) == pytest.approx((2500, 2 * 10 / (10 * HOUR_S * 1e3) * 1e6), abs=0.01)


def test_drifts_that_differ_leave_room_for_the_next_one():
    mean_ppm, error_ppm = drift(history(2000, 2200, 2100, 1900, error_ms=0))
    assert mean_ppm == pytest.approx(2050)
    assert error_ppm == pytest.approx(3.18 * 129.1 * (5 / 4) ** 0.5, rel=0.001)
    assert drift(history(0, 3000))[1] == WORST_PPM + 1500, "two that differ so much are worth no more than none"


@pytest.mark.parametrize("offset_ms", [None, 40_000_000, -40_000_000])
def test_a_clock_that_somebody_else_has_set_says_nothing_of_its_drift(offset_ms):
    contacts = history(2500, 2500, 2500)
    last = contacts[-1]
    strange = Contact(last.unix_ms + 10 * HOUR_S * 1000, offset_ms, 10 * HOUR_S, 10)
    assert strange.drift_ppm is None
    assert drift([*contacts, strange]) == drift(contacts)


def test_what_a_board_keeps_comes_back_and_tells_its_sessions_the_last_contact():
    contacts = history(2500, 2600, 2550)
    told = json.loads(json.dumps(board_file(contacts)))
    assert kept(told, NOW_MS) == contacts
    mean_ppm, error_ppm = drift(contacts)
    session = told["session"]
    assert session["set_ms"] == contacts[-1].unix_ms and session["error_ms"] == 10
    assert session["drift_ppm"] == round(mean_ppm) and error_ppm <= session["drift_error_ppm"] < error_ppm + 1


def test_contacts_from_the_future_are_left_out():
    contacts = history(2500, 2600)
    assert kept(board_file(contacts), contacts[1].unix_ms) == contacts[:2]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
numbers = st.none() | st.integers(-(2**54), 2**54) | json_values
rows = st.fixed_dictionaries({"unix_ms": numbers, "offset_ms": numbers, "since_s": numbers, "error_ms": numbers})


@given(json_values | st.fixed_dictionaries({"contacts": st.lists(rows | json_values, max_size=10)}))
def test_whatever_a_board_tells_gives_contacts_that_can_be_counted_with(told):
    contacts = kept(told, NOW_MS)
    assert len(contacts) <= KEPT
    assert all(contact_of(vars(contact)) == contact for contact in contacts)
    assert contacts == sorted(contacts, key=lambda contact: contact.unix_ms)
    if contacts:
        session = board_file(contacts)["session"]
        assert all(type(value) is int for value in session.values())
        assert len(json.dumps(session)) <= 200, "a board would not take more into its log"
        assert 0 <= session["drift_error_ppm"] <= 4 * WORST_PPM
