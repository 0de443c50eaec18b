# SPDX-License-Identifier: MIT
"""The rival of the whole engine: Madgwick's attitude filter for gyro and accelerometer, in floats.

Source: S. Madgwick, "An efficient orientation filter for inertial and inertial/magnetic sensor arrays", 2010, in the
expanded form of the C code that came with it, which most ports follow.
"""

from math import sqrt

BETA = 0.1


class Madgwick:
    """Attitude as a quaternion; `update` takes rad/s and accelerations in any unit."""

    def __init__(self, dt_s):
        self._dt_s = dt_s
        self.q = (1.0, 0.0, 0.0, 0.0)

    def update(self, gx, gy, gz, ax, ay, az):
        """Take one sample."""
        q0, q1, q2, q3 = self.q
        d0 = 0.5 * (-q1 * gx - q2 * gy - q3 * gz)
        d1 = 0.5 * (q0 * gx + q2 * gz - q3 * gy)
        d2 = 0.5 * (q0 * gy - q1 * gz + q3 * gx)
        d3 = 0.5 * (q0 * gz + q1 * gy - q2 * gx)
        if ax != 0.0 or ay != 0.0 or az != 0.0:
            scale = 1.0 / sqrt(ax * ax + ay * ay + az * az)
            ax *= scale
            ay *= scale
            az *= scale
            q0_2, q1_2, q2_2, q3_2 = 2.0 * q0, 2.0 * q1, 2.0 * q2, 2.0 * q3
            q0_4, q1_4, q2_4 = 4.0 * q0, 4.0 * q1, 4.0 * q2
            q1_8, q2_8 = 8.0 * q1, 8.0 * q2
            q0q0, q1q1, q2q2, q3q3 = q0 * q0, q1 * q1, q2 * q2, q3 * q3
            # the gradient of the error between gravity as felt and gravity as the attitude has it
            s0 = q0_4 * q2q2 + q2_2 * ax + q0_4 * q1q1 - q1_2 * ay
            s1 = q1_4 * q3q3 - q3_2 * ax + 4.0 * q0q0 * q1 - q0_2 * ay - q1_4 + q1_8 * q1q1 + q1_8 * q2q2 + q1_4 * az
            s2 = 4.0 * q0q0 * q2 + q0_2 * ax + q2_4 * q3q3 - q3_2 * ay - q2_4 + q2_8 * q1q1 + q2_8 * q2q2 + q2_4 * az
            s3 = 4.0 * q1q1 * q3 - q1_2 * ax + 4.0 * q2q2 * q3 - q2_2 * ay
            norm = sqrt(s0 * s0 + s1 * s1 + s2 * s2 + s3 * s3)
            if norm > 0.0:
                scale = 1.0 / norm
                d0 -= BETA * (s0 * scale)
                d1 -= BETA * (s1 * scale)
                d2 -= BETA * (s2 * scale)
                d3 -= BETA * (s3 * scale)
        dt_s = self._dt_s
        q0 += d0 * dt_s
        q1 += d1 * dt_s
        q2 += d2 * dt_s
        q3 += d3 * dt_s
        scale = 1.0 / sqrt(q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3)
        self.q = (q0 * scale, q1 * scale, q2 * scale, q3 * scale)
