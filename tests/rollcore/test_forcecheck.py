# SPDX-License-Identifier: MIT
"""Faults of the force sensor, put into sessions of the modelled hand: each is named in time, none is ever "ok"."""

from functools import cache

import numpy as np
import pytest
from strokes import of_type, run

from rollcore.events import CUE, FAULT, SESSION_START
from rollcore.faults import fault_code
from rollcore.fields import BAND_NAMES
from rollcore.haptics import CUE_SENSOR
from rollcore.settings import Settings
from rolltools import hand
from rolltools.hand.scenarios import TABLE
from rolltools.recording import engine_rows

SENSOR_FAULTS = range(fault_code("force_stuck"), fault_code("force_drift") + 1)
SECOND_MS = 1000
RAIL_MN = 191000


@cache
def played(scenario, seed=3):
    return engine_rows(hand.make(scenario, seed).recording)


def settings_of(scenario):
    return Settings({}, TABLE[scenario].sensor)


def broken(scenario, at_s, change, seed=3):
    """Run the engine over a session whose force is changed from `at_s` on; return events and the time of the change."""
    rows = played(scenario, seed).copy()
    first = np.searchsorted(rows[:, 0], at_s * 1000)
    rows[first:, 7] = change(rows[first:, 7], rows[first:, 0] - rows[first, 0])
    known = []
    settings = settings_of(scenario)
    found = run(
        rows, settings=settings, each=lambda t_ms, engine: known.append((t_ms, engine.force_known, engine.band))
    )
    return found, known, int(rows[first, 0])


def noise(most_mn):
    return lambda force, _: force + np.random.default_rng(1).integers(-most_mn, most_mn, len(force))


def jumps(force, _):
    return np.random.default_rng(1).integers(-RAIL_MN, RAIL_MN, len(force))


CASES = {
    "stuck": (fault_code("force_stuck"), lambda force, _: np.full_like(force, force[0])),
    "clipped": (fault_code("force_clipped"), lambda force, _: np.full_like(force, RAIL_MN)),
    "open": (fault_code("force_unplugged"), jumps),
    "open, at its lower end": (fault_code("force_unplugged"), lambda force, _: np.full_like(force, -RAIL_MN)),
    "noisy": (fault_code("force_noisy"), noise(600)),
}


@pytest.mark.parametrize("scenario", ["mixed", "idle"])
@pytest.mark.parametrize("case", CASES)
def test_a_fault_is_named_announced_and_unknown_within_a_second(scenario, case):
    fault, change = CASES[case]
    found, known, at_ms = broken(scenario, 12.0, change)
    (named,) = [f for f in of_type(found, FAULT) if f["code"] in SENSOR_FAULTS]
    assert named["code"] == fault
    assert 0 <= named["t_ms"] - at_ms <= SECOND_MS
    assert [c["t_ms"] for c in of_type(found, CUE) if c["cue"] == CUE_SENSOR] == [named["t_ms"]]
    assert all(not ok and band == BAND_NAMES.index("unknown") for t_ms, ok, band in known if t_ms > named["t_ms"] + 20)


def test_swapped_wires_are_named_at_the_first_press():
    first_ms = hand.make("mixed", 3).labels["strokes"][0]["t_start"] * 1000
    found, known, _ = broken("mixed", 0.0, lambda force, _: -force)
    (named,) = of_type(found, FAULT)
    assert named["code"] == fault_code("force_swapped")
    assert named["t_ms"] <= first_ms + SECOND_MS
    assert not any(ok for t_ms, ok, _ in known if t_ms >= named["t_ms"])


@pytest.mark.parametrize("mn_a_minute", [1000, -1000, 6000])
def test_a_drift_is_named_within_a_second_of_ten_out_of_contact(mn_a_minute):
    found, _, at_ms = broken("idle", 8.0, lambda force, since_ms: force + since_ms * mn_a_minute // 60000)
    (named,) = [f for f in of_type(found, FAULT) if f["code"] in SENSOR_FAULTS]
    assert named["code"] == fault_code("force_drift")
    assert named["t_ms"] - at_ms <= 11 * SECOND_MS


def test_the_drift_that_the_contract_allows_is_none():
    found, _, _ = broken("idle", 8.0, lambda force, since_ms: force + since_ms * 100 // 60000)
    assert of_type(found, FAULT) == []


def test_a_fault_that_goes_away_ends_and_may_come_again():
    def loose(force, since_ms):
        return np.where((since_ms < 2000) | (since_ms > 6000), jumps(force, since_ms), force)

    found, known, at_ms = broken("mixed", 12.0, loose)
    faults = [f["t_ms"] - at_ms for f in of_type(found, FAULT)]
    assert len(faults) == 2
    assert faults[0] <= SECOND_MS
    assert 6000 < faults[1] <= 7000
    assert all(ok for t_ms, ok, _ in known if 3500 <= t_ms - at_ms <= 6000)


def test_a_log_says_why_nothing_else_is_in_it():
    found, _, _ = broken("idle", 0.0, lambda force, _: np.full_like(force, -RAIL_MN))
    assert [f["type"] for f in found if f["type"] in (SESSION_START, FAULT)] == [SESSION_START, FAULT]


def test_a_column_that_never_changes_was_never_measured():
    rows = played("mixed").copy()
    rows[:, 7] = 3000
    settings = Settings()
    settings.force_as_is = True
    assert of_type(run(rows, settings=settings), FAULT) == []


def test_a_motor_that_shakes_the_head_is_no_noise():
    rows = played("idle").copy()
    rows[2000:4000, 7] += np.random.default_rng(1).integers(-600, 600, 2000)
    rows[2000:4000, 8] = 1
    assert of_type(run(rows), FAULT) == []


def false_faults(scenario, seed):
    return of_type(run(played(scenario, seed), settings=settings_of(scenario)), FAULT)


@pytest.mark.parametrize("scenario", ["taps", "shaken", "overpressure", "fsr_drift"])
def test_a_sound_sensor_has_no_fault(scenario):
    assert false_faults(scenario, 3) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("scenario", hand.SCENARIOS)
def test_a_sound_sensor_has_no_fault_whatever_the_hand_does(scenario):
    for seed in range(1, 4):
        assert false_faults(scenario, seed) == []
