# SPDX-License-Identifier: MIT
"""A head of 150 g in six orientations, through chip models, drivers and engine (`pytest -s` prints the figures)."""

import math
import random

import pytest
from fakes.board_rig import Rig, sample_file

from rollcore.engine import Engine
from rollcore.sample import FORCE
from rollcore.settings import Settings

RATE_HZ = 208
HOLD_S, TURN_S = 3.0, 1.0
LEARN_S = 1.0  # for the offset, at the start of a pose
GRAVITY = 9.80665
# The rotations about x and y, in quarters of a turn, from one pose to the next: +z, +y, -z, -y up, then +x and -x.
TURNS = [(1, 0), (1, 0), (1, 0), (1, 0), (0, 1), (0, 2)]


def rotated(g, wx, wy, seconds):
    """Return gravity as the handle feels it after turning at a rate in rad/s."""
    ax, ay, az = g
    for angle, axis in ((wx * seconds, 0), (wy * seconds, 1)):
        cos, sin = math.cos(angle), math.sin(angle)
        if axis == 0:
            ay, az = cos * ay + sin * az, cos * az - sin * ay
        else:
            ax, az = cos * ax - sin * az, cos * az + sin * ax
    return ax, ay, az


def turned_around(offset_mn, mass_g, seed=1):
    """Return the rows of a session of six poses held with nothing touched, and the rows at which a pose is settled."""
    chance = random.Random(seed)
    rows, settled, g = [], [], (0.0, 0.0, 1.0)

    def add(seconds, wx=0.0, wy=0.0):
        nonlocal g
        for _ in range(round(seconds * RATE_HZ)):
            g = rotated(g, wx, wy, 1 / RATE_HZ)
            accel = [round(a * 1e6 + chance.gauss(0, 750)) for a in g]
            rate = [round(math.degrees(w) * 1000 + chance.gauss(0, 40)) for w in (wx, wy, 0.0)]
            force = offset_mn - mass_g * GRAVITY * g[2] + chance.gauss(0, 5)
            rows.append([*accel, *rate, round(force)])

    for x, y in [(0, 0), *TURNS]:
        add(TURN_S * (x + y), *((math.pi / 2 / TURN_S if quarters else 0.0) for quarters in (x, y)))
        add(HOLD_S)
        settled.append((len(rows) - round((HOLD_S - LEARN_S) * RATE_HZ), len(rows) - 20))
    return rows, settled


@pytest.mark.parametrize(("offset_mn", "mass_g"), [(0, 150), (450, 150), (-450, 150), (300, 155)])
def test_the_head_weighs_nothing_in_any_orientation(offset_mn, mass_g):
    rows, settled = turned_around(offset_mn, mass_g)
    rig = Rig(sample_file(rows))
    board = rig.board()
    board.start()
    engine, raw, net = Engine(Settings()), [], []

    def take(sample):
        raw.append(sample[FORCE] / 1000)
        engine.step(len(raw) * 1000 // RATE_HZ, board.period_us, sample)
        net.append(engine._force.mean_mn / 1000)
        assert not engine.in_contact

    rig.run(board, len(rows) * 1000 // RATE_HZ, take)
    residuals = [sum(net[a:b]) / (b - a) for a, b in settled]
    reads = [sum(raw[a:b]) / (b - a) for a, b in settled]
    print(f"\noffset {offset_mn / 1000:+.2f} N, head {mass_g} g: raw", *(f"{r:+.2f}" for r in reads))
    print("  compensated", *(f"{r:+.3f}" for r in residuals), "N")
    assert max(reads) - min(reads) > 2.9
    assert max(map(abs, residuals)) <= 0.05
