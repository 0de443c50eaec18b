# SPDX-License-Identifier: MIT
"""The engine's state in bytes: what is loaded goes on as what was saved, and another shape is refused."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore.engine import Engine
from rollcore.logformat import STATE
from rollcore.settings import Settings
from rollcore.snapshot import StateReader, StateWriter, walk
from rolltools import hand
from rolltools.recording import engine_rows


class Thing:
    """A small object with everything that a snapshot has to carry."""

    def __init__(self):
        self.parts = [Part(), Part()]
        self.the_best = self.parts[0]
        self.flag = False
        self.name = "never changes"
        self.row = array("i", [0, 0, 0])
        self.nothing = None


class Part:
    def __init__(self):
        self.number = 0


class Log:
    """A writer that keeps the payloads."""

    def __init__(self):
        self.payloads = []

    def add_bytes(self, code, t_ms, data):
        assert (code, t_ms) == (STATE, 500)
        self.payloads.append(bytes(data))


def state_of(thing):
    log = Log()
    walk(thing, StateWriter(log, 500))
    assert max(map(len, log.payloads)) <= 1000
    return b"".join(log.payloads)


def loaded(state, thing):
    walk(thing, StateReader(state))
    return thing


def test_numbers_flags_arrays_and_who_is_the_best_are_carried():
    thing = Thing()
    thing.parts.reverse()
    thing.parts[0].number, thing.parts[1].number = -5, 7
    thing.the_best = thing.parts[1]
    thing.flag = True
    thing.row[1] = 1 - 2**30
    again = loaded(state_of(thing), Thing())
    assert [part.number for part in again.parts] == [-5, 7]
    assert again.the_best is again.parts[1]
    assert again.flag is True and list(again.row) == [0, 1 - 2**30, 0]


@pytest.mark.parametrize("change", [lambda s: s[:-1], lambda s: s + b"\0", lambda s: b"\x09" * len(s), lambda s: b""])
def test_the_state_of_another_shape_is_refused(change):
    with pytest.raises(ValueError, match="another firmware"):
        loaded(change(state_of(Thing())), Thing())


@given(st.binary(max_size=80))
def test_any_bytes_are_a_state_or_refused(state):
    try:
        loaded(state, Thing())
    except ValueError:
        pass


@given(st.lists(st.integers(1 - 2**30, 2**30 - 1), min_size=1, max_size=1500))
def test_every_number_comes_back_from_its_records(numbers):
    log = Log()
    writer = StateWriter(log, 500)
    for number in numbers:
        assert writer.number(number) == number
    writer.end()
    reader = StateReader(b"".join(log.payloads))
    assert [reader.number(0) for _ in numbers] == numbers
    reader.end()


@pytest.mark.parametrize("scenario", ["mixed", "walking"])
def test_the_state_of_the_engine_fits_a_new_one_at_any_time(scenario):
    """Nothing is made on the way, so a state fits every engine of this firmware."""
    engine = Engine(Settings())
    for t_ms, *sample in engine_rows(hand.make(scenario, 4, duration_s=20.0).recording).tolist():
        engine.step(t_ms, 4808, sample)
        engine.events.pop(array("i", [0] * 15))
        if t_ms % 1000 < 5:
            again = loaded(state_of(engine), Engine(Settings()))
            assert state_of(again) == state_of(engine)
