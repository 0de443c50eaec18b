# SPDX-License-Identifier: MIT
"""From what the force sensor reads to the force on the skin, and whether the roller touches.

Head and fork hang on the sensor: with nothing touched it reads -m * f_z plus an offset. f is what accelerates the
head, and the head is not where the accelerometer is: f_z = a_z - L * dwy/dt + L * wx * wz. Force and acceleration are
compared over the same block of samples; the turning at its end is known half a block later, so a block is judged when
the next one is done. What the weight's correction leaves is learned out of contact (`tare.py`).

    unknown -> apart   a force is known again
    apart   -> touch   the block's force has risen through 0.3 N and is surely there: above 0.36 N and all doubts
    touch   -> apart   two blocks below 0.22 N, or 150 ms below 0.3 N; the contact ended where it fell through 0.3 N
    any     -> unknown no force for more than 50 ms
"""

import micropython
from micropython import const

from rollcore.sample import FORCE_UNKNOWN
from rollcore.tare import Tare

_CONTACT_MN = const(300)  # what bounds a contact
_TOUCH_MN = const(360)
_APART_MN = const(220)
_APART_BLOCKS = const(2)
_LINGER_MS = const(150)
_UNKNOWN_MS = const(50)
_GAP_MS = const(100)
_MAX_MN = const(100000)
_CELL_LAG_MS = const(9)  # the converter's filter, its clock and the drain
_FSR_LAG_MS = const(2)

_AS_IS_TOUCH_MN = const(320)
_AS_IS_APART_MN = const(240)
_AS_IS_LOST_MS = const(25)

_GROUP_BLOCKS = const(4)  # 77 ms go into the tare together, but not the last before a contact
_PULL_MAX_MN = const(800)
_SURE_MN = const(150)  # more, with a sure offset, may be the lightest touch: it moves the offset slowly
_LIGHT_NOISE_MN = const(300)
_LAG_PART = const(77)  # 0.3 of a change from block to block: sensors that lag 6 ms behind each other
_PULL_SHIFT = const(4)  # what was read below zero is doubted above it, for about 0.3 s

# uN of 1 g of head at one unit of acceleration (1/16 LSB), in 2^-20, hundredths: 122 ug * 9.80665 / 16 * 2^20
_WEIGHT_100 = const(7841)
_WEIGHT_SHIFT = const(15)  # 20, less the 5 bits that the acceleration gives up so that products stay below 2^30
_A_MAX = const(524288)  # 4 g

_CREEP_PART = const(26)  # of 1024, for each of three times eight apart: about 3 % for every tenfold of time
_CREEP_US = const(500000)
_BRANCH_PART = const(51)  # of 1024: 5 % low while rising, high while falling
_BRANCH_TURN = const(4)  # a quarter of the force turns it round


@micropython.native
def _clip(value, limit):
    return limit if value > limit else -limit if value < -limit else value


