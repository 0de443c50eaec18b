# SPDX-License-Identifier: MIT
"""Each sign of a failed force sensor by itself: what is a fault, what is just none, and when it ends."""

import pytest

from rollcore.faults import fault_code
from rollcore.forcecheck import ForceCheck
from rollcore.sample import FORCE_UNKNOWN

STUCK, CLIPPED, UNPLUGGED, NOISY, SWAPPED, DRIFTING = (
    fault_code("force_" + name) for name in "stuck clipped unplugged noisy swapped drift".split()
)
SAMPLE_MS = 4.8
ONE_G = 8197
HEAD_MN = 1471
RAIL_MN = 191_000


class Sensor:
    """A load cell with a head of 150 g (or an FSR) that stands on its axle; forces in mN, without the head's weight."""

    def __init__(self, fsr=False, as_is=False):
        self.check = ForceCheck(150, as_is, fsr)
        self.weight_mn = 0 if fsr else HEAD_MN
        self.samples = 0
        self.motor = False

    @property
    def now_ms(self):
        return int(self.samples * SAMPLE_MS)

    def play(self, force, seconds, shaken=True, lives=False, block=4):
        """Play a force, a number or a function of seconds; return the faults that were seen, each as it began.

        `shaken`: the accelerometer feels the hand. `lives`: the reading has noise of its own.
        """
        seen, first = [], self.samples
        while self.samples - first < round(seconds * 1000 / SAMPLE_MS):
            for _ in range(block):
                i = self.samples
                mn = force((i - first) * SAMPLE_MS / 1000) if callable(force) else force
                raw_mn = mn if mn == FORCE_UNKNOWN else round(mn) - self.weight_mn + (i * 7 % 5 if lives else 0)
                self.check.add(raw_mn, ONE_G + (i * 5 % 13 if shaken else 0))
                self.samples += 1
            self.check.block(self.now_ms, self.motor)
            if self.check.fault and (not seen or seen[-1] != self.check.fault):
                seen.append(self.check.fault)
        return seen

    def lived(self, force=500.0, seconds=1.5):
        assert self.play(force, seconds, lives=True) == []
        return self


def swing(low_mn, high_mn, half_ms):
    """Return a force that goes there and back, half a period each."""
    return lambda seconds: (low_mn, high_mn)[int(seconds * 1000 / half_ms) % 2]


def test_a_reading_that_lived_and_stops_is_stuck_within_a_second():
    sensor = Sensor().lived()
    assert sensor.play(500, 0.7) == []
    assert sensor.play(500, 0.3) == [STUCK]


def test_a_reading_that_stops_while_nothing_moves_proves_nothing():
    assert Sensor().lived().play(500, 4.0, shaken=False) == []


@pytest.mark.parametrize("force", [500, swing(500, 510, 100)])
def test_a_reading_that_hardly_ever_changed_is_stuck_only_after_five_seconds(force):
    sensor = Sensor()
    assert sensor.play(force, 2.0) == []
    assert sensor.play(500, 2.5) == []
    assert sensor.play(500, 3.5) == [STUCK]


def test_a_reading_that_changes_now_and_then_is_not_stuck():
    assert Sensor().lived().play(swing(500, 510, 500), 6.0) == []


def test_what_the_motor_shakes_proves_nothing_where_no_reading_ever_changed():
    sensor = Sensor()
    sensor.motor = True
    assert sensor.play(500, 8.0) == []
    lived = Sensor().lived()
    lived.motor = True
    assert lived.play(500, 1.0) == [STUCK]


def test_a_reading_that_was_never_measured_is_not_judged():
    sensor = Sensor(as_is=True)
    assert sensor.play(500, 8.0) == sensor.play(-RAIL_MN, 2.0) == []


def test_an_fsr_reads_zero_as_long_as_it_likes():
    assert Sensor(fsr=True).lived(swing(0, 100, 20)).play(0, 3.0) == []
    assert Sensor(fsr=True).lived(swing(0, 100, 20)).play(2000, 1.0) == [STUCK]
    assert Sensor().lived(HEAD_MN).play(HEAD_MN, 1.0) == [STUCK], "a load cell never does"


@pytest.mark.parametrize(
    ("highest", "flat", "fault"), [(6900, 9000, CLIPPED), (500, 3000, STUCK), (12_000, 9000, STUCK)]
)
def test_a_flat_top_is_clipped_where_it_is_the_highest_ever_and_high(highest, flat, fault):
    assert Sensor().lived(highest).play(flat, 1.0) == [fault]


