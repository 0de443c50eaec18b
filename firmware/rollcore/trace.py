# SPDX-License-Identifier: MIT
"""Samples into the log: how far each channel is from its prediction, as adaptive Rice codes.

A block is `TRACE_FIELDS` of `rollcore.fields`, `TRACE_FIRST_FIELDS` in the first block of a page, and one string of
bits, lowest bit of each byte first. A sample is 8 codes: the six axes, the force, the time. A block ends on a whole
byte; an event between two samples only ends a block, and the next one goes on from the values of the last sample.

*Channels.* `full` keeps the axes in 16 bits and the force in mN: a replay of it is exact. `compact` keeps both in
steps of 16, rounded: axes of 12 bits over the sensor's whole range (1.95 mg and 0.56 deg/s at the driver's scale),
a force in 16 mN, which is three times the noise of a load cell, up to FORCE_LIMIT_MN. Read back, a value is its step
times 16, the highest of an axis 32767. Both keep every sample and its time in ms. The motor is not kept: it follows
from the engine.

*Predictions.* An axis is predicted to go on as it went from the last sample but one to the last: hands move smoothly.
The force is predicted to stay: one reading of the load cell serves two or three samples, and an overshoot at each new
one would cost twice. The time is predicted to be one period on; the microseconds below one ms are carried, and where
the prediction is wrong they become 0, or 999 where it was too late, so that they follow the true phase.
The first block of a page starts from values and steps of 0, and one period before the record's own time.

*Codes.* A difference d becomes a number, 2 d or -2 d - 1. Of a force, 1 is added to it: 0 is an unknown force, which
leaves the prediction alone. The number n is written as n >> k ones, a zero and the k low bits of n. A number that
would need `RICE_ONES` ones is written as these ones alone and n in `RICE_RAW_BITS` bits: whatever fits the sensor fits
the code.

*Adaption.* Each channel has its k, counted in eighths and rounded down: a code with no ones takes 2 eighths off, one
with 2 ones or more adds as many eighths as it had ones (RICE_ONES where it was written raw), within 0 and
`RICE_K_MOST`. It starts at `RICE_K_FIRST` in the first block of a page.
"""

import struct
from array import array

import micropython
from micropython import const

from rollcore import logformat as fmt
from rollcore.sample import FORCE, FORCE_UNKNOWN, SAMPLE_LEN

COMPACT = const(1)  # as the setting `trace` counts them
FULL = const(2)
FORCE_LIMIT_MN = const(67108863)  # 2^26 - 1: the number of a difference stays below 2^28
COMPACT_SHIFT = const(4)
RICE_ONES = const(8)
RICE_RAW_BITS = const(30)
RICE_K_FIRST = const(5)
RICE_K_MOST = const(15)  # with it the largest code is 23 bits; with 7 that wait they stay a small int
_HALF_RAW = const(15)
_FIRST_FIT = const(8 * RICE_K_FIRST)
_MOST_FIT = const(8 * RICE_K_MOST)
_SAMPLE_MOST = const(38)  # 8 raw codes
_AXES = const(6)
_TIME = const(7)  # in place of the motor
_CHANNELS = const(8)


