# SPDX-License-Identifier: MIT
"""Model of the LSM6DSOX: registers and FIFO as the bus sees them. What it measures is in `imu_core`."""

from micropython import const

from chips.chip import Chip
from chips.fifo import WORDS, WordFifo
from chips.imu_core import ImuCore

_FIFO_CTRL1 = const(0x07)
_FIFO_CTRL2 = const(0x08)
_FIFO_CTRL3 = const(0x09)
_FIFO_CTRL4 = const(0x0A)
_INT1_CTRL = const(0x0D)
_WHO_AM_I = const(0x0F)
_CTRL1_XL = const(0x10)
_CTRL2_G = const(0x11)
_CTRL3_C = const(0x12)
_WAKE_UP_SRC = const(0x1B)
_STATUS = const(0x1E)
_GYRO_OUT = const(0x22)
_ACCEL_OUT = const(0x28)
_OUT_END = const(0x2E)
_FIFO_STATUS1 = const(0x3A)
_FIFO_STATUS2 = const(0x3B)
_TIMESTAMP = const(0x40)
_TIMESTAMP_END = const(0x44)
_WAKE_THS = const(0x5B)
_WAKE_DUR = const(0x5C)
_TAP_CFG2 = const(0x58)
_MD1_CFG = const(0x5E)
_FREQ_FINE = const(0x63)
_FIFO_TAG = const(0x78)
_FIFO_END = const(0x7E)

_SW_RESET = const(0x01)
_IF_INC = const(0x04)
_BOOT = const(0x80)
_RESET_US = const(50)
_BOOT_US = const(10000)
_TAG_GYRO = const(1)
_TAG_ACCEL = const(2)
_MODE_FIFO = const(1)
_MODE_CONTINUOUS = const(6)
_LONG_AGO_US = const(2700000)  # older samples can no longer be in the FIFO at 208 Hz


def _writable(reg):
    """Tell whether the user may write the register (the rest is read-only or reserved)."""
    return 0x07 <= reg <= 0x0E or 0x10 <= reg <= 0x19 or 0x56 <= reg <= 0x5F or 0x73 <= reg <= 0x75 or reg == 0x02


