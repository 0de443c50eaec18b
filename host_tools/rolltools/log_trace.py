# SPDX-License-Identifier: MIT
"""Trace blocks of a session log back into samples, whichever way they are coded."""

from collections.abc import Iterator
from dataclasses import dataclass

from rollcore import fields
from rollcore import logformat as fmt
from rollcore.sample import FORCE, FORCE_UNKNOWN, MOTOR_OWN
from rollcore.trace import COMPACT, COMPACT_SHIFT, FULL

from .log_pages import Record, unpack_fields
from .log_trace_rice import RiceSamples
from .log_trace_varint import VarintSamples

_Samples = VarintSamples | RiceSamples
_MODES: dict[int, tuple[type[_Samples], bool]] = {  # how a mode is coded, and whether it is compact
    COMPACT: (VarintSamples, True),
    FULL: (VarintSamples, False),
    COMPACT + fmt.TRACE_RICE: (RiceSamples, True),
    FULL + fmt.TRACE_RICE: (RiceSamples, False),
}


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
        self._samples: _Samples | None = None  # None: the start of the page's trace is not known
        self._mode = 0
        self._period_us = 0
        self.skipped = 0

    def decode(self, record: Record) -> Iterator[TraceSample]:
        """Yield the samples of a TRACE record; a block that cannot be understood is counted in `skipped`."""
        head = unpack_fields(fields.TRACE_FIELDS, record.t_ms, record.payload)
        samples = self._begun(head, record) if head else None
        if head is None or samples is None:
            self._skip()
            return
        samples.open(record.t_ms, record.payload, fmt.TRACE_FIRST_BYTES if head["first"] else fmt.TRACE_FIELDS_BYTES)
        for _ in range(head["count"]):
            try:
                t_ms, values = samples.take()
            except IndexError:
                self._skip()
                return
            row = _widen(values) if _MODES[self._mode][1] else values
            yield TraceSample(t_ms, self._period_us, self._mode, (*row, MOTOR_OWN))

    def _skip(self) -> None:
        self._samples = None  # what follows in this page counts from a value that is not known
        self.skipped += 1

    def _begun(self, head: dict[str, int], record: Record) -> _Samples | None:
        """Return what goes on or, at a first block, begins; None when the block cannot be decoded."""
        mode = head["mode"]
        if not head["first"]:
            return self._samples if mode == self._mode else None
        values = unpack_fields(
            fields.TRACE_FIRST_FIELDS, record.t_ms, record.payload[fmt.TRACE_FIELDS_BYTES : fmt.TRACE_FIRST_BYTES]
        )
        if values is None or mode not in _MODES:
            return None
        kind, is_compact = _MODES[mode]
        self._mode = mode
        self._period_us = values["period_us"]
        self._samples = kind(record.t_ms, self._period_us, is_compact)
        return self._samples


def _widen(values: list[int]) -> list[int]:
    """Return the steps of a compact sample as LSB and mN."""
    axes = [min(value << COMPACT_SHIFT, 32767) for value in values[:FORCE]]
    force = values[FORCE]
    return [*axes, force if force == FORCE_UNKNOWN else force << COMPACT_SHIFT]
