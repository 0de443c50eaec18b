# SPDX-License-Identifier: MIT
"""Model of the MPU-6050: registers, and a FIFO of bytes that overwrites itself without regard to samples."""

from array import array
from binascii import hexlify, unhexlify

from micropython import const

from chips.chip import Chip
from chips.imu_core import clip, sine

_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_GYRO_CONFIG = const(0x1B)
_ACCEL_CONFIG = const(0x1C)
_FIFO_EN = const(0x23)
_INT_STATUS = const(0x3A)
_ACCEL_OUT = const(0x3B)
_TEMPERATURE = const(0x41)
_GYRO_OUT = const(0x43)
_OUT_END = const(0x49)
_USER_CTRL = const(0x6A)
_PWR_MGMT_1 = const(0x6B)
_FIFO_COUNT = const(0x72)
_FIFO_DATA = const(0x74)
_WHO_AM_I = const(0x75)

_RESET = const(0x80)
_SLEEP = const(0x40)
_FIFO_ON = const(0x40)
_FIFO_RESET = const(0x04)
_OVERFLOW = const(0x10)
_DATA_READY = const(0x01)
_FIFO_BYTES = const(1024)
_READ_ONLY = (_FIFO_COUNT, _FIFO_COUNT + 1, _WHO_AM_I)
_VECTOR = const(6)
_RESET_US = const(2000)
_TURN_ON_US = const(30000)
_LONG_AGO_US = const(2700000)  # older samples can no longer be in the FIFO

# By DLPF setting: corner in Hz and delay in us; 0 and 7 let the gyro run at 8 kHz.
_CORNER_HZ = (256, 186, 96, 43, 20, 10, 5, 256)
_DELAY_US = (500, 2000, 3000, 4900, 8400, 13600, 18800, 500)
_PER_10_DPS = (1310, 655, 328, 164)
_OFF_AXIS_SHIFT = const(2)
_UG_PER_PERCENT = const(4000)  # a coin of 10 mm at full speed: 1.6 g of 100 g, in a roller of 400 g
_MDPS_PER_PERCENT = const(40)


