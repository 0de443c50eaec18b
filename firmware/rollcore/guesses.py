# SPDX-License-Identifier: MIT
"""Several guesses at how the head moves, side by side, until the motion tells which is right.

What only accelerates can never tell a rest from an even speed. So whenever the roller falls quiet, every guess splits:
one says that it rests from here on, the other that it rolls on; and while it stays quiet, a resting guess keeps sending
out ones that begin to move. Each is scored by how well it fits what follows: a rest at which the velocity should have
been zero and is not, a plateau that lasts, a head that goes where no hand reaches, a speed that the turning of the
handle contradicts, a hand that would be faster than hands are. The likeliest is believed; when another takes the lead,
what was found in the last moments is looked at again. (A multiple-hypothesis tracker, Reid 1979, over a zero-velocity
update, Foxlin 2005.)
"""

import micropython
from micropython import const

from rollcore.guess import Guess, difference, ln, misfit

_KEEP = const(3)
_TICK_MASK = const(3)  # every 4 blocks, 77 ms, the guesses are brought up to date
_KNOT_MASK = const(7)
_RETRY_MASK = const(15)  # every 0.3 s a guess that rolls on through quiet may come to rest
_PRUNE = const(3072)  # 12: so far behind the best, a guess is given up
_ALIKE_SPEED = const(64000)  # 0.4 cm/s: guesses this near to each other
_ALIKE_OFFSET = const(6846)  # and 0.8 mg are one
_CHANGED = const(48000)  # 0.3 cm/s: what makes a look back worth while

# All that follows is in 1/256 of a natural logarithm, per tick where it goes on.
_TO_REST = const(-520)  # a rest begins here,
_DENSITY = const(2123)  # ln of 1 / sqrt(2 pi) in 0.1 mm/s to m/s
_NOT_MOVING = const(-1132)  # ln 0.012 m/s: a speed below 0.6 cm/s is no rolling
_LEAST_DOUBT = const(19)
_DOUBT = const(27794)
_DOUBT_MAX = const(1280)
_STOPPED = const(300)  # rolling on although the turning stopped
_TO_MOVE = const(-220)
_PLATEAU = const(33)
_FRESH_MS = const(400)  # a rest so soon after the last one proves less
_HAND_PART = const(57)
_COUPLING_PART = const(23)
_COUPLING_MAX = const(128)
_REST_PART = const(1)

_PLATEAU_SPEED = const(147000)  # 0.92 cm/s
_HAND = const(1340000)  # variance of a hand's speed, (0.1 mm/s)^2: 11.6 cm/s
_HAND_LN = const(3593)  # ln of it
_HAND_NOISE = const(3500000)  # the same in one tick, as a measurement
_COUPLING_WIDTH = const(40000)
_REST_START = const(1733)  # 0.42 cm/s: what a rest may begin with
_REST_LEAST = const(10)  # 1 mm/s and what tremor adds: what a rest may leave
_TREMOR_SHIFT = const(7)
_AIR_NOISE = const(31093)  # 1.7 cm/s: a hand in the air hovers
_STEADY = const(602)  # 4.6 mg: the mean acceleration of a hand at rest,
_STEADY_SIGMA = const(29)  # and 29/16 of the likely error of gravity
_PLACE_NOISE = const(3430000)  # 18.5 cm: where a hand's head is in one tick, as a measurement, (0.1 mm)^2
_PLACE_LN = const(3852)  # ln of it
_PLACE_MAX = const(2000)
_FAST = const(5600000)  # 35 cm/s
_FAST_SHIFT = const(12)


