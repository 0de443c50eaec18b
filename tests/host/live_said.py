# SPDX-License-Identifier: MIT
"""What a running app says, for the tests of `roller live`: rows of live values, a status, and an app that says them."""

import json

from hypothesis import strategies as st

from rollcore.fields import BAND_NAMES, DOUBT_NAMES, STATE_NAMES
from rolltools.live_state import Seen, understood

STATUS = {
    "firmware": "0.1.0",
    "board": "thing_plus",
    "device": "246f28524c01",
    "t_ms": 4000,
    "state": STATE_NAMES.index("session"),
    "contact": True,
    "band": 3,
    "limits_mn": [1000, 7000, 10000, 25000],
    "about": False,
    "battery_mv": 3900,
    "percent_x10": 780,
    "rate_x10": -60,
    "faults": [],
    "force_fault": 0,
    "free_heap": 50000,
}


# What a board might say that is none of ours, or broken.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=10) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=20,
)
STATUSES = st.dictionaries(st.sampled_from(sorted(STATUS)), JSON)
ROWS = st.lists(st.one_of(JSON, st.integers(-2, 9), st.integers(-(2**40), 2**40)), min_size=8, max_size=10)
SAID = st.one_of(
    st.dictionaries(st.sampled_from(["live", "status", "mark", "x"]), JSON),
    st.fixed_dictionaries({"live": ROWS}),
    st.fixed_dictionaries({"status": STATUSES}),
)


def seen_after(*said):
    """Return what is known after the app has said all of this."""
    seen = Seen()
    for one in said:
        seen = seen.after(understood(one))
    return seen


def row(t_ms, force_mn=4200, band="in_band", contact=1, stroke=(0, 0, 0, ""), session=1):
    """Return a row of live values; `stroke` is (id, dir, length_um, doubt)."""
    number, way, length_um, doubt = stroke
    return [
        t_ms,
        force_mn,
        BAND_NAMES.index(band),
        contact,
        number,
        way,
        length_um,
        DOUBT_NAMES.index(doubt),
        session,
    ]


def live(*args, **more):
    """Return what the app says with a row of live values."""
    return {"live": row(*args, **more)}


def line(said):
    """Return an object as the app prints it."""
    return b"@" + json.dumps(said).encode() + b"\r\n"


class ScriptedApp:
    """An app that says some of `rows` whenever live values are wanted; `heard` is all it was sent."""

    def __init__(self, rows, status=STATUS, at_once=5):
        self._rows = list(rows)
        self._status = status
        self._at_once = at_once
        self.heard = b""

    def __call__(self, data):
        self.heard += data
        said = b""
        if b"@status\n" in data:
            said += line({"status": self._status})
        if b"@mark\n" in data:
            said += line({"mark": True})
        if b"@live on\n" in data:
            now, self._rows = self._rows[: self._at_once], self._rows[self._at_once :]
            said += line({"live": True}) + b"".join(line({"live": row}) for row in now)
        return said
