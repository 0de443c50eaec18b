# SPDX-License-Identifier: MIT
"""Motion on samples at the ends of their range: every integer keeps below 2^30, and every state within its bounds.

`extreme_run.py` asks the same of the whole engine, on the 32-bit MicroPython.
"""

import random

import pytest
from small import Small

from rollcore.motion import Motion

LOW, HIGH = -32768, 32767


def anything(rng, _):
    return [rng.randint(LOW, HIGH) for _ in range(6)]


def either_end(rng, _):
    return [rng.choice((LOW, HIGH)) for _ in range(6)]


def one_end_then_the_other(_, step):
    return [LOW if step // 400 % 2 else HIGH] * 6


def thrown_in_turns(_, step):
    """Accelerate for 0.5 s, then be still: what pulls is as far away as can be."""
    return [HIGH if step // 100 % 2 else 0, 0, 0, 0, 0, 0]


def stuck(_rng, _step):
    """Feel 2 g on each axis for ever, without turning: a rest, for all that a detector knows."""
    return [16000, 16000, 16000, 0, 0, 0]


@pytest.mark.parametrize("hand", [anything, either_end, one_end_then_the_other, thrown_in_turns, stuck])
@pytest.mark.parametrize(("dt_us", "lever_mm"), [(4808, 100), (2404, 300), (66667, 300)])
def test_no_sample_makes_an_integer_of_more_than_31_bits(hand, dt_us, lever_mm):
    rng = random.Random(1)
    motion = Motion(lever_mm, dt_us)
    for step in range(2000):
        sample = [Small(value) for value in hand(rng, step)]
        if motion.add(sample):
            motion.block(step // 300 % 2 == 0)
            assert abs(motion.speed_um_s) <= 1_500_000
