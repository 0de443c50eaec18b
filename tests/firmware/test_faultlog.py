# SPDX-License-Identifier: MIT
"""The fault log: what was written is read, what is damaged is skipped and counted, and no bytes upset it."""

import struct
from binascii import crc32

import faultlog
import pytest
from faultlog import FaultLog
from hypothesis import given
from hypothesis import strategies as st

BYTES, HEADER, ENTRY = 812, 172, 20
FAULTS = st.lists(st.tuples(st.booleans(), st.integers(0, 24), st.integers(0, 2**31)), max_size=120)


def filled(faults):
    """Return a log with these faults; True ahead of one is a start before it."""
    log = FaultLog()
    for starts, code, t_ms in [(True, 0, 0), *faults]:
        if starts:
            log.start(("power on", "", ""))
        log.add(code, t_ms)
    return log


def same(log, other):
    return (log.count, log.texts, log.faults, log.lost) == (other.count, other.texts, other.faults, other.lost)


@given(FAULTS)
def test_what_is_written_is_read(faults):
    log = filled(faults)
    data = log.data()
    assert len(data) == BYTES
    assert same(FaultLog(data), log)
    assert len(log.faults) <= 32


def test_the_newest_32_are_kept():
    log = FaultLog()
    for start in range(1, 101):
        log.start(("reset", "", ""))
        log.add(start % 7, start * 1000)
    assert [row[1:] for row in FaultLog(log.data()).faults] == [
        [start, start * 1000, start % 7, 1] for start in range(69, 101)
    ]


def test_a_fault_that_comes_back_is_counted_and_takes_one_place():
    log = FaultLog()
    for _ in range(40):
        log.start(("reset", "", ""))
        log.add(4, 0)
        log.add(1, 5000)
        log.add(1, 6000)
    assert log.faults == [[1, 40, 0, 4, 40], [2, 40, 6000, 1, 80]]


def test_a_fault_that_stayed_away_for_a_start_is_a_new_one():
    log = FaultLog()
    for faulty in (True, False, True):
        log.start(("reset", "", ""))
        if faulty:
            log.add(1, 7)
    assert [row[1] for row in log.faults] == [1, 3]


@given(FAULTS, st.data())
def test_a_damaged_byte_costs_one_entry_at_most_and_is_counted(faults, data):
    log = filled(faults)
    written = bytearray(log.data())
    at = data.draw(st.integers(0, BYTES - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    read = FaultLog(bytes(written))
    assert read.lost == 1
    gone = [row for row in log.faults if row not in read.faults]
    assert [row for row in read.faults if row not in log.faults] == []
    if at < HEADER:
        assert not gone and read.texts == ("", "", "") and read.count == max(row[1] for row in log.faults)
    else:
        assert len(gone) <= 1 and (read.texts == log.texts)
        assert all(row[0] % 32 == (at - HEADER) // ENTRY for row in gone)
    assert len(read.data()) == BYTES


@given(st.binary(max_size=1000))
def test_any_bytes_are_a_log_that_goes_on(data):
    log = FaultLog(data)
    log.start(("x" * 99, "y" * 99, "ä" * 99))
    log.add(3, 2**40)
    again = FaultLog(log.data())
    assert again.faults[-1][3] == 3 and again.count == log.count and again.lost == 0
    assert again.texts == ("x" * 16, "y" * 48, "ä" * 48)


@pytest.mark.parametrize("number", [0, 2**30, 2**32 - 1])
def test_an_entry_with_a_number_that_none_has_is_not_believed(number):
    entry = struct.pack("<IIIHH", number, 1, 2, 3, 4)
    log = FaultLog(FaultLog().data()[:HEADER] + entry + struct.pack("<I", crc32(entry)) + bytes(31 * ENTRY))
    assert (log.faults, log.lost) == ([], 1)


def test_the_file_grows_with_each_call_and_what_is_no_file_is_no_trouble(tmp_path, capsys):
    root = str(tmp_path)
    faultlog.start(("power on", "", ""), [], root)
    faultlog.note(["imu", "nonsense"], 1234, root)
    faultlog.start(("watchdog", "why", "ValueError: x"), ["task"], root)
    faultlog.start(("reset", "", ""), [], root)
    log = FaultLog((tmp_path / "faults.bin").read_bytes())
    assert log.count == 3
    assert log.texts == ("reset", "", "ValueError: x")
    assert [row[1:] for row in log.faults] == [[1, 1234, 1, 1], [1, 1234, 0, 1], [2, 0, 7, 1]]
    (tmp_path / "faults.bin").unlink()
    (tmp_path / "faults.bin").mkdir()
    faultlog.note(["imu"], 1, root)
    assert "takes no write" in capsys.readouterr().out


@pytest.mark.parametrize(("errno", "said"), [(28, "is full: pull the sessions"), (5, "takes no write")])
def test_a_flash_that_refuses_is_said_and_raises_nothing(tmp_path, monkeypatch, capsys, errno, said):
    def refuse(*_):
        raise OSError(errno, "injected")

    monkeypatch.setattr(faultlog, "open", refuse, raising=False)
    faultlog.note(["imu"], 1, str(tmp_path))
    assert said in capsys.readouterr().out
