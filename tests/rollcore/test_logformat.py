# SPDX-License-Identifier: MIT
import struct
from array import array

import pytest
from fakes.log_sessions import row, stroke_row
from hypothesis import given
from hypothesis import strategies as st

from rollcore import events
from rollcore import logformat as fmt
from rollcore.fields import FIELDS, HEADER, LOG_FIELDS, RECORD_NAMES, TRACE_FIELDS, TRACE_FIRST_FIELDS, fields_of
from rollcore.records import STORAGE, layout_of
from rollcore.sample import FORCE_UNKNOWN
from rolltools.log_pages import unpack_fields

STROKE = layout_of(STORAGE[events.STROKE])
INT32 = st.integers(-(2**31), 2**31 - 1)


def round_trip(kind: int, t_ms: int, values: list[int]) -> dict:
    line = row(kind, t_ms, *values)
    layout = layout_of(STORAGE[kind])
    wide = not fmt.fits(layout, t_ms, line)
    buffer = bytearray(200)
    end = fmt.pack_fields(buffer, 3, layout, t_ms, line, wide)
    assert end == 3 + layout[wide]
    unpacked = unpack_fields(fields_of(kind | fmt.WIDE if wide else kind), t_ms, bytes(buffer[3:end]))
    assert unpacked is not None
    return unpacked


def as_logged(name: str, value: int) -> int:
    """Return what the log keeps of a field: all of it, but for the tenths of a summary."""
    if not (name.startswith("p") and name[1:].isdigit()) or value == FORCE_UNKNOWN:
        return value
    return min(max(round(value / 125 + 1e-9), 0), 254) * 125


def test_every_field_of_a_record_has_its_name():
    assert set(RECORD_NAMES) == set(STORAGE) | {fmt.TRACE, fmt.STATE, fmt.SEAL}
    for code, storage in STORAGE.items():
        assert len((FIELDS | LOG_FIELDS).get(code, ())) == len(storage.replace("|", "").split())


def test_the_header_table_describes_the_header_format():
    assert "<" + "".join(code for _, code, _, _ in HEADER) == fmt.HEADER_FORMAT
    assert struct.calcsize(fmt.HEADER_FORMAT) == fmt.HEADER_BYTES
    assert struct.calcsize(fmt.HEADER_FORMAT[:-1]) == fmt.CRC_AT


def test_the_trace_tables_have_the_sizes_the_encoder_uses():
    first = sum(field[2] for field in TRACE_FIELDS)
    assert first == 8 * fmt.TRACE_FIELDS_BYTES
    assert first + sum(field[2] for field in TRACE_FIRST_FIELDS) == 8 * fmt.TRACE_FIRST_BYTES


def test_a_stroke_costs_20_bytes():
    line = stroke_row(100000, 1234, length_um=262143, peak_um_s=1048575, mean_mn=65535, peak_mn=65535)
    assert fmt.fits(STROKE, 100000, line)
    assert fmt.RECORD_HEAD + STROKE[0] == 20


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_every_event_round_trips_whatever_its_values(kind):
    names = FIELDS[kind]

    @given(st.integers(0, 2**30 - 1), st.lists(INT32, min_size=len(names), max_size=len(names)))
    def check(t_ms, values):
        # A time before another is a difference: the engine's clock keeps both within 30 bits.
        values = [abs(v) >> 2 if name.endswith("_ms") else v for name, v in zip(names, values, strict=True)]
        expected = {name: as_logged(name, v) for name, v in zip(names, values, strict=True)}
        assert round_trip(kind, t_ms, values) == expected

    check()


@given(st.integers(0, 2**14 - 1), st.integers(0, 2**13 - 1), st.sampled_from([-1, 1]), st.integers(0, 2**18 - 1))
def test_a_real_stroke_round_trips_in_its_narrow_form(before_start, before_end, direction, length_um):
    t_ms = 500000
    values = [65535, t_ms - before_start, t_ms - before_end, direction, 1, length_um, 3999, 65535, 2**20 - 1, 100, 7, 7]
    line = row(events.STROKE, t_ms, *values)
    assert fmt.fits(STROKE, t_ms, line)
    assert list(round_trip(events.STROKE, t_ms, values).values()) == values


@given(st.integers(-(2**28), 2**28))
def test_a_force_code_is_within_a_sixteenth_newton_or_says_why_not(force_mn):
    code = fmt.force_code(force_mn)
    if code == fmt.FORCE8_CLIPPED:
        assert force_mn >= 31687
    elif force_mn < 0:
        assert code == 0
    else:
        assert abs(code * 125 - force_mn) <= 63


def test_an_unknown_force_has_its_own_code():
    assert fmt.force_code(FORCE_UNKNOWN) == fmt.FORCE8_UNKNOWN
    assert fmt.force_code(0) == 0


def test_fields_beyond_the_known_ones_are_a_newer_versions():
    fields = fields_of(events.GAP)
    assert unpack_fields(fields, 0, struct.pack("<IH", 77, 9)) == {"lost_ms": 77}
    assert unpack_fields(fields, 0, b"\x01\x02") is None


def test_block_room_leaves_littlefs_its_links():
    # By littlefs' rule block n of a file starts with a link to the blocks n - 1, n - 2, n - 4 ... 2^k dividing n.
    assert [fmt.block_room(n, 4096) for n in range(9)] == [4096, 4092, 4088, 4092, 4084, 4092, 4088, 4092, 4080]


def test_the_tables_hold_for_the_arrays_of_the_engine():
    assert array("i").itemsize == 4
