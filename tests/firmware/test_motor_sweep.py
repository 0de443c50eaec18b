# SPDX-License-Identifier: MIT
"""After a fault at any await or bus transfer of the control path the motor is off in time, and stays off."""

import motor_sweep
import pytest


@pytest.mark.parametrize("stride", [61, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_the_motor_is_off_in_time_after_a_fault_at_any_point(tmp_path, stride):
    done = motor_sweep.sweep(tmp_path, stride)
    assert done.awaits > 400 and done.transfers > 900
    assert {name: outcome.late for name, outcome in done.outcomes.items() if outcome.late} == {}
    for name, outcome in done.outcomes.items():
        assert outcome.points > 400 // stride, name
        assert outcome.driven > 0, f"{name} never met a motor that was on"
    for name in ("task hangs", "bus never answers", "bus never answers here"):
        assert done.outcomes[name].boots == done.outcomes[name].points, f"{name}: the watchdog starts the board again"
    worst_ms = {name: outcome.worst_ms for name, outcome in done.outcomes.items()}
    assert worst_ms["motion sensor silent"] > 25, "a motor that is off sooner was not stopped by this"
    assert worst_ms["task hangs"] > 1900
