# SPDX-License-Identifier: MIT
"""Motion block by block: what a block is made of, what is learnt at rest, and what the skin says of the way across."""

import numpy as np
import pytest
from strokes import Plan, samples

from rollcore.motion import Motion

DT_US = 4808


CM_S = 160_000


def played(rows, in_contact=True, motion=None, each=None):
    """Return the motion after rows of the engine."""
    motion = motion or Motion(100, DT_US)
    for row in rows.tolist():
        if motion.add(row[1:7]):
            motion.block(in_contact)
            if each:
                each(motion)
    return motion


def held(seconds, more=(0, 0, 0), turn_dps=(0, 0, 0)):
    """Return rows of a roller that is held still; `more` is added to what it feels, in mg."""
    rows = samples(Plan().rest(seconds), noise=0.3, bias_dps=turn_dps)
    rows[:, 1:4] += np.rint(np.array(more) / 0.122).astype(int)
    return rows


@pytest.mark.parametrize(
    ("dt_us", "count"), [(66667, 1), (20000, 1), (9615, 2), (4808, 4), (2404, 8), (1202, 8), (601, 8)]
)
def test_a_block_takes_19_ms_or_8_samples(dt_us, count):
    motion = Motion(100, dt_us)
    assert [motion.add([0] * 6) for _ in range(count)] == [False] * (count - 1) + [True]
    assert motion.block_us == count * dt_us


@pytest.mark.parametrize("dt_us", [20000, 9615, 4808, 2404])
def test_an_even_turn_is_the_same_in_both_halves_of_a_block(dt_us):
    motion = Motion(100, dt_us)
    while not motion.add([0, 0, 8197, 0, 100, 0]):
        pass
    motion.block(True)
    assert (motion.turn_y_first, motion.turn_y_last) == (1600, 1600)


@pytest.mark.parametrize("count", [2, 4, 8])
def test_a_turn_that_begins_in_a_block_is_in_its_second_half(count):
    motion = Motion(100, {2: 9615, 4: 4808, 8: 2404}[count])
    for i in range(count):
        motion.add([0, 0, 8197, 0, 100 if i >= count // 2 else 0, 0])
    motion.block(True)
    assert (motion.turn_y_first, motion.turn_y_last) == (0, 1600)


def test_tremor_turns_nothing_and_a_turn_is_counted():
    still = []
    played(held(1.0, turn_dps=(1.0, -1.0, 1.0)), each=lambda motion: still.append(motion.turned))
    assert set(still) == {0}
    assert played(held(0.5, turn_dps=(0, 60.0, 0))).turned > 0


def learnt_mg(motion):
    return motion._oz / 16 * 0.122


@pytest.mark.parametrize("way", [1, -1])
def test_at_rest_what_is_felt_beyond_1_g_is_offset_but_not_60_mg(way):
    assert learnt_mg(played(held(4.0, (0, 0, way * 12)))) == pytest.approx(way * 12, abs=2)
    assert learnt_mg(played(held(4.0, (0, 0, way * 60)))) == 0, "that is a wrong scale, or no rest"


def test_what_is_felt_while_it_rolls_evenly_is_no_offset():
    """On a curve a part of it is the way round."""
    plan = Plan().rest(1.5)
    start_s, end_s = plan.cruise(12.0, 1.6)
    rows = samples(plan, noise=0.3)
    even = (rows[:, 0] > start_s * 1000 + 200) & (rows[:, 0] < end_s * 1000 - 200)
    rows[even, 3] += round(20 / 0.122)
    resting = []
    assert abs(learnt_mg(played(rows, each=lambda motion: resting.append(motion.guesses.best.resting)))) < 0.5
    assert not all(resting[-40:])


@pytest.mark.parametrize("after", range(8))
def test_what_is_felt_when_a_rest_ends_is_no_offset(after):
    rest = held(1.0 + after * DT_US * 4 / 1e6)
    motion = played(rest)
    before = learnt_mg(motion)
    played(held(0.058, (0, 0, 60)), motion=motion)
    assert learnt_mg(motion) == pytest.approx(before, abs=0.3)


def thrown_across(in_contact):
    """Roll while a jolt throws the head sideways; return the speed across that is left of it, in cm/s."""
    plan = Plan().rest(1.5, 3.0)
    plan.roll(15.0, 1.2)
    rows = samples(plan, noise=0.3)
    jolt = (rows[:, 0] > 1900) & (rows[:, 0] < 2000)
    rows[jolt, 2] += round(100 / 0.122)
    return abs(played(rows[rows[:, 0] < 2350], in_contact)._vy) / CM_S


def test_on_the_skin_a_head_does_not_move_across_the_handle():
    assert thrown_across(True) < 0.5 * thrown_across(False)


def test_at_rest_a_gyro_that_is_a_little_off_does_not_tilt_gravity():
    motion = played(held(3.0, turn_dps=(0, 0, 3.0)))
    assert abs(motion._gy) / 64 / 16 * 0.122 < 1.0
