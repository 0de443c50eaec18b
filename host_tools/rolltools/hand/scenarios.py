# SPDX-License-Identifier: MIT
"""The named scenarios: what the hand does in each, how it holds the roller, and what the roller is like."""

from dataclasses import dataclass, field

from . import scripts
from .body import Hold
from .force import DRIFTING, Fsr
from .motor import ERM, LRA, Motor
from .moves import Habit
from .profile import Rng
from .scripts import Script
from .timeline import Site


@dataclass(frozen=True)
class Scenario:
    """One scenario; `script` is repeated until the session is `duration_s` long.

    `bend`: curvatures of the skin, 1/m. `wrist` (of `grips.STYLES`) and `pace` (of `pace.STYLES`): the style that
    every hand has here, None for any. `lying`: it starts with the roller lying. `rolls`: it holds strokes.
    """

    help: str
    script: Script
    habit: Habit = field(default_factory=Habit)
    hold: Hold = field(default_factory=Hold)
    motor: Motor | None = None
    cues: bool = False
    sensor: str = "loadcell"
    fsr: Fsr = field(default_factory=Fsr)
    bend: tuple[float, float] = (-8.0, 22.0)
    duration_s: float = 40.0
    lying: bool = False
    wrist: str | None = None
    pace: str | None = None
    rolls: bool = True


def draw_site(bend: tuple[float, float], rng: Rng) -> Site:
    """Return a place on the skin, its mean curvature within `bend` (1/m), changing along the way."""
    middle = float(rng.uniform(*bend))
    return Site(0.0, middle, abs(middle) * rng.uniform(0.0, 0.4), rng.uniform(0.02, 0.05), rng.uniform(0.0, 6.28))


_STRONG = Hold(tremor_g=0.03, tremor_dps=3.0, force_wander=0.08)
_EDGE = Habit(force=(3.0, 7.0), length=(4.0, 10.0), over=0.7, over_doubt=0.75)
_RHYTHM = Habit(speed=(5.0, 18.0), halves=(6, 16))

TABLE: dict[str, Scenario] = {
    "lifts": Scenario("strokes one way, back through the air", scripts.lifts),
    "kneads": Scenario("back and forth without leaving the skin", scripts.kneads),
    "mixed": Scenario("lifts and kneads, changing attitude between them", scripts.mixed),
    "fast": Scenario(
        "quick strokes, 12-25 cm/s on average", scripts.mixed, Habit(speed=(12.0, 25.0), length=(5.0, 14.0))
    ),
    "slow": Scenario("slow strokes, 1-4 cm/s", scripts.mixed, Habit(speed=(1.0, 4.0), length=(2.0, 6.0))),
    "light": Scenario("a light touch, 0.6-1.5 N", scripts.mixed, Habit(force=(0.6, 1.5))),
    "flat": Scenario("flat skin: rolling turns nothing", scripts.mixed, bend=(-0.5, 0.5)),
    "pauses": Scenario(
        "stops and slow spots in the middle of strokes", scripts.mixed, Habit(pauses=0.5, length=(4.0, 12.0))
    ),
    "overpressure": Scenario(
        "pressed too hard again and again, the motor buzzing", scripts.mixed, Habit(over=0.5), motor=LRA
    ),
    "tremor": Scenario("a strong tremor at 8-12 Hz", scripts.mixed, hold=_STRONG),
    "walking": Scenario("walking with the roller in the hand between strokes", scripts.walks),
    "distractors": Scenario(
        "taps, shakes, turns, presses, rocking, air moves: no stroke at all", scripts.distract, rolls=False
    ),
    "interrupted": Scenario("strokes with distractors between them", scripts.rolls_among_distractors),
    "idle": Scenario("lying still", scripts.lies, lying=True, rolls=False),
    "handling": Scenario(
        "picked up, played with, put down: no stroke at all", scripts.picked_up, lying=True, rolls=False
    ),
    "lra": Scenario("strokes while a linear motor plays cues", scripts.mixed, motor=LRA, cues=True),
    "erm": Scenario("strokes while a bare, strong ERM motor shakes the handle", scripts.mixed, motor=ERM, cues=True),
    "fsr": Scenario("a force-sensing resistor with hysteresis and creep", scripts.mixed, sensor="fsr"),
    "everything": Scenario(
        "all of it at once",
        scripts.everything,
        Habit((2.0, 18.0), (2.0, 12.0), (0.8, 8.0), pauses=0.15, over=0.1),
        Hold(tremor_g=0.012, tremor_dps=1.2),
        LRA,
        cues=True,
        duration_s=60.0,
    ),
    "landing": Scenario("strokes that land and lift off while the head moves", scripts.lifts, Habit(moving=1.0)),
    "rhythm": Scenario("kneading like a sine, no rest at the turning points", scripts.kneads, _RHYTHM, pace="sine"),
    "hesitant": Scenario("strokes in several little pushes", scripts.mixed, pace="hesitant"),
    "stiff": Scenario("a stiff wrist: the handle hardly turns", scripts.mixed, wrist="stiff"),
    "elbow": Scenario("the forearm swings about the elbow, either sign", scripts.mixed, wrist="elbow"),
    "concave": Scenario("hollows: the handle turns the other way", scripts.mixed, wrist="follow", bend=(-12.0, -5.0)),
    "hover": Scenario("long stays just above the skin, drifting", scripts.hovers, hold=Hold(hover_m=0.012)),
    "edge": Scenario("near the limit, over it for a moment, far over it", scripts.mixed, _EDGE, motor=LRA),
    "fsr_drift": Scenario(
        "an FSR that creeps, sinks and sags", scripts.mixed, sensor="fsr", fsr=DRIFTING, duration_s=60.0
    ),
    "taps": Scenario("knocks and blows: no stroke", scripts.taps, rolls=False),
    "shaken": Scenario("shaken, turned, moved in the air: no stroke", scripts.shakes_and_turns, rolls=False),
    "pressing": Scenario("pressed on one spot: no stroke", scripts.presses, Habit(over=0.4), rolls=False),
    "rocking": Scenario("tipped about every axis under contact: no stroke", scripts.rocks, rolls=False),
    "carried": Scenario("walking with the roller against the body: no stroke", scripts.carries_pressed, rolls=False),
    "demo": Scenario(
        "a minute: pick-up, lifts, kneads, a pause, over-pressure, a walk, put-down",
        scripts.demo,
        motor=LRA,
        duration_s=1.0,
        lying=True,
    ),
}
