# SPDX-License-Identifier: MIT
"""What a hand does in a session, as small scripts that are repeated until the session is long enough."""

from collections.abc import Callable
from dataclasses import replace

from .moves import Hand

Script = Callable[[Hand], None]


def way(hand: Hand) -> int:
    """Return a direction, +1 or -1, each as often as the other."""
    return 1 if hand.rng.uniform() < 0.5 else -1


def lifts(hand: Hand) -> None:
    """Roll a few strokes, all one way."""
    onward = way(hand)
    for _ in range(int(hand.rng.integers(3, 7))):
        hand.lift_stroke(onward)
    hand.rest(hand.rng.uniform(0.2, 1.0))


def kneads(hand: Hand) -> None:
    """Knead once."""
    low, high = hand.habit.halves
    hand.knead(int(hand.rng.integers(low, high)), way(hand))
    hand.rest(hand.rng.uniform(0.2, 0.8))


def mixed(hand: Hand) -> None:
    """Roll strokes or knead, sometimes in another posture afterwards."""
    (lifts if hand.rng.uniform() < 0.5 else kneads)(hand)
    if hand.rng.uniform() < 0.5:
        hand.new_site(None)


def _one_of(hand: Hand, *moves: Callable[[], None]) -> None:
    moves[int(hand.rng.integers(len(moves)))]()
    hand.rest(hand.rng.uniform(0.3, 1.0))


def distract(hand: Hand) -> None:
    """Do one thing that is no stroke."""
    if hand.rng.uniform() < 0.1:
        hand.walk_pressed(hand.rng.uniform(3.0, 5.0))
    _one_of(
        hand,
        hand.tap,
        hand.shake,
        hand.turn,
        hand.press,
        hand.rock,
        hand.rock,
        hand.air_move,
        hand.hover,
        hand.lay_aside,
    )


def taps(hand: Hand) -> None:
    """Knock on something."""
    _one_of(hand, hand.tap)


def shakes_and_turns(hand: Hand) -> None:
    """Shake, turn or swing the roller in the air."""
    _one_of(hand, hand.shake, hand.turn, hand.air_move)


def presses(hand: Hand) -> None:
    """Press on one spot."""
    _one_of(hand, hand.press)


def rocks(hand: Hand) -> None:
    """Tip the handle about one axis, pressed on one spot."""
    _one_of(hand, hand.rock)


def carries_pressed(hand: Hand) -> None:
    """Walk with the roller against the body, then play with it."""
    hand.walk_pressed(hand.rng.uniform(5.0, 10.0))
    _one_of(hand, hand.turn, hand.hover)


def hovers(hand: Hand) -> None:
    """Strokes with long stays just above the skin, the hand drifting."""
    if hand.rng.uniform() < 0.4:
        hand.hover()
    for _ in range(int(hand.rng.integers(1, 4))):
        hand.lift_stroke(way(hand))
        hand.rest(hand.rng.uniform(0.5, 3.0))


def walks(hand: Hand) -> None:
    """Walk, then roll."""
    hand.walk(hand.rng.uniform(4.0, 8.0))
    hand.rest(hand.rng.uniform(0.3, 1.0))
    mixed(hand)


def rolls_among_distractors(hand: Hand) -> None:
    """Do one thing that is no stroke, then roll."""
    distract(hand)
    mixed(hand)


def lies(hand: Hand) -> None:
    """Let the roller lie."""
    hand.rest(5.0)


def picked_up(hand: Hand) -> None:
    """Pick the roller up, play with it, put it down."""
    hand.rest(3.0)
    hand.pick_up()
    distract(hand)
    hand.rest(hand.rng.uniform(1.0, 4.0))
    hand.put_down()


def everything(hand: Hand) -> None:
    """Do anything."""
    choice = hand.rng.uniform()
    if choice < 0.15:
        hand.walk(4.0)
    elif choice < 0.35:
        distract(hand)
    else:
        mixed(hand)


def demo(hand: Hand) -> None:
    """One routine of about a minute, with one of everything."""
    calm = hand.habit
    hand.rest(2.0)
    hand.pick_up()
    for _ in range(5):
        hand.lift_stroke(1)
    hand.habit = replace(calm, over=1.0, over_doubt=0.0, force=(4.0, 6.0), speed=(4.0, 6.0), length=(5.0, 8.0))
    for _ in range(2):
        hand.lift_stroke(1)
    hand.habit = calm
    hand.new_site(None)
    hand.knead(6, 1)
    hand.rest(0.5)
    hand.knead(7, -1)
    hand.walk(6.0)
    hand.rest(0.5)
    for _ in range(3):
        hand.lift_stroke(-1)
    hand.habit = replace(calm, pauses=1.0)
    hand.lift_stroke(-1)
    hand.habit = replace(calm, over=1.0, over_doubt=0.0, force=(4.0, 6.0), speed=(4.0, 6.0), length=(5.0, 8.0))
    hand.knead(2, 1)
    hand.habit = calm
    hand.knead(5, 1)
    hand.rest(0.5)
    hand.put_down()
    hand.rest(2.0)
