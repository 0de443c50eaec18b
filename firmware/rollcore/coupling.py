# SPDX-License-Identifier: MIT
"""Rolling over a curve turns the handle: while it does, the gyroscope tells the speed without drift.

On a curved place, held in one way, the turning about the axle is the speed times a factor that stays: the curvature
where the handle follows the skin, less or even the opposite where the wrist is stiff or the elbow swings. The factor
and how well it holds are learned in contact, as the regression of the integrated acceleration on the turning, both
without what is slower than a second. On flat skin nothing turns, nothing is learned, and nothing is claimed.
"""

import micropython
from micropython import const

_SLOW_US = const(800000)  # time constant of the two high-passes
_MEMORY_BITS = const(7)  # blocks in which the regression forgets, about 2.5 s of contact
_SCALE_BITS = const(4)  # fraction of the means
_SPEED_BITS = const(12)  # 1/16 um/s to 0.26 mm/s,
_SPEED_MAX = const(4095)  # so that a product of two fits: 1.05 m/s
_TURN_BITS = const(6)  # 2.2 mdps to 0.14 deg/s,
_TURN_MAX = const(4095)  # 570 deg/s
_LEAST_TURN = const(6150)  # mean square of 2.8 deg/s with its fraction: less is noise and sway
_LEAST_BLOCKS = const(16)  # of contact, 0.3 s
_GAIN_MAX = const(8000000)  # 0.5 m/s a block: 2 g, and the filters stay below 2^30
_FACTOR_BITS = const(9)
_FACTOR_MAX = const(65535)
_TARGET_MAX = const(3000000)
_LEAST_NOISE = const(87481)  # (2 cm/s)^2 in (0.1 mm/s)^2: what tremor and an axle off the tangent leave


@micropython.native
def _clip(value, limit):
    return limit if value > limit else -limit if value < -limit else value


class Coupling:
    """`holds` when the turning explains the motion; `noise` is the variance of `speed` then, in (0.1 mm/s)^2."""

    def __init__(self):
        self._speed = self._slow_speed = 0  # 1/16 um/s
        self._slow_turn = self._slower_turn = 0  # 2.2 mdps with 6 bits of fraction
        self._uu = self._uw = self._ww = 0  # means of the products
        self._blocks = 0
        self._factor = 0
        self.holds = False
        self.noise = 0

    def set_block(self, block_us):
        """Derive the filters from the block in us."""
        self._leak = (block_us << 7) // (_SLOW_US >> 5)

    @micropython.native
    def block(self, gained, turning, in_contact):
        """Take one block: the speed it gained in 1/16 um/s, the turning about the axle in 2.2 mdps."""
        leak = self._leak
        speed = self._speed
        speed += _clip(gained, _GAIN_MAX) - ((speed >> 6) * leak >> 6)
        self._speed = speed
        fast = speed - self._slow_speed
        self._slow_speed += (fast >> 6) * leak >> 6
        w = (_clip(turning, _TURN_MAX << _TURN_BITS) << 6) - self._slow_turn
        self._slow_turn += (w >> 6) * leak >> 6
        w -= self._slower_turn
        self._slower_turn += (w >> 6) * leak >> 6
        self.holds = False
        if in_contact:
            self._learn(_clip(fast >> _SPEED_BITS, _SPEED_MAX), _clip(w >> 6 + _TURN_BITS, _TURN_MAX))

    @micropython.native
    def _learn(self, speed, turning):
        """Take one pair into the means, and judge the regression."""
        self._uu += ((speed * speed << _SCALE_BITS) - self._uu) >> _MEMORY_BITS
        self._uw += ((speed * turning << _SCALE_BITS) - self._uw) >> _MEMORY_BITS
        self._ww += ((turning * turning << _SCALE_BITS) - self._ww) >> _MEMORY_BITS
        if self._blocks < _LEAST_BLOCKS:
            self._blocks += 1
            return
        if self._ww < _LEAST_TURN:
            return
        uu = self._uu
        uw = self._uw
        ww = self._ww
        shift = 0
        while uu >= 1048576 or ww >= 1048576:  # 2^20; uw cannot be larger than both
            uu >>= 1
            uw >>= 1
            ww >>= 1
            shift += 1
        factor = _clip((uw << _FACTOR_BITS) // ww, _FACTOR_MAX)
        explained = (uw >> 6) * factor >> _FACTOR_BITS - 6
        self._factor = factor
        self.holds = 5 * explained > 2 * uu
        # (0.26 mm/s)^2 with 4 bits of fraction are 0.41 (0.1 mm/s)^2
        self.noise = _LEAST_NOISE + (max(0, uu - explained) << shift >> 5) * 13

    @micropython.native
    def speed(self, turning):
        """Return the speed in 1/16 um/s that goes with a turning in 2.2 mdps; only where it `holds`."""
        return _clip((_clip(turning, 131071) >> 3) * (self._factor >> 3), _TARGET_MAX) << 3
