# SPDX-License-Identifier: MIT
"""Samples into the log: the second difference of every channel, zigzag, as a varint of 7 bits a byte, low bits first.

`full` keeps the time in ms, six axes of 16 bits and the force in mN; a replay of it is exact. `compact` keeps the
axes in 12 bits (steps of 16) and the force in steps of 16 mN; times follow from the block's time and the period.
Differences start from zero at the first block of each page, so a page can be read alone; an event between two samples
only ends a block. An unknown force is the code 0 and leaves its differences alone; known ones count from 1.
"""

import struct
from array import array

from micropython import const

from rollcore import logformat as fmt
from rollcore.sample import FORCE, FORCE_UNKNOWN, SAMPLE_LEN

COMPACT = const(1)
FULL = const(2)
FORCE_LIMIT_MN = const(67108863)  # 2^26 - 1: second differences and their zigzag stay small ints
COMPACT_SHIFT = const(4)
COMPACT_HALF = const(8)
_SAMPLE_MOST = const(28)  # 5 bytes of time, 6 axes of 3, 5 of force
_AXES = const(6)
_TIME = const(7)  # channel numbers: the sample's own, and the time in place of the motor


class TraceEncoder:
    """Writes samples into the pages of a LogWriter; `mode` is COMPACT or FULL, `period_us` the sample period.

    One encoder at a time belongs to a writer; it goes on through its sessions.
    """

    def __init__(self, writer, mode, period_us):
        if mode not in (COMPACT, FULL):
            raise ValueError("trace mode %r is neither compact nor full" % mode)
        self._writer = writer
        self._mode = mode
        self._period_us = period_us
        self._value = array("i", [0] * SAMPLE_LEN)
        self._slope = array("i", [0] * SAMPLE_LEN)
        writer.close_block()
        writer.block_fresh = True

    def add(self, t_ms, sample):
        """Add one sample (see sample.py) at `t_ms`; return False when the ring was full. Allocates nothing."""
        writer = self._writer
        at = writer.block_at
        if at == 0 or at + _SAMPLE_MOST > writer.block_limit:
            at = self._open(t_ms)
        writer.sample_index += 1
        if at == 0:
            if writer.active:
                writer.lose_sample(t_ms)
            return False
        if self._mode == FULL:
            at = self._put(at, _TIME, t_ms, 0)
            for channel in range(_AXES):
                at = self._put(at, channel, sample[channel], 0)
            at = self._put_force(at, sample[FORCE], 0)
        else:
            for channel in range(_AXES):
                at = self._put(at, channel, (sample[channel] + COMPACT_HALF) >> COMPACT_SHIFT, 0)
            at = self._put_force(at, sample[FORCE], COMPACT_SHIFT)
        writer.block_at = at
        writer.block_count += 1
        return True

    def _open(self, t_ms):
        writer = self._writer
        writer.open_block(t_ms, fmt.TRACE_FIRST_BYTES + _SAMPLE_MOST)
        at = writer.block_at
        if at == 0:
            return 0
        page = writer.ring.page
        page[at] = self._mode
        at += fmt.TRACE_FIELDS_BYTES
        if writer.block_fresh:
            writer.block_fresh = False
            page[at - fmt.TRACE_FIELDS_BYTES] |= fmt.TRACE_FIRST
            struct.pack_into("<HBI", page, at, self._period_us & 0xFFFF, self._period_us >> 16, writer.sample_index)
            at += fmt.TRACE_FIRST_BYTES - fmt.TRACE_FIELDS_BYTES
            for channel in range(SAMPLE_LEN):
                self._value[channel] = 0
                self._slope[channel] = 0
            self._value[_TIME] = t_ms
        return at

    def _put_force(self, at, force_mn, shift):
        if force_mn == FORCE_UNKNOWN:
            self._writer.ring.page[at] = 0
            return at + 1
        if force_mn > FORCE_LIMIT_MN:
            force_mn = FORCE_LIMIT_MN
        elif force_mn < -FORCE_LIMIT_MN:
            force_mn = -FORCE_LIMIT_MN
        if shift:
            force_mn = (force_mn + COMPACT_HALF) >> shift
        return self._put(at, FORCE, force_mn, 1)

    def _put(self, at, channel, value, bias):
        slope = value - self._value[channel]
        bend = slope - self._slope[channel]
        self._value[channel] = value
        self._slope[channel] = slope
        bend = bias + (bend << 1 if bend >= 0 else (-bend << 1) - 1)
        page = self._writer.ring.page
        while bend > 127:
            page[at] = (bend & 127) | 128
            at += 1
            bend >>= 7
        page[at] = bend
        return at + 1
