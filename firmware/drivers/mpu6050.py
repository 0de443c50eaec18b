# SPDX-License-Identifier: MIT
"""MPU-6050, the 6-axis IMU of the bench board: samples at +-4 g and +-1000 deg/s through its FIFO.

    imu = MPU6050(i2c, 0x68, time.sleep_ms, rate_hz=208)
    imu.start()
    for i in range(imu.fetch()):      # about every 10 ms
        imu.decode(i, sample)         # sample[0:6] = ax ay az (122 ug) gx gy gz (35 mdps)

Its counts are 1/8192 g and 1/32.8 deg/s; `decode` turns them into the units above, which the engine knows. Obsolete and
often cloned: a chip that answers another id is refused, and `scale_is_right` looks at gravity. It has no self-test
without its maker's trim values.
"""

from math import sqrt

from micropython import const

from drivers.registers import Registers

_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_GYRO_CONFIG = const(0x1B)
_ACCEL_CONFIG = const(0x1C)
_FIFO_EN = const(0x23)
_ACCEL_OUT = const(0x3B)
_USER_CTRL = const(0x6A)
_PWR_MGMT_1 = const(0x6B)
_FIFO_COUNT = const(0x72)
_FIFO_DATA = const(0x74)
_WHO_AM_I = const(0x75)

_ID = const(0x68)
_RESET = const(0x80)
_SLEEP = const(0x40)
_GYRO_CLOCK = const(0x01)  # steadier than the chip's own oscillator
_LOW_PASS_21_HZ = const(4)
_1000_DPS = const(0x10)
_4_G = const(0x08)
_ACCEL_AND_GYRO = const(0x78)
_FIFO_RESET = const(0x04)
_FIFO_ON = const(0x40)

_INTERNAL_HZ = const(1000)  # with the low-pass on
_MAX_HZ = const(416)
_RESET_MS = const(100)
_SETTLE_MS = const(50)  # the gyro is right 30 ms after it is switched on
_FRAME = const(12)  # bytes of a sample: accelerations, turn rates, high byte first
_FULL = const(960)  # of 1024 bytes. Past the end the chip overwrites parts of frames: what is left begins anywhere
_AVERAGED = const(5)
_TRIES = const(3)
_GRAVITY = const(8192)  # counts, which a hand that holds the roller changes a little

# One burst at 400 kHz takes 3.8 ms, below the bus timeout; whoever stood still longer asks again at once.
FETCH_MAX = const(14)


class MPU6050:
    """The IMU at `address`; `rate_hz` 50-416 becomes the nearest whole part of 1 kHz. OSError when it is not there.

    `rate_hz` and `period_us` say the rate it really has. After `fetch`, `waiting` counts the samples that it found,
    those it left behind included; `overrun` tells that all that waited was thrown away, too late to be read in order.
    """

    def __init__(self, bus, address: int, sleep_ms, rate_hz: int = 208):
        if not 50 <= rate_hz <= _MAX_HZ:
            raise ValueError("rate_hz %r is not in 50..%d" % (rate_hz, _MAX_HZ))
        self.regs = Registers(bus, address, "MPU-6050")
        self._sleep_ms = sleep_ms
        self.regs.expect_id(_WHO_AM_I, 0xFF, _ID)
        self._divider = max(_INTERNAL_HZ // _MAX_HZ + 1, (_INTERNAL_HZ + rate_hz // 2) // rate_hz)
        self.period_us = self._divider * 1000
        self.rate_hz = _INTERNAL_HZ // self._divider
        self.reset()
        self.waiting = 0
        self.overrun = False
        self._size = bytearray(2)
        self._frames = bytearray(FETCH_MAX * _FRAME)
        frames = memoryview(self._frames)
        self._bursts = tuple(frames[: count * _FRAME] for count in range(FETCH_MAX + 1))

    def reset(self):
        """Reset the chip to sleep."""
        self.regs.write(_PWR_MGMT_1, _RESET)
        self.regs.wait(_PWR_MGMT_1, _RESET, 0, _RESET_MS, self._sleep_ms)

    def start(self):
        """Sample at the rate into the FIFO; returns when the sensors have settled and the FIFO is empty."""
        self.regs.write_all(
            (
                (_PWR_MGMT_1, _GYRO_CLOCK),
                (_CONFIG, _LOW_PASS_21_HZ),
                (_SMPLRT_DIV, self._divider - 1),
                (_GYRO_CONFIG, _1000_DPS),
                (_ACCEL_CONFIG, _4_G),
                (_FIFO_EN, _ACCEL_AND_GYRO),
            )
        )
        self._sleep_ms(_SETTLE_MS)
        self._empty()
        self.overrun = False

    def _empty(self):
        self.regs.write(_USER_CTRL, _FIFO_RESET)  # only a FIFO that is off lets itself be emptied
        self.regs.write(_USER_CTRL, _FIFO_ON)

    def fetch(self) -> int:
        """Read what waits in the FIFO in one burst; return the number of samples, at most FETCH_MAX. No allocation.

        Sets `overrun` and `waiting`. OSError when the bus fails.
        """
        size = self._size
        self.regs.read_into(_FIFO_COUNT, size)
        waiting = size[0] << 8 | size[1]
        self.overrun = waiting > _FULL
        if self.overrun:
            self.waiting = 0
            self._empty()
            return 0
        waiting //= _FRAME  # the chip may be in the middle of writing one
        self.waiting = waiting
        count = min(waiting, FETCH_MAX)
        if count:
            self.regs.read_into(_FIFO_DATA, self._bursts[count])
        return count

    def decode(self, i: int, out):
        """Write sample `i` of the last fetch into `out[0:6]`. No allocation."""
        data = self._frames
        at = i * _FRAME
        to = 0
        while to < 6:
            value = data[at] << 8 | data[at + 1]
            if value & 0x8000:
                value -= 65536
            if to < 3:
                # 1/8192 g in 122 ug: 15625 / 15616, to the nearest; it may leave 16 bits by a hair
                value = max(-32768, min(32767, (value * 15625 + 7808) // 15616))
            else:
                value = (value * 250 + 143) // 287  # 1/32.8 deg/s in 35 mdps
            out[to] = value
            at += 2
            to += 1

    def scale_is_right(self) -> bool:
        """Tell whether the IMU shows gravity, which takes 50 ms; a hand that moves it gets three chances."""
        return any(0.75 <= self._felt() / _GRAVITY <= 1.5 for _ in range(_TRIES))

    def _felt(self):
        """Return the length of the mean acceleration in counts."""
        raw = bytearray(6)
        total = [0, 0, 0]
        for _ in range(_AVERAGED):
            self._sleep_ms(self.period_us // 1000 + 1)
            self.regs.read_into(_ACCEL_OUT, raw)
            for axis in range(3):
                value = raw[2 * axis] << 8 | raw[2 * axis + 1]
                total[axis] += value - 65536 if value & 0x8000 else value
        return sqrt(sum([value * value for value in total])) / _AVERAGED

    def sleep(self):
        """Power both sensors down."""
        self.regs.write(_PWR_MGMT_1, _SLEEP)
