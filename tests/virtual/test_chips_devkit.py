# SPDX-License-Identifier: MIT
"""The models of the bench board's parts by registers, pins and voltages alone."""

import pytest
from fakes.board_rig import Rig, machine, moving_rows, sample_file

SLEEP, FIFO_ON, FIFO_RESET = 0x40, 0x40, 0x04
ALL = 0x78
ACCEL, GYRO, COUNT, DATA, USER, POWER, STATUS = 0x3B, 0x43, 0x72, 0x74, 0x6A, 0x6B, 0x3A


class Imu:
    """The MPU-6050 at the bus, awake, at 200 Hz with its low-pass at 21 Hz."""

    def __init__(self, samples=None, **setup):
        self.rig = Rig(samples, board_name="devkit_fsr")
        self._i2c = self.rig.i2c()
        for reg, value in (
            (POWER, 1),
            (0x19, setup.get("divider", 5) - 1),
            (0x1A, setup.get("filter", 4)),
            (0x1C, 0x08),
        ):
            self.write(reg, value)
        self.write(USER, FIFO_RESET)
        self.write(0x23, setup.get("fifo", ALL))
        self.write(USER, FIFO_ON)

    def write(self, reg, value):
        self._i2c.writeto_mem(0x68, reg, bytes([value]))

    def read(self, reg, size=1):
        return self._i2c.readfrom_mem(0x68, reg, size)

    def count(self):
        return int.from_bytes(self.read(COUNT, 2), "big")

    def count_after(self, ms):
        self.rig.sleep_ms(ms)
        return self.count()


def test_it_comes_up_asleep_with_its_id():
    rig = Rig(board_name="devkit_fsr")
    bus = rig.i2c()
    assert (bus.readfrom_mem(0x68, 0x75, 1), bus.readfrom_mem(0x68, POWER, 1)) == (b"\x68", bytes([SLEEP]))
    bus.writeto_mem(0x68, 0x75, b"\x00")
    assert bus.readfrom_mem(0x68, 0x75, 1) == b"\x68"


@pytest.mark.parametrize(
    ("setup", "rate_hz"), [({}, 200), ({"divider": 20}, 50), ({"divider": 20, "filter": 0}, 400), ({"fifo": 0x08}, 100)]
)
def test_the_fifo_fills_at_the_rate_of_the_divider(setup, rate_hz):
    imu = Imu(**setup)
    imu.count_after(0)
    imu.write(USER, FIFO_RESET)
    imu.write(USER, FIFO_ON)
    assert imu.count_after(100) / 12 == pytest.approx(rate_hz / 10, abs=2)


def test_a_full_fifo_drops_the_oldest_bytes_and_says_so():
    imu = Imu(sample_file(moving_rows(400)))
    assert imu.count_after(380) % 12 == 0
    assert imu.read(STATUS)[0] & 0x10 == 0
    assert imu.count_after(200) == 1024
    assert imu.read(STATUS)[0] & 0x10
    assert imu.read(STATUS)[0] & 0x10 == 0  # reading clears it
    imu.write(USER, FIFO_RESET)
    assert imu.count() == 0


def test_only_a_fifo_that_is_off_is_emptied():
    imu = Imu()
    imu.rig.sleep_ms(50)
    imu.write(USER, FIFO_ON | FIFO_RESET)
    assert imu.count() > 0


def test_the_fifo_is_read_through_one_register():
    imu = Imu(sample_file([[250000, -500000, 1000000, 0, 0, 0, 0]] * 2))
    imu.count_after(50)
    frame = imu.read(DATA, 12)
    assert [int.from_bytes(frame[i : i + 2], "big", signed=True) for i in (0, 2, 4)] == [2048, -4096, 8192]
    assert frame[:6] == imu.read(ACCEL, 6) and frame[6:] == imu.read(GYRO, 6)


def test_a_reset_takes_its_time_and_puts_it_to_sleep():
    imu = Imu()
    imu.write(POWER, 0x80)
    assert imu.read(POWER)[0] & 0x80
    imu.write(0x19, 7)  # hears nothing
    imu.rig.sleep_ms(5)
    assert (imu.read(POWER)[0], imu.read(0x19)[0]) == (SLEEP, 0)


