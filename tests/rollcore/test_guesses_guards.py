# SPDX-License-Identifier: MIT
"""Each condition by which guesses are weighed, split and given up, on quiet, turning and contact as they are told."""

from types import SimpleNamespace

import pytest

from rollcore.guess import difference
from rollcore.guesses import Guesses

BLOCK_US, GAIN = 19231, 368
TICK = 4  # blocks
NAT = 256
CM_S = 160_000  # in 1/16 um/s
MG = 8400  # in units of gravity
SURE, UNSURE = 100, 250_000  # variances of a velocity: 1 mm/s and 5 cm/s


class Told:
    """Guesses that move at these speeds, and what they are told of every block."""

    def __init__(self, *speeds_cm_s, vv=SURE):
        self.guesses = Guesses()
        self.guesses.set_block(BLOCK_US, GAIN)
        self.given = self.guesses._all[: len(speeds_cm_s)]
        self.guesses._alive = len(speeds_cm_s)
        for guess, speed in zip(self.given, speeds_cm_s, strict=True):
            guess.drift = round(-speed * CM_S) & 0xFFFFFFF
            guess.trust.vv = vv
            for block in range(0, 256, 8):
                guess.knot(block)
        self.newest = 0
        self.motion = SimpleNamespace(raw=0, turned=0, turn_y=0)
        self.quiet = SimpleNamespace(
            is_quiet=False, accel_x=0, tremor=0, lag_blocks=4, stopped=False, has_stopped_turning=lambda: self.stopped
        )
        self.coupling = SimpleNamespace(holds=False, noise=90_000, told=0, speed=lambda _turning: self.turning_says)
        self.stopped = False
        self.turning_says = 0
        self.contact = True

    def blocks(self, count=1, is_quiet=False, gains_cm_s=0.0):
        """Let blocks pass, in each of which the head gains so much speed."""
        self.quiet.is_quiet = is_quiet
        for _ in range(count):
            self.newest += 1
            self.motion.raw = (self.motion.raw + round(gains_cm_s * CM_S)) & 0xFFFFFFF
            self.guesses.block(self.newest, self.motion, self.quiet, self.coupling, self.contact)
        return self

    @property
    def alive(self):
        return self.guesses._all[: self.guesses._alive]

    def gap(self):
        """Return by how much the first given guess is ahead of the second, in 1/256 of a logarithm."""
        return self.given[0].score - self.given[1].score

    def speed_cm_s(self, guess):
        return guess.speed(self.motion.raw) / CM_S


def test_a_guess_that_fell_far_behind_is_given_up():
    told = Told(1.0, 5.0)
    told.given[1].score = -14 * NAT
    told.blocks(TICK)
    assert told.alive == told.given[:1]
    told.given[1].score = 0
    told.blocks(TICK)
    assert told.guesses.lead > 8 * NAT, "what was given up is no rival"


def test_a_guess_that_is_a_little_behind_stays_and_is_the_rival():
    told = Told(1.0, 5.0)
    told.given[1].score = -4 * NAT
    told.blocks(TICK)
    assert told.alive == told.given
    assert told.guesses.lead == told.gap() == pytest.approx(4 * NAT, abs=0.5 * NAT)


@pytest.mark.parametrize(("speed", "offset_mg", "count"), [(5.1, 0.0, 1), (6.0, 0.0, 2), (5.1, 2.0, 2)])
def test_guesses_that_say_the_same_are_one(speed, offset_mg, count):
    told = Told(5.0, speed)
    told.given[1].offset = round(offset_mg * MG)
    told.blocks(TICK)
    assert len(told.alive) == count


def test_a_guess_that_rests_is_not_the_same_as_one_that_hardly_moves():
    told = Told(0.0, vv=UNSURE).blocks(3).blocks(1, is_quiet=True)
    assert sorted(guess.resting for guess in told.alive) == [False, True]


