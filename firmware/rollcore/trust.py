# SPDX-License-Identifier: MIT
"""How far place, velocity, gravity and the gyro's bias can be trusted: the variances of a Kalman filter of four errors.

The bias's error turns gravity, gravity's error drives the velocity, the velocity's error moves the place; now and then
the velocity is known, and the place always a little: a hand does not go far. One error of each kind stands for all
axes. Units: 0.1 mm, 0.1 mm/s, 0.1 mm/s^2 (10 ug) and 0.1 mm/s^3 (1 deg/s turns gravity by 17 mg, 1680 units, in a
second). Turning makes gravity uncertain too: what is left of the accelerometer's own offset stays where it is while
gravity turns; and a hand that turns may be on its way to another place.
"""

import micropython
from micropython import const

_START_P = const(1000000)  # 10 cm
_START_V = const(10000)  # 1 cm/s
_START_E = const(4000000)  # 20 mg
_START_B = const(2900000)  # 1 deg/s
_MAX_P = const(64000000)  # 80 cm
_MAX_V = const(16000000)  # 40 cm/s
_MAX_E = const(16000000)  # 40 mg
_MISSED_V = const(10000)  # a block: 1 cm/s, as of half of 1 m/s^2
_MISSED_E = const(8500)  # a block: 92 ug, as of an angular acceleration of 2.5 rad/s^2
_MISSED_MOST = const(7)  # blocks: then it is as much as can be
_LEAST_E = const(100)  # 0.1 mg
_LEAST_B = const(8500)  # 0.055 deg/s
_TURN_E = const(400000)  # for each rad turned: 6.3 mg
_WALK_V = const(118)  # a second: what the model of a rigid handle leaves out
_WALK_E = const(4113)  # a second
_TURN_P = const(1000000)  # for each rad turned: 10 cm
_WALK_P_SKIN = const(17700)  # a second: 1.3 cm on the skin,
_WALK_P_AIR = const(250000)  # 5 cm in the air
_GAIN_MAX = const(32000)
_FINE_GAIN_MAX = const(60000)
_FINE = const(262144)  # 2^18: below it a variance is divided with all its bits


