# SPDX-License-Identifier: MIT
"""Motion of the head along the handle, from accelerometer and gyroscope, in any pose.

The handle is a rigid body. In its own frame, with the specific force f, gravity g as the sensor shows it at rest, the
turning rate w and the velocity v of the sensor:

    dv/dt = f - g - w x v        dg/dt = g x w        velocity of the head = v + L * w x (1, 0, 0)

Gravity and the gyro's bias are never exact, so v drifts. What keeps it in place is that the head rests now and then
(`rest.py`), and that a hand goes nowhere in the long run: both say that the velocity is zero, firmly or vaguely, and
what has to be taken from it also corrects gravity and bias, as far as these are uncertain (`trust.py`).

Samples are summed to blocks of about 19 ms (1, 2, 4 or 8 samples); everything slower runs on blocks, so the cost and
the filters hardly depend on the rate. A unit of acceleration is 1/16 LSB (7.6 ug), of turning 1/16 LSB (2.2 mdps).
"""

from micropython import const

from rollcore.coupling import Coupling
from rollcore.rest import RestDetector
from rollcore.trust import Trust

_G_BITS = const(6)  # fraction bits of gravity
_V_BITS = const(4)  # fraction bits of velocity: 1/16 um/s
_V_MAX = const(24000000)  # 1.5 m/s
_TOO_FAST = const(8000000)  # 0.5 m/s: no hand rolls so fast, so the velocity is wrong
_PULL_MAX = const(8000000)  # 0.5 m/s: what may pull at once
_BIAS_BITS = const(8)  # fraction bits of the gyro's bias
_BIAS_MAX = const(900 << 8)  # 2 deg/s: what the chip may have, and as much again
_THETA_MAX = const(16384)  # 0.25 rad a block, in 2^-16 rad
_F_MAX = const(262144)  # 2 g: what is believed of a jolt
_G_MAX = const(16777216)  # 2 g in the units of gravity
_A_MAX = const(390000)  # 3 g

_GAIN_E_MAX = const(40960)  # 10 a second
_GAIN_B_MAX = const(40960)
_BIAS_PULL = const(6250)  # 10 cm/s
_ROLLING = const(160000)  # 1 cm/s
_REST_NOISE = const(10000)  # variance of a block at rest: 0.45 cm/s over five of them
_HAND_NOISE = const(8000000)  # of 77 ms in motion: 11 cm/s over half a second


def _clip(value, limit):
    if value > limit:
        return limit
    if value < -limit:
        return -limit
    return value