def test_when_the_best_guess_changes_what_it_says_otherwise_is_looked_at_again():
    told = Told(1.0, 5.0)
    told.blocks(60)
    assert told.guesses.best is told.given[0]
    told.guesses._all[1].score = told.guesses._all[0].score + 3 * NAT
    told.blocks(TICK)
    assert told.guesses.best is told.given[1]
    assert told.guesses.changed < 40
    told.blocks(TICK)
    assert told.guesses.changed == told.newest


def test_a_hand_rather_moves_slowly_and_never_like_a_machine():
    """Costs go with the square of the speed, and with more beyond what hands do."""

    def cost(speed):
        return Told(1.0, speed).blocks(TICK).gap()

    assert 0 < 3 * cost(12.0) < cost(25.0) < cost(50.0) / 6


@pytest.mark.parametrize(("turning_says", "wins"), [(10.0, 1), (0.0, 0)])
def test_where_the_turning_tells_the_speed_the_guess_that_agrees_wins(turning_says, wins):
    told = Told(0.5, 10.0)
    told.coupling.holds = True
    told.turning_says = round(turning_says * CM_S)
    told.blocks(5 * TICK)
    assert told.guesses.best is told.given[wins]
    doubtful = Told(3.0, vv=UNSURE)
    doubtful.coupling.holds = True
    doubtful.turning_says = round(turning_says * CM_S)
    doubtful.blocks(5 * TICK)
    assert doubtful.speed_cm_s(doubtful.guesses.best) == pytest.approx(turning_says, abs=2.0)


def test_however_far_away_a_head_may_be_one_tick_does_not_settle_it():
    told = Told(1.0, 5.0)
    for guess in told.given:
        guess.trust.pp = 10_000
    told.given[1].place_um = 990_000
    told.blocks(TICK)
    assert told.gap() > 4 * NAT
    assert told.alive == told.given
    told.blocks(2 * TICK)
    assert told.alive == told.given[:1]


def plateau(speed, is_quiet):
    """Return what moving at this speed costs in two ticks beside standing nearly still."""
    told = Told(0.1, speed)
    told.quiet.is_quiet = told.guesses._was_quiet = is_quiet
    return told.blocks(2 * TICK, is_quiet).gap()


def test_an_even_speed_is_less_likely_the_longer_it_lasts():
    assert plateau(4.0, is_quiet=True) > plateau(4.0, is_quiet=False)
    assert plateau(0.8, is_quiet=True) == plateau(0.8, is_quiet=False), "that is as good as a rest"


def began(speed, vv, stopped=False, contact=True, rested_ms=1000.0):
    """Return how far resting is ahead of rolling on when it falls quiet at such a speed, so long after a rest."""
    told = Told(speed, vv=vv)
    told.stopped, told.contact = stopped, contact
    told.newest = 99
    told.given[0].anchor = told.newest + 1 - round(rested_ms * 1000 / BLOCK_US)
    told.blocks(1, is_quiet=True)
    scores = {guess.resting: guess.score for guess in told.alive}
    return scores[True] - scores[False]


def test_where_the_head_is_known_to_stand_rolling_on_is_hardly_a_choice():
    assert began(0.0, 100) > began(0.0, 40_000) > began(6.0, 40_000)
    assert began(0.0, 100) > 5 * NAT


def test_a_turning_that_stops_speaks_for_a_rest_on_the_skin_alone():
    assert began(3.0, UNSURE, stopped=True) > began(3.0, UNSURE) + NAT
    assert began(3.0, UNSURE, stopped=True, contact=False) == began(3.0, UNSURE, contact=False)


def test_a_hand_in_the_air_hovers_at_its_rests_and_a_head_on_the_skin_stands():
    assert began(1.5, SURE, contact=False) > began(1.5, SURE) + NAT
    assert began(0.0, SURE) > began(0.0, SURE, contact=False) + NAT


