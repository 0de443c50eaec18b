# SPDX-License-Identifier: MIT
"""Motion of the head along the handle, from accelerometer and gyroscope, in any pose.

The handle is a rigid body. In its own frame, with the specific force f, gravity g as the sensor shows it at rest, the
turning rate w and the velocity v of the sensor:

    dv/dt = f - g - w x v        dg/dt = g x w        velocity of the head = v + L * w x (1, 0, 0)

Gravity and the biases are never exact, so v drifts. Along the handle, `guesses.py` judges by how much. Across it, the
head stays on the skin while it touches: its velocity there is zero. Whatever is taken from the velocity also corrects
gravity and the gyro's bias, as far as these are uncertain (`trust.py`), and every rest shows a little more of the
accelerometer's own offset: the length of what it feels should be 1 g.

Samples are summed to blocks of about 19 ms (1, 2, 4 or 8 samples); everything slower runs on blocks, so the cost and
the filters hardly depend on the rate. A unit of acceleration is 1/16 LSB (7.6 ug), of turning 1/16 LSB (2.2 mdps).
"""

import micropython
from micropython import const

from rollcore.coupling import Coupling
from rollcore.guesses import Guesses
from rollcore.quiet import QuietDetector
from rollcore.shaking import Shaking

_G_BITS = const(6)  # fraction bits of gravity
_V_BITS = const(4)  # fraction bits of velocity: 1/16 um/s
_V_MAX = const(24000000)  # 1.5 m/s
_WRAP = const(268435455)  # the integrated acceleration goes round at 2^28
_PULL_MAX = const(8000000)  # 0.5 m/s: what may pull at once
_BIAS_BITS = const(8)  # fraction bits of the gyro's bias
_BIAS_MAX = const(900 << 8)  # 2 deg/s: what the chip may have, and as much again
_THETA_MAX = const(16384)  # 0.25 rad a block, in 2^-16 rad
_F_MAX = const(262144)  # 2 g: what is believed of a jolt
_G_MAX = const(16777216)  # 2 g in the units of gravity
_A_MAX = const(390000)  # 3 g

_BIAS_PULL = const(7350)  # 12 cm/s
_TURN_FREE = const(2013)  # 4.6 deg/s: tremor and sway turn gravity back and forth, not away
_KNOWN = const(140000)  # (3.7 cm/s)^2 in (0.1 mm/s)^2: a speed that is known
_ACROSS_PULL = const(68)  # in 1/256 of what the head moves across the handle,
_ACROSS_GRAVITY = const(12)  # and 1/1.1 s of it in the units of gravity
_ACROSS_MAX = const(4800000)  # 0.3 m/s
_REST_BLOCKS = const(8)
_ONE_G = const(268743763)  # (1 g in 1/2 LSB) squared
_ONE_G_TWICE = const(32787)
_OFFSET_LIMIT = const(500)  # 30 mg in 1/2 LSB: more is no offset
_OFFSET_ROUND = const(4096)
_OFFSET_SHIFT = const(13)  # a quarter of what is seen is believed each time
_BRIDGED_BLOCKS = const(40)  # 0.8 s: after more nothing is known of a hand
_FELT_MAX = const(32000)
_OFFSET_MAX = const(6500)  # 50 mg


@micropython.native
def _clip(value, limit):
    if value > limit:
        return limit
    if value < -limit:
        return -limit
    return value


