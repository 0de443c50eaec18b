# SPDX-License-Identifier: MIT
"""The IMU's driver against the model of the chip."""

from array import array

import pytest
from fakes.board_rig import Rig, moving_rows, sample_file
from fakes.scripted_bus import ScriptedBus, reads, writes
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.lsm6dsox import FETCH_MAX, LSM6DSOX
from drivers.lsm6dsox_check import gravity_mg, scale_is_right
from drivers.lsm6dsox_selftest import (
    ACCEL_FAILED,
    GYRO_FAILED,
    SCALE_WRONG,
    accel_deflections_ug,
    gyro_deflections_mdps,
    self_test,
)


def make(rate_hz=208, samples=None, **imu):
    rig = Rig(samples, imu=imu)
    return rig, LSM6DSOX(rig.i2c(), 0x6A, rig.sleep_ms, rate_hz)


def take(imu):
    """Return the samples of one fetch as lists."""
    out = array("i", [0] * 8)
    taken = []
    for i in range(imu.fetch()):
        imu.decode(i, out)
        taken.append(list(out[:6]))
    return taken


def test_checks_come_in_their_order():
    rig = Rig()
    with pytest.raises(ValueError, match="417"):
        LSM6DSOX(None, 0x6A, rig.sleep_ms, 417)
    with pytest.raises(ValueError, match="300"):
        LSM6DSOX(None, 300, rig.sleep_ms)
    with pytest.raises(OSError, match="0x2a is no LSM6DSOX"):
        LSM6DSOX(rig.i2c(), 0x2A, rig.sleep_ms)
    rig.world.chips["imu"].present = False
    with pytest.raises(OSError, match="19"):
        LSM6DSOX(rig.i2c(), 0x6A, rig.sleep_ms)


def test_reset_that_never_ends_is_an_error():
    bus = ScriptedBus(0x6A, reads((0x0F, 0x6C)) + writes((0x12, 0x01)) + reads((0x12, 0x01)) * 50)
    waited = []
    with pytest.raises(OSError, match="0x12"):
        LSM6DSOX(bus, 0x6A, waited.append)
    bus.done()
    assert sum(waited) == 50


def test_start_writes_what_the_register_facts_say():
    rig, imu = make()
    imu.start()
    regs = rig.i2c().readfrom_mem(0x6A, 0, 0x20)
    facts = {0x12: 0x44, 0x10: 0x5A, 0x17: 0x20, 0x11: 0x58, 0x13: 0x02, 0x15: 0x06, 0x09: 0x55, 0x07: 4, 0x0A: 6}
    facts.update({0x18: 0xE2, 0x0D: 0x08})
    assert {reg: regs[reg] for reg in facts} == facts


@pytest.mark.parametrize(("asked", "given_hz"), [(50, 52), (52, 52), (100, 104), (208, 208), (300, 416), (416, 416)])
def test_rate_is_rounded_up_to_one_of_the_chip(asked, given_hz):
    rig, imu = make(asked)
    assert imu.rate_hz == given_hz
    imu.start()
    count = 0
    start_us = rig.clock.now_us()
    for _ in range(200):
        rig.sleep_ms(10)
        count += imu.fetch()
    seconds = (rig.clock.now_us() - start_us) / 1e6
    assert count == pytest.approx(given_hz * seconds, abs=2)


@pytest.mark.parametrize("fine", [-40, -7, 0, 12, 50])
def test_period_follows_the_clock_of_this_very_chip(fine):
    rig, imu = make(freq_fine=fine)
    assert imu.period_us == pytest.approx(1e6 / (208 * (1 + 0.0015 * fine)), abs=0.6)
    imu.start()
    start_us, count = rig.clock.now_us(), 0
    while rig.clock.now_us() - start_us < 100000000:
        rig.sleep_ms(50)
        count += imu.fetch()
    expected = (rig.clock.now_us() - start_us) / 1e6 * 208 * (1 + 0.0015 * fine)
    assert expected - 3 <= count <= expected + 0.5  # what still waits in the FIFO is not counted