@pytest.mark.parametrize(("force", "fault"), [(RAIL_MN, CLIPPED), (-RAIL_MN, UNPLUGGED)])
def test_a_reading_at_the_end_of_the_converter_is_named_at_once(force, fault):
    assert Sensor().lived().play(force, 0.05, shaken=False) == []
    assert Sensor().lived().play(force, 0.12, shaken=False) == [fault]


def test_a_reading_that_only_touches_the_end_is_none():
    assert Sensor().lived(92_000).play(swing(92_000, 100_000, 48), 2.0) == []


def test_one_that_came_there_and_back_is_unplugged_not_clipped():
    def loose(seconds):
        return RAIL_MN if seconds < 0.02 or seconds > 0.04 else 500

    assert Sensor().lived(seconds=1.25).play(loose, 0.2, shaken=False) == [UNPLUGGED]


def stairs(*levels_mn, each_ms=24):
    return lambda seconds: levels_mn[min(len(levels_mn) - 1, int(seconds * 1000 / each_ms))]


@pytest.mark.parametrize("way", [1, -1])
def test_three_jumps_that_no_hand_makes_are_a_loose_plug(way):
    middle = 30_000

    def jumps(count):
        levels = [middle + way * 15_000 * step for step in range(-1, count)]
        return Sensor().lived(levels[0]).play(stairs(*levels), 0.8, shaken=False)

    assert jumps(3) == [UNPLUGGED]
    assert jumps(2) == []


@pytest.mark.parametrize("each_ms", [19.2, 19.2 * 2, 19.2 * 1.5])
def test_a_jump_between_two_blocks_counts_and_the_first_reading_is_none(each_ms):
    assert Sensor().play(stairs(50_000, 35_000, 20_000, each_ms=each_ms), 0.6, shaken=False) == []
    assert Sensor().play(stairs(50_000, 35_000, 20_000, 5_000, each_ms=each_ms), 0.6, shaken=False) == [UNPLUGGED]