class Motion:
    """Strapdown in the frame of the handle.

    After `block`: `speed_um_s` (towards +x positive, as the likeliest guess has it), `raw` (the integrated acceleration
    along x in 1/16 um/s, going round at 2^28), `turned` and `turn_y`, `gravity_z` in units of acceleration. `guesses`
    tells which velocities were changed after the fact. For `Force`: `felt_x`, `felt_y`, `felt_z` (means of the specific
    force), `turn_x`, `turn_z` (means) and `turn_y_first`, `turn_y_last` (of the block's halves).
    """

    def __init__(self, imu_to_head_mm, dt_us):
        # head velocity from the turning: 3.818e-5 rad/s * L, in 1/16 um/s
        self._lever = (imu_to_head_mm * 611 + 500) // 1000
        self._count = 0
        self._sum_ax = self._sum_ay = self._sum_az = 0
        self._sum_wx = self._sum_wy = self._sum_wz = 0
        self._ox = self._oy = self._oz = 0
        self._gx = self._gy = self._gz = 0
        self._vx = self._vy = self._vz = 0
        self._bx = self._by = self._bz = 0
        self._rest_count = self._rest_x = self._rest_y = self._rest_z = 0
        self._started = False
        self.lost = 0  # blocks ahead of the next one
        self.quiet = QuietDetector()
        self.coupling = Coupling()
        self.shaking = Shaking()
        self.guesses = Guesses()
        self.number = 0  # of the next block
        self.raw = 0
        self.turned = self.turn_y = 0
        self.accel_x = self._accel_y = self._accel_z = self._gained = 0
        self.felt_x = self.felt_y = self.felt_z = 0
        self.turn_x = self.turn_y_first = self.turn_y_last = self.turn_z = 0
        self.gravity_z = 0
        self.speed_um_s = 0
        self.set_period(dt_us)

    def set_period(self, dt_us):
        """Derive the constants of the filters from the sample period in us."""
        shift = 0
        while shift < 3 and (dt_us << (shift + 1)) <= 25600:
            shift += 1
        self._samples = 1 << shift
        self._half = self._samples + 1 >> 1
        self._half_wy = 0
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
        self.quiet.set_block(block)
        self.coupling.set_block(block)
        self.guesses.set_block(block, self._v_gain)

    @micropython.native
    def add(self, sample):
        """Add one sample; return True when it completed a block. Allocates nothing."""
        self._sum_ax += sample[0]
        self._sum_ay += sample[1]
        self._sum_az += sample[2]
        self._sum_wx += sample[3]
        self._sum_wy += sample[4]
        self._sum_wz += sample[5]
        self._count += 1
        if self._count == self._half:
            self._half_wy = self._sum_wy
        return self._count >= self._samples

    def gap(self, blocks):
        """Take note that `blocks` are missing ahead of the next one: they are taken to lie between their neighbours."""
        if self._started:
            self.lost = min(blocks, _BRIDGED_BLOCKS)
            self.guesses.gap(self.lost)

    @micropython.native
    def block(self, in_contact):
        """Work through the block that `add` completed; return True when past velocities may have changed."""
        shift = self._mean_shift
        felt_x = self.felt_x - self._ox  # of the block before
        felt_y = self.felt_y - self._oy
        felt_z = self.felt_z - self._oz
        self.felt_x = fx = self._sum_ax << shift
        self.felt_y = fy = self._sum_ay << shift
        self.felt_z = fz = self._sum_az << shift
        fx = _clip(fx, _F_MAX) - self._ox
        fy = _clip(fy, _F_MAX) - self._oy
        fz = _clip(fz, _F_MAX) - self._oz
        turns_x = self._sum_wx
        turns_y = self._sum_wy
        turns_z = self._sum_wz
        wx = (turns_x << shift) - (self._bx >> _BIAS_BITS)
        wy = (turns_y << shift) - (self._by >> _BIAS_BITS)
        wz = (turns_z << shift) - (self._bz >> _BIAS_BITS)
        while self.lost > 0:
            self.lost -= 1
            self._integrate(
                fx + felt_x >> 1,
                fy + felt_y >> 1,
                fz + felt_z >> 1,
                wx + self.turn_x >> 1,
                wy + self.turn_y >> 1,
                wz + self.turn_z >> 1,
            )
        self.turn_x = wx
        self.turn_z = wz
        if self._samples == 1:
            self.turn_y_first = self.turn_y_last = turns_y << shift
        else:
            half_wy = self._half_wy
            self.turn_y_first = half_wy << shift + 1
            self.turn_y_last = turns_y - half_wy << shift + 1
        self._sum_ax = self._sum_ay = self._sum_az = 0
        self._sum_wx = self._sum_wy = self._sum_wz = 0
        self._count = 0
        if not self._started:
            self._started = True
            self._gx = fx << _G_BITS
            self._gy = fy << _G_BITS
            self._gz = fz << _G_BITS
        self._integrate(fx, fy, fz, wx, wy, wz)
        self.turn_y = wy
        quiet = self.quiet
        x = self.accel_x
        y = self._accel_y
        z = self._accel_z
        quiet.block(x, y, z, wx, wy, wz)
        guesses = self.guesses
        self.shaking.block(x, y, z, turns_x, turns_y, turns_z, guesses.best.trust.vv < _KNOWN)
        turning = quiet.turning - _TURN_FREE
        self.turned = _clip(turning, self._turn_max) * self._turn + 8192 >> 14 if turning > 0 else 0
        self.coupling.block(self._gained, wy, in_contact)
        newest = self.number
        self.number = newest + 1
        updated = guesses.block(newest, self, quiet, self.coupling, in_contact)
        best = guesses.best
        if updated:
            self._believe(best, wy, wz, in_contact)
        self._vx = _clip(best.speed(self.raw), _V_MAX)
        self._learn_offset(best.resting and quiet.is_quiet, fx, fy, fz)
        self.speed_um_s = self._vx >> _V_BITS
        self.gravity_z = self._gz >> _G_BITS
        return updated

    @micropython.native
    def _integrate(self, x, y, z, wx, wy, wz):
        """Turn gravity and velocity by one block (midpoint rule) and add up the acceleration."""
        turn = self._turn
        limit = self._turn_max
        tx = _clip(wx, limit) * turn + 8192 >> 14  # angles of the block in 2^-16 rad
        ty = _clip(wy, limit) * turn + 8192 >> 14
        tz = _clip(wz, limit) * turn + 8192 >> 14
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
        accel = _clip(x - (mx >> _G_BITS), _A_MAX)
        self.accel_x = accel
        self._gained = ((accel * gain) >> 4) + ((uy * tz - uz * ty) >> 6)
        self.raw = (self.raw + self._gained) & _WRAP
        accel = _clip(y - (my >> _G_BITS), _A_MAX)
        self._accel_y = accel
        self._vy = _clip(self._vy + ((accel * gain) >> 4) + ((uz * tx - ux * tz) >> 6), _V_MAX)
        accel = _clip(z - (mz >> _G_BITS), _A_MAX)
        self._accel_z = accel
        self._vz = _clip(self._vz + ((accel * gain) >> 4) + ((ux * ty - uy * tx) >> 6), _V_MAX)

    @micropython.native
    def _believe(self, best, wy, wz, in_contact):
        """Set gravity, bias and the velocity across the handle right by what the best guess has corrected."""
        self._gx = _clip(self._gx + self.guesses.take_offset(), _G_MAX)
        trust = best.trust
        py = _clip(self._vy + wz * self._lever, _PULL_MAX) >> 8
        pz = _clip(self._vz - wy * self._lever, _PULL_MAX) >> 8
        k = trust.gain_v
        self._vy -= py * k >> 4
        self._vz -= pz * k >> 4
        # 1/16 um/s of velocity a second are 0.0535 units of gravity: 219 / 4096
        k = trust.gain_e * 219 >> 9
        self._gy = _clip(self._gy + (py * k >> 7), _G_MAX)
        self._gz = _clip(self._gz + (pz * k >> 7), _G_MAX)
        # 1/16 um/s of velocity a second^2 are 0.0427 units of the bias: 175 / 4096
        k = trust.gain_b * 175 >> 9
        px = _clip(best.pull >> 8, _BIAS_PULL)
        py = _clip(py, _BIAS_PULL)
        pz = _clip(pz, _BIAS_PULL)
        hx = self._gx >> 10
        hy = self._gy >> 10
        hz = self._gz >> 10
        self._bx = _clip(self._bx - ((py * hz - pz * hy >> 13) * k >> 7), _BIAS_MAX)
        self._by = _clip(self._by - ((pz * hx - px * hz >> 13) * k >> 7), _BIAS_MAX)
        self._bz = _clip(self._bz - ((px * hy - py * hx >> 13) * k >> 7), _BIAS_MAX)
        if in_contact and not best.resting:
            self._stay_on_the_skin(wy, wz)

    @micropython.native
    def _stay_on_the_skin(self, wy, wz):
        """Pull the head's velocity across the handle towards zero."""
        py = _clip(self._vy + wz * self._lever, _ACROSS_MAX) >> 8
        pz = _clip(self._vz - wy * self._lever, _ACROSS_MAX) >> 8
        self._vy -= py * _ACROSS_PULL
        self._vz -= pz * _ACROSS_PULL
        self._gy = _clip(self._gy + py * _ACROSS_GRAVITY, _G_MAX)
        self._gz = _clip(self._gz + pz * _ACROSS_GRAVITY, _G_MAX)

    @micropython.native
    def _learn_offset(self, resting, x, y, z):
        """Where the roller rests, it feels 1 g; what it feels more is its accelerometer's offset along gravity."""
        if not resting:
            self._rest_count = self._rest_x = self._rest_y = self._rest_z = 0
            return
        self._rest_x += x
        self._rest_y += y
        self._rest_z += z
        self._rest_count += 1
        if self._rest_count < _REST_BLOCKS:
            return
        mean_x = self._rest_x >> 6  # mean in 1/2 LSB
        mean_y = self._rest_y >> 6
        mean_z = self._rest_z >> 6
        self._rest_count = self._rest_x = self._rest_y = self._rest_z = 0
        if abs(mean_x) + abs(mean_y) + abs(mean_z) > _FELT_MAX:
            return
        more = (mean_x * mean_x + mean_y * mean_y + mean_z * mean_z - _ONE_G) // _ONE_G_TWICE
        if abs(more) > _OFFSET_LIMIT:
            return
        # of a unit vector x / 2^14, in units of which 8 are 1/2 LSB
        dx = more * mean_x + _OFFSET_ROUND >> _OFFSET_SHIFT
        dy = more * mean_y + _OFFSET_ROUND >> _OFFSET_SHIFT
        dz = more * mean_z + _OFFSET_ROUND >> _OFFSET_SHIFT
        self._ox = _clip(self._ox + dx, _OFFSET_MAX)
        self._oy = _clip(self._oy + dy, _OFFSET_MAX)
        self._oz = _clip(self._oz + dz, _OFFSET_MAX)
        self._gx -= dx << _G_BITS
        self._gy -= dy << _G_BITS
        self._gz -= dz << _G_BITS
