# SPDX-License-Identifier: MIT
"""When the turning of the handle tells its speed: on a curve, in contact, after a while; never on flat skin."""

import math

import pytest
from small import Small

from rollcore.coupling import Coupling

BLOCK_US = 19231
DPS = 457  # in 2.2 mdps
CM_S = 160_000  # in 1/16 um/s


class Rolling:
    """Strokes there and back at 0.8 Hz over a curve."""

    def __init__(self, curve_per_m, most_cm_s=15.0):
        self.coupling = Coupling()
        self.coupling.set_block(BLOCK_US)
        self._curve_per_m, self._most_cm_s = curve_per_m, most_cm_s
        self._blocks = 0
        self.cm_s = self.turning = 0

    def go(self, seconds, in_contact=True):
        """Roll on; return whether the coupling held in each block."""
        held = []
        for _ in range(round(seconds * 1e6 / BLOCK_US)):
            self._blocks += 1
            before = self.cm_s
            self.cm_s = self._most_cm_s * math.sin(2 * math.pi * 0.8 * self._blocks * BLOCK_US / 1e6)
            self.turning = round(math.degrees(self.cm_s / 100 * self._curve_per_m) * DPS)
            self.coupling.block(Small(round((self.cm_s - before) * CM_S)), Small(self.turning), in_contact)
            held.append(self.coupling.holds)
        return held

    def speed_cm_s(self):
        return self.coupling.speed(self.turning) / CM_S


@pytest.mark.parametrize("curve_per_m", [10.0, -4.0])
def test_on_a_curve_the_turning_tells_the_speed(curve_per_m):
    rolling = Rolling(curve_per_m)
    rolling.go(3.0)
    for _ in range(20):
        assert all(rolling.go(0.04))
        assert rolling.speed_cm_s() == pytest.approx(rolling.cm_s, abs=2.0)


@pytest.mark.parametrize(("most_cm_s", "curve_per_m"), [(100.0, 0.5), (100.0, 5.0), (9.0, 85.0)])
def test_the_fastest_hand_is_told_right_too(most_cm_s, curve_per_m):
    """Fast over a gentle curve, fast over a tight one, and slow while it turns by 450 deg/s."""
    rolling = Rolling(curve_per_m, most_cm_s)
    rolling.go(3.0)
    assert all(rolling.go(0.3))
    assert rolling.speed_cm_s() == pytest.approx(rolling.cm_s, rel=0.2)


def test_what_turns_in_the_air_tells_nothing():
    rolling = Rolling(10.0)
    assert not any(rolling.go(4.0, in_contact=False))
    assert not any(rolling.go(0.1)), "nothing was learnt in the air"


def test_a_moment_of_contact_is_no_evidence():
    rolling = Rolling(20.0, 30.0)
    assert not any(rolling.go(0.2))
    assert any(rolling.go(2.0))


def test_on_flat_skin_nothing_is_claimed():
    rolling = Rolling(0.1)  # 0.9 deg/s at most, though in time with the strokes
    assert not any(rolling.go(5.0))


def test_what_turns_against_no_motion_explains_nothing():
    coupling = Coupling()
    coupling.set_block(BLOCK_US)
    for i in range(300):
        coupling.block(round(CM_S * math.sin(i * 0.1)), round(20 * DPS * math.cos(i * 0.16)), True)
    assert not coupling.holds
