# SPDX-License-Identifier: MIT
"""From what the force sensor reads to the force on the skin, and whether the roller touches.

Head and fork hang on the sensor: with nothing touched it reads -m * a_z plus an offset that drifts. The weight is taken
out with the accelerometer; the offset is followed slowly, and only out of contact.

    unknown -> apart   a force is known again
    apart   -> touch   net force at or above 0.32 N (0.7 N before the first tare)
    touch   -> apart   net force below 0.24 N for 25 ms; the contact ended when it first fell below
    any     -> unknown no force for more than 50 ms
"""

from micropython import const

from rollcore.sample import FORCE_UNKNOWN

_TOUCH_MN = const(320)
_APART_MN = const(240)
_UNTARED_MN = const(700)  # an offset may be 0.5 N at the start, and 0.2 N is not yet a touch
_LOST_MS = const(25)
_UNKNOWN_MS = const(50)
_MAX_MN = const(100000)

_OFFSET_BITS = const(8)
_OFFSET_MAX_MN = const(1500)
_FIRST_MAX_MN = const(600)
_FIRST_SPREAD_MN = const(90)
_FIRST_BLOCKS = const(8)
_SETTLE_MS = const(300)  # after a contact the sensor creeps back first
_SLOW_MN_S = const(6)  # drift is at most 0.1 N a minute; offsets left by a first tare in motion go faster
_FAST_MN_S = const(150)  # a roller cannot be pulled: a negative force is the offset's fault
_PULL_MN = const(-120)

# uN of 1 g of head at one unit of acceleration (1/16 LSB), in 2^-20, hundredths: 122 ug * 9.80665 / 16 * 2^20
_WEIGHT_100 = const(7841)
_WEIGHT_SHIFT = const(15)  # 20, less the 5 bits that the acceleration gives up so that products stay below 2^30


class Force:
    """Contact force in mN with its tare.

    `net_mn` is the force on the skin (the last known one while `known`), `in_contact` with `contact_ms` (when it began)
    and `apart_ms` (when it ended); `known` is False while the sensor has given nothing for more than 50 ms.
    """

    def __init__(self, head_mass_g, as_is, dt_us):
        self._weight = 0 if as_is else (head_mass_g * _WEIGHT_100 + 50) // 100
        self._as_is = as_is
        self._offset = 0  # mN << _OFFSET_BITS
        self._sub_mn = 0
        self._touch_mn = _TOUCH_MN if as_is else _UNTARED_MN
        self._apart_mn = _APART_MN if as_is else _UNTARED_MN - _TOUCH_MN + _APART_MN
        self._touch_now_mn = self._touch_mn
        self._tared = as_is
        self._weighed = as_is
        self._first_count = 0
        self._first_sum = self._first_low = self._first_high = 0
        self._last_ms = -1
        self._below_ms = -1
        self.net_mn = 0
        self.known = True
        self.in_contact = False
        self.contact_ms = 0
        self.apart_ms = 0
        self.set_block(dt_us)

    def set_block(self, block_us):
        """Derive the speed of the tare from the block's length in us."""
        self._slow_step = max(1, (_SLOW_MN_S << _OFFSET_BITS) * (block_us >> 4) // 62500)
        self._fast_step = (_FAST_MN_S << _OFFSET_BITS) * (block_us >> 4) // 62500

    def step(self, t_ms, raw_mn):
        """Take one reading in mN, or FORCE_UNKNOWN. Allocates nothing."""
        if raw_mn == FORCE_UNKNOWN:
            if self._last_ms < 0:
                self._last_ms = t_ms
            elif self.known and t_ms - self._last_ms > _UNKNOWN_MS:
                self.known = False
                self._end_contact(self._last_ms)
            return
        self._last_ms = t_ms
        self.known = True
        net = raw_mn - self._sub_mn
        if net > _MAX_MN:
            net = _MAX_MN
        elif net < -_MAX_MN:
            net = -_MAX_MN
        self.net_mn = net
        if self.in_contact:
            if net >= self._apart_mn:
                self._below_ms = -1
            elif self._below_ms < 0:
                self._below_ms = t_ms
            elif t_ms - self._below_ms >= _LOST_MS:
                self._end_contact(self._below_ms)
        elif net >= self._touch_now_mn and self._weighed:
            self.in_contact = True
            self.contact_ms = t_ms
            self._below_ms = -1

    def _end_contact(self, t_ms):
        if self.in_contact:
            self.in_contact = False
            self.apart_ms = t_ms
        self._below_ms = -1
        self._first_count = 0

    def block(self, t_ms, accel_z, gravity_z):
        """Take out the head's weight for the next block and follow the offset; accelerations in 1/16 LSB."""
        if self._as_is:
            return
        weight_mn = -((accel_z >> 5) * self._weight >> _WEIGHT_SHIFT)
        # A jolt may be read wrongly by either: to touch, the force must be there with and without it.
        jolt_mn = (gravity_z - accel_z >> 5) * self._weight >> _WEIGHT_SHIFT
        self._touch_now_mn = self._touch_mn if jolt_mn >= 0 else self._touch_mn - jolt_mn
        if self.known and not self.in_contact:
            if not self._tared:
                self._first_tare()
            elif t_ms - self.apart_ms >= _SETTLE_MS or self.apart_ms == 0:
                self._follow()
        sub_mn = weight_mn + (self._offset >> _OFFSET_BITS)
        if not self._weighed:
            self.net_mn += self._sub_mn - sub_mn
            self._weighed = True
        self._sub_mn = sub_mn

    def _first_tare(self):
        """Take the mean of the first steady readings as the offset, if it can be one."""
        net = self.net_mn
        if self._first_count == 0:
            self._first_sum = 0
            self._first_low = self._first_high = net
        self._first_low = min(self._first_low, net)
        self._first_high = max(self._first_high, net)
        self._first_sum += net
        self._first_count += 1
        if self._first_high - self._first_low > _FIRST_SPREAD_MN:
            self._first_count = 0
        elif self._first_count >= _FIRST_BLOCKS:
            mean = self._first_sum // self._first_count
            self._first_count = 0
            if -_OFFSET_MAX_MN < mean < _FIRST_MAX_MN:
                self._offset += mean << _OFFSET_BITS
                self._tared = True
                self._touch_mn = _TOUCH_MN
                self._apart_mn = _APART_MN

    def _follow(self):
        """Move the offset one small step towards what is read out of contact."""
        net = self.net_mn
        step = self._fast_step if net < _PULL_MN else self._slow_step
        if net > 0:
            offset = self._offset + step
        elif net < 0:
            offset = self._offset - step
        else:
            return
        if -_OFFSET_MAX_MN < offset >> _OFFSET_BITS < _OFFSET_MAX_MN:
            self._offset = offset