class Motion:
    """Strapdown in the frame of the handle.

    After `block`: `speed_um_s` (towards +x positive), `quiet_ms` (for how long nothing has accelerated), `at_rest`
    (quiet for long enough: the velocity was taken for zero in this block, and `drift_um_s` is what it had been),
    `gravity_z` and `accel_z` in units of acceleration.
    """

    def __init__(self, imu_to_head_mm, dt_us):
        # head velocity from the turning: 3.818e-5 rad/s * L, in 1/16 um/s
        self._lever = (imu_to_head_mm * 611 + 500) // 1000
        self._count = 0
        self._sum_ax = self._sum_ay = self._sum_az = 0
        self._sum_wx = self._sum_wy = self._sum_wz = 0
        self._gx = self._gy = self._gz = 0
        self._vx = self._vy = self._vz = 0
        self._bx = self._by = self._bz = 0
        self._rest = RestDetector()
        self._age_ms = 0
        self._us = 0
        self._trust = Trust()
        self._coupling = Coupling()
        self.quiet_ms = 0
        self.accel_x = 0
        self.accel_z = 0
        self.gravity_z = 0
        self.speed_um_s = 0
        self.drift_um_s = 0
        self.at_rest = False
        self.set_period(dt_us)

    def set_period(self, dt_us):
        """Derive the constants of the filters from the sample period in us."""
        shift = 0
        while shift < 3 and (dt_us << (shift + 1)) <= 25600:
            shift += 1
        self._samples = 1 << shift
        self._mean_shift = 4 - shift
        self._count = 0
        self._sum_ax = self._sum_ay = self._sum_az = 0
        self._sum_wx = self._sum_wy = self._sum_wz = 0
        block = dt_us << shift
        self.block_us = block
        # angle in 2^-16 rad of one block = w * turn >> 14: 35 mdps / 16 = 3.818e-5 rad/s
        self._turn = ((block >> 2) * 10249 + 31250) // 62500
        self._turn_max = (_THETA_MAX << 14) // self._turn
        # velocity in 1/16 um/s = a * gain >> 4: 122 ug / 16 = 74.78 um/s^2
        self._v_gain = ((block >> 2) * 19142 + 125000) // 250000
        self._rest.set_block(block)
        self._coupling.set_block(block)

    def add(self, sample):
        """Add one sample; return True when it completed a block. Allocates nothing."""
        self._sum_ax += sample[0]
        self._sum_ay += sample[1]
        self._sum_az += sample[2]
        self._sum_wx += sample[3]
        self._sum_wy += sample[4]
        self._sum_wz += sample[5]
        self._count += 1
        return self._count >= self._samples

    def block(self, motor_on, in_contact):
        """Work through the block that `add` completed; `motor_on` widens what counts as quiet."""
        shift = self._mean_shift
        fx = _clip(self._sum_ax << shift, _F_MAX)
        fy = _clip(self._sum_ay << shift, _F_MAX)
        fz = _clip(self._sum_az << shift, _F_MAX)
        wx = (self._sum_wx << shift) - (self._bx >> _BIAS_BITS)
        wy = (self._sum_wy << shift) - (self._by >> _BIAS_BITS)
        wz = (self._sum_wz << shift) - (self._bz >> _BIAS_BITS)
        self._sum_ax = self._sum_ay = self._sum_az = 0
        self._sum_wx = self._sum_wy = self._sum_wz = 0
        self._count = 0
        if self._age_ms == 0:
            self._gx = fx << _G_BITS
            self._gy = fy << _G_BITS
            self._gz = fz << _G_BITS
        self._us += self.block_us
        ms = self._us // 1000
        self._us -= ms * 1000
        self._age_ms += ms
        tx = self._angle(wx)
        ty = self._angle(wy)
        tz = self._angle(wz)
        before = self._vx
        self._integrate(fx, fy, fz, tx, ty, tz)
        coupling = self._coupling
        coupling.block(self._vx - before, wy, in_contact)
        trust = self._trust
        passed = trust.pass_time(self.block_us, abs(tx) + abs(ty) + abs(tz))
        rest = self._rest
        rest.turn(wx, wy, wz)
        # On flat skin nothing turns, rolling or not: there the end of turning is no sign of a rest.
        tells = coupling.holds or not in_contact
        rest.block(ms, self.accel_x, self._accel_y, self._accel_z, self._vx, trust, motor_on, tells)
        # A steady speed looks like a rest to the accelerometer; where turning tells the speed, it has the last word.
        self.at_rest = rest.at_rest and not (coupling.holds and abs(coupling.speed(wy)) > _ROLLING)
        self.quiet_ms = rest.quiet_ms
        if self.at_rest:
            self.drift_um_s = self._vx >> _V_BITS
            if not passed:
                trust.catch_up()
            self._correct(_REST_NOISE, wy, wz, 0)
        elif passed:
            if abs(self._vx) > _TOO_FAST or abs(self._vy) > _TOO_FAST or abs(self._vz) > _TOO_FAST:
                trust.lose()
            if coupling.holds:
                self._correct(coupling.noise, wy, wz, coupling.speed(wy))
            else:
                self._correct(_HAND_NOISE, wy, wz, 0)
        self.speed_um_s = self._vx >> _V_BITS
        self.accel_z = fz
        self.gravity_z = self._gz >> _G_BITS

    def start_over(self):
        """Give up the speed: go on with what it was within the last second, and trust little."""
        self._vx = _clip(self._coupling.recent_speed(), _V_MAX)
        self._trust.lose()

    def _angle(self, w):
        """Return the angle of one block in 2^-16 rad."""
        if w > self._turn_max:
            return _THETA_MAX
        if w < -self._turn_max:
            return -_THETA_MAX
        return (w * self._turn + 8192) >> 14

    def _integrate(self, fx, fy, fz, tx, ty, tz):
        """Turn gravity and velocity by one block (midpoint rule) and add the acceleration."""
        gx = self._gx
        gy = self._gy
        gz = self._gz
        hx = gx >> 10
        hy = gy >> 10
        hz = gz >> 10
        # half of the turn gives gravity in the middle of the block, where the mean acceleration belongs
        mx = gx + ((hy * tz - hz * ty + 64) >> 7)
        my = gy + ((hz * tx - hx * tz + 64) >> 7)
        mz = gz + ((hx * ty - hy * tx + 64) >> 7)
        hx = mx >> 10
        hy = my >> 10
        hz = mz >> 10
        self._gx = _clip(gx + ((hy * tz - hz * ty + 32) >> 6), _G_MAX)
        self._gy = _clip(gy + ((hz * tx - hx * tz + 32) >> 6), _G_MAX)
        self._gz = _clip(gz + ((hx * ty - hy * tx + 32) >> 6), _G_MAX)
        gain = self._v_gain
        ux = self._vx >> 10
        uy = self._vy >> 10
        uz = self._vz >> 10
        accel = _clip(fx - (mx >> _G_BITS), _A_MAX)
        self.accel_x = accel
        self._vx = _clip(self._vx + ((accel * gain) >> 4) + ((uy * tz - uz * ty) >> 6), _V_MAX)
        accel = _clip(fy - (my >> _G_BITS), _A_MAX)
        self._accel_y = accel
        self._vy = _clip(self._vy + ((accel * gain) >> 4) + ((uz * tx - ux * tz) >> 6), _V_MAX)
        accel = _clip(fz - (mz >> _G_BITS), _A_MAX)
        self._accel_z = accel
        self._vz = _clip(self._vz + ((accel * gain) >> 4) + ((ux * ty - uy * tx) >> 6), _V_MAX)

    def _correct(self, noise, wy, wz, speed):
        """Take the head's velocity for `speed` along x, with this variance; correct velocity, gravity and bias."""
        trust = self._trust
        trust.correct(noise)
        px = _clip(self._vx - speed, _PULL_MAX) >> 8
        py = _clip(self._vy + wz * self._lever, _PULL_MAX) >> 8
        pz = _clip(self._vz - wy * self._lever, _PULL_MAX) >> 8
        k = trust.gain_v
        self._vx -= px * k >> 4
        self._vy -= py * k >> 4
        self._vz -= pz * k >> 4
        # 1/16 um/s of velocity a second are 0.0535 units of gravity: 219 / 4096
        k = _clip(trust.gain_e, _GAIN_E_MAX) * 219 >> 9
        self._gx = _clip(self._gx + (px * k >> 7), _G_MAX)
        self._gy = _clip(self._gy + (py * k >> 7), _G_MAX)
        self._gz = _clip(self._gz + (pz * k >> 7), _G_MAX)
        # 1/16 um/s of velocity a second^2 are 0.0427 units of the bias: 175 / 4096
        k = _clip(trust.gain_b, _GAIN_B_MAX) * 175 >> 9
        px = _clip(px, _BIAS_PULL)
        py = _clip(py, _BIAS_PULL)
        pz = _clip(pz, _BIAS_PULL)
        hx = self._gx >> 10
        hy = self._gy >> 10
        hz = self._gz >> 10
        self._bx = _clip(self._bx - ((py * hz - pz * hy >> 13) * k >> 7), _BIAS_MAX)
        self._by = _clip(self._by - ((pz * hx - px * hz >> 13) * k >> 7), _BIAS_MAX)
        self._bz = _clip(self._bz - ((px * hy - py * hx >> 13) * k >> 7), _BIAS_MAX)