class Guesses:
    """`best` is the likeliest guess, `lead` how far it is ahead of the next that says otherwise.

    `changed` is the first block whose velocity was changed by the last `block`, or the newest when none was.
    """

    def __init__(self):
        self._all = [Guess() for _ in range(2 * _KEEP)]
        self._alive = 1
        self._was_quiet = False
        self._pending = 0
        self._turned = 0
        self.best = self._all[0]
        self.lead = 0
        self.changed = 0

    def set_block(self, block_us, gain):
        """Derive the time constants; `gain` turns acceleration into the speed of a block, 1/16."""
        self._block_us = block_us
        self._gain = gain

    def gap(self, blocks):
        """Trust every guess less: `blocks` are missing."""
        for i in range(self._alive):
            self._all[i].trust.gap(blocks)

    @micropython.native
    def block(self, newest, motion, quiet, coupling, contact):
        """Take block number `newest`; return True when the guesses were brought up to date."""
        self._pending += 1
        self._turned += motion.turned
        is_quiet = quiet.is_quiet
        began = is_quiet and not self._was_quiet
        self._was_quiet = is_quiet
        tick = newest & _TICK_MASK == 0
        if not (tick or began):
            return False
        self.changed = newest
        self._advance(motion.raw, is_quiet and not began, contact)
        if began:
            self._suppose_rest(newest, motion, quiet, contact)
        elif is_quiet:
            self._suppose_changes(newest, motion, quiet, contact)
        for i in range(self._alive):
            guess = self._all[i]
            if guess.resting:
                self._rest(guess, newest, motion, quiet, contact)
            elif tick:
                self._move(guess, motion, coupling, is_quiet)
            if tick:
                self._stay(guess, motion.raw)
        self._select(newest, motion.raw)
        if newest & _KNOT_MASK == 0:
            for i in range(self._alive):
                self._all[i].knot(newest)
        return True

    @micropython.native
    def take_offset(self):
        """Return what the best guess has gravity wrong by, and take it off all: gravity is to be set right by it."""
        offset = self.best.offset
        for i in range(self._alive):
            self._all[i].offset -= offset
        return offset

    @micropython.native
    def _advance(self, raw, resting, in_contact):
        blocks = self._pending
        ticks = blocks * self._block_us // 977
        for i in range(self._alive):
            guess = self._all[i]
            guess.advance(raw, blocks, self._gain, ticks, self._turned, in_contact)
            if not resting:
                guess.resting = False
                guess.rested = 0
        self._pending = 0
        self._turned = 0

    @micropython.native
    def _fork(self, guess):
        child = self._all[self._alive]
        child.copy(guess)
        self._alive += 1
        return child

    @micropython.native
    def _suppose_rest(self, newest, motion, quiet, contact):
        """Let each guess split: it rests, or it rolls on at an even speed."""
        stopped = _STOPPED if contact and quiet.has_stopped_turning() else 0
        for i in range(min(self._alive, _KEEP)):
            guess = self._all[i]
            speed = guess.speed(motion.raw)
            vv = guess.trust.vv
            self._fork_rest(guess, newest, motion, quiet, contact)
            small = _DENSITY + _NOT_MOVING - (ln(vv + 1) >> 1) - misfit(speed, vv + 1)
            doubt = _DOUBT_MAX if small > -_LEAST_DOUBT else _DOUBT // -small
            guess.score -= doubt + stopped

    @micropython.native
    def _fork_rest(self, guess, newest, motion, quiet, contact):
        """Send out from a guess one that rests from here on."""
        child = self._fork(guess)
        child.resting = True
        noise = guess.trust.vv + _REST_START + (0 if contact else _AIR_NOISE)
        gained = _DENSITY + _TO_REST - (ln(noise) >> 1) - misfit(guess.speed(motion.raw), noise)
        since_ms = (newest - guess.anchor) * self._block_us // 1000
        if gained > 0 and since_ms < _FRESH_MS:
            gained = gained * since_ms // _FRESH_MS
        steady = _STEADY + (guess.trust.sigma_e * _STEADY_SIGMA >> 4)
        slope = min(2000, abs(quiet.accel_x - (guess.offset >> 6)) * 64 // steady)
        child.score += gained - (slope * slope >> 5)

    @micropython.native
    def _suppose_changes(self, newest, motion, quiet, contact):
        """While it stays quiet, let resting guesses send out ones that begin to move, and now and then the reverse."""
        for i in range(min(self._alive, _KEEP)):
            guess = self._all[i]
            if guess.resting:
                child = self._fork(guess)
                child.score += _TO_MOVE
            elif newest & _RETRY_MASK == 0:
                self._fork_rest(guess, newest, motion, quiet, contact)

    @micropython.native
    def _rest(self, guess, newest, motion, quiet, contact):
        """Hold a resting guess at zero, and count what it had drifted against it."""
        tremor = _REST_LEAST + (quiet.tremor >> _TREMOR_SHIFT)
        noise = tremor * tremor + (0 if contact else _AIR_NOISE)
        speed = guess.speed(motion.raw)
        if guess.rested:
            guess.score -= _REST_PART * max(0, misfit(speed, guess.trust.vv + noise) - 128)
        before = guess.drift
        guess.pull = guess.correct(speed, noise)
        drift = difference(guess.drift, before)
        if guess is self.best and abs(drift) > _CHANGED:
            self.changed = min(self.changed, guess.anchor)
        guess.straighten(drift, newest, newest - quiet.lag_blocks)
        guess.rested += 1

    @micropython.native
    def _move(self, guess, motion, coupling, is_quiet):
        """Weigh a moving guess by what the turning says of its speed, or else by what hands do."""
        speed = guess.speed(motion.raw)
        vv = guess.trust.vv
        if is_quiet and not -_PLATEAU_SPEED <= speed <= _PLATEAU_SPEED:
            guess.score -= _PLATEAU
        if coupling.holds:
            noise = coupling.noise
            speed -= coupling.speed(motion.turn_y)
            cost = misfit(speed, vv + noise) + (ln(vv + noise) - ln(noise + _COUPLING_WIDTH) >> 1)
            guess.score -= min(_COUPLING_MAX, cost) * _COUPLING_PART >> 8
        else:
            noise = _HAND_NOISE
            cost = misfit(speed, vv + _HAND) + (ln(vv + _HAND) - _HAND_LN >> 1)
            guess.score -= cost * _HAND_PART >> 8
        guess.pull = guess.correct(speed, noise)

    @micropython.native
    def _stay(self, guess, raw):
        """Count against a guess that its head goes where no hand reaches, or is faster than hands are."""
        noise = guess.trust.pp + _PLACE_NOISE
        far = guess.place_um // 400
        cost = far * far * 128 // (noise >> 4)
        guess.score -= (cost if cost < _PLACE_MAX else _PLACE_MAX) + (ln(noise) - _PLACE_LN >> 1)
        guess.correct_place(_PLACE_NOISE)
        speed = abs(guess.speed(raw))
        if speed > _FAST:
            guess.score -= speed - _FAST >> _FAST_SHIFT

    @micropython.native
    def _select(self, newest, raw):
        """Sort by score, give up what is far behind or says the same as a better one, and believe the best."""
        guesses = self._all
        alive = self._alive
        for i in range(1, alive):
            guess = guesses[i]
            at = i
            while at > 0 and guesses[at - 1].score < guess.score:
                guesses[at] = guesses[at - 1]
                at -= 1
            guesses[at] = guess
        top = guesses[0].score
        count = 0
        for i in range(alive):
            guess = guesses[i]
            if count >= _KEEP or guess.score < top - _PRUNE:
                break
            if not self._is_known(guess, count, raw):
                guesses[i] = guesses[count]
                guesses[count] = guess
                count += 1
        self._alive = count
        for i in range(count):
            guesses[i].score -= top
        self.lead = -guesses[1].score if count > 1 else _PRUNE
        if guesses[0] is not self.best:
            self.changed = min(self.changed, self._first_difference(guesses[0], self.best, newest))
            self.best = guesses[0]

    @micropython.native
    def _is_known(self, guess, count, raw):
        for i in range(count):
            other = self._all[i]
            if (
                guess.resting == other.resting
                and abs(guess.speed(raw) - other.speed(raw)) < _ALIKE_SPEED
                and abs(guess.offset - other.offset) < _ALIKE_OFFSET
            ):
                return True
        return False

    @micropython.native
    def _first_difference(self, guess, other, newest):
        """Return the first block of the last seconds at which two guesses have different velocities."""
        last = newest >> 3
        first = newest
        for at in range(max(0, last - 28), last + 1):
            if abs(difference(guess.knots[at & 31], other.knots[at & 31])) > _CHANGED:
                first = max(0, at - 1) << 3
                break
        return first
