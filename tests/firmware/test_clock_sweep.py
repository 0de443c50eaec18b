# SPDX-License-Identifier: MIT
"""Hours of the whole app over wraps of the ticks: no time goes back, no memory is kept, no sample is lost."""

import clock_sweep
import pytest

WRAP_S = 2**30 / 1e6
BLOCK_BYTES = 16  # one number that looks like a pointer


@pytest.mark.parametrize("hours", [0.31, pytest.param(6.0, marks=pytest.mark.exhaustive)])
def test_time_heap_and_logs_over_wraps_of_the_ticks(vm32, tmp_path, hours):
    outcome = clock_sweep.run(vm32, tmp_path, hours)
    assert outcome.wraps == 1 + int(hours * 3600 / WRAP_S) >= 2
    assert (outcome.back, outcome.wrong, outcome.faults) == (0, [], [])
    assert outcome.off_ms < 15, "the app's clock follows the modelled time within a drain"
    assert outcome.skew_ms < 15, "what the processor stamps is not older or newer than a drain"
    assert outcome.lost_samples == 0
    assert outcome.heap_drift <= BLOCK_BYTES, "a block that every session kept would be four in half of the sessions"
    assert len(outcome.heap) >= int(hours * 3600 / outcome.cycle_s) - 1

    # Every round is the same minute of rolling, so the sessions begin one round apart and hold about the same strokes.
    first_ms = outcome.starts_ms[0]
    for number, start_ms in enumerate(outcome.starts_ms):
        assert abs(start_ms - first_ms - number * outcome.cycle_s * 1000) < 300
    whole = outcome.strokes[: len(outcome.heap)]
    assert min(whole) > 25 and max(whole) - min(whole) <= 2
