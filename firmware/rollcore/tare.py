# SPDX-License-Identifier: MIT
"""What the force sensor reads out of contact: an offset that drifts, and a head whose weight is not quite as told.

The IMU may be mounted 10 degrees off and the head may weigh a little more or less than its setting, so what the
weight's correction leaves changes with the pose, by up to 0.3 N. A Kalman filter of four numbers (the offset in mN,
and mN for each g along x, y and z) learns both from readings out of contact, and knows how sure it is of the pose of
the moment: a new pose is in doubt, a known one is not. For an FSR, which carries no weight, the offset is all there is.

Variances are in quarters of mN^2, accelerations in 1/256 g, the numbers themselves in 1/256.
"""

from array import array

import micropython
from micropython import const

_BITS = const(8)
_OFFSET_VAR = const(360000)  # 300 mN: 0.5 N either way, and never worse
_NOISE_VAR = const(3600)  # 30 mN: of 77 ms of readings
_CREEP_VAR = const(400)  # an FSR's
_LEARN_VAR = const(2)  # in 77 ms; 0.1 N a minute would do with less, but a warm hand is quicker
_LEAST_VAR = const(256)  # 8 mN
_DOUBT_VAR = const(40000)  # 100 mN: a force below zero, or one of another sort
_MOST_VAR = const(500000)
_PULLED_MN = const(-100)  # a roller cannot be pulled: the offset has moved
_NOISE_MAX = const(400)
_OFFSET_MAX = const(1500 << 8)
_POSE_MAX_MN = const(1300)  # so that 4 g on each axis stay below 2^30
_ERROR_MAX = const(1000)
_AT_MAX = const(768)  # 3 g


@micropython.native
def _clip(value, limit):
    return limit if value > limit else -limit if value < -limit else value


class Tare:
    """`at` tells what is read in a pose with nothing touched; `sigma_mn` how far that may be off."""

    def __init__(self, head_mass_g, fsr):
        self._fsr = fsr
        weight_mn = head_mass_g * 981 // 100
        pose_var = (weight_mn * 7 // 100) ** 2 * 4  # 5.8 degrees each way, the likely part of 10
        mass_var = (weight_mn // 40) ** 2 * 4
        pose_max = min(_POSE_MAX_MN, weight_mn // 4) << _BITS  # 14 degrees
        self._most = array("i", [_OFFSET_MAX, pose_max, pose_max, pose_max >> 2])
        self._x = array("i", [0, 0, 0, 0])
        self._p = array("i", [0] * 16)
        self._p[0] = _OFFSET_VAR
        self._p[5] = self._p[10] = pose_var
        self._p[15] = mass_var
        self._phi = array("i", [1 << _BITS, 0, 0, 0])
        self._gain = array("i", [0, 0, 0, 0])
        self.sigma_mn = 300

    @micropython.native
    def at(self, x, y, z):
        """Return the offset in mN in a pose, given by the accelerations in 1/256 g."""
        k = self._x
        return k[0] + (k[1] * x + k[2] * y + k[3] * z >> _BITS) >> _BITS

    @micropython.native
    def _spread(self, x, y, z):
        """Fill the products of variances and pose; return the variance of the offset in that pose."""
        phi = self._phi
        phi[1] = _clip(x, _AT_MAX)
        phi[2] = _clip(y, _AT_MAX)
        phi[3] = _clip(z, _AT_MAX)
        p = self._p
        gain = self._gain
        if self._fsr:
            gain[0] = p[0]
            return p[0]
        var = 0
        for i in range(4):
            row = i << 2
            g = (p[row] << _BITS) + p[row + 1] * phi[1] + p[row + 2] * phi[2] + p[row + 3] * phi[3] >> _BITS
            g = _clip(g, _MOST_VAR)
            gain[i] = g
            var += g * phi[i] >> _BITS
        return max(_LEAST_VAR, var)

    @micropython.native
    def look(self, x, y, z):
        """Bring `sigma_mn` up to this pose."""
        sigma = self.sigma_mn
        self.sigma_mn = max(1, sigma + (self._spread(x, y, z) >> 2) // sigma >> 1)

    @micropython.native
    def learn(self, raw_mn, noise, x, y, z):
        """Take a reading of 77 ms out of contact, as doubtful as `noise` in mN."""
        error = _clip(raw_mn - self.at(x, y, z), _ERROR_MAX)
        p = self._p
        if error < _PULLED_MN:
            p[0] = min(_OFFSET_VAR, p[0] + _DOUBT_VAR)
        noise = min(noise, _NOISE_MAX)
        total = self._spread(x, y, z) + _NOISE_VAR + 4 * noise * noise
        gain = self._gain
        k = self._x
        states = 1 if self._fsr else 4
        shift = 0
        for i in range(states):
            while abs(gain[i]) >> shift > 16383:
                shift += 1
        part = max(1, total >> shift)
        for i in range(states):
            g = gain[i] >> shift
            k[i] = _clip(k[i] + ((g << 8) // part * error), self._most[i])
            for j in range(i, states):
                less = g * (gain[j] >> shift) // part << shift
                p[(j << 2) + i] = p[(i << 2) + j] = p[(i << 2) + j] - less
            p[5 * i] = max(_LEAST_VAR, p[5 * i] + _LEARN_VAR)
        if self._fsr:
            p[0] = min(_OFFSET_VAR, p[0] + _CREEP_VAR)
