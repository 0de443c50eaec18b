# SPDX-License-Identifier: MIT
"""LSM6DSOX, the 6-axis IMU: samples at +-4 g and +-1000 deg/s through its FIFO.

    imu = LSM6DSOX(i2c, 0x6A, time.sleep_ms, rate_hz=208)
    imu.start()
    for i in range(imu.fetch()):      # about every 10 ms
        imu.decode(i, sample)         # sample[0:6] = ax ay az (122 ug) gx gy gz (35 mdps)

Accelerations lie one count to 122 ug, turn rates one count to 35 mdps.
"""

from array import array

import micropython
from micropython import const

from drivers.registers import Registers

_FIFO_CTRL1 = const(0x07)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_WHO_AM_I = const(0x0F)
_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL3_C = const(0x12)
_CTRL4_C = const(0x13)
_CTRL6_C = const(0x15)
_CTRL8_XL = const(0x17)
_CTRL9_XL = const(0x18)
_WAKE_UP_SRC = const(0x1B)
_FIFO_STATUS1 = const(0x3A)
_TAP_CFG2 = const(0x58)
_WAKE_UP_THS = const(0x5B)
_WAKE_UP_DUR = const(0x5C)
_MD1_CFG = const(0x5E)
_FREQ_FINE = const(0x63)
_FIFO_OUT = const(0x78)

_ID = const(0x6C)
_SW_RESET = const(0x01)
_BYPASS = const(0)
_CONTINUOUS = const(6)
_OVERRUN = const(0x48)  # overrun now, or latched since the last look
_TAG_GYRO = const(1)
_TAG_ACCEL = const(2)
_WORD = const(7)
_RESET_MS = const(50)
_SETTLE_MS = const(45)  # the gyro is right 35 ms after power-down; the accelerometer sooner
_RATES_HZ = (13, 26, 52, 104, 208, 416)  # by ODR code, from 1

# One burst at 400 kHz takes 4.6 ms, below the bus timeout; whoever stood still longer asks again at once.
FETCH_MAX = const(14)