class Lsm6dsox(Chip):
    """The IMU. `freq_fine` (-128..127) bends its clock; `double_scale` makes it an LSM6DSO32."""

    SAVED = ("pointer", "mute", "_wake_run", "_tick_part", "_ticks")
    TIMES = ("_next_us", "_busy_until_us", "_accel_on_us", "_gyro_on_us", "_self_test_us", "_timestamp_us")

    def __init__(self, clock, address, samples, int1, vibration, freq_fine=0, double_scale=False):
        super().__init__(clock, address, 128)
        self._int1 = int1
        self._freq_fine = freq_fine
        self._fifo = WordFifo()
        self._core = ImuCore(samples, vibration, double_scale)
        self._samples = samples
        self.on_fifo_word = None  # called for every word read: what the firmware does with it takes time, too
        self.power_on()

    def power_on(self):
        """Start as at a new supply: with INT1 held high the chip comes up deaf to I2C."""
        self._int1.from_chip(None)  # without a supply it let go of it
        self.mute = bool(self._int1.level())
        self._busy_until_us = -1
        self._timestamp_us = -1
        self._reset_registers()

    def _reset_registers(self):
        regs = self.regs
        for i in range(len(regs)):
            regs[i] = 0
        regs[0x02] = 0x3F
        regs[_WHO_AM_I] = 0x6C
        regs[_CTRL3_C] = _IF_INC
        regs[0x18] = 0xE0
        regs[_FREQ_FINE] = self._freq_fine & 0xFF
        self._fifo.clear()
        self._accel_on_us = self._gyro_on_us = self._self_test_us = self._next_us = -1
        self._tick_part = self._ticks = self._wake_run = 0
        self._configure()

    def _configure(self):
        """Work out the rates from the registers: the faster sensor ticks, the other takes every 2^n-th tick."""
        regs = self.regs
        accel, gyro = regs[_CTRL1_XL] >> 4, regs[_CTRL2_G] >> 4
        code = max(accel, gyro)
        self._accel_every = 1 << (code - accel) if accel else 0
        self._gyro_every = 1 << (code - gyro) if gyro else 0
        batch = regs[_FIFO_CTRL3]
        self._accel_batch = 1 << max(0, code - (batch & 15)) if batch & 15 else 0
        self._gyro_batch = 1 << max(0, code - (batch >> 4)) if batch >> 4 else 0
        # 12.5 Hz is code 1 but 13 Hz in truth: the rates are 6667 Hz halved, 208.3 Hz at code 5 is sold as 208.
        rate_mhz = (12500, 26000, 52000, 104000, 208000, 416000, 833000, 1667000, 3333000, 6667000)[
            min(max(code, 1), 10) - 1
        ]
        fine = regs[_FREQ_FINE]
        fine -= 256 if fine > 127 else 0
        self._period_ns = 1000000000000 // (rate_mhz * (10000 + 15 * fine) // 10000)
        self._core.configure(regs, rate_mhz)
        mode = regs[_FIFO_CTRL4] & 7
        self._batching = mode in (_MODE_FIFO, _MODE_CONTINUOUS)
        self._overwrite = mode == _MODE_CONTINUOUS
        if not self._batching:
            self._fifo.clear()
        threshold = self._watermark()
        self._depth = threshold if regs[_FIFO_CTRL2] & 0x80 and threshold else WORDS

    def _watermark(self):
        return self.regs[_FIFO_CTRL1] | (self.regs[_FIFO_CTRL2] & 1) << 8

    def update(self, now_us):
        """Take every sample that is due up to `now_us`."""
        if self._busy_until_us >= 0 and now_us >= self._busy_until_us:
            self._busy_until_us = -1
            self.regs[_CTRL3_C] &= ~(_SW_RESET | _BOOT) & 0xFF
        if self._next_us < 0 or self._next_us > now_us:
            return
        if now_us - self._next_us > _LONG_AGO_US and self._overwrite and not self.regs[_TAP_CFG2] & 0x80:
            skipped = (now_us - self._next_us - _LONG_AGO_US) * 1000 // self._period_ns
            self._next_us += skipped * self._period_ns // 1000
        while self._next_us <= now_us:
            self._tick(self._next_us)
            self._tick_part += self._period_ns
            self._next_us += self._tick_part // 1000
            self._tick_part %= 1000
        self._drive_int1()

    def _tick(self, t_us):
        ticks = self._ticks
        self._ticks = ticks + 1
        core = self._core
        core.take(t_us)
        regs = self.regs
        gyro = self._gyro_every and not ticks % self._gyro_every
        accel = self._accel_every and not ticks % self._accel_every
        if gyro:
            core.gyro(t_us, self._gyro_on_us, self._self_test_us)
            regs[_STATUS] |= 2
        if accel:
            core.accel(t_us, self._accel_on_us, self._self_test_us)
            regs[_STATUS] |= 1
            if regs[_TAP_CFG2] & 0x80:
                self._detect_wake()
        if self._batching:
            batch_gyro = gyro and self._gyro_batch and not ticks % self._gyro_batch
            batch_accel = accel and self._accel_batch and not ticks % self._accel_batch
            if batch_gyro or batch_accel:
                self._batch(batch_gyro, batch_accel)

    def _batch(self, gyro, accel):
        self._fifo.next_slot()
        out = self._core.out
        if gyro:
            self._fifo.push(_TAG_GYRO, out[3], out[4], out[5], self._depth, self._overwrite)
        if accel:
            self._fifo.push(_TAG_ACCEL, out[0], out[1], out[2], self._depth, self._overwrite)

    def _detect_wake(self):
        """Compare the slope of each axis with the threshold for the set number of samples."""
        regs = self.regs
        step = 128 if regs[_WAKE_DUR] & 0x10 else 512
        axes = self._core.slopes_above((regs[_WAKE_THS] & 0x3F) * step)
        self._wake_run = self._wake_run + 1 if axes else 0
        awake = self._wake_run > (regs[_WAKE_DUR] >> 5 & 3)
        regs[_WAKE_UP_SRC] = 8 | axes if awake else 0

    def _drive_int1(self):
        regs = self.regs
        watermark = self._watermark()
        sources = (
            regs[_STATUS] & 3
            | (8 if watermark and self._fifo.count >= watermark else 0)
            | (0x10 if self._fifo.overrun else 0)
            | (0x20 if self._fifo.count >= self._depth else 0)
        )
        active = bool(sources & regs[_INT1_CTRL]) or bool(regs[_MD1_CFG] & 0x20 and regs[_WAKE_UP_SRC] & 8)
        self._int1.from_chip(int(active) ^ (regs[_CTRL3_C] >> 5 & 1))

    def read(self, reg):
        """Return the byte of a register, with the side effects of reading it."""
        if _FIFO_TAG <= reg <= _FIFO_END:
            value = self._fifo.peek(reg - _FIFO_TAG)
            if reg == _FIFO_END:
                self._fifo.pop()
                if self.on_fifo_word:
                    self.on_fifo_word()
            return value
        if _GYRO_OUT <= reg < _OUT_END:
            return self._read_output(reg)
        if reg == _FIFO_STATUS1:
            # The app has begun to sample: the recording may run, in step with the samples.
            self._samples.start(max(self._next_us, self.clock.now_us()))
            return self._fifo.count & 0xFF
        if reg == _FIFO_STATUS2:
            return self._fifo_status2()
        if _TIMESTAMP <= reg < _TIMESTAMP_END:
            ticks = (self.clock.now_us() - self._timestamp_us) // 25 if self._timestamp_us >= 0 else 0
            return (ticks >> 8 * (reg - _TIMESTAMP)) & 0xFF
        value = self.regs[reg]
        if reg == _WAKE_UP_SRC:
            self.regs[reg] = 0
        return value

    def _read_output(self, reg):
        accel = reg >= _ACCEL_OUT
        self.regs[_STATUS] &= ~(1 if accel else 2) & 0xFF
        value = self._core.out[(reg - _ACCEL_OUT) // 2 if accel else (reg - _GYRO_OUT) // 2 + 3]
        return (value >> 8 if reg & 1 else value) & 0xFF

    def _fifo_status2(self):
        fifo = self._fifo
        watermark = self._watermark()
        value = fifo.count >> 8 & 3
        if watermark and fifo.count >= watermark:
            value |= 0x80
        if fifo.overrun:
            value |= 0x48 if fifo.count >= self._depth else 0x08
        if fifo.count >= self._depth:
            value |= 0x20
        fifo.overrun = False  # the latched flag goes with its reading
        return value

    def forget(self):
        """Drop the samples that wait in the FIFO."""
        self._fifo.clear()

    def read_burst(self, reg, buffer):
        """Fill `buffer` from `reg` on."""
        super().read_burst(reg, buffer)
        self._drive_int1()

    def following(self, reg):
        """Return the next register of a burst; the FIFO's output wraps to its tag."""
        if not self.regs[_CTRL3_C] & _IF_INC:
            return reg
        return _FIFO_TAG if reg == _FIFO_END else (reg + 1) & 0x7F

    def write(self, reg, value):
        """Take a byte; read-only registers and a chip in reset ignore it."""
        now_us = self.clock.now_us()
        if self._busy_until_us >= 0 or not _writable(reg):
            return
        if reg == _CTRL3_C and value & (_SW_RESET | _BOOT):
            if value & _SW_RESET:
                self._reset_registers()
            self.regs[_CTRL3_C] |= value & (_SW_RESET | _BOOT)
            self._busy_until_us = now_us + (_BOOT_US if value & _BOOT else _RESET_US)
            return
        before = self.regs[reg]
        self.regs[reg] = value
        if reg == 0x14 and value != before:
            self._self_test_us = now_us
        if reg == 0x19:
            self._timestamp_us = now_us if value & 0x20 else -1
        if reg in (_CTRL1_XL, _CTRL2_G) and (value ^ before) & 0xF0:
            self._change_rate(reg, before, now_us)
        self._configure()
        self._drive_int1()

    def _change_rate(self, reg, before, now_us):
        if before >> 4 == 0:
            if reg == _CTRL1_XL:
                self._accel_on_us = now_us
            else:
                self._gyro_on_us = now_us
        self._ticks = self._tick_part = 0
        self._configure()
        running = self._accel_every or self._gyro_every
        self._next_us = now_us + self._period_ns // 1000 if running else -1

    def save(self, now_us):
        """Return the state for JSON."""
        state = super().save(now_us)
        state["fifo"] = self._fifo.save()
        state["out"] = list(self._core.out)
        return state

    def restore(self, state, now_us):
        """Take over a saved state."""
        super().restore(state, now_us)
        self.mute = bool(self.mute)
        self._configure()
        self._fifo.restore(state["fifo"])
        for i in range(len(state["out"])):
            self._core.out[i] = state["out"][i]
        self._drive_int1()
