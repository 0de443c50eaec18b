# SPDX-License-Identifier: MIT
"""Model of the NAU7802: power-up sequence, conversions on its own RC clock, calibration, ready flag and pin."""

from array import array

from micropython import const
from samples import FORCE_UNKNOWN

from chips.chip import Chip

_PU_CTRL = const(0x00)
_CTRL1 = const(0x01)
_CTRL2 = const(0x02)
_ADC = const(0x12)
_RR = const(0x01)
_PUD = const(0x02)
_PUA = const(0x04)
_PUR = const(0x08)
_CS = const(0x10)
_CR = const(0x20)
_AVDDS = const(0x80)
_CAL_ERR = const(0x08)
_CALS = const(0x04)
_RATES = (10, 20, 40, 80, 80, 80, 80, 320)
_POWER_UP_US = const(200)
_FLUSHED = const(6)
_CAL_CONVERSIONS = const(8)
_FULL_SCALE = const(8388607)
_NOISY_COUNTS = const(20000)  # 0.45 N either way
_DRIFT_MN_MIN = const(1500)
_CLIPS_MN = const(6000)
FAILURES = ("", "stuck", "clipped", "open", "swapped", "noisy", "drifting")


class Nau7802(Chip):
    """The bridge converter with its load cell. `clock_permille` bends its rate, `calibration_fails` its CALS.

    `failure`, one of FAILURES, from `fails_at_us` on: "stuck" gives the same code for ever, "clipped" none above 6 N,
    "open" an open bridge (codes from end to end), "swapped" has two wires exchanged, "noisy" adds white noise,
    "drifting" 1.5 N a minute. `noise_counts` (rms, at gain 128) is the healthy sensor's own noise, 0 where the samples
    hold it already.
    """

    SAVED = ("pointer", "_flush", "_counts")
    TIMES = ("_next_us", "_ready_at_us", "_cal_until_us")

    def __init__(self, clock, address, samples, drdy, clock_permille=0, failure="", fails_at_us=0):
        super().__init__(clock, address, 0x20)
        self._samples = samples
        self._drdy = drdy
        self._row = array("i", [0] * 7)
        self._clock_permille = clock_permille
        self.calibration_fails = False
        if failure not in FAILURES:
            raise ValueError("no failure %r; there are: %s" % (failure, ", ".join(FAILURES)))
        self.failure = failure
        self.fails_at_us = fails_at_us
        self._random = 1
        self._stuck_mn = None
        self.noise_counts = 0
        self.zero_counts = 0
        self.counts_per_n = 43800  # at gain 128
        self.power_on()

    def power_on(self):
        """Reset all registers; both power-up bits are off."""
        for i in range(len(self.regs)):
            self.regs[i] = 0
        self.regs[0x07] = 0x80  # gain calibration 1.0
        self.regs[0x1F] = 0x0F
        self._next_us = self._ready_at_us = self._cal_until_us = -1
        self._flush = self._counts = 0
        self._drive_pin()

    def _period_ns(self):
        rate = _RATES[self.regs[_CTRL2] >> 4 & 7]
        return 1000000000000 // (rate * (1000 + self._clock_permille))

    def _running(self):
        wanted = _PUD | _PUA | _CS
        return self.regs[_PU_CTRL] & wanted == wanted and self._cal_until_us < 0

    def _restart(self, now_us):
        """Begin converting, or stop: the first conversions after it are flushed."""
        self._flush = _FLUSHED
        self._next_us = now_us + self._period_ns() // 1000 if self._running() else -1

    def update(self, now_us):
        """Do the conversions due up to `now_us`: only the newest one is ever read."""
        if 0 <= self._ready_at_us <= now_us:
            self._ready_at_us = -1
            self.regs[_PU_CTRL] |= _PUR
        if 0 <= self._cal_until_us <= now_us:
            self._end_calibration()
        if self._next_us < 0 or self._next_us > now_us:
            return
        period_ns = self._period_ns()
        due = (now_us - self._next_us) * 1000 // period_ns + 1
        newest_us = self._next_us + (due - 1) * period_ns // 1000
        self._next_us += due * period_ns // 1000
        flushed = min(self._flush, due)
        self._flush -= flushed
        if due > flushed:
            self._convert(newest_us)

    def _convert(self, t_us):
        self._samples.at(t_us, self._row)
        force_mn = self._row[6]
        if force_mn == FORCE_UNKNOWN:
            return
        if self.failure and t_us >= self.fails_at_us:
            force_mn = self._failed(force_mn, t_us)
        counts = self.zero_counts + force_mn * self.counts_per_n // 1000 + self._noise()
        counts >>= 7 - (self.regs[_CTRL1] & 7)
        counts = max(-_FULL_SCALE - 1, min(_FULL_SCALE, counts))
        self._counts = counts
        self.regs[_ADC] = counts >> 16 & 0xFF
        self.regs[_ADC + 1] = counts >> 8 & 0xFF
        self.regs[_ADC + 2] = counts & 0xFF
        self.regs[_PU_CTRL] |= _CR
        self._drive_pin()

    def _failed(self, force_mn, t_us):
        """Return the force that a failed sensor seems to feel."""
        if self.failure == "stuck":
            if self._stuck_mn is None:
                self._stuck_mn = force_mn
            return self._stuck_mn
        if self.failure == "swapped":
            return -force_mn
        if self.failure == "clipped":
            return min(force_mn, _CLIPS_MN)
        if self.failure == "open":
            return self._draw(2 * _FULL_SCALE // (self.counts_per_n // 1000))
        if self.failure == "noisy":
            return force_mn + self._draw(_NOISY_COUNTS // (self.counts_per_n // 1000))
        if self.failure == "drifting":
            return force_mn + (t_us - self.fails_at_us) // 1000 * _DRIFT_MN_MIN // 60000
        return force_mn

    def _noise(self):
        """Return the next number of a row with an rms of `noise_counts`: four even ones added up are nearly a bell."""
        if not self.noise_counts:
            return 0
        most = self.noise_counts * 100 // 115
        return self._draw(most) + self._draw(most) + self._draw(most) + self._draw(most)

    def _draw(self, most):
        """Return the next of a row of numbers from -most to most."""
        self._random = (self._random * 75 + 74) % 65537
        return self._random * (2 * most + 1) // 65537 - most

    def _end_calibration(self):
        done_us = self._cal_until_us
        self._cal_until_us = -1
        self.regs[_CTRL2] &= ~_CALS & 0xFF
        if self.calibration_fails or not self.regs[_PU_CTRL] & _PUA:
            self.regs[_CTRL2] |= _CAL_ERR
        self._restart(done_us)

    def _drive_pin(self):
        ready = self.regs[_PU_CTRL] >> 5 & 1
        self._drdy.from_chip(ready ^ (self.regs[_CTRL1] >> 7))

    def read(self, reg):
        """Return a register; reading the conversion takes the ready flag back."""
        if reg == _ADC:
            self.regs[_PU_CTRL] &= ~_CR & 0xFF
            self._drive_pin()
        return self.regs[reg]

    def write(self, reg, value):
        """Take a byte; results, the revision and the ready flags are read-only."""
        now_us = self.clock.now_us()
        if _ADC <= reg <= _ADC + 2 or reg == 0x1F:
            return
        if reg == _PU_CTRL:
            self._write_power(value, now_us)
        elif self.regs[_PU_CTRL] & _RR:
            return
        elif reg == _CTRL2:
            self._write_control2(value, now_us)
        else:
            self.regs[reg] = value
            if reg == _CTRL1:
                self._restart(now_us)
        self._drive_pin()

    def _write_power(self, value, now_us):
        if value & _RR:
            self.power_on()
            self.regs[_PU_CTRL] = _RR
            return
        before = self.regs[_PU_CTRL]
        self.regs[_PU_CTRL] = value & ~(_PUR | _CR) & 0xFF | before & (_PUR | _CR)
        if value & _PUD and not before & _PUD:
            self._ready_at_us = now_us + _POWER_UP_US
        if not value & _PUD:
            self._ready_at_us = -1
            self.regs[_PU_CTRL] &= ~(_PUR | _CR) & 0xFF
        if (value ^ before) & (_PUD | _PUA | _CS):
            self._restart(now_us)

    def _write_control2(self, value, now_us):
        before = self.regs[_CTRL2]
        self.regs[_CTRL2] = value & ~_CAL_ERR & 0xFF | before & _CAL_ERR
        if value & _CALS and not before & _CALS:
            self.regs[_CTRL2] &= ~_CAL_ERR & 0xFF
            self._cal_until_us = now_us + _CAL_CONVERSIONS * self._period_ns() // 1000
        self._restart(now_us)

    def restore(self, state, now_us):
        """Take over a saved state."""
        super().restore(state, now_us)
        self._drive_pin()