class Trust:
    """Variances: `vv` of velocity; `sigma_e` is the likely error of gravity in 10 ug."""

    def __init__(self):
        self.gain_v = 0  # 1/4096
        self.gain_e = 0  # 1/4096 a second
        self.gain_b = 0  # 1/4096 a second^2
        self.gain_p = 0  # 1/4096 of a second
        self.place_p = 0  # the same where the place is known: 1/4096,
        self.place_v = 0  # 1/65536 a second
        self.place_e = 0  # 1/65536 a second^2
        self.reset()

    def reset(self):
        """Know nothing but that a hand moves slowly."""
        self.pp = _START_P
        self.vv = _START_V
        self._ee = _START_E
        self._bb = _START_B
        self._pv = self._pe = self._ve = self._vb = self._eb = 0
        self.sigma_e = 2000

    def gap(self, blocks):
        """Trust velocity and gravity less: `blocks`, at most 40, are only what lies between their neighbours."""
        self.vv += _MISSED_V * blocks * blocks
        self._ee += min(_MAX_E, _MISSED_E * min(blocks, _MISSED_MOST) ** 4)

    @micropython.native
    def copy(self, other):
        """Take over the variances of another."""
        self.pp = other.pp
        self.vv = other.vv
        self._pv = other._pv
        self._pe = other._pe
        self._ve = other._ve
        self._vb = other._vb
        self._ee = other._ee
        self._eb = other._eb
        self._bb = other._bb
        self.sigma_e = other.sigma_e

    @micropython.native
    def advance(self, ticks, turned, in_contact):
        """Let `ticks` 1/1024 s (at most 200) pass, in which the handle turned by `turned` 2^-16 rad."""
        pv = self._pv
        pe = self._pe
        vv = self.vv
        ve = self._ve
        ee = self._ee
        vb = self._vb
        eb = self._eb
        bb = self._bb
        pp = self.pp + ((pv >> 3) * ticks >> 6) + ((vv >> 10) * ticks >> 5) * ticks // 32
        pp += ((turned >> 4) * (_TURN_P >> 4) >> 8) + ((_WALK_P_SKIN if in_contact else _WALK_P_AIR) * ticks >> 10)
        pv += ((vv >> 4) * ticks >> 6) + ((pe >> 4) * ticks >> 6)
        pe += (ve >> 4) * ticks >> 6
        vv += ((ve >> 3) * ticks >> 6) + ((ee >> 10) * ticks >> 5) * ticks // 32 + (_WALK_V * ticks >> 10)
        ve += ((ee >> 4) * ticks >> 6) + ((vb >> 4) * ticks >> 6)
        vb += (eb >> 4) * ticks >> 6
        ee += ((eb >> 3) * ticks >> 6) + ((bb >> 10) * ticks >> 5) * ticks // 32
        ee += ((turned >> 4) * (_TURN_E >> 4) >> 8) + (_WALK_E * ticks >> 10)
        eb += (bb >> 4) * ticks >> 6
        while pp > _MAX_P:  # in range, and the correlations below what the variances allow
            pp -= pp >> 2
            pv -= pv >> 3
            pe -= pe >> 3
        while vv > _MAX_V:
            vv -= vv >> 2
            pv -= pv >> 3
            ve -= ve >> 3
            vb -= vb >> 3
        while ee > _MAX_E:
            ee -= ee >> 2
            pe -= pe >> 3
            ve -= ve >> 3
            eb -= eb >> 3
        if vv < 1:
            vv = 1
        if ee < _LEAST_E:
            ee = _LEAST_E
        self.pp = pp if pp > 1 else 1
        self._pv = pv
        self._pe = pe
        self.vv = vv
        self._ve = ve
        self._ee = ee
        self._vb = vb
        self._eb = eb
        # a step of Newton's square root keeps up with variances that change slowly
        sigma = self.sigma_e
        self.sigma_e = sigma + ee // sigma >> 1

    @micropython.native
    def correct(self, noise):
        """Set the gains and lower the variances: the velocity is known with this variance in (0.1 mm/s)^2."""
        pv = self._pv
        vv = self.vv
        ve = self._ve
        vb = self._vb
        total = vv + noise
        if total < _FINE:
            gain_v = (vv << 12) // total
            gain_p = ((pv << 4) // total) << 8
            gain_e = ((ve << 6) // total) << 6
            gain_b = ((vb << 6) // total) << 6
        else:
            total = total + 4095 >> 12
            gain_v = vv // total
            gain_p = pv // total
            gain_e = ve // total
            gain_b = vb // total
        gain_p = _GAIN_MAX if gain_p > _GAIN_MAX else -_GAIN_MAX if gain_p < -_GAIN_MAX else gain_p
        gain_e = _GAIN_MAX if gain_e > _GAIN_MAX else -_GAIN_MAX if gain_e < -_GAIN_MAX else gain_e
        gain_b = _GAIN_MAX if gain_b > _GAIN_MAX else -_GAIN_MAX if gain_b < -_GAIN_MAX else gain_b
        self.gain_p = gain_p
        self.gain_v = gain_v
        self.gain_e = gain_e
        self.gain_b = gain_b
        part = gain_p >> 4
        pp = self.pp - (pv >> 8) * part
        self.pp = pp if pp > 1 else 1
        self._pe -= (ve >> 8) * part
        part = gain_e >> 4
        ee = self._ee - ((ve >> 6) * part >> 2)
        self._ee = ee if ee > _LEAST_E else _LEAST_E
        self._eb -= (vb >> 6) * part >> 2
        bb = self._bb - ((vb >> 6) * (gain_b >> 4) >> 2)
        self._bb = bb if bb > _LEAST_B else _LEAST_B
        keep = 4096 - gain_v
        vv = (vv >> 6) * keep >> 6 if vv >= _FINE else vv * keep >> 12
        if vv < 1:
            vv = 1
        self.vv = vv
        self._pv = (pv >> 6) * keep >> 6
        self._ve = ve * keep >> 12 if -_FINE < ve < _FINE else (ve >> 6) * keep >> 6
        self._vb = vb * keep >> 12 if -_FINE < vb < _FINE else (vb >> 6) * keep >> 6

    @micropython.native
    def correct_place(self, noise):
        """Set the gains and lower the variances: the place is known with this variance, at least 2^20 (0.1 mm)^2."""
        pp = self.pp
        pv = self._pv
        pe = self._pe
        total = pp + noise >> 12
        gain_p = pp // total
        gain_v = (pv << 4) // total
        gain_v = _FINE_GAIN_MAX if gain_v > _FINE_GAIN_MAX else -_FINE_GAIN_MAX if gain_v < -_FINE_GAIN_MAX else gain_v
        gain_e = (pe << 4) // total
        gain_e = _FINE_GAIN_MAX if gain_e > _FINE_GAIN_MAX else -_FINE_GAIN_MAX if gain_e < -_FINE_GAIN_MAX else gain_e
        self.place_p = gain_p
        self.place_v = gain_v
        self.place_e = gain_e
        part = gain_v >> 4
        vv = self.vv - ((pv >> 8) * part >> 4)
        self.vv = vv if vv > 1 else 1
        part_e = pe >> 8
        self._ve -= part_e * part >> 4
        ee = self._ee - (part_e * (gain_e >> 4) >> 4)
        self._ee = ee if ee > _LEAST_E else _LEAST_E
        keep = 4096 - gain_p
        pp = (pp >> 6) * keep >> 6
        self.pp = pp if pp > 1 else 1
        self._pv = (pv >> 6) * keep >> 6
        self._pe = (pe >> 6) * keep >> 6
