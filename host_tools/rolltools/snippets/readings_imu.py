# SPDX-License-Identifier: MIT
"""On the board: what a motion sensor shows at rest, how far its self-test moves it, and its rate."""

import math
import time

from machine import Pin

_SECOND_US = 1000000
_LSB_G = 0.000122
_FULL_MS = 40  # two pairs wait after 10 ms


def at_rest(imu, values):
    """Count samples for a second, with the ESP32's clock; the mean of the acceleration is gravity."""
    sample = [0] * 6
    count = 0
    total = [0, 0, 0]
    imu.start()
    time.sleep_ms(10)
    start_us = time.ticks_us()
    imu.fetch()  # thrown away: from here on every sample counts
    passed_us = 0
    while passed_us < _SECOND_US:
        time.sleep_ms(10)
        passed_us = time.ticks_diff(time.ticks_us(), start_us)  # before the samples are counted, which takes a while
        got = imu.fetch()
        for i in range(got):
            imu.decode(i, sample)
            for axis in range(3):
                total[axis] += sample[axis]
        count += got
    if not count:
        raise OSError("it gives no samples")
    values["gravity_g"] = math.sqrt(sum([(sum_lsb / count) ** 2 for sum_lsb in total])) * _LSB_G
    values["imu_counted_hz"] = count * 1e6 / passed_us
    values["imu_drift_percent"] = 100 * (values["imu_counted_hz"] * imu.period_us / 1e6 - 1)


def lsm6dsox(bus, board, values):
    """Read the IMU of the reference board, and its wire INT1: the chip drives it both ways."""
    from drivers.lsm6dsox import LSM6DSOX
    from drivers.lsm6dsox_selftest import accel_deflections_ug, gyro_deflections_mdps

    wire = Pin(board.PIN_IMU_INT1, Pin.IN)
    imu = LSM6DSOX(bus, board.ADDRESS_IMU, time.sleep_ms)
    values["int1_reset_level"] = wire.value()
    values["imu_rate_hz"] = imu.rate_hz * (1 + 0.0015 * imu.freq_fine)
    for axis, ug in zip("xyz", accel_deflections_ug(imu, time.sleep_ms)):  # noqa: B905 - MicroPython's has no strict
        values["accel_test_%s_mg" % axis] = ug / 1000
    for axis, mdps in zip("xyz", gyro_deflections_mdps(imu, time.sleep_ms)):  # noqa: B905
        values["gyro_test_%s_dps" % axis] = mdps / 1000
    imu.start()
    time.sleep_ms(_FULL_MS)
    values["int1_waiting_level"] = wire.value()
    at_rest(imu, values)
    imu.sleep()


def mpu6050(bus, board, values):
    """Read the IMU of the bench board."""
    from drivers.mpu6050 import MPU6050

    imu = MPU6050(bus, board.ADDRESS_IMU, time.sleep_ms)
    at_rest(imu, values)
    imu.sleep()
