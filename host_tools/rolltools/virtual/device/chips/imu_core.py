# SPDX-License-Identifier: MIT
"""What the modelled IMU measures: scaling, saturation, settling, self-test, the motor's vibration, slopes."""

from array import array

from micropython import const

_UG_PER_LSB = (61, 488, 122, 244)  # by FS_XL: 2, 16, 4, 8 g
_MDPS_PER_8_LSB = {0: 70, 1: 35, 2: 140, 4: 280, 6: 560, 3: 35, 5: 35, 7: 35}  # by FS_G; odd codes are 125 deg/s
_LPF2_DIVISORS = (4, 10, 20, 45, 100, 200, 400, 800)
_LRA_HZ = const(175)
_LRA_UG_PER_PERCENT = const(3000)  # 10 mm LRA, 1.2 g on 100 g, in a roller of 400 g
_LRA_MDPS_PER_PERCENT = const(30)
_GYRO_TURN_ON_US = const(35000)
_ACCEL_TURN_ON_US = const(10000)
_SELF_TEST_SETTLE_US = const(60000)
_SELF_TEST_UG = const(300000)
_SELF_TEST_MDPS = const(400000)


def sine(t_us, hz):
    """Return the sine of a tone at `t_us` in thousandths, by two parabolas (within 6 %)."""
    phase = hz * t_us % 1000000
    if phase < 500000:
        return phase * (500000 - phase) // 62500000
    return -((phase - 500000) * (1000000 - phase) // 62500000)


def clip(value):
    """Return `value` as 16 bits show it."""
    return 32767 if value > 32767 else -32768 if value < -32768 else value


class ImuCore:
    """`out` is accel x y z, gyro x y z in LSB; `vibration(t_us)` gives the motor's amplitude in percent."""

    def __init__(self, samples, vibration, double_scale):
        self._samples = samples
        self._vibration = vibration
        self._double = 2 if double_scale else 1
        self._row = array("i", [0] * 7)
        self.out = array("h", [0] * 6)
        self._last = array("h", [0] * 3)
        self._tone = 0

    def configure(self, regs, rate_mhz):
        """Take scales, filter and self-test from the registers."""
        self._accel_ug = _UG_PER_LSB[regs[0x10] >> 2 & 3] * self._double
        self._gyro_mdps8 = _MDPS_PER_8_LSB[regs[0x11] >> 1 & 7]
        self._accel_test = (0, 1, -1, 0)[regs[0x14] & 3] * _SELF_TEST_UG
        self._gyro_test = (0, 1, 0, -1)[regs[0x14] >> 2 & 3] * _SELF_TEST_MDPS
        # First-order filters, on the harsh side of the chip's own: thousandths of the tone that get through.
        divisor = _LPF2_DIVISORS[regs[0x17] >> 5] if regs[0x10] & 2 else 2
        self._pass = min(1000, rate_mhz // divisor // _LRA_HZ)

    def take(self, t_us):
        """Feel the world at `t_us`."""
        self._samples.at(t_us, self._row)
        percent = 0 if self._samples.holds_motor else self._vibration(t_us)
        self._tone = sine(t_us, _LRA_HZ) * percent * self._pass // 1000 if percent else 0

    def accel(self, t_us, on_us, test_us):
        """Write the three acceleration outputs."""
        out, row, last, lsb = self.out, self._row, self._last, self._accel_ug
        add = self._accel_test if t_us - test_us >= _SELF_TEST_SETTLE_US else 0
        tone = self._tone * _LRA_UG_PER_PERCENT // 1000
        settled = t_us - on_us >= _ACCEL_TURN_ON_US
        for i in range(3):
            last[i] = out[i]
            # The coin lies flat in the handle: most of its motion is along z.
            value = row[i] + add + (tone if i == 2 else tone >> 2)
            out[i] = clip((value + (lsb >> 1)) // lsb) if settled else 0

    def gyro(self, t_us, on_us, test_us):
        """Write the three turn-rate outputs; they read 0 until the gyro has settled."""
        out, row, lsb = self.out, self._row, self._gyro_mdps8
        add = self._gyro_test if t_us - test_us >= _SELF_TEST_SETTLE_US else 0
        tone = self._tone * _LRA_MDPS_PER_PERCENT // 1000
        settled = t_us - on_us >= _GYRO_TURN_ON_US
        for i in range(3):
            value = (row[3 + i] + add + (tone if i == 1 else 0)) * 8
            out[3 + i] = clip((value + (lsb >> 1)) // lsb) if settled else 0

    def slopes_above(self, threshold):
        """Return the axes (b2 x, b1 y, b0 z) whose half difference to the sample before exceeds `threshold` LSB."""
        axes = 0
        for i in range(3):
            if abs(self.out[i] - self._last[i]) >> 1 > threshold:
                axes |= 4 >> i
        return axes
