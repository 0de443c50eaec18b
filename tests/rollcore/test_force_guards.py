# SPDX-License-Identifier: MIT
"""Conditions of the force path that concern few samples: readings that are missing, out of range, or as they stand."""

from types import SimpleNamespace

import numpy as np
import pytest
from strokes import Plan, of_type, samples
from test_force import RATE_HZ, at, contacts, crossings, fsr

from rollcore.events import FAULT, OVER_ON
from rollcore.force import Force
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


class Blocks:
    """A load cell with a head of 150 g on blocks of 4 readings, told what is felt along z and what is pressed."""

    def __init__(self):
        self.force = Force(150, False, False, 100)
        self.force.set_block(19231, 4808)
        self.now_ms = 0

    def press(self, force_mn, blocks=1, felt_g=1.0):
        z = round(felt_g / 122e-6 * 16)
        motion = SimpleNamespace(
            felt_x=0, felt_y=0, felt_z=z, turn_x=0, turn_z=0, turn_y_first=0, turn_y_last=0, gravity_z=131_148
        )
        for _ in range(blocks):
            for _ in range(4):
                self.now_ms += 5
                self.force.step(self.now_ms, force_mn - round(1471 * felt_g))
            self.force.block(self.now_ms, motion)
        return self


def test_a_jerk_leaves_a_doubt_for_some_blocks():
    calm = Blocks().press(0, 60).press(420, 3)
    assert calm.force.in_contact
    jerked = Blocks().press(0, 60).press(0, 1, felt_g=2.0).press(0, 1).press(420, 3)
    assert not jerked.force.in_contact
    assert jerked.press(420, 20).force.in_contact, "it stays"


def test_who_takes_no_force_for_true_ends_the_contact_until_the_next_reading():
    blocks = Blocks().press(0, 30).press(3000, 30)
    assert blocks.force.in_contact
    blocks.force.lose(blocks.now_ms)
    assert not blocks.force.known
    assert not blocks.force.in_contact
    assert blocks.force.apart_ms == blocks.now_ms
    assert blocks.press(3000, 1).force.known


def test_a_contact_ended_when_it_ended_although_the_force_is_lost_later():
    blocks = Blocks().press(0, 30).press(3000, 30).press(0, 30)
    apart_ms = blocks.force.apart_ms
    assert 0 < apart_ms < blocks.now_ms - 400
    blocks.force.lose(blocks.now_ms)
    assert blocks.force.apart_ms == apart_ms


@pytest.mark.parametrize(("reads_mn", "touches"), [(373, True), (345, False)])
def test_what_an_fsr_reads_low_while_rising_counts_for_a_touch_too(reads_mn, touches):
    """It reads 5 % low then: a touch is above 0.38 N."""
    force, now_ms = Force(0, False, True, 100), 0
    force.set_block(19231, 4808)
    for block in range(110):
        for _ in range(4):
            now_ms += 5
            force.step(now_ms, 0 if block < 60 else reads_mn)
        force.block(now_ms, None)
    assert force.in_contact == touches


def test_a_jolt_below_zero_is_doubted_for_no_longer_however_strong_it_was():
    for jolt_mn in (-3000, -90_000):
        blocks = Blocks().press(0, 60).press(jolt_mn, 3).press(0, 10)
        assert blocks.press(3000, 6).force.in_contact


def test_a_lift_is_told_at_once_and_a_light_hand_lingers():
    lifted = Blocks().press(0, 30).press(3000, 30).press(0, 5)
    assert not lifted.force.in_contact
    light = Blocks().press(0, 30).press(3000, 30).press(270, 5)
    assert light.force.in_contact
    assert not light.press(270, 30).force.in_contact


def test_what_is_read_while_shaken_is_believed_less():
    def learnt_mn(*felt_g):
        blocks = Blocks().press(0, 8)
        for _ in range(4):
            for g in felt_g:
                blocks.press(100, 1, felt_g=g)
        return blocks.force._tare.at(0, 0, 256)

    calm, shaken = learnt_mn(1.0, 1.0, 1.0, 1.0), learnt_mn(1.0, 2.0, 1.0, 2.0)
    jerked = learnt_mn(2.0, 1.0, 1.0, 1.0)
    assert shaken < 0.8 * calm
    assert jerked < 0.9 * calm
