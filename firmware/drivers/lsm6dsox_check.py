# SPDX-License-Identifier: MIT
"""Checks of the LSM6DSOX that take a moment: gravity against its scale, and the self-test of both sensors.

The LSM6DSO32 has the same identification and twice the scale; at rest it then shows half of gravity.
"""

from math import sqrt

from micropython import const

_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL5_C = const(0x14)
_STATUS = const(0x1E)
_GYRO_OUT = const(0x22)
_ACCEL_OUT = const(0x28)

_ACCEL_READY = const(1)
_GYRO_READY = const(2)
_SETTLE_MS = const(100)
_SAMPLE_MS = const(100)  # the slowest rate used here gives one every 19 ms
_AVERAGED = const(5)
_ACCEL_UG = const(122)
_GYRO_MDPS = const(70)  # at 2000 deg/s
GRAVITY_LOW_MG = const(750)
GRAVITY_HIGH_MG = const(1500)

ACCEL_FAILED = const(1)
GYRO_FAILED = const(2)
SCALE_WRONG = const(4)


def _mean(imu, sleep_ms, ready, reg, count):
    """Return the mean x, y, z in counts of `count` fresh samples, after one that is thrown away."""
    raw = bytearray(6)
    total = [0, 0, 0]
    for i in range(count + 1):
        imu.regs.wait(_STATUS, ready, ready, _SAMPLE_MS, sleep_ms)
        imu.regs.read_into(reg, raw)
        if i:
            for axis in range(3):
                value = raw[2 * axis] | raw[2 * axis + 1] << 8
                total[axis] += value - 65536 if value & 0x8000 else value
    return [value // count for value in total]


def gravity_mg(imu, sleep_ms) -> int:
    """Return the length of the mean acceleration in mg; the IMU samples at +-4 g already (`start`)."""
    x, y, z = _mean(imu, sleep_ms, _ACCEL_READY, _ACCEL_OUT, _AVERAGED)
    return int(sqrt(x * x + y * y + z * z) * _ACCEL_UG / 1000)


def scale_is_right(imu, sleep_ms, tries: int = 3) -> bool:
    """Tell whether the IMU shows gravity; a hand that moves it gets `tries` chances."""
    return any(GRAVITY_LOW_MG <= gravity_mg(imu, sleep_ms) <= GRAVITY_HIGH_MG for _ in range(tries))


def _deflection(imu, sleep_ms, ready, reg, test):
    """Return how far each axis moves, in counts, when the self-test is switched on."""
    sleep_ms(_SETTLE_MS)
    rest = _mean(imu, sleep_ms, ready, reg, _AVERAGED)
    imu.regs.write(_CTRL5_C, test)
    sleep_ms(_SETTLE_MS)
    pushed = _mean(imu, sleep_ms, ready, reg, _AVERAGED)
    imu.regs.write(_CTRL5_C, 0)
    return [abs(pushed[axis] - rest[axis]) for axis in range(3)]


def self_test(imu, sleep_ms) -> int:
    """Test both sensors of an IMU at rest in about 0.8 s; return 0 or a sum of ACCEL_FAILED, GYRO_FAILED, SCALE_WRONG.

    The IMU is reset before and after: `start` it again.
    """
    failed = 0
    imu.reset()
    imu.regs.write(_CTRL1_XL, 0x38)  # 52 Hz, +-4 g
    for counts in _deflection(imu, sleep_ms, _ACCEL_READY, _ACCEL_OUT, 0x01):
        if not 50000 <= counts * _ACCEL_UG <= 1700000:
            failed |= ACCEL_FAILED
    sleep_ms(_SETTLE_MS)
    if not scale_is_right(imu, sleep_ms):
        failed |= SCALE_WRONG
    imu.reset()
    imu.regs.write(_CTRL2_G, 0x5C)  # 208 Hz, 2000 deg/s
    for counts in _deflection(imu, sleep_ms, _GYRO_READY, _GYRO_OUT, 0x04):
        if not 150000 <= counts * _GYRO_MDPS <= 700000:
            failed |= GYRO_FAILED
    imu.reset()
    return failed