def test_a_rest_in_the_air_is_held_loosely():
    def left_cm_s(contact):
        told = Told(0.0, vv=UNSURE)
        told.contact = contact
        told.blocks(1, is_quiet=True)
        told.blocks(20, is_quiet=True, gains_cm_s=0.05)
        return abs(told.speed_cm_s(told.guesses.best))

    assert left_cm_s(False) > 1.5 * left_cm_s(True)


def test_a_rest_so_soon_after_a_rest_proves_less():
    assert began(0.0, 400, rested_ms=20) < began(0.0, 400, rested_ms=400) == began(0.0, 400, rested_ms=800)


def test_what_speaks_against_a_rest_does_so_however_soon():
    assert began(9.0, 40_000, rested_ms=20) == began(9.0, 40_000, rested_ms=400) < 0


def test_a_guess_that_rolls_on_is_there_after_the_shortest_interruption_too():
    told = Told(0.0, vv=2500)
    told.given[0].resting = True  # and no tick has told it that the quiet was over
    told.blocks(1, is_quiet=True)
    assert sorted(guess.resting for guess in told.alive) == [False, True]


def test_who_rolls_on_through_quiet_may_rest_now_and_then():
    told = Told(0.4, vv=UNSURE)
    told.guesses._was_quiet = True
    resting_at = []
    while len(resting_at) < 2 and told.newest < 100:
        told.blocks(1, is_quiet=True)
        if any(guess.resting for guess in told.alive):
            resting_at.append(told.newest)
            told.guesses._all = [g for g in told.alive if not g.resting] + [
                g for g in told.guesses._all if g not in told.alive or g.resting
            ]
            told.guesses._alive = 1
            told.given[0].score = 0
    assert 0.2 < (resting_at[1] - resting_at[0]) * BLOCK_US / 1e6 < 0.5


def test_a_moment_between_two_ticks_is_no_evidence_against_a_moving_guess():
    told = Told(8.0, vv=UNSURE)
    told.given[0].place_um = 200_000
    told.blocks(TICK + 1)
    (guess,) = told.alive
    speed, uncertain = told.speed_cm_s(guess), guess.trust.pp
    told.blocks(1, is_quiet=True)
    assert not guess.resting
    assert told.speed_cm_s(guess) == pytest.approx(speed, abs=0.1)
    assert guess.trust.pp >= uncertain


def rest_after_a_drift(drift_cm_s, vv=UNSURE, lag_blocks=16, ticks=1):
    """Rest at block 200 and for some ticks more, when the only guess has drifted since a rest at block 100."""
    told = Told(drift_cm_s, vv=vv)
    told.quiet.lag_blocks = lag_blocks
    told.newest = 199
    told.given[0].anchor = 100
    told.blocks(1 + (ticks - 1) * TICK, is_quiet=True)
    return told


def test_a_drift_that_a_rest_shows_is_looked_at_from_the_rest_before():
    small = rest_after_a_drift(0.05, vv=SURE, ticks=3)
    assert small.guesses.best.resting
    assert small.guesses.changed == small.newest
    told = rest_after_a_drift(0.05, vv=SURE, ticks=3)
    told.blocks(4, is_quiet=True, gains_cm_s=0.15)
    assert told.guesses.best.resting
    assert told.guesses.changed <= 208


def test_a_head_stood_as_soon_as_it_was_quiet_and_not_only_when_that_was_told():
    told = rest_after_a_drift(2.0)
    (rest,) = (guess for guess in told.alive if guess.resting)

    def speed_cm_s(block):
        return difference(0, rest.drift_at(block, 200)) / CM_S

    assert abs(speed_cm_s(200)) < 0.2
    assert speed_cm_s(184) == pytest.approx(speed_cm_s(200), abs=0.1), "the 16 blocks that showed the quiet"
    assert speed_cm_s(140) == pytest.approx(1.0, abs=0.4), "half way between the rests"