class LSM6DSOX:
    """The IMU at `address`; `rate_hz` 13-416 is rounded up to a rate of the chip. OSError when it is not there."""

    def __init__(self, bus, address: int, sleep_ms, rate_hz: int = 208):
        if not 13 <= rate_hz <= _RATES_HZ[-1]:
            raise ValueError("rate_hz %r is not in 13..%d" % (rate_hz, _RATES_HZ[-1]))
        self._code = 1
        while _RATES_HZ[self._code - 1] < rate_hz:
            self._code += 1
        self.rate_hz = _RATES_HZ[self._code - 1]
        self._sleep_ms = sleep_ms
        self.regs = Registers(bus, address, "LSM6DSOX")
        self.regs.expect_id(_WHO_AM_I, 0xFF, _ID)
        self.reset()
        fine = self.regs.read(_FREQ_FINE)
        self.freq_fine = fine - 256 if fine > 127 else fine
        rate_x10000 = self.rate_hz * (10000 + 15 * self.freq_fine)
        self.period_us = (10000000000 + rate_x10000 // 2) // rate_x10000  # of this chip's own clock
        self.overrun = False  # samples were lost before the last fetch
        self.waiting = 0  # samples that the last fetch found, those it left in the FIFO included
        self.dropped = 0  # words without their other half
        self._status = bytearray(2)
        # Slot 0 carries a word whose other half was not there yet; a burst lands behind it.
        self._words = bytearray((1 + 2 * FETCH_MAX) * _WORD)
        whole = memoryview(self._words)
        self._bursts = [whole[_WORD : _WORD * (1 + n)] for n in range(2 * FETCH_MAX + 1)]
        self._half_at = -1  # where that word lies after a fetch, -1 for none
        self._accel_at = array("h", [0] * FETCH_MAX)
        self._gyro_at = array("h", [0] * FETCH_MAX)

    def reset(self):
        """Reset the chip to power-down and block its I3C side."""
        self.regs.write(_CTRL3_C, _SW_RESET)
        self.regs.wait(_CTRL3_C, _SW_RESET, 0, _RESET_MS, self._sleep_ms)
        self.regs.write(_CTRL9_XL, 0xE2)  # I3C off: a stray level on INT1 must not take the chip off the bus
        self.regs.write(_CTRL3_C, 0x44)  # outputs never torn, addresses count up

    def start(self):
        """Sample at the rate into the FIFO; returns when the sensors have settled and the FIFO is empty."""
        odr = self._code << 4
        self.regs.write_all(
            (
                (_FIFO_CTRL4, _BYPASS),
                (_CTRL8_XL, 0x20),  # accelerometer low-pass at a tenth of the rate
                (_CTRL4_C, 0x02),  # gyro low-pass on ...
                (_CTRL6_C, 0x06),  # ... at 23 Hz for 208 Hz
                (_CTRL1_XL, odr | 0x0A),  # +-4 g, low-pass on
                (_CTRL2_G, odr | 0x08),  # +-1000 deg/s
                (_FIFO_CTRL3, self._code << 4 | self._code),  # both into the FIFO at their rate
                (_FIFO_CTRL1, 4),  # watermark: two pairs
                (_INT1_CTRL, 0x08),
            )
        )
        self._sleep_ms(_SETTLE_MS)
        self.regs.write(_FIFO_CTRL4, _CONTINUOUS)
        self._half_at = -1
        self.overrun = False

    @micropython.native
    def fetch(self) -> int:
        """Read what waits in the FIFO in one burst; return the number of samples, at most FETCH_MAX. No allocation.

        Sets `overrun` and `waiting`. OSError when the bus fails; nothing of it is kept then.
        """
        status = self._status
        self.regs.read_into(_FIFO_STATUS1, status)
        self.overrun = status[1] & _OVERRUN != 0
        words = status[0] | (status[1] & 3) << 8
        self.waiting = words >> 1
        if words == 0:
            return 0
        first = _WORD
        most = 2 * FETCH_MAX
        if self._half_at >= 0:
            self._carry()
            self.waiting = (words + 1) >> 1
            first = 0
            most -= 1
        if words > most:
            words = most
        self.regs.read_into(_FIFO_OUT, self._bursts[words])
        return self._pair(first, (1 + words) * _WORD)

    def _carry(self):
        """Move the lone word of the last fetch to slot 0."""
        data = self._words
        at = self._half_at
        for i in range(_WORD):
            data[i] = data[at + i]
        self._half_at = 0

    @micropython.native
    def _pair(self, at, end):
        """Find pairs of gyro and accelerometer words of the same time slot; return how many."""
        data = self._words
        accel = gyro = -1
        slot = count = 0
        while at < end:
            tag = data[at]
            if (accel >= 0 or gyro >= 0) and tag & 6 != slot:
                self.dropped += 1  # the other half is lost
                accel = gyro = -1
            slot = tag & 6
            if tag >> 3 == _TAG_GYRO:
                gyro = at
            elif tag >> 3 == _TAG_ACCEL:
                accel = at
            if accel >= 0 and gyro >= 0:
                self._accel_at[count] = accel
                self._gyro_at[count] = gyro
                count += 1
                accel = gyro = -1
            at += _WORD
        self._half_at = accel if accel >= 0 else gyro
        return count

    @micropython.native
    def decode(self, i: int, out):
        """Write sample `i` of the last fetch into `out[0:6]`. No allocation."""
        # Written out: it runs for every sample, and a loop over the six values takes twice as long.
        data = self._words
        at = self._accel_at[i]
        value = data[at + 1] | data[at + 2] << 8
        out[0] = value - ((value & 0x8000) << 1)
        value = data[at + 3] | data[at + 4] << 8
        out[1] = value - ((value & 0x8000) << 1)
        value = data[at + 5] | data[at + 6] << 8
        out[2] = value - ((value & 0x8000) << 1)
        at = self._gyro_at[i]
        value = data[at + 1] | data[at + 2] << 8
        out[3] = value - ((value & 0x8000) << 1)
        value = data[at + 3] | data[at + 4] << 8
        out[4] = value - ((value & 0x8000) << 1)
        value = data[at + 5] | data[at + 6] << 8
        out[5] = value - ((value & 0x8000) << 1)

    def wake_on_motion(self, threshold_mg: int = 63):
        """Sleep at 26 uA and raise INT1 when the acceleration changes by `threshold_mg` (32-2000, steps of 31)."""
        if not 32 <= threshold_mg <= 2000:
            raise ValueError("threshold_mg %r is not in 32..2000" % threshold_mg)
        self.regs.write_all(
            (
                (_FIFO_CTRL4, _BYPASS),
                (_INT1_CTRL, 0x00),
                (_CTRL2_G, 0x00),  # gyro off
                (_CTRL6_C, 0x10),  # accelerometer in low power ...
                (_CTRL1_XL, 0x30),  # ... at 52 Hz, +-2 g
                (_WAKE_UP_THS, min(63, threshold_mg * 4 // 125)),
                (_WAKE_UP_DUR, 0x20),  # two samples in a row
            )
        )
        self._sleep_ms(_SETTLE_MS)  # switching on looks like motion
        self.regs.write(_TAP_CFG2, 0x80)
        self.regs.write(_MD1_CFG, 0x20)
        self.regs.read(_WAKE_UP_SRC)

    def sleep(self):
        """Power both sensors down."""
        self.regs.write_all(((_FIFO_CTRL4, _BYPASS), (_CTRL1_XL, 0), (_CTRL2_G, 0)))