def turns(a_window, mn=400):
    """Return a force that turns round so often in 0.4 s."""
    return swing(2000 - mn // 2, 2000 + mn // 2, 400 / a_window)


def test_a_noise_no_hand_trembles_is_named_and_has_to_be_much_less_to_be_over():
    assert Sensor().lived(2000).play(turns(11), 3.0) == [], "a tremor of 14 Hz"
    sensor = Sensor().lived(2000)
    assert sensor.play(turns(16), 1.0) == [NOISY]
    sensor.play(turns(11), 3.0)
    assert sensor.check.fault == NOISY
    sensor.play(turns(6), 2.0)
    assert sensor.check.fault == 0


def test_a_noise_that_rises_and_falls_by_little_steps_turns_as_often():
    steps = [(2000, 2100, 2200, 2100)[i % 4] for i in range(250)]
    assert Sensor().lived(2000).play(stairs(*steps, each_ms=SAMPLE_MS), 1.0, shaken=False) == [NOISY]


def test_a_noise_of_a_few_grams_is_none():
    assert Sensor().lived(2000).play(turns(40, mn=100), 3.0) == []


@pytest.mark.parametrize("way", [1, -1])
def test_a_noise_on_a_rising_or_falling_force_is_named_too(way):
    sensor = Sensor().lived(20_000)
    assert sensor.play(lambda seconds: turns(30, 600)(seconds) + 18_000 + way * 2000 * seconds, 1.0) == [NOISY]
    assert Sensor().lived(20_000).play(lambda seconds: 20_000 + way * 8000 * seconds, 1.0) == []


def test_what_the_motor_shakes_is_no_noise_and_does_not_end_one():
    sensor = Sensor().lived(2000)
    sensor.motor = True
    assert sensor.play(turns(30), 2.0) == []
    sensor.motor = False
    assert sensor.play(turns(30), 1.0) == [NOISY]
    sensor.motor = True
    sensor.play(2000, 3.0, lives=True)
    assert sensor.check.fault == NOISY, "nobody can tell while it shakes"
    sensor.motor = False
    sensor.play(2000, 2.0, lives=True)
    assert sensor.check.fault == 0


@pytest.mark.parametrize("motor", [False, True])
def test_a_fault_ends_when_its_sign_has_been_gone_for_a_while(motor):
    sensor = Sensor().lived()
    assert sensor.play(RAIL_MN, 0.3, shaken=False) == [CLIPPED]
    sensor.motor = motor
    sensor.play(500, 0.6, lives=True)
    assert sensor.check.fault == CLIPPED
    sensor.play(500, 1.0, lives=True)
    assert sensor.check.fault == 0


def test_the_first_fault_keeps_its_name():
    sensor = Sensor().lived()
    assert sensor.play(RAIL_MN, 0.3, shaken=False) == [CLIPPED]
    assert sensor.play(swing(-RAIL_MN, RAIL_MN, 20), 1.0, shaken=False) == [CLIPPED]


def test_a_roller_that_pulls_has_its_wires_swapped_for_good():
    sensor = Sensor().lived()
    assert sensor.play(-1500, 0.12, lives=True) == []
    assert sensor.play(500, 0.1, lives=True) == []
    assert sensor.play(-1500, 0.12, lives=True) == [], "a jerk is short"
    assert sensor.play(500, 0.1, lives=True) == []
    assert sensor.play(-1500, 0.25, lives=True) == [SWAPPED]
    sensor.play(500, 12.0, lives=True)
    assert sensor.check.fault == SWAPPED


def test_a_little_below_zero_is_an_offset_and_an_fsr_cannot_be_pulled():
    assert Sensor().lived().play(-800, 2.0, lives=True) == []
    assert Sensor(fsr=True).lived().play(-1500, 2.0, lives=True) == []


def creep(mn_a_minute, start_mn=50):
    return lambda seconds: start_mn + mn_a_minute * seconds / 60


@pytest.mark.parametrize("way", [1, -1])
def test_a_reading_that_creeps_on_is_a_drift_until_it_stops(way):
    sensor = Sensor().lived(50)
    assert sensor.play(creep(way * 1000), 7.0, lives=True) == []
    assert sensor.play(creep(way * 1000, 50 + way * 117), 7.0, lives=True) == [DRIFTING]
    sensor.play(50 + way * 234, 6.0, lives=True)
    assert sensor.check.fault == 0


def test_a_creep_that_an_offset_may_have_is_none():
    assert Sensor().lived(50).play(creep(200), 20.0, lives=True) == []


@pytest.mark.parametrize("steps_mn", [[40, -40, 40, -40, 40], [40, 40, 0, 40, 40, 0]])
def test_what_goes_there_and_back_or_stops_is_no_drift(steps_mn):
    """Each step lasts 2.5 s, as a mean does."""

    def force(seconds):
        whole = int(seconds / 2.5)
        part = seconds / 2.5 - whole
        done = sum(steps_mn[i % len(steps_mn)] for i in range(whole))
        return 50 + done + part * steps_mn[whole % len(steps_mn)]

    assert Sensor().lived(50).play(force, 25.0, lives=True) == []


def test_what_is_now_here_now_there_is_no_drift():
    def force(seconds):
        return 50 + (60 if int(seconds / 2.5) % 2 else 0) * min(1.0, seconds % 2.5 / 0.5)

    assert Sensor().play(force, 16.0, lives=True) == []


@pytest.mark.parametrize("way", [1, -1])
def test_a_creep_that_gets_faster_and_faster_or_slower_is_no_drift(way):
    """By three times and more in 2.5 s: a hand that takes its weight away, or puts it on."""

    def faster(seconds):
        return way * 6.5 * 3.2 ** (seconds / 2.5)

    assert Sensor().play(faster, 10.4, lives=True) == []
    assert Sensor().play(lambda seconds: faster(10.1 - seconds), 10.4, lives=True) == []
    assert Sensor().play(lambda seconds: way * 20 * seconds, 10.4, lives=True) == [DRIFTING], "an even one is"


def test_who_presses_in_between_does_not_drift():
    def force(seconds):
        return creep(1000)(seconds) + (1000 if seconds % 4 > 3.8 else 0)

    assert Sensor().lived(50).play(force, 24.0, lives=True) == []


def test_who_presses_harder_and_harder_does_not_drift():
    assert Sensor().lived(50).play(lambda seconds: 50 + 500 * seconds, 12.0, lives=True) == []


def test_an_offset_of_any_size_that_creeps_on_is_a_drift():
    assert Sensor().lived(1500).play(creep(1000, 1500), 15.0, lives=True) == [DRIFTING]


def test_an_fsr_creeps_under_load_and_drifts_without():
    assert Sensor(fsr=True).lived(2000).play(creep(1000, 2000), 15.0, lives=True) == []
    assert Sensor(fsr=True).lived(10).play(creep(900, 10), 15.0, lives=True) == [DRIFTING]


def test_a_reading_that_is_missing_is_no_sign_of_anything():
    sensor = Sensor().lived()
    assert sensor.play(FORCE_UNKNOWN, 3.0) == []
    assert sensor.play(500, 2.0, lives=True) == []

    def gaps(seconds):
        return FORCE_UNKNOWN if int(seconds * 1000 / SAMPLE_MS) % 2 else 500

    assert Sensor().lived().play(gaps, 1.2, shaken=False) == []


def test_a_block_of_more_readings_than_eight_is_judged_by_eight():
    assert Sensor().play(500, 2.0, lives=True, block=12) == []
