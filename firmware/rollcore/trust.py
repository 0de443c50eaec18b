# SPDX-License-Identifier: MIT
"""How far velocity, gravity and the gyro's bias can be trusted: the variances of a Kalman filter of three errors.

The bias's error turns gravity, gravity's error drives the velocity, and now and then the velocity is known to be zero.
One error of each kind stands for all axes. Units: 0.1 mm/s, 0.1 mm/s^2 (10 ug) and 0.1 mm/s^3 (1 deg/s turns gravity
by 17 mg, 1680 units, in a second). Turning makes gravity uncertain too: the accelerometer's own offset (10 mg) stays
where it is while gravity turns. Variances are passed on every 77 ms or so, and before they are used.
"""

from micropython import const

_START_V = const(10000)  # 1 cm/s
_START_E = const(3800000)  # 20 mg
_START_B = const(2800000)  # 1 deg/s
_MAX_V = const(16000000)  # 40 cm/s
_MAX_E = const(16000000)  # 40 mg
_LEAST_B = const(6000)  # 0.05 deg/s
_TURN_E = const(300000)  # for each rad turned: 5.6 mg
_WALK_V = const(900)  # a second: what the model of a rigid handle leaves out
_WALK_E = const(10000)  # a second
_LOST_V = const(9000000)
_LOST_SIGMA_V = const(3000)  # 30 cm/s
_LOST_SIGMA_E = const(1950)  # 20 mg
_EVERY_TICKS = const(76)


class Trust:
    """Variances: `sigma_v` in 0.1 mm/s and `sigma_e` in 10 ug are the likely errors of velocity and gravity."""

    def __init__(self):
        self._vv = _START_V
        self._ve = self._vb = self._eb = 0
        self._ee = _START_E
        self._bb = _START_B
        self._ticks = 0  # 1/1024 s not yet passed on
        self._turned = 0  # 2^-16 rad not yet passed on
        self.sigma_v = 100
        self.sigma_e = 2000
        self.gain_v = 0  # 1/4096
        self.gain_e = 0  # 1/4096 a second
        self.gain_b = 0  # 1/4096 a second^2

    def pass_time(self, block_us, turned):
        """Let one block pass in which the handle turned by `turned` 2^-16 rad; return True when it was passed on."""
        self._ticks += block_us // 977
        self._turned += turned
        if self._ticks < _EVERY_TICKS:
            return False
        self.catch_up()
        return True

    def catch_up(self):
        """Pass on the time that has gathered."""
        t = self._ticks
        self._vv += (((self._ve >> 3) * t >> 6) + ((self._ee >> 10) * t >> 5) * t // 32) + (_WALK_V * t >> 10)
        self._ve += ((self._ee >> 4) * t >> 6) + ((self._vb >> 4) * t >> 6)
        self._vb += (self._eb >> 4) * t >> 6
        self._ee += ((self._eb >> 3) * t >> 6) + ((self._bb >> 10) * t >> 5) * t // 32
        self._ee += ((self._turned >> 4) * (_TURN_E >> 4) >> 8) + (_WALK_E * t >> 10)
        self._eb += (self._bb >> 4) * t >> 6
        self._ticks = 0
        self._turned = 0
        if self._vv > _MAX_V or self._ee > _MAX_E:
            self._bound()
        # a step of Newton's square root keeps up with variances that change slowly
        self.sigma_v = max(1, (self.sigma_v + self._vv // self.sigma_v) >> 1)
        self.sigma_e = max(1, (self.sigma_e + self._ee // self.sigma_e) >> 1)

    def lose(self):
        """Trust nothing but the bias: the velocity is more than a hand can have."""
        self._vv = _LOST_V
        self.sigma_v = _LOST_SIGMA_V
        self._ee = max(self._ee, _START_E)
        self.sigma_e = max(self.sigma_e, _LOST_SIGMA_E)
        self._ve = self._vb = self._eb = 0

    def _bound(self):
        """Keep the variances in range, and the correlations below what they allow."""
        while self._vv > _MAX_V:
            self._vv -= self._vv >> 2
            self._ve -= self._ve >> 3
            self._vb -= self._vb >> 3
        while self._ee > _MAX_E:
            self._ee -= self._ee >> 2
            self._ve -= self._ve >> 3
            self._eb -= self._eb >> 3

    def correct(self, noise):
        """Set the gains and lower the variances: the velocity is known to be zero with this variance."""
        total = self._vv + noise + 4095 >> 12
        gain_v = self._vv // total
        gain_e = self._ve // total
        gain_b = self._vb // total
        self.gain_v = gain_v
        self.gain_e = gain_e
        self.gain_b = gain_b
        ve = self._ve >> 6
        vb = self._vb >> 6
        self._ee = max(100, self._ee - (ve * gain_e >> 6))
        self._eb -= vb * gain_e >> 6
        self._bb = max(_LEAST_B, self._bb - (vb * gain_b >> 6))
        keep = 4096 - gain_v
        self._vv = (self._vv >> 6) * keep >> 6
        self._ve = ve * keep >> 6
        self._vb = vb * keep >> 6