def test_values_are_those_of_the_world():
    row = [122000, -244000, 976000, 35000, -70000, 3500, 0]
    _, imu = rig_started(sample_file([row, row]))
    samples = take(imu)
    assert samples[-1] == [1000, -2000, 8000, 0, 0, 0]  # before the first row the roller does not turn


def test_turn_rates_and_saturation():
    row = [5000000, -5000000, 0, 350000, -1200000, 1200000, 0]
    rig, imu = rig_started(sample_file([row] * 100))
    take(imu)
    rig.sleep_ms(20)
    assert take(imu)[-1] == [32767, -32768, 0, 10000, -32768, 32767]


def rig_started(samples):
    rig, imu = make(samples=samples)
    imu.start()
    rig.sleep_ms(20)
    return rig, imu


def test_first_samples_are_settled():
    """Right after power-down the sensors read rubbish: `start` must have waited it out."""
    rig, imu = make(samples=sample_file([[0, 0, 1000000, 0, 0, 0, 0]] * 9))
    imu.start()
    rig.sleep_ms(30)
    assert all(sample[2] == 8197 for sample in take(imu))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 150), min_size=1, max_size=12))
def test_no_sample_is_lost_or_doubled_however_late_the_fetch(waits_ms):
    """Each row of the world differs from its neighbours, so the stream fetched in pieces equals the one in one go."""
    rows = moving_rows(600)
    rig, imu = make(samples=sample_file(rows))
    imu.start()
    rig.sleep_ms(30)
    start_us = rig.clock.now_us()
    got = take(imu)
    for wait_ms in waits_ms:
        rig.sleep_ms(wait_ms)
        got += take(imu)
    while True:
        more = take(imu)
        got += more
        if len(more) < FETCH_MAX:
            break
    assert not imu.overrun
    assert imu.dropped == 0
    steps = (rig.clock.now_us() - start_us) / 1e6 * 208
    assert len(got) == pytest.approx(steps + 6, abs=3)
    moving = [sample for sample in got if sample[3:] != [0, 0, 0]]
    assert all(a != b for a, b in zip(moving, moving[1:], strict=False))


def test_overrun_is_reported_and_the_newest_samples_survive():
    rig, imu = make(samples=sample_file(moving_rows(2000)))
    imu.start()
    rig.sleep_ms(20)
    take(imu)
    assert not imu.overrun
    rig.sleep_ms(3000)
    count = 0
    first = len(take(imu))
    assert imu.overrun
    count += first
    while (more := imu.fetch()) == FETCH_MAX:
        count += more
    rig.sleep_ms(10)
    imu.fetch()
    assert not imu.overrun
    assert count + more >= 250


def test_word_without_its_half_is_dropped():
    words = tagged(1, 0) + tagged(1, 1) + tagged(2, 1) + tagged(2, 2) + tagged(1, 2) + tagged(2, 3)
    imu, bus = scripted([(6, words), (1, tagged(1, 3, base=40))])
    assert imu.fetch() == 2
    assert imu.dropped == 1
    out = array("i", [0] * 8)
    assert imu.fetch() == 1  # the lone accelerometer word waited for its gyro word
    imu.decode(0, out)
    assert list(out[:6]) == [203, 204, 205, 143, 144, 145]
    bus.done()


def test_bus_error_in_the_burst_keeps_the_lone_word():
    imu, _ = scripted([(1, tagged(2, 0))])
    assert imu.fetch() == 0
    failing = FailsOnce(imu.regs._bus, [(1, tagged(1, 0)), (1, tagged(1, 0))])
    imu.regs._bus = failing
    with pytest.raises(OSError, match="116"):
        imu.fetch()
    assert imu.fetch() == 1


class FailsOnce:
    def __init__(self, bus, fetches):
        self._inner = ScriptedBus(0x6A, fetch_script(fetches))
        self._failed = False

    def readfrom_mem_into(self, address, reg, buffer):
        if reg == 0x78 and not self._failed:
            self._failed = True
            self._inner._script.pop(0)
            raise OSError(116)
        self._inner.readfrom_mem_into(address, reg, buffer)