def rise_ms(filter_setting):
    """Return how long after a step of the world it is seen at 1 kHz."""
    rows = [[0, 0, 0, 0, 0, 0, 0]] * 20 + [[1000000, 0, 0, 0, 0, 0, 0]] * 100
    imu = Imu(sample_file(rows), divider=1, filter=filter_setting)
    imu.count()  # the recording begins
    start_us = imu.rig.clock.now_us()
    while int.from_bytes(imu.read(ACCEL, 2), "big", signed=True) < 4096:
        imu.rig.clock.charge(200)
    return (imu.rig.clock.now_us() - start_us) / 1000 - 19.5 / 0.208


@pytest.mark.parametrize(("setting", "late_ms"), [(1, 2.0), (3, 4.9), (4, 8.4), (5, 13.6)])
def test_a_lower_corner_is_later(setting, late_ms):
    assert rise_ms(setting) == pytest.approx(late_ms, abs=2.0)


@pytest.mark.parametrize(("setting", "corner_hz"), [(1, 186), (4, 20), (6, 5)])
def test_the_motors_tone_gets_through_as_the_low_pass_lets_it(setting, corner_hz):
    """At full speed 0.4 g at 190 Hz, weakened by a filter of the first order."""
    imu = Imu(filter=setting, divider=1)
    machine.PWM(machine.Pin(4, machine.Pin.OUT), freq=20000, duty_u16=65535)
    imu.rig.sleep_ms(200)
    seen = []
    for _ in range(50):
        imu.rig.sleep_ms(1)
        seen.append(int.from_bytes(imu.read(ACCEL, 2), "big", signed=True))
    assert max(seen) == pytest.approx(0.4 * 8192 * corner_hz / 190, rel=0.05)
    assert min(seen) == pytest.approx(-max(seen), rel=0.05)


def test_a_coin_at_rest_sticks_until_it_is_kicked_and_runs_down_without_a_brake():
    rig = Rig(board_name="devkit_fsr")
    coin = rig.world.chips["haptic"]
    pwm = machine.PWM(machine.Pin(4, machine.Pin.OUT), freq=20000, duty_u16=65535 // 2)

    def speed_after(ms):
        rig.sleep_ms(ms)
        return coin.amplitude(rig.clock.now_us())

    assert speed_after(500) == 0
    pwm.duty_u16(65535)
    assert [speed_after(ms) for ms in (40, 40, 10)] == [50, 100, 100]
    assert coin.tone_hz(rig.clock.now_us()) == 190
    pwm.duty_u16(65535 // 2)
    assert speed_after(100) == 50
    pwm.duty_u16(0)
    assert [speed_after(ms) for ms in (0, 45)] == [50, 0]


@pytest.mark.parametrize(
    ("force_mn", "least_mv", "most_mv"), [(200, 80, 130), (1000, 320, 370), (20000, 1850, 2050), (45000, 2300, 2500)]
)
def test_the_divider_gives_the_voltages_of_the_parts_list(force_mn, least_mv, most_mv):
    rig = Rig(
        sample_file([[0, 0, 1000000, 0, 0, 0, force_mn]] * 2), board_name="devkit_fsr", force={"slope_permille": 1000}
    )
    assert least_mv < rig.world.chips["force"].pin_uv(0) / 1000 < most_mv


def test_the_converter_strays_within_60_mv_and_bends_near_the_supply():
    rig = Rig(board_name="devkit_fsr", force={"strays_uv": 30000})
    sensor = rig.world.chips["force"]
    for mv in range(200, 2400, 7):
        sensor.pin_uv = lambda t_us, mv=mv: mv * 1000
        assert abs(sensor.seen_uv(mv * 137) / 1000 - mv) < 60
    adc = machine.ADC(machine.Pin(34))
    sensor.pin_uv = lambda t_us: 3300000
    assert 3000000 <= adc.read_uv() <= 3100000
    sensor.pin_uv = lambda t_us: 0
    assert adc.read_uv() == 150000


def test_what_the_parts_keep_over_a_reset_of_the_esp32():
    imu = Imu(sample_file(moving_rows(400)))
    imu.count_after(50)
    machine.PWM(machine.Pin(4, machine.Pin.OUT), freq=20000, duty_u16=65535)
    imu.rig.sleep_ms(60)
    state = imu.rig.world.save()
    other = Rig(sample_file(moving_rows(400)), board_name="devkit_fsr")
    other.sleep_ms(10000)  # so that what was long ago is so on its clock, too
    other.world.restore(state)
    assert state["chips"] == other.world.save()["chips"]
    bus = other.i2c()
    assert int.from_bytes(bus.readfrom_mem(0x68, COUNT, 2), "big") >= 12 * 20
    assert other.world.motor == 0  # the pin was let go
