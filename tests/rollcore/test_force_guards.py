# SPDX-License-Identifier: MIT
"""Conditions of the force path that concern few samples: readings that are missing, out of range, or as they stand."""

import numpy as np
import pytest
from strokes import Plan, of_type, samples
from test_force import RATE_HZ, at, contacts, crossings, fsr

from rollcore.events import FAULT, OVER_ON
from rollcore.sample import FORCE_UNKNOWN
from rollcore.settings import Settings


def pressed_rows(force_n=3.0, **given):
    return samples(Plan().rest(1.0).press(0.0, force_n).rest(1.5, force_n), **given)


def as_it_stands(levels_mn):
    """Return what is found with a force as it stands; `levels_mn`: (seconds, mN) one after the other."""
    force = np.concatenate([np.full(at(seconds), level) for seconds, level in levels_mn])
    rows = samples(Plan().rest(len(force) / RATE_HZ + 0.1))[: len(force)]
    rows[:, 7] = force
    settings = Settings()
    settings.force_as_is = True
    return contacts(rows, settings)[0]


@pytest.mark.parametrize("settings", [Settings, fsr])
def test_a_block_without_a_reading_keeps_the_force(settings):
    rows = pressed_rows(mass_g=0.0 if settings is fsr else 150.0)
    for first in range(at(1.6), at(2.2), 16):
        rows[first : first + 8, 7] = FORCE_UNKNOWN
    _, net, _ = contacts(rows, settings())
    assert np.abs(net[at(1.5) : at(2.3)] - 3.0).max() < 0.4


@pytest.mark.parametrize("start_ms", [0, 500_000])
def test_a_first_reading_may_take_a_moment(start_ms):
    rows = pressed_rows()
    rows[:, 0] += start_ms
    rows[:8, 7] = FORCE_UNKNOWN
    assert of_type(contacts(rows)[2], FAULT) == []
    rows[:16, 7] = FORCE_UNKNOWN
    assert len(of_type(contacts(rows)[2], FAULT)) == 1


@pytest.mark.parametrize("raw_mn", [191_000, -191_000])
def test_a_reading_beyond_what_the_cell_survives_is_cut(raw_mn):
    rows = pressed_rows(mass_g=0.0)
    rows[at(2.0) :, 7] = raw_mn
    _, net, _ = contacts(rows)
    assert abs(net[-1]) == pytest.approx(100.0, abs=3.0)


def test_an_fsr_has_no_lag_to_speak_of():
    late_ms = []
    for rest_s in (1.0, 1.003, 1.007, 1.011, 1.015):
        plan = Plan().rest(rest_s).press(0.0, 3.0, 0.1).rest(0.5, 3.0)
        spans, _, _ = contacts(samples(plan, mass_g=0.0), fsr())
        late_ms.append((spans[0][0] - crossings(plan)[0]) * 1000)
    assert abs(np.mean(late_ms)) < 8.0


def test_what_an_fsr_reads_low_while_rising_counts_against_the_limit():
    def alarms(reads_n):
        plan = Plan().rest(1.0).press(0.0, reads_n, 0.3).rest(0.6, reads_n)
        return of_type(contacts(samples(plan, mass_g=0.0), fsr())[2], OVER_ON)

    assert len(alarms(9.8)) == 1
    assert alarms(9.2) == []


def test_a_force_as_it_stands_may_sink_for_a_moment():
    (span,) = as_it_stands([(0.5, 0), (0.5, 1000), (0.015, 100), (0.5, 1000), (0.5, 280), (0.5, 1000)])
    assert span == [pytest.approx(0.5, abs=0.01), None]


def test_a_force_as_it_stands_ends_where_it_fell():
    first, second = as_it_stands([(0.5, 0), (0.5, 1000), (0.015, 100), (0.3, 1000), (0.3, 100), (0.5, 1000)])
    assert first == pytest.approx([0.5, 1.315], abs=0.01)
    assert second == [pytest.approx(1.615, abs=0.01), None]


def test_a_force_as_it_stands_is_never_tared():
    (span,) = as_it_stands([(5.0, 250), (0.5, 340)])
    assert span[0] == pytest.approx(5.0, abs=0.02)
