# SPDX-License-Identifier: MIT
"""Whether the head rests: nothing changes its speed, and nothing says that it moves.

A hand trembles at 8-12 Hz also at rest, so accelerations are averaged over two short windows. Their mean must not
differ from zero along x by more than gravity is uncertain, nor from each other by more than the tremor explains.
Steady rolling looks the same; it is told from rest by its turning, and by the speed as far as this can be known since
the last rest.
"""

from array import array

from micropython import const

_RING = const(32)
_MASK = const(31)
_WINDOW_US = const(40000)  # of each of the two windows
_STEADY = const(600)  # 4.6 mg: the mean acceleration along x of a hand at rest
_CHANGE = const(500)  # 3.8 mg from one window to the next,
_TREMOR = const(24)  # and 24/16 of the mean change from block to block, which is the hand's tremor
_TREMOR_SHIFT = const(6)
_SIGMA = const(31)  # 1.5 times 10 ug in units of acceleration, in 1/16
_SIGMA_MAX = const(800)
_REST_MS = const(10)
_SPEED_A_MS = const(12000)  # 1/16 um/s: a rest in spite of 1 cm/s must last 13 ms longer
_REST_SPEED = const(10000 << 4)  # 1 cm/s: what a rest may leave
_DOUBT = const(1600)  # 1 sigma of the speed: 0.1 mm/s in 1/16 um/s
_TURNING = const(3200)  # 7 deg/s: a hand at rest sways less, rolling over a curve turns more
_TURNED = const(4500)  # 10 deg/s; where rolling turned the handle so much,
_TURN_PART = const(3)  # and it now turns a third of it,
_STOPPED_SPEED = const(1600000)  # rest is believed in spite of 10 cm/s more
_MOST_SHIFT = const(6)
_SURE_MS = const(2000)  # no stroke is even for so long


class RestDetector:
    """`at_rest`, and `quiet_ms`: for how long nothing has changed, `lag_ms` included."""

    def __init__(self):
        self._ring = array("i", [0] * (3 * _RING))
        self._new = array("i", [0, 0, 0])
        self._old = array("i", [0, 0, 0])
        self._at = 0
        self._steady_ms = 0
        self._wx = self._wy = self._wz = 0
        self._turning = self._most = 0
        self._tremor = self._before = 0
        self.at_rest = False
        self.quiet_ms = 0

    def set_block(self, block_us):
        """Derive the window from the block in us."""
        self._window = max(2, min(_RING // 2 - 1, (_WINDOW_US + block_us // 2) // block_us))
        self.lag_ms = 2 * self._window * block_us // 1000
        for i in range(3 * _RING):
            self._ring[i] = 0
        for i in range(3):
            self._new[i] = self._old[i] = 0

    def _change(self, axis, accel):
        """Take in an acceleration; return how much the mean of the window changed, times the window."""
        ring = self._ring
        base = axis * _RING
        at = self._at
        window = self._window
        middle = ring[base + ((at - window) & _MASK)]
        last = ring[base + ((at - 2 * window) & _MASK)]
        ring[base + at] = accel
        new = self._new[axis] + accel - middle
        old = self._old[axis] + middle - last
        self._new[axis] = new
        self._old[axis] = old
        return abs(new - old)

    def turn(self, wx, wy, wz):
        """Take the turning of one block in 1/16 LSB; to be called before `block`."""
        self._wx += (wx - self._wx) >> 1
        self._wy += (wy - self._wy) >> 1
        self._wz += (wz - self._wz) >> 1
        turning = abs(self._wx) + abs(self._wy) + abs(self._wz)
        self._turning = turning
        most = self._most
        self._most = turning if turning > most else most - (most >> _MOST_SHIFT)

    def block(self, ms, x, y, z, speed, trust, motor_on, turning_tells):
        """Take one block: accelerations less gravity and the speed in 1/16 um/s."""
        self._tremor += abs(x - self._before) - self._tremor >> _TREMOR_SHIFT
        self._before = x
        limit = (_CHANGE + (self._tremor * _TREMOR >> 4)) * self._window
        if motor_on:
            limit <<= 1
        change_x = self._change(0, x)
        change_y = self._change(1, y)
        change_z = self._change(2, z)
        self._at = (self._at + 1) & _MASK
        sigma = min(trust.sigma_e, _SIGMA_MAX)
        steady = _STEADY + (sigma * _SIGMA >> 4)
        if (
            change_x < limit
            and change_y < limit << 2
            and change_z < limit << 2
            and abs(self._new[0] + self._old[0]) < steady * self._window << 1
            and self._turning < _TURNING
        ):
            if self._steady_ms < 100000:
                self._steady_ms += ms
        else:
            self._steady_ms = 0
        speed = abs(speed)
        steady_ms = self._steady_ms
        self.quiet_ms = steady_ms + self.lag_ms if steady_ms else 0
        # 0.1 mm/s are 1600 units of speed
        limit = _REST_SPEED + trust.sigma_v * _DOUBT
        if turning_tells and self._turning * _TURN_PART < self._most and self._most > _TURNED:
            limit += _STOPPED_SPEED
        self.at_rest = steady_ms >= _SURE_MS or (steady_ms >= _REST_MS + speed // _SPEED_A_MS and speed < limit)
