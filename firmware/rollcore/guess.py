# SPDX-License-Identifier: MIT
"""One guess at how the head moved: the measured acceleration, less the drift that this guess takes it to have.

The velocity of a guess is the integrated acceleration minus its drift. The drift grows with what gravity is wrong by,
as far as this guess knows, and is set right where the velocity is known; it is kept for the last seconds as a line of
knots, which a rest straightens: between two rests the drift is taken to have grown evenly, so that a stroke between
them begins and ends at zero.

A hand at work does not go far: the place where its head is, by this guess, is known to some 18 cm at any time, and
that alone keeps a guess from running away where nothing rests.

Speeds are 1/16 um/s, blocks are counted, scores are 1/256 of a natural logarithm of the likelihood.
"""

from array import array

import micropython
from micropython import const

from rollcore.trust import Trust

_KNOTS = const(32)
_KNOT_SHIFT = const(3)  # 8 blocks from knot to knot: 5 s in all
_KNOT_MASK = const(31)
_KNOT_BLOCKS = const(8)
_REACH = const(240)  # blocks that a rest can straighten
_WRAP = const(268435455)  # speeds go round at 2^28: 16 m/s, and are used as differences only
_HALF = const(134217728)
_PULL_MAX = const(8000000)  # 0.5 m/s: what may pull at once
_PATH_MAX = const(48000000)  # 3 m/s
_FAR_UM = const(1000000)  # 1 m
_OFFSET_MAX = const(500000)  # 60 mg
_MISFIT_MAX = const(10240)
_V01 = const(1600)  # 1/16 um/s in 0.1 mm/s


@micropython.native
def difference(a, b):
    """Return a - b of two speeds that go round."""
    return ((a - b + _HALF) & _WRAP) - _HALF


@micropython.native
def ln(value):
    """Return the natural logarithm of value > 0 in 1/256, to within 0.12."""
    result = 0
    while value >= 4096:
        value >>= 4
        result += 708
    while value >= 512:
        value >>= 1
        result += 177
    while value < 256:
        value <<= 1
        result -= 177
    return result + 1420 + ((value - 256) * 177 >> 8)


@micropython.native
def quality(lead):
    """Return how sure the best guess is, 0-100, that leads by so much: half where it is 2.7 times as likely."""
    return lead * 100 // (lead + 256)


@micropython.native
def misfit(speed, noise):
    """Return half the square of a speed in 1/16 um/s over a variance `noise` in (0.1 mm/s)^2, in 1/256, at most 40."""
    v = (speed if speed > 0 else -speed) // _V01
    if v > 20000:
        return _MISFIT_MAX
    cost = v * v * 128 // noise if v < 2800 else v * v // max(1, noise >> 7)
    return cost if cost < _MISFIT_MAX else _MISFIT_MAX


