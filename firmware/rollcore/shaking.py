# SPDX-License-Identifier: MIT
"""Whether the handle is thrown about: a rolling head moves along the handle, a walking hand in all directions.

Accelerations without gravity are smoothed over 80 ms, so that tremor and motor do not count, and their sizes over the
last half second: along the handle and across it. A hand that rolls also rests now and then, and its speed is known
again; who never does more likely walks, and less is taken for shaking. Without a living gyro nobody knows where gravity
is, and every tilt looks like an acceleration: then much less.
"""

import micropython
from micropython import const

_SMOOTH = const(2)
_MEMORY = const(5)
_FREE = const(20000)  # 1.5 m/s^2 across the handle, in 1/16 LSB,
_PART = const(13)  # and 13/16 of what it is along it, are rolling
_FREE_LOST = const(9400)  # the same where the speed is not known: 0.7 m/s^2
_PART_LOST = const(8)
_FREE_BLIND = const(4000)  # and without a gyro
_PART_BLIND = const(4)
_DEAD_BLOCKS = const(13)  # a quarter of a second without any noise: no gyro is so quiet


class Shaking:
    """`is_shaken`, from blocks of about 19 ms."""

    def __init__(self):
        self._x = self._y = self._z = 0
        self._along = self._across = 0
        self._wx = self._wy = self._wz = 0
        self._same = 0
        self.is_shaken = False

    @micropython.native
    def block(self, x, y, z, wx, wy, wz, known):
        """Take the accelerations without gravity and what the gyro read, in 1/16 LSB; `known`: the speed is, by rests."""
        before = self._x
        self._x = x = before + (x - before >> _SMOOTH)
        before = self._y
        self._y = y = before + (y - before >> _SMOOTH)
        before = self._z
        self._z = z = before + (z - before >> _SMOOTH)
        along = self._along
        self._along = along = along + ((x if x > 0 else -x) - along >> _MEMORY)
        across = self._across
        self._across = across = across + ((y if y > 0 else -y) + (z if z > 0 else -z) - across >> _MEMORY)
        if wx == self._wx and wy == self._wy and wz == self._wz:
            self._same += 1
        else:
            self._same = 0
            self._wx = wx
            self._wy = wy
            self._wz = wz
        if self._same >= _DEAD_BLOCKS:
            self.is_shaken = across > _FREE_BLIND + (along * _PART_BLIND >> 4)
        elif known:
            self.is_shaken = across > _FREE + (along * _PART >> 4)
        else:
            self.is_shaken = across > _FREE_LOST + (along * _PART_LOST >> 4)
