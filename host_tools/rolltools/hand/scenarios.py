# SPDX-License-Identifier: MIT
"""The named scenarios: what the hand does in each, how it holds the roller, and what the roller is like."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .body import Hold
from .moves import Habit, Hand
from .profile import Rng
from .sensors import ERM, LRA, Motor
from .timeline import Site

Script = Callable[[Hand], None]


@dataclass(frozen=True)
class Scenario:
    """One scenario. `script` is repeated until the session is `duration_s` long; `opening` and `closing` once."""

    help: str
    script: Script
    habit: Habit = field(default_factory=Habit)
    hold: Hold = field(default_factory=Hold)
    motor: Motor | None = None
    cues: bool = False
    sensor: str = "loadcell"
    bend: tuple[float, float] = (-8.0, 22.0)
    duration_s: float = 40.0
    lying: bool = False


def draw_site(bend: tuple[float, float], rng: Rng) -> Site:
    """Return a place on the skin, its mean curvature within `bend` (1/m), changing along the way."""
    middle = float(rng.uniform(*bend))
    return Site(0.0, middle, abs(middle) * rng.uniform(0.0, 0.4), rng.uniform(0.02, 0.05), rng.uniform(0.0, 6.28))


def _way(hand: Hand) -> int:
    return 1 if hand.rng.uniform() < 0.5 else -1


def _lifts(hand: Hand) -> None:
    way = _way(hand)
    for _ in range(int(hand.rng.integers(3, 7))):
        hand.lift_stroke(way)
    hand.rest(hand.rng.uniform(0.2, 1.0))


def _kneads(hand: Hand) -> None:
    low, high = hand.habit.halves
    hand.knead(int(hand.rng.integers(low, high)), _way(hand))
    hand.rest(hand.rng.uniform(0.2, 0.8))


def _mixed(hand: Hand) -> None:
    (_lifts if hand.rng.uniform() < 0.5 else _kneads)(hand)
    if hand.rng.uniform() < 0.5:
        hand.new_site(None)


def _distract(hand: Hand) -> None:
    moves = (hand.tap, hand.shake, hand.turn, hand.press, hand.rock, hand.air_move)
    moves[int(hand.rng.integers(len(moves)))]()
    hand.rest(hand.rng.uniform(0.3, 1.0))


def _walks(hand: Hand) -> None:
    hand.walk(hand.rng.uniform(4.0, 8.0))
    hand.rest(hand.rng.uniform(0.3, 1.0))
    _mixed(hand)


def _rolls_among_distractors(hand: Hand) -> None:
    _distract(hand)
    _mixed(hand)


def _lies(hand: Hand) -> None:
    hand.rest(5.0)


def _picked_up(hand: Hand) -> None:
    hand.rest(3.0)
    hand.pick_up()
    _distract(hand)
    hand.rest(hand.rng.uniform(1.0, 4.0))
    hand.put_down()


def _everything(hand: Hand) -> None:
    choice = hand.rng.uniform()
    if choice < 0.15:
        hand.walk(4.0)
    elif choice < 0.35:
        _distract(hand)
    else:
        _mixed(hand)


def _demo(hand: Hand) -> None:
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


_STRONG = Hold(tremor_g=0.03, tremor_dps=3.0, sway_rad=0.015, force_wander=0.08)

TABLE: dict[str, Scenario] = {
    "lifts": Scenario("strokes one way, back through the air", _lifts),
    "kneads": Scenario("back and forth without leaving the skin", _kneads),
    "mixed": Scenario("lifts and kneads, changing attitude between them", _mixed),
    "fast": Scenario("quick strokes, 12-25 cm/s on average", _mixed, Habit(speed=(12.0, 25.0), length=(5.0, 14.0))),
    "slow": Scenario("slow strokes, 1-4 cm/s", _mixed, Habit(speed=(1.0, 4.0), length=(2.0, 6.0))),
    "light": Scenario("a light touch, 0.6-1.5 N", _mixed, Habit(force=(0.6, 1.5))),
    "flat": Scenario("flat skin: rolling turns nothing", _mixed, bend=(-0.5, 0.5)),
    "pauses": Scenario("stops and slow spots in the middle of strokes", _mixed, Habit(pauses=0.5, length=(4.0, 12.0))),
    "overpressure": Scenario("pressed too hard again and again, the motor buzzing", _mixed, Habit(over=0.5), motor=LRA),
    "tremor": Scenario("a strong tremor at 8-12 Hz", _mixed, hold=_STRONG),
    "walking": Scenario("walking with the roller in the hand between strokes", _walks),
    "distractors": Scenario("taps, shakes, turns, presses, rocking, air moves: no stroke at all", _distract),
    "interrupted": Scenario("strokes with distractors between them", _rolls_among_distractors),
    "idle": Scenario("lying still", _lies, lying=True),
    "handling": Scenario("picked up, played with, put down: no stroke at all", _picked_up, lying=True),
    "lra": Scenario("strokes while a linear motor plays cues", _mixed, motor=LRA, cues=True),
    "erm": Scenario("strokes while a bare, strong ERM motor shakes the handle", _mixed, motor=ERM, cues=True),
    "fsr": Scenario("a force-sensing resistor with hysteresis and creep", _mixed, sensor="fsr"),
    "everything": Scenario(
        "all of it at once",
        _everything,
        Habit((2.0, 18.0), (2.0, 12.0), (0.8, 8.0), pauses=0.15, over=0.1),
        Hold(0.012, 1.2, 0.01),
        LRA,
        cues=True,
        duration_s=60.0,
    ),
    "demo": Scenario(
        "a minute: pick-up, lifts, kneads, a pause, over-pressure, a walk, put-down",
        _demo,
        motor=LRA,
        duration_s=1.0,
        lying=True,
    ),
}