class Guess:
    """`score`, `resting`, and `offset`: by how much this guess takes gravity along x for wrong, in units of gravity."""

    def __init__(self):
        self.trust = Trust()
        self.knots = array("i", [0] * _KNOTS)
        self.reset()

    def reset(self):
        """Forget everything."""
        self.trust.reset()
        self.drift = 0
        self.offset = 0
        self.pull = 0  # what the last correction found
        self.score = 0
        self.resting = False
        self.rested = 0  # times this rest was held
        self.anchor = 0  # the last block known to be at rest
        self.place_um = 0  # where the head is, from where it usually is

    @micropython.native
    def copy(self, other):
        """Take over everything but the rest from another guess."""
        self.trust.copy(other.trust)
        self.drift = other.drift
        self.offset = other.offset
        self.score = other.score
        self.anchor = other.anchor
        self.place_um = other.place_um
        self.resting = False
        self.rested = 0
        mine = self.knots
        theirs = other.knots
        for i in range(_KNOTS):
            mine[i] = theirs[i]

    @micropython.native
    def speed(self, raw):
        """Return the velocity for the integrated acceleration `raw`."""
        return ((raw - self.drift + _HALF) & _WRAP) - _HALF

    @micropython.native
    def advance(self, raw, count, gain, ticks, turned, in_contact):
        """Let `count` blocks, at most 8, (and `ticks` 1/1024 s) pass, until the integrated acceleration is `raw`.

        `gain` turns acceleration into the speed of a block, 1/16.
        """
        self.drift = (self.drift + (self.offset * gain >> 10) * count) & _WRAP
        speed = ((raw - self.drift + _HALF) & _WRAP) - _HALF
        speed = _PATH_MAX if speed > _PATH_MAX else -_PATH_MAX if speed < -_PATH_MAX else speed
        place_um = self.place_um + ((speed >> 8) * ticks >> 6)
        self.place_um = _FAR_UM if place_um > _FAR_UM else -_FAR_UM if place_um < -_FAR_UM else place_um
        self.trust.advance(ticks, turned, in_contact)

    @micropython.native
    def knot(self, block):
        """Keep the drift at a block that is a multiple of 8."""
        self.knots[(block >> _KNOT_SHIFT) & _KNOT_MASK] = self.drift

    @micropython.native
    def drift_at(self, block, newest):
        """Return the drift at a block of the last seconds; `newest` is the number of the newest block."""
        knots = self.knots
        at = block >> _KNOT_SHIFT
        left = knots[at & _KNOT_MASK]
        part = block & (_KNOT_BLOCKS - 1)
        if part == 0:
            return left
        if (at + 1) << _KNOT_SHIFT <= newest:
            right = knots[(at + 1) & _KNOT_MASK]
            span = _KNOT_BLOCKS
        else:
            right = self.drift
            span = newest - (at << _KNOT_SHIFT)
        return left + (((right - left + _HALF) & _WRAP) - _HALF) * part // span

    @micropython.native
    def correct(self, pull, noise):
        """Take `pull` off the velocity, as far as its noise is above `noise`; return the pull, clipped."""
        trust = self.trust
        trust.correct(noise)
        if pull > _PULL_MAX:
            pull = _PULL_MAX
        elif pull < -_PULL_MAX:
            pull = -_PULL_MAX
        part = pull >> 8
        self.place_um -= part * (trust.gain_p >> 4) >> 4
        self.drift = (self.drift + (part * trust.gain_v >> 4)) & _WRAP
        # 1/16 um/s of velocity a second are 0.0535 units of gravity: 219 / 4096
        offset = self.offset + (part * (trust.gain_e * 219 >> 9) >> 7)
        self.offset = _OFFSET_MAX if offset > _OFFSET_MAX else -_OFFSET_MAX if offset < -_OFFSET_MAX else offset
        return pull

    @micropython.native
    def correct_place(self, noise):
        """Take the head for where it usually is, as far as its place is uncertain beside the noise `noise`."""
        trust = self.trust
        trust.correct_place(noise)
        far = self.place_um // 100
        self.place_um -= far * trust.place_p * 25 >> 10
        # of 0.1 mm/s to 1/16 um/s: 1600 / 65536; and from there to units of gravity: 219 / 4096
        self.drift = (self.drift + ((far * trust.place_v >> 6) * 25 >> 4)) & _WRAP
        offset = self.offset + ((far * trust.place_e >> 9) * 171 >> 8)
        self.offset = _OFFSET_MAX if offset > _OFFSET_MAX else -_OFFSET_MAX if offset < -_OFFSET_MAX else offset

    @micropython.native
    def straighten(self, drift, block, until):
        """Spread a drift seen at `block` evenly over the time since the last rest; it is whole from `until` on."""
        first = max(self.anchor, block - _REACH)
        span = max(1, until - first)
        knots = self.knots
        for at in range((first >> _KNOT_SHIFT) + 1, (block >> _KNOT_SHIFT) + 1):
            part = min(span, (at << _KNOT_SHIFT) - first)
            i = at & _KNOT_MASK
            knots[i] = (knots[i] + (drift >> 8) * (part * 256 // span)) & _WRAP
        self.anchor = block
