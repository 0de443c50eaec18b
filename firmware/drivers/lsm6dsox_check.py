# SPDX-License-Identifier: MIT
"""Does an LSM6DSOX show gravity? A check of its scale that takes a moment.

The LSM6DSO32 has the same identification and twice the scale; at rest it then shows half of gravity.
"""

from math import sqrt

from micropython import const

_STATUS = const(0x1E)
_ACCEL_OUT = const(0x28)

_ACCEL_READY = const(1)
_SAMPLE_MS = const(100)  # the slowest rate used here gives one every 19 ms
_AVERAGED = const(5)
_ACCEL_UG = const(122)
GRAVITY_LOW_MG = const(750)
GRAVITY_HIGH_MG = const(1500)


def mean_counts(imu, sleep_ms, ready, reg, count):
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
    x, y, z = mean_counts(imu, sleep_ms, _ACCEL_READY, _ACCEL_OUT, _AVERAGED)
    return int(sqrt(x * x + y * y + z * z) * _ACCEL_UG / 1000)


def scale_is_right(imu, sleep_ms, tries: int = 3) -> bool:
    """Tell whether the IMU shows gravity; a hand that moves it gets `tries` chances."""
    return any(GRAVITY_LOW_MG <= gravity_mg(imu, sleep_ms) <= GRAVITY_HIGH_MG for _ in range(tries))
