# SPDX-License-Identifier: MIT
"""The self-test of the LSM6DSOX: each sensor moves its own mass, and has to feel it. Loaded when it is asked for."""

from micropython import const

from drivers.lsm6dsox_check import mean_counts, scale_is_right

_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL5_C = const(0x14)
_GYRO_OUT = const(0x22)
_ACCEL_OUT = const(0x28)

_ACCEL_READY = const(1)
_GYRO_READY = const(2)
_SETTLE_MS = const(100)
_AVERAGED = const(5)
_ACCEL_UG = const(122)
_GYRO_MDPS = const(70)  # at 2000 deg/s

ACCEL_FAILED = const(1)
GYRO_FAILED = const(2)
SCALE_WRONG = const(4)


def _deflection(imu, sleep_ms, ready, reg, test):
    """Return how far each axis moves, in counts, when the self-test is switched on."""
    sleep_ms(_SETTLE_MS)
    rest = mean_counts(imu, sleep_ms, ready, reg, _AVERAGED)
    imu.regs.write(_CTRL5_C, test)
    sleep_ms(_SETTLE_MS)
    pushed = mean_counts(imu, sleep_ms, ready, reg, _AVERAGED)
    imu.regs.write(_CTRL5_C, 0)
    return [abs(pushed[axis] - rest[axis]) for axis in range(3)]


def accel_deflections_ug(imu, sleep_ms):
    """Return how far the self-test moves x, y, z of the accelerometer of an IMU at rest, in ug; 0.4 s.

    The IMU is reset before, and goes on at 52 Hz and +-4 g: `start` it again.
    """
    imu.reset()
    imu.regs.write(_CTRL1_XL, 0x38)  # 52 Hz, +-4 g
    return [counts * _ACCEL_UG for counts in _deflection(imu, sleep_ms, _ACCEL_READY, _ACCEL_OUT, 0x01)]


def gyro_deflections_mdps(imu, sleep_ms):
    """Return how far the self-test moves x, y, z of the gyro of an IMU at rest, in mdps; 0.3 s.

    The IMU is reset before and after: `start` it again.
    """
    imu.reset()
    imu.regs.write(_CTRL2_G, 0x5C)  # 208 Hz, 2000 deg/s
    moved = [counts * _GYRO_MDPS for counts in _deflection(imu, sleep_ms, _GYRO_READY, _GYRO_OUT, 0x04)]
    imu.reset()
    return moved


def self_test(imu, sleep_ms) -> int:
    """Test both sensors of an IMU at rest in about 0.8 s; return 0 or a sum of ACCEL_FAILED, GYRO_FAILED, SCALE_WRONG.

    The IMU is reset before and after: `start` it again.
    """
    failed = 0
    if not all(50000 <= ug <= 1700000 for ug in accel_deflections_ug(imu, sleep_ms)):
        failed |= ACCEL_FAILED
    sleep_ms(_SETTLE_MS)
    if not scale_is_right(imu, sleep_ms):
        failed |= SCALE_WRONG
    if not all(150000 <= mdps <= 700000 for mdps in gyro_deflections_mdps(imu, sleep_ms)):
        failed |= GYRO_FAILED
    return failed