class Force:
    """Contact force in mN with its tare.

    `net_mn` is the force on the skin (the last known one while `known`) of every sample, `mean_mn` that of the last
    block; `in_contact` with `contact_ms` (when it began) and `apart_ms` (when it ended): contacts are told 20-60 ms
    late, but dated back. `known` is False while the sensor has given nothing for more than 50 ms.
    """

    def __init__(self, head_mass_g, as_is, fsr, imu_to_head_mm):
        self._as_is = as_is
        self._fsr = fsr
        self._plain = not (as_is or fsr)
        self._weight = (head_mass_g * _WEIGHT_100 + 50) // 100  # an FSR's acceleration is taken for 0
        self._tare = Tare(head_mass_g, fsr)
        self._lever = imu_to_head_mm
        self._lag_ms = _FSR_LAG_MS if fsr else _CELL_LAG_MS
        self._sum = self._count = 0
        self._sub_mn = self._offset_mn = 0
        self._gain = 1024  # an FSR's, of 1024
        # the block that waits for the end of its turning
        self._waits = False
        self._read_mn = 0
        self._fx = self._fy = self._fz = 0
        self._wy_last = self._edge = 0
        self._lever_z = self._cross_z = 0
        self._mid_ms = 0
        # the block judged last
        self._net_mn = 0
        self._net_ms = -1
        self._weight_mn = 0
        self._shake_mn = self._pull_mn = self._jolt_mn = 0
        self._calm_z = 0
        self._above_ms = self._below_ms = -1
        self._low_blocks = 0
        # readings out of contact
        self._group_count = 0
        self._gathered = False
        self._group_read = self._group_x = self._group_y = self._group_z = self._group_shake = 0
        self._group_low = _MAX_MN
        self._group_high = -_MAX_MN
        self._last_read = self._last_x = self._last_y = self._last_z = self._last_noise = 0
        # an FSR's memory
        self._crept_a = self._crept_b = self._crept_c = 0  # mN << 6
        self._branch = -1024
        self._branch_mn = 0
        self._last_ms = -1
        self.net_mn = 0
        self.mean_mn = 0
        self.known = True
        self.in_contact = False
        self.contact_ms = 0
        self.apart_ms = 0

    @micropython.native
    def set_block(self, block_us, dt_us):
        """Derive what depends on the block's length and the sample's, in us."""
        self._half_ms = (block_us - dt_us) // 2000
        # L * dw / T in units of acceleration, in 1/64: 3.818e-5 rad/s over 7.478e-5 m/s^2
        self._spin = self._lever * 32680 // block_us
        self._cross = self._lever * 1308 // 1000
        self._creep = (block_us >> 4) * 4096 // (_CREEP_US >> 4)
        self._waits = False
        self._sum = self._count = 0

    @micropython.native
    def step(self, t_ms, raw_mn):
        """Take one reading in mN, or FORCE_UNKNOWN. Allocates nothing."""
        if raw_mn == FORCE_UNKNOWN:
            if self._last_ms < 0:
                self._last_ms = t_ms
            elif self.known and t_ms - self._last_ms > _UNKNOWN_MS:
                self._lose(self._last_ms)
            return
        self._last_ms = t_ms
        self.known = True
        if raw_mn > _MAX_MN:
            raw_mn = _MAX_MN
        elif raw_mn < -_MAX_MN:
            raw_mn = -_MAX_MN
        self._sum += raw_mn
        self._count += 1
        net = raw_mn - self._sub_mn
        if self._plain:
            self.net_mn = net
            return
        if self._fsr:
            net = net * self._gain >> 10
        self.net_mn = net
        if self._as_is:
            self._step_as_is(t_ms, net)

    @micropython.native
    def _step_as_is(self, t_ms, net_mn):
        self.mean_mn = net_mn
        if self.in_contact:
            if net_mn >= _AS_IS_APART_MN:
                self._below_ms = -1
            elif self._below_ms < 0:
                self._below_ms = t_ms
            elif t_ms - self._below_ms >= _AS_IS_LOST_MS:
                self._end_contact(self._below_ms)
        elif net_mn >= _AS_IS_TOUCH_MN:
            self._begin_contact(t_ms)

    @micropython.native
    def _begin_contact(self, t_ms):
        self.in_contact = True
        self.contact_ms = t_ms
        self._below_ms = -1
        self._low_blocks = 0

    @micropython.native
    def _end_contact(self, t_ms):
        if self.in_contact:
            self.in_contact = False
            self.apart_ms = t_ms
        self._above_ms = self._below_ms = -1
        self._forget_group()
        self._gathered = False

    @micropython.native
    def lose(self, t_ms):
        """Take no force for true from `t_ms` on, until the next reading."""
        self._last_ms = t_ms
        if self.known:
            self._lose(t_ms)

    @micropython.native
    def _lose(self, t_ms):
        self.known = False
        self._end_contact(t_ms)
        self._waits = False
        self._net_ms = -1

    @micropython.native
    def block(self, t_ms, motion):
        """Take the motion of the block that ends at `t_ms`; judge the block before it (an FSR's at once)."""
        if self._as_is:
            return
        count = self._count
        read = self._sum // count if count else 0
        self._sum = self._count = 0
        mid_ms = t_ms - self._half_ms - self._lag_ms
        if not self._fsr:
            self._weigh(mid_ms, read, count > 0, motion)
        elif count:
            self._judge(mid_ms, read, 0, 0, 0)
            self._follow_creep(read)

    @micropython.native
    def _weigh(self, t_ms, read, known, motion):
        """Find the head's acceleration in the block before and judge that; the new one, its middle at `t_ms`, waits."""
        edge = self._wy_last + motion.turn_y_first >> 1
        if self._waits:
            # the mean of dw/dt over a block is what the turning gains between its edges
            lever_z = self._cross_z - ((edge - self._edge) * self._spin >> 6)
            self._judge(self._mid_ms, self._read_mn, self._fx, self._fy, _clip(self._fz + lever_z, _A_MAX))
            self._lever_z = lever_z
        self._waits = known
        self._mid_ms = t_ms
        self._read_mn = read
        self._edge = edge
        self._wy_last = motion.turn_y_last
        self._fx = x = motion.felt_x
        self._fy = y = motion.felt_y
        self._fz = z = motion.felt_z
        self._cross_z = ((motion.turn_x >> 6) * (motion.turn_z >> 6) >> 8) * self._cross >> 6
        self._calm_z = motion.gravity_z
        # until the end of its turning is known, the new block is taken to turn like the one before
        z = _clip(z + self._lever_z, _A_MAX)
        self._offset_mn = offset_mn = self._tare.at(x >> 9, y >> 9, z >> 9)
        self._sub_mn = sub_mn = offset_mn - ((z >> 5) * self._weight >> _WEIGHT_SHIFT)
        if known:
            self.mean_mn = read - sub_mn

    @micropython.native
    def _crept_mn(self):
        """Return what the loads of the last minute have left in an FSR."""
        return (self._crept_a + self._crept_b + self._crept_c >> 6) * _CREEP_PART >> 10

    @micropython.native
    def _judge(self, t_ms, read, x, y, z):
        """Judge one block, its middle at `t_ms`: the force read in it, the head's accelerations in 1/16 LSB."""
        weight = -((z >> 5) * self._weight >> _WEIGHT_SHIFT)
        read -= weight
        if self._fsr:
            read -= self._crept_mn()
        else:
            shake = weight - self._weight_mn
            shake = (shake if shake > 0 else -shake) * _LAG_PART >> 8
            self._weight_mn = weight
            fading = self._shake_mn
            fading -= fading >> 2
            self._shake_mn = shake if shake > fading else fading
            jolt = -weight - ((self._calm_z >> 5) * self._weight >> _WEIGHT_SHIFT)
            self._jolt_mn = jolt if jolt > 0 else 0
        net_mn = read - self._offset_mn
        if self._fsr:
            net_mn = net_mn * self._gain >> 10
        if self._net_ms < 0 or t_ms - self._net_ms > _GAP_MS:
            self._net_mn = net_mn
        if self.in_contact:
            self._watch_end(t_ms, net_mn)
        else:
            self._watch_begin(t_ms, net_mn)
            if not self.in_contact:
                self._gather(read, x >> 9, y >> 9, z >> 9)
        self._net_mn = net_mn
        self._net_ms = t_ms

    @micropython.native
    def _crossing(self, t_ms, net_mn):
        """Return when the force went through 0.3 N between the block before and this one; never before 0."""
        before_mn = self._net_mn
        if before_mn == net_mn:
            return max(0, t_ms)
        part = ((_CONTACT_MN - before_mn) << 8) // (net_mn - before_mn)
        return max(0, self._net_ms + ((t_ms - self._net_ms) * max(0, min(256, part)) >> 8))

    @micropython.native
    def _watch_begin(self, t_ms, net_mn):
        pull = self._pull_mn
        pull -= pull >> _PULL_SHIFT
        if pull < -net_mn:
            pull = -net_mn
        self._pull_mn = pull if pull < _PULL_MAX_MN else _PULL_MAX_MN
        if net_mn < _CONTACT_MN:
            self._above_ms = -1
            return
        if self._above_ms < 0:
            self._above_ms = self._crossing(t_ms, net_mn)
        # to touch, the force must be there in spite of all that may be read wrongly
        doubt = self._shake_mn + self._pull_mn + self._jolt_mn + self._tare.sigma_mn
        if net_mn >= _TOUCH_MN + doubt:
            self._begin_contact(self._above_ms)

    @micropython.native
    def _watch_end(self, t_ms, net_mn):
        if net_mn >= _CONTACT_MN:
            self._below_ms = -1
            self._low_blocks = 0
            return
        if self._below_ms < 0:
            self._below_ms = self._crossing(t_ms, net_mn)
        if net_mn < _APART_MN:
            self._low_blocks += 1
        if self._low_blocks >= _APART_BLOCKS or t_ms - self._below_ms >= _LINGER_MS:
            self._end_contact(max(self._below_ms, self.contact_ms))

    @micropython.native
    def _forget_group(self):
        self._group_count = 0
        self._group_read = self._group_x = self._group_y = self._group_z = self._group_shake = 0
        self._group_low = _MAX_MN
        self._group_high = -_MAX_MN

    @micropython.native
    def _gather(self, read, x, y, z):
        """Gather readings out of contact; learn from a group when the next one is done without a contact."""
        read = _clip(read, _MAX_MN)
        self._group_read += read
        self._group_x += x
        self._group_y += y
        self._group_z += z
        if read < self._group_low:
            self._group_low = read
        if read > self._group_high:
            self._group_high = read
        shake = self._shake_mn
        if shake > self._group_shake:
            self._group_shake = shake
        self._group_count += 1
        if self._group_count < _GROUP_BLOCKS:
            return
        tare = self._tare
        if self._gathered:
            error = self._last_read - tare.at(self._last_x, self._last_y, self._last_z)
            noise = self._last_noise
            if error > _SURE_MN + 2 * tare.sigma_mn:
                noise += _LIGHT_NOISE_MN
            tare.learn(self._last_read, noise, self._last_x, self._last_y, self._last_z)
        self._gathered = True
        self._last_read = self._group_read // _GROUP_BLOCKS
        self._last_x = self._group_x // _GROUP_BLOCKS
        self._last_y = self._group_y // _GROUP_BLOCKS
        self._last_z = self._group_z // _GROUP_BLOCKS
        self._last_noise = max(self._group_shake, self._group_high - self._group_low)
        tare.look(self._last_x, self._last_y, self._last_z)
        self._forget_group()

    @micropython.native
    def _follow_creep(self, read):
        """Follow an FSR: the creep that a load leaves, and which way the force has been going."""
        load = _clip(max(0, self._net_mn), _MAX_MN) << 6
        self._crept_a += ((load - self._crept_a) >> 4) * self._creep >> 8
        self._crept_b += ((load - self._crept_b) >> 4) * self._creep >> 11
        self._crept_c += ((load - self._crept_c) >> 4) * self._creep >> 14
        change = read - self._branch_mn
        self._branch_mn = read
        span = max(200, read) // _BRANCH_TURN
        self._branch = _clip(self._branch - (_clip(change, span << 1) << 10) // span, 1024)
        self._gain = 1024 - (self._branch * _BRANCH_PART >> 10)
        self._offset_mn = self._tare.at(0, 0, 0)
        self._sub_mn = self._offset_mn + self._crept_mn()
        self.mean_mn = (read - self._sub_mn) * self._gain >> 10
