# SPDX-License-Identifier: MIT
"""The engine's state as numbers: what is loaded goes on as what was saved, and another shape is refused."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcore.engine import Engine
from rollcore.logformat import STATE
from rollcore.settings import Settings
from rollcore.snapshot import StateRecords, load, save
from rolltools import hand
from rolltools.log_replay import _numbers
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


def numbers_of(thing):
    found = []
    save(thing, found.append)
    return found


def loaded(numbers, thing):
    left = iter(numbers)
    load(thing, lambda: next(left))
    return thing


def test_numbers_flags_arrays_and_who_is_the_best_are_carried():
    thing = Thing()
    thing.parts.reverse()
    thing.parts[0].number, thing.parts[1].number = -5, 7
    thing.the_best = thing.parts[1]
    thing.flag = True
    thing.row[1] = 1 - 2**30
    again = loaded(numbers_of(thing), Thing())
    assert [part.number for part in again.parts] == [-5, 7]
    assert again.the_best is again.parts[1]
    assert again.flag is True and list(again.row) == [0, 1 - 2**30, 0]


@pytest.mark.parametrize("change", [lambda n: n[:-1], lambda n: [9] * len(n)])
def test_the_state_of_another_shape_is_refused_or_runs_out(change):
    with pytest.raises((ValueError, StopIteration)):
        loaded(change(numbers_of(Thing())), Thing())


@given(st.lists(st.integers(1 - 2**30, 2**30 - 1), min_size=1, max_size=1500))
def test_every_number_comes_back_from_its_records(numbers):
    payloads = []

    class Writer:
        def add_bytes(self, code, t_ms, data):
            assert (code, t_ms) == (STATE, 500)
            payloads.append(bytes(data))

    records = StateRecords(Writer(), 500)
    for number in numbers:
        records.put(number)
    records.end()
    assert [number for payload in payloads for number in _numbers(payload)] == numbers
    assert max(map(len, payloads)) <= 1000


@pytest.mark.parametrize("scenario", ["mixed", "walking"])
def test_the_engine_has_as_many_numbers_at_any_time(scenario):
    """Nothing is made on the way: a state fits every engine of this firmware."""
    engine, fresh = Engine(Settings()), len(numbers_of(Engine(Settings())))
    for t_ms, *sample in engine_rows(hand.make(scenario, 4, duration_s=20.0).recording).tolist():
        engine.step(t_ms, 4808, sample)
        engine.events.pop(array("i", [0] * 15))
        if t_ms % 1000 < 5:
            assert len(numbers_of(engine)) == fresh
