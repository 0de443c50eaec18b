# SPDX-License-Identifier: MIT
"""Trace blocks of a session log back into samples; the mirror of the firmware's rollcore/trace.py."""

from collections.abc import Iterator
from dataclasses import dataclass

from rollcore import fields
from rollcore import logformat as fmt
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR_OWN
from rollcore.trace import COMPACT, COMPACT_SHIFT, FULL

from .log_pages import Record, unpack_fields

_TIME = 7


@dataclass(frozen=True)
class TraceSample:
    """One sample of the trace: `t_ms` on the engine's clock and the firmware's sample row (see sample.py)."""

    t_ms: int
    period_us: int
    mode: int
    sample: tuple[int, ...]


class TraceDecoder:
    """Decodes the trace blocks of one page in order; make a new one for each page."""

    def __init__(self) -> None:
        self._value = [0] * 8
        self._slope = [0] * 8
        self._period_us = 0
        self._mode = 0  # of the blocks so far; 0: the start of the page's trace is not known
        self.skipped = 0

    def decode(self, record: Record) -> Iterator[TraceSample]:
        """Yield the samples of a TRACE record; a block that cannot be understood is counted in `skipped`."""
        head = unpack_fields(fields.TRACE_FIELDS, record.t_ms, record.payload)
        if head is None or head["mode"] not in (COMPACT, FULL) or not self._start(head, record):
            self.skipped += 1
            return
        at = fmt.TRACE_FIRST_BYTES if head["first"] else fmt.TRACE_FIELDS_BYTES
        for number in range(head["count"]):
            try:
                sample, at = self._sample(record, head["mode"], number, at)
            except IndexError:
                self._mode = 0  # what follows in this page counts from a value that is not known
                self.skipped += 1
                return
            yield sample

    def _start(self, head: dict[str, int], record: Record) -> bool:
        """Reset at a first block; tell whether the block can be decoded."""
        if not head["first"]:
            return head["mode"] == self._mode
        values = unpack_fields(
            fields.TRACE_FIRST_FIELDS, record.t_ms, record.payload[fmt.TRACE_FIELDS_BYTES : fmt.TRACE_FIRST_BYTES]
        )
        if values is None:
            self._mode = 0
            return False
        self._mode = head["mode"]
        self._period_us = values["period_us"]
        self._value = [0] * 8
        self._slope = [0] * 8
        self._value[_TIME] = record.t_ms
        return True

    def _sample(self, record: Record, mode: int, number: int, at: int) -> tuple[TraceSample, int]:
        data = record.payload
        t_ms = record.t_ms + number * self._period_us // 1000
        if mode == FULL:
            t_ms, at = self._channel(data, at, _TIME)
        row = [0] * 8
        for channel in range(FORCE):
            row[channel], at = self._channel(data, at, channel)
        row[FORCE] = FORCE_UNKNOWN
        if data[at] == 0:
            at += 1
        else:
            row[FORCE], at = self._channel(data, at, FORCE, 1)
        row[_TIME] = MOTOR_OWN
        if mode == COMPACT:
            _widen(row)
        return TraceSample(t_ms, self._period_us, mode, tuple(row)), at

    def _channel(self, data: bytes, at: int, channel: int, bias: int = 0) -> tuple[int, int]:
        code, at = _varint(data, at)
        code -= bias
        self._slope[channel] += -((code + 1) >> 1) if code & 1 else code >> 1
        self._value[channel] += self._slope[channel]
        return self._value[channel], at


def _widen(row: list[int]) -> None:
    """Turn the steps of a compact sample back into LSB and mN."""
    for channel in range(FORCE):
        row[channel] = min(row[channel] << COMPACT_SHIFT, 32767)
    if row[FORCE] != FORCE_UNKNOWN:
        row[FORCE] <<= COMPACT_SHIFT


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise IndexError("a code longer than 5 bytes")