def tagged(sensor, slot, base=0):
    """Return a FIFO word whose values tell its sensor and slot."""
    tag = sensor << 3 | slot << 1
    tag |= bin(tag).count("1") & 1
    first = base + sensor * 100 + slot
    return bytes([tag]) + b"".join((first + i).to_bytes(2, "little") for i in range(3))


def fetch_script(fetches):
    script = []
    for count, words in fetches:
        script += [("r", 0x3A, bytes([count, 0])), ("r", 0x78, words)]
    return script


def scripted(fetches):
    script = reads((0x0F, 0x6C)) + writes((0x12, 1)) + reads((0x12, 0)) + writes((0x18, 0xE2), (0x12, 0x44))
    bus = ScriptedBus(0x6A, script + reads((0x63, 0)) + fetch_script(fetches))
    return LSM6DSOX(bus, 0x6A, lambda ms: None), bus


def test_self_test_passes_on_a_healthy_chip():
    rig, imu = make()
    assert self_test(imu, rig.sleep_ms) == 0


def test_deflections_are_those_of_the_masses_whatever_gravity_adds():
    rig, imu = make()
    assert accel_deflections_ug(imu, rig.sleep_ms) == pytest.approx([300000] * 3, abs=122)
    assert gyro_deflections_mdps(imu, rig.sleep_ms) == pytest.approx([400000] * 3, abs=70)
    assert imu.regs.read(0x14) == imu.regs.read(0x11) == 0  # no test left on, no gyro left running


def test_double_scale_is_caught_by_gravity():
    """The LSM6DSO32 answers the same WHO_AM_I and would halve every acceleration."""
    rig, imu = make(double_scale=True)
    assert self_test(imu, rig.sleep_ms) == SCALE_WRONG
    imu.start()
    assert gravity_mg(imu, rig.sleep_ms) == pytest.approx(500, abs=2)
    assert not scale_is_right(imu, rig.sleep_ms)


@pytest.mark.parametrize(("spoil", "failed"), [("_accel_test", ACCEL_FAILED), ("_gyro_test", GYRO_FAILED)])
def test_stuck_proof_mass_fails_the_self_test(spoil, failed):
    rig, imu = make()
    core = rig.world.chips["imu"]._core
    configure = core.configure

    def stuck(regs, rate_mhz):
        configure(regs, rate_mhz)
        setattr(core, spoil, 0)

    core.configure = stuck
    assert self_test(imu, rig.sleep_ms) == failed


def test_motion_raises_int1_in_sleep_and_rest_does_not():
    rows = [[0, 0, 1000000, 0, 0, 0, 0]] * 416 + [[k // 4 % 2 * 700000, 0, 1000000, 0, 0, 0, 0] for k in range(416)]
    rig, imu = make(samples=sample_file(rows))
    rig.world.samples.start(rig.clock.now_us())
    imu.wake_on_motion(63)
    woke_ms = next(ms for ms in range(0, 5000, 10) if rig.sleep_ms(10) or rig.world.level(25))
    assert 1900 <= woke_ms <= 2200


def test_sleep_registers_are_those_of_the_facts():
    rig, imu = make()
    imu.wake_on_motion(63)
    facts = {0x11: 0x00, 0x15: 0x10, 0x10: 0x30, 0x5B: 2, 0x5C: 0x20, 0x58: 0x80, 0x5E: 0x20, 0x0D: 0x00}
    regs = rig.i2c().readfrom_mem(0x6A, 0, 0x60)
    assert {reg: regs[reg] for reg in facts} == facts


def test_threshold_out_of_range():
    _, imu = make()
    with pytest.raises(ValueError, match="31"):
        imu.wake_on_motion(31)


def test_sleep_stops_the_samples():
    rig, imu = make()
    imu.start()
    imu.sleep()
    rig.sleep_ms(100)
    assert imu.fetch() == 0
