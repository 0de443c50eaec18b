# SPDX-License-Identifier: MIT
"""Thousands of damaged logs: no exception, no page lost that is whole, no value that was never written."""

import io
import random
from pathlib import Path

import pytest
from fakes.log_sessions import strokes_session

from rolltools.errors import RollerError
from rolltools.log_pages import Page, scan_pages
from rolltools.session_log import decode_json, iter_trace, read_session

GOLDEN = Path(__file__).parents[1] / "rollcore" / "golden"
OTHER = b"".join(strokes_session(30, session=9))


def flips(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 8))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 3, 40, 700, len(data))) :]


def insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.choice((1, 4, 50, 5000))) + data[at:]


def splice(data: bytes, chance: random.Random) -> bytes:
    at, start = chance.randrange(len(data)), chance.randrange(len(OTHER))
    return data[:at] + OTHER[start : start + chance.randrange(2000)] + data[at:]


def repeat(data: bytes, chance: random.Random) -> bytes:
    at, start = chance.randrange(len(data)), chance.randrange(len(data))
    return data[:at] + data[start : start + chance.randrange(3000)] + data[at:]


def zeros(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes(chance.randrange(600)) + data[at + chance.randrange(600) :]


MUTATIONS = (flips, cut, insert, splice, repeat, zeros)


def pages_of(data: bytes) -> set[Page]:
    return set(scan_pages(io.BytesIO(data)))


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_damage_never_raises_and_never_changes_a_value(mutate, tmp_path):
    chance = random.Random(mutate.__name__)
    pages = strokes_session(40, flush_every=6)
    data = b"".join(pages)
    written = pages_of(data) | pages_of(OTHER)
    path = tmp_path / "s000001.roll"
    for _ in range(400):
        damaged = mutate(data, chance)
        found = pages_of(damaged)
        assert found <= written, "a page that nobody wrote"
        intact = pages_of(b"".join(page for page in pages if page in damaged))
        assert intact <= found, "a whole page was not found"
        path.write_bytes(damaged)
        check_session(path, intact)


def check_session(path, intact) -> None:
    try:
        session = read_session(path)
    except RollerError:
        assert not intact
        return
    decode_json(session)
    assert len({stroke.id for stroke in session.strokes}) == len(session.strokes)


@pytest.mark.parametrize("name", ["v1.roll", "v1_rice.roll"])
@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_a_damaged_trace_gives_only_samples_that_were_written(mutate, name, tmp_path):
    chance = random.Random(mutate.__name__)
    path = tmp_path / "s000001.roll"
    data = (GOLDEN / name).read_bytes()
    path.write_bytes(data)
    written = set(iter_trace(path))
    for _ in range(100):
        path.write_bytes(mutate(data, chance))
        try:
            assert set(iter_trace(path)) <= written
        except RollerError:
            continue