class TraceEncoder:
    """Writes samples into the pages of a LogWriter; `mode` is COMPACT or FULL, `period_us` the sample period.

    One encoder at a time belongs to a writer; it goes on through its sessions.
    """

    def __init__(self, writer, mode, period_us):
        if mode not in (COMPACT, FULL):
            raise ValueError("trace mode %r is neither compact nor full" % mode)
        self._writer = writer
        self._mode = mode
        self._shift = COMPACT_SHIFT if mode == COMPACT else 0
        self._half = 1 << self._shift >> 1
        self._period_us = period_us
        self._last = array("i", [0] * SAMPLE_LEN)
        self._step = array("i", [0] * SAMPLE_LEN)  # of the axes; of the time its microseconds
        self._numbers = array("i", [0] * SAMPLE_LEN)
        self._fits = bytearray(SAMPLE_LEN)  # k of each channel in eighths
        self._bits = 0  # what of the last byte is used
        writer.close_block()
        writer.block_fresh = True

    def add(self, t_ms, sample):
        """Add one sample (see sample.py) at `t_ms`; return False when the ring was full. Allocates nothing.

        Two samples of a page are less than 2^29 ms apart, which is six days.
        """
        writer = self._writer
        at = writer.block_at
        if at == 0 or at + _SAMPLE_MOST > writer.block_limit:
            at = self._open(t_ms)
        writer.sample_index += 1
        if at == 0:
            if writer.active:
                writer.lose_sample(t_ms)
            return False
        self._compare(t_ms, sample)
        writer.block_at = self._pack(writer.ring.page, at)
        writer.block_count += 1
        return True

    def _open(self, t_ms):
        writer = self._writer
        writer.open_block(t_ms, fmt.TRACE_FIRST_BYTES + _SAMPLE_MOST)
        at = writer.block_at
        if at == 0:
            return 0
        self._bits = 0
        page = writer.ring.page
        page[at] = self._mode + fmt.TRACE_RICE
        at += fmt.TRACE_FIELDS_BYTES
        if writer.block_fresh:
            writer.block_fresh = False
            page[at - fmt.TRACE_FIELDS_BYTES] |= fmt.TRACE_FIRST
            struct.pack_into("<HBI", page, at, self._period_us & 0xFFFF, self._period_us >> 16, writer.sample_index)
            at += fmt.TRACE_FIRST_BYTES - fmt.TRACE_FIELDS_BYTES
            for channel in range(SAMPLE_LEN):
                self._last[channel] = 0
                self._step[channel] = 0
                self._fits[channel] = _FIRST_FIT
            self._last[_TIME] = t_ms
            self._step[_TIME] = -self._period_us
        return at

    @micropython.viper
    def _compare(self, t_ms: int, sample):
        """Set `_numbers` to what the sample is away from its prediction."""
        last = self._last
        step = self._step
        numbers = self._numbers
        shift = int(self._shift)
        half = int(self._half)
        for i in range(_AXES):
            value = (int(sample[i]) + half) >> shift
            now = value - int(last[i])
            number = (now - int(step[i])) << 1
            numbers[i] = number if number >= 0 else ~number
            last[i] = value
            step[i] = now
        force = int(sample[FORCE])
        if force == int(FORCE_UNKNOWN):
            numbers[FORCE] = 0
        else:
            force = FORCE_LIMIT_MN if force > FORCE_LIMIT_MN else force
            force = -FORCE_LIMIT_MN if force < -FORCE_LIMIT_MN else force
            force = (force + half) >> shift
            number = (force - int(last[FORCE])) << 1
            numbers[FORCE] = 1 + (number if number >= 0 else ~number)
            last[FORCE] = force
        us = int(step[_TIME]) + int(self._period_us)
        number = (t_ms - int(last[_TIME]) - us // 1000) << 1
        numbers[_TIME] = number if number >= 0 else ~number
        last[_TIME] = t_ms
        step[_TIME] = us % 1000 if number == 0 else 0 if number > 0 else 999

    @micropython.viper
    def _pack(self, page, at: int) -> int:
        """Write `_numbers` from the byte before `at` on, where bits of it are free; return the position behind."""
        numbers = self._numbers
        fits = self._fits
        held = int(self._bits)
        low = 0
        if held:
            at -= 1
            low = int(page[at])
        for i in range(_CHANNELS):
            number = int(numbers[i])
            fit = int(fits[i])
            k = fit >> 3
            ones = number >> k
            if ones < RICE_ONES:
                low |= ((number & ((1 << k) - 1)) << (ones + 1) | (1 << ones) - 1) << held
                held += ones + 1 + k
            else:
                ones = RICE_ONES
                low |= ((1 << RICE_ONES) - 1) << held
                page[at] = low & 255
                low = low >> 8 | (number & ((1 << _HALF_RAW) - 1)) << held
                at += 1
                page[at] = low & 255
                low = low >> 8 | (number >> _HALF_RAW) << (held + _HALF_RAW - 8)
                at += 1
                held += RICE_RAW_BITS - 8
            while held >= 8:
                page[at] = low & 255
                at += 1
                low >>= 8
                held -= 8
            if ones == 0:
                if fit > 1:
                    fits[i] = fit - 2
            elif ones > 1:
                fit += ones
                fits[i] = fit if fit < _MOST_FIT else _MOST_FIT
        self._bits = held
        if held:
            page[at] = low
            at += 1
        return at
