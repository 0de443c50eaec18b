# SPDX-License-Identifier: MIT
"""Short plans for a modelled hand, and what is true about them."""

import numpy as np

from rolltools.hand import body
from rolltools.hand.profile import bell
from rolltools.hand.timeline import Site, Timeline

FINE_HZ = 1000.0
STILL = body.Hold(tremor_g=0.0, tremor_dps=0.0, sway_rad=0.0, hover_m=0.0, skin_m=0.0, force_wander=0.0)
LEVEL = np.eye(3)


def truth_of(line, wrist=None, lever_m=0.1, attitude=LEVEL):
    return body.simulate(line, wrist or body.Wrist(), STILL, attitude, lever_m, np.random.default_rng(0))


def one_roll(bend=0.0, distance=0.06, span=1.0):
    line = Timeline(FINE_HZ, sites=[Site(0.0, bend)])
    line.roll_by(0.5, bell(line.count(span)), distance)
    line.now = 2.0
    return line


def planned(speed, force):
    zeros = np.zeros((len(speed), 3))
    return body.Truth(FINE_HZ, zeros, zeros, zeros, np.asarray(speed) / 100.0, np.asarray(force))


def held(value, seconds):
    return np.full(round(seconds * FINE_HZ), float(value))


def planned_still(force_n):
    return planned(np.zeros_like(force_n), force_n)