class Mpu6050(Chip):
    """The IMU; `motor` has amplitude(t_us) and tone_hz(t_us). `clock_permille` bends its clock."""

    SAVED = ("pointer", "_first", "count", "_part_ns")
    TIMES = ("_next_us", "_busy_until_us", "_on_us")

    def __init__(self, clock, address, samples, motor, clock_permille=0):
        super().__init__(clock, address, 0x80)
        self._samples = samples
        self._motor = motor
        self._clock_permille = clock_permille
        self._row = array("i", [0] * 7)
        self._out = array("h", [0] * 6)
        self._fifo = bytearray(_FIFO_BYTES)
        self.on_fifo_word = None  # called for every vector read: what the firmware does with it takes time, too
        self.power_on()

    def power_on(self):
        """Reset the registers: asleep."""
        for i in range(len(self.regs)):
            self.regs[i] = 0
        self.regs[_PWR_MGMT_1] = _SLEEP
        self.regs[_WHO_AM_I] = 0x68
        self._next_us = self._busy_until_us = self._on_us = -1
        self._part_ns = 0
        self.forget()

    def forget(self):
        """Drop the samples that wait in the FIFO."""
        self._first = self.count = 0

    def _filter(self):
        return self.regs[_CONFIG] & 7

    def _period_ns(self):
        base_ns = 125000 if self._filter() in (0, 7) else 1000000
        return base_ns * (1 + self.regs[_SMPLRT_DIV]) * 1000 // (1000 + self._clock_permille)

    def update(self, now_us):
        """Take every sample that is due up to `now_us`."""
        if 0 <= self._busy_until_us <= now_us:
            self._busy_until_us = -1
            self.regs[_PWR_MGMT_1] &= ~_RESET & 0xFF
        if self._next_us < 0 or self._next_us > now_us:
            return
        period_ns = self._period_ns()
        if now_us - self._next_us > _LONG_AGO_US:
            self._next_us += (now_us - self._next_us - _LONG_AGO_US) * 1000 // period_ns * period_ns // 1000
        while self._next_us <= now_us:
            self._take(self._next_us)
            self._part_ns += period_ns
            self._next_us += self._part_ns // 1000
            self._part_ns %= 1000

    def _take(self, t_us):
        """Feel the world as the low-pass lets it through: late, and the motor's tone weakened."""
        regs, row = self.regs, self._row
        setting = self._filter()
        self._samples.at(t_us - _DELAY_US[setting], row)
        tone = 0
        percent = 0 if self._samples.holds_motor else self._motor.amplitude(t_us)
        if percent:
            hz = self._motor.tone_hz(t_us)
            tone = sine(t_us, hz) * percent * min(1000, 1000 * _CORNER_HZ[setting] // hz) // 1000
        accel_lsb = 16384 >> (regs[_ACCEL_CONFIG] >> 3 & 3)
        gyro_lsb = _PER_10_DPS[regs[_GYRO_CONFIG] >> 3 & 3]
        settled = t_us - self._on_us >= _TURN_ON_US
        for i in range(3):
            # The coin lies flat in the handle: it shakes along x and y, and hardly turns it.
            add = tone * _UG_PER_PERCENT // 1000 >> (_OFF_AXIS_SHIFT if i == 2 else 0)
            self._out[i] = clip(((row[i] + add) * accel_lsb + 500000) // 1000000)
            add = tone * _MDPS_PER_PERCENT // 1000 if i == 2 else 0
            self._out[3 + i] = clip(((row[3 + i] + add) * gyro_lsb + 5000) // 10000) if settled else 0
        for i in range(6):
            at = (_ACCEL_OUT if i < 3 else _GYRO_OUT - _VECTOR) + 2 * i
            regs[at], regs[at + 1] = self._out[i] >> 8 & 0xFF, self._out[i] & 0xFF
        regs[_INT_STATUS] |= _DATA_READY
        if regs[_USER_CTRL] & _FIFO_ON:
            self._batch()

    def _batch(self):
        enabled = self.regs[_FIFO_EN]
        if enabled & 0x08:
            self._push(_ACCEL_OUT, _VECTOR)
        if enabled & 0x80:
            self._push(_TEMPERATURE, 2)
        for axis in range(3):
            if enabled & (0x40 >> axis):
                self._push(_GYRO_OUT + 2 * axis, 2)

    def _push(self, reg, size):
        for i in range(size):
            if self.count == _FIFO_BYTES:
                self._first = (self._first + 1) % _FIFO_BYTES
                self.count -= 1
                self.regs[_INT_STATUS] |= _OVERFLOW
            self._fifo[(self._first + self.count) % _FIFO_BYTES] = self.regs[reg + i]
            self.count += 1

    def following(self, reg):
        """Return the register after `reg` in a burst: the FIFO is read through one."""
        return reg if reg == _FIFO_DATA else super().following(reg)

    def read_burst(self, reg, buffer):
        """Fill `buffer` from `reg` on; what the firmware does with samples takes its time."""
        super().read_burst(reg, buffer)
        if reg == _FIFO_DATA and self.on_fifo_word:
            for _ in range(len(buffer) // _VECTOR):
                self.on_fifo_word()

    def read(self, reg):
        """Return the byte of a register, with the side effects of reading it."""
        if reg == _FIFO_DATA:
            return self._pop()
        if reg == _FIFO_COUNT:
            # The app has begun to sample: the recording may run, in step with the samples.
            self._samples.start(max(self._next_us, self.clock.now_us()))
            return self.count >> 8
        if reg == _FIFO_COUNT + 1:
            return self.count & 0xFF
        value = self.regs[reg]
        if reg == _INT_STATUS:
            self.regs[reg] = 0
        return value

    def _pop(self):
        if not self.count:
            return 0xFF
        value = self._fifo[self._first]
        self._first = (self._first + 1) % _FIFO_BYTES
        self.count -= 1
        return value

    def write(self, reg, value):
        """Take a byte; outputs, counts and the id are read-only, a chip in reset hears nothing."""
        now_us = self.clock.now_us()
        if self._busy_until_us >= 0 or _INT_STATUS <= reg < _OUT_END or reg in _READ_ONLY:
            return
        if reg == _PWR_MGMT_1:
            self._write_power(value, now_us)
        elif reg == _USER_CTRL:
            if value & _FIFO_RESET and not value & _FIFO_ON:
                self.forget()
            self.regs[reg] = value & ~_FIFO_RESET & 0xFF
        else:
            self.regs[reg] = value

    def _write_power(self, value, now_us):
        if value & _RESET:
            self.power_on()
            self.regs[_PWR_MGMT_1] |= _RESET
            self._busy_until_us = now_us + _RESET_US
            return
        slept = self.regs[_PWR_MGMT_1] & _SLEEP
        self.regs[_PWR_MGMT_1] = value
        if value & _SLEEP:
            self._next_us = -1
        elif slept:
            self._on_us = now_us
            self._next_us = now_us + self._period_ns() // 1000

    def save(self, now_us):
        """Return the state for JSON."""
        state = super().save(now_us)
        state["fifo"] = hexlify(self._fifo).decode()
        return state

    def restore(self, state, now_us):
        """Take over a saved state."""
        super().restore(state, now_us)
        self._fifo[:] = unhexlify(state["fifo"])
