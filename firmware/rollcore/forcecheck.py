# SPDX-License-Identifier: MIT
"""Whether what the force sensor reads can be true: stuck, clipped, unplugged, swapped, noisy, drifting.

Every fault is told from the readings and the accelerometer along the load axis alone:

clipped    the reading stays at the converter's end, or flat at the highest that it ever was
unplugged  the reading jumps by more than a hand can press, again and again, or is at its lower end: an open bridge
stuck      not one reading differs while the accelerometer feels something: a living converter always has noise
noisy      the reading turns round more often than a trembling hand can
swapped    the force is far below zero, where no roller can be pulled; or the head's weight is felt the wrong way round
drifting   with nothing touched the reading creeps on and on, faster than an offset may

A fault ends when its sign has been gone for a while; swapped wires stay swapped. An FSR reads zero when it is open,
untouched or stuck there, and cannot be pulled: of these faults it can only show those that are above zero.

Readings are judged block by block of about 19 ms, a quarter of the work: a fault has a second to be told.
"""

from array import array

import micropython
from micropython import const

from rollcore.sample import FORCE_UNKNOWN

# codes of `rollcore.faults`, which are FAULT_NAMES[14] and on
_NO_FAULT = const(0)
_STUCK = const(14)
_CLIPPED = const(15)
_UNPLUGGED = const(16)
_NOISY = const(17)
_SWAPPED = const(18)
_DRIFTING = const(19)

_NEVER = const(-1)
_MOST_SAMPLES = const(8)  # in a block
_GOOD_MS = const(900)  # without a sign before a fault is over

_RAIL_MN = const(95000)  # twice the full scale of the 5 kg bar
_RAIL_MS = const(60)

_JUMP_MN = const(12000)  # from one reading to the next, within 10 ms
_JUMPS = const(3)  # in a window

_STUCK_MS = const(800)
_DEAD_MS = const(5000)  # for a reading that never showed noise: stuck from the start, or made up without any
_LIVES_PART = const(4)  # a quarter of the readings of a window are not the ones before
_FELT_LSB = const(8)  # 1 mg: 1.5 mN of head
_FSR_ZERO_MN = const(300)
_FLAT_MN = const(5000)  # stuck at the highest reading ever, and as high: a flat top

_WINDOW_MS = const(400)
_TURN_MN = const(150)
_TURNS = const(13)  # in a window; a tremor of 12 Hz turns 10 times ...
_TURNS_STILL = const(10)  # ... so that this is enough for a noise that goes on

_PULLED_MN = const(-1000)  # beyond an offset of 0.5 N, a head mounted 10 degrees off, and what a jerk leaves
_PULLED_MS = const(150)

_DRIFT_MS = const(2500)  # four of these means, three steps between them, in 10 s
_DRIFT_STEPS = const(3)
_DRIFT_LEAST_MN = const(25)  # a step: 0.6 N a minute, six times what an offset may do
_DRIFT_CALM_MN = const(40)
_TENTH_MS = const(100)

# uN of 1 g of head for 1 LSB is 122 ug * 9.80665; here mN in 2^-14, tenths
_WEIGHT_BITS = const(14)
_WEIGHT_10 = const(196)


class ForceCheck:
    """`fault` is the code of what is wrong with the force sensor now (`rollcore.faults`), 0 while all is well.

    With `as_is` the force was never measured and nothing is checked. `fsr` and `head_mass_g` as in the settings.
    """

    def __init__(self, head_mass_g, as_is, fsr):
        self._as_is = as_is
        self._fsr = fsr
        self._weight = 0 if fsr else head_mass_g * _WEIGHT_10 // 10
        self.fault = _NO_FAULT
        self._sign_ms = 0  # when a sign of the fault was seen last
        self._raw = array("i", [0] * _MOST_SAMPLES)
        self._z = array("i", [0] * _MOST_SAMPLES)
        self._count = 0
        self._block_mn = self._force_mn = 0  # means of a block: as read, and without the head's weight
        self._before = FORCE_UNKNOWN
        self._most = -_RAIL_MN
        self._same_ms = self._rail_ms = self._pulled_ms = _NEVER
        self._felt_low = self._felt_high = 0
        self._window_ms = 0
        self._jumps = self._turns = self._changes = 0
        self._lives = False
        self._extreme = 0
        self._rises = False
        self._tenth_ms = 0
        self._sum = self._blocks = self._tenth_mn = 0
        self._mean_ms = 0
        self._mean_sum = self._mean_count = 0
        self._mean_mn = FORCE_UNKNOWN
        self._step_mn = self._steps = 0

    @micropython.native
    def add(self, raw_mn, z):
        """Keep one reading in mN (or FORCE_UNKNOWN) and the acceleration along z in LSB until the block is judged.

        Allocates nothing.
        """
        at = self._count
        if raw_mn != FORCE_UNKNOWN and at < _MOST_SAMPLES:
            self._raw[at] = raw_mn
            self._z[at] = z
            self._count = at + 1

    @micropython.native
    def block(self, t_ms, motor):
        """Judge the readings of a block that ends at `t_ms`; `motor`: it runs and shakes the head."""
        count = self._count
        self._count = 0
        if self._as_is or count == 0:
            return
        changes = self._move(count)
        self._changes += changes * _LIVES_PART - count
        if changes:
            self._same_ms = _NEVER
        else:
            self._same(t_ms, count, motor)
        if motor:  # it shakes the head, so its turns are no noise
            self._turns = 0
            if self.fault == _NOISY:
                self._sign_ms = t_ms
        if t_ms - self._window_ms >= _WINDOW_MS:
            self._end_window(t_ms)
        raw_mn = self._block_mn
        if raw_mn >= _RAIL_MN or raw_mn <= -_RAIL_MN:
            self._at_rail(t_ms, raw_mn)
        else:
            self._rail_ms = _NEVER
            if not self._fsr:
                self._watch_pull(t_ms, self._force_mn)
            self._gather(t_ms, self._force_mn)
        if self.fault < _SWAPPED and t_ms - self._sign_ms > _GOOD_MS:
            self.fault = _NO_FAULT

    def _add_fault(self, t_ms, fault):
        """Note a sign of a fault; the first fault keeps its name while it lasts."""
        self._sign_ms = t_ms
        if self.fault == _NO_FAULT:
            self.fault = fault

    @micropython.native
    def _move(self, count):
        """Count jumps and turns in a block and take its means; return how many readings are not the one before."""
        raws = self._raw
        felt = self._z
        before = self._before
        if before == FORCE_UNKNOWN:
            before = raws[0]
        extreme = self._extreme
        most = self._most
        rises = self._rises
        changes = total = total_z = 0
        for i in range(count):
            raw_mn = raws[i]
            total += raw_mn
            total_z += felt[i]
            if raw_mn == before:
                continue
            changes += 1
            step = raw_mn - before
            before = raw_mn
            if step >= _JUMP_MN or step <= -_JUMP_MN:
                self._jumps += 1
            if raw_mn > most:
                most = raw_mn
            gone = raw_mn - extreme if rises else extreme - raw_mn
            if gone > 0:
                extreme = raw_mn
            elif gone < -_TURN_MN:
                extreme = raw_mn
                rises = not rises
                self._turns += 1
        self._before = before
        self._extreme = extreme
        self._most = most
        self._rises = rises
        self._block_mn = total // count
        self._force_mn = self._block_mn + (self._weight * (total_z // count) >> _WEIGHT_BITS)
        return changes

    @micropython.native
    def _same(self, t_ms, count, motor):
        """Watch a reading that stays; where none ever changed, the motor's own shaking proves nothing."""
        felt = self._z
        if self._same_ms < 0 or (motor and not self._lives):
            self._same_ms = t_ms
            self._felt_low = self._felt_high = felt[0]
        for i in range(count):
            self._felt_low = min(self._felt_low, felt[i])
            self._felt_high = max(self._felt_high, felt[i])
        stuck_ms = _STUCK_MS if self._lives else _DEAD_MS
        if t_ms - self._same_ms < stuck_ms or self._felt_high - self._felt_low < _FELT_LSB:
            return
        raw_mn = self._before
        if self._fsr and raw_mn < _FSR_ZERO_MN:
            return
        self._add_fault(t_ms, _CLIPPED if raw_mn >= self._most and raw_mn > _FLAT_MN else _STUCK)

    @micropython.native
    def _end_window(self, t_ms):
        if self._jumps >= _JUMPS:
            self._add_fault(t_ms, _UNPLUGGED)
        elif self._turns >= (_TURNS_STILL if self.fault == _NOISY else _TURNS):
            self._add_fault(t_ms, _NOISY)
        if self._changes > 0:
            self._lives = True
        self._window_ms = t_ms
        self._jumps = self._turns = self._changes = 0

    @micropython.native
    def _at_rail(self, t_ms, raw_mn):
        if self._rail_ms < 0:
            self._rail_ms = t_ms
        if t_ms - self._rail_ms >= _RAIL_MS:
            # nobody presses there and back again at once, and nobody below zero
            open_bridge = raw_mn < 0 or self._jumps > 1
            self._add_fault(t_ms, _UNPLUGGED if open_bridge else _CLIPPED)

    @micropython.native
    def _watch_pull(self, t_ms, force_mn):
        if force_mn >= _PULLED_MN:
            self._pulled_ms = _NEVER
        elif self._pulled_ms < 0:
            self._pulled_ms = t_ms
        elif t_ms - self._pulled_ms >= _PULLED_MS:
            self._add_fault(t_ms, _SWAPPED)

    @micropython.native
    def _gather(self, t_ms, force_mn):
        """Follow the means of 0.1 s; those of a calm stretch go into means of 2.5 s."""
        self._sum += force_mn
        self._blocks += 1
        if t_ms - self._tenth_ms < _TENTH_MS:
            return
        mean = self._sum // self._blocks
        self._sum = self._blocks = 0
        self._tenth_ms = t_ms
        calm = abs(mean - self._tenth_mn) < _DRIFT_CALM_MN and not (self._fsr and mean > _FSR_ZERO_MN)
        self._tenth_mn = mean
        if not calm:
            self._mean_ms = t_ms
            self._mean_sum = self._mean_count = self._steps = 0
            self._mean_mn = FORCE_UNKNOWN
            return
        self._mean_sum += mean
        self._mean_count += 1
        if t_ms - self._mean_ms >= _DRIFT_MS:
            self._end_mean(t_ms, self._mean_sum // self._mean_count)

    @micropython.native
    def _end_mean(self, t_ms, mean_mn):
        self._mean_ms = t_ms
        self._mean_sum = self._mean_count = 0
        before = self._mean_mn
        self._mean_mn = mean_mn
        if before == FORCE_UNKNOWN:
            return
        step = mean_mn - before
        last = self._step_mn
        self._step_mn = step
        if abs(step) < _DRIFT_LEAST_MN:
            self._steps = 0
            if self.fault == _DRIFTING:
                self.fault = _NO_FAULT
            return
        even = step * last > 0 and abs(step) < 3 * abs(last) and abs(last) < 3 * abs(step)
        self._steps = self._steps + 1 if even else 1
        if self._steps >= _DRIFT_STEPS:
            self._add_fault(t_ms, _DRIFTING)
