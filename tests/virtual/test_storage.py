# SPDX-License-Identifier: MIT
"""The session store on CPython's file system and, in the VM, on a real littlefs whose flash counts and loses power."""

import sys
from pathlib import Path

import pytest
import vm_script

import storage
from storage import SessionStore, session_name, session_number


class Disk:
    """The os module's functions on a folder, with as many blocks as it is told."""

    def __init__(self, blocks=100, free=90):
        self.blocks = blocks
        self.free = free

    def statvfs(self, _path):
        return (4096, 4096, self.blocks, self.free)

    def __getattr__(self, name):
        return getattr(storage.os, name)


@pytest.fixture
def store(tmp_path):
    return SessionStore(str(tmp_path / "sessions"), Disk())


def full_device():
    return Path("/dev/full").open("wb")  # noqa: SIM115 - the store closes it


def names(store) -> list[str]:
    return sorted(path.name for path in Path(store._root).iterdir())


def mark_pulled(store, number):
    (Path(store._root) / f"{session_name(number)}.pulled").touch()


def new_session(store) -> int:
    """Open the next session and give it a first page, which makes its file."""
    number = store.open()
    assert store.append(b"page")
    return number


# -- on CPython ----------------------------------------------------------------------------------------------------


def test_sessions_are_numbered_in_order(store):
    assert [new_session(store) for _ in range(3)] == [1, 2, 3]
    assert names(store) == ["s000001.roll", "s000002.roll", "s000003.roll"]
    assert store.sessions() == [1, 2, 3]


def test_pages_are_on_the_disk_when_append_returns(store):
    store.open()
    assert store.append(b"one")
    assert store.append(memoryview(b"two"))
    assert store.offset == 6
    assert (Path(store._root) / "s000001.roll").read_bytes() == b"onetwo"


def test_nothing_is_appended_before_open_or_after_close(store):
    assert not store.append(b"x")
    store.open()
    store.close()
    assert not store.append(b"x")
    store.close()


def test_opening_writes_nothing_to_the_flash(store):
    assert store.open() == 1
    assert not Path(store._root).exists()


def test_junk_in_the_folder_changes_nothing(store):
    new_session(store)
    folder = Path(store._root)
    for junk in ("readme", "s0009.roll", "s00000x.roll", "x000009.roll", "s000009.rol", "s0000000009.roll", "s.roll"):
        (folder / junk).write_text("junk")
    (folder / "s000009.roll").mkdir()
    assert store.open() == 10
    assert store.append(b"x")
    assert "s00000x.roll" in names(store)


def test_the_largest_number_does_not_end_the_numbering(store):
    new_session(store)
    (Path(store._root) / "s999999999.roll").write_text("")
    assert store.open() == 2


def test_a_number_is_not_given_twice_while_its_mark_is_there(store):
    new_session(store)
    store.close()
    mark_pulled(store, 1)
    (Path(store._root) / "s000001.roll").unlink()
    assert store.open() == 2


def test_marks_without_a_session_are_cleared(store):
    for number in (1, 2, 3):
        new_session(store)
        mark_pulled(store, number)
    (Path(store._root) / "s000001.roll").unlink()
    new_session(store)
    assert "s000001.pulled" not in names(store)
    assert "s000002.pulled" in names(store)
    assert "s000004.pulled" not in names(store)


def test_names_and_numbers_belong_together():
    for number in (1, 999999, 1000000, 999999999):
        assert session_number(session_name(number) + ".roll") == number
    for name in ("s000000.roll", "s0000001.roll", "s-00001.roll", "s+00001.roll", "s 00001.roll", "S000001.roll"):
        assert session_number(name) == 0


def test_a_folder_that_cannot_be_made_is_a_fault_and_no_exception(tmp_path):
    (tmp_path / "file").write_text("")
    store = SessionStore(str(tmp_path / "file" / "sessions"), Disk())
    assert store.open() == 0
    assert store.fault == "store_io"
    assert not store.append(b"x")


@pytest.mark.skipif(sys.platform == "win32", reason="needs /dev/full")
def test_a_full_disk_is_a_fault_and_no_exception(store):
    new_session(store)
    new_session(store)
    store._file.close()
    store._file = full_device()
    assert store.append(b"x" * 4000), "the older session made room"
    assert store.removed == 1
    store._file = full_device()
    assert not store.append(b"x" * 4000)
    assert store.fault == "store_full"
    assert store.append(b"y" * 4000), "once there is room again it goes on"
    assert store.fault == ""
    assert (Path(store._root) / "s000002.roll").read_bytes() == b"page" + b"x" * 4000 + b"y" * 4000


# -- in the VM, on littlefs ----------------------------------------------------------------------------------------

in_vm = pytest.mark.usefixtures("vm64")


@in_vm
def test_rotation_takes_pulled_sessions_first_then_the_oldest_and_keeps_the_reserve():
    result = vm_script.run("storage_vm.py", "rotation", "32")
    assert result["refused"] == 0
    order = result["order"]
    assert order[:3] == [1, 6, 7], "1 went before any was pulled"
    assert order[3:] == [number for number in range(2, 61) if number not in (6, 7)][: len(order) - 3]
    assert result["removed"] == len(order) > 50
    assert result["least_free"] >= 5, "15 % of 32 blocks"
    assert not [name for name in result["listed"] if name.endswith(".pulled")]


@in_vm
def test_a_session_longer_than_the_flash_stops_in_its_reserve_and_says_so():
    result = vm_script.run("storage_vm.py", "too_long", "32")
    assert (result["fault"], result["again"], result["last"], result["whole"]) == ("store_full", False, True, True)
    assert result["written"] > 20
    assert result["removed"] == 1
    assert result["free"] >= 5


@in_vm
def test_a_real_lack_of_space_removes_old_sessions_and_loses_no_page():
    result = vm_script.run("storage_vm.py", "enospc", "32")
    assert (result["written"], result["whole"], result["fault"]) == (4, True, "")
    assert result["removed"] > 0
    assert result["sessions"][-1] == 5


@in_vm
def test_an_operation_that_the_flash_refuses_once_neither_loses_nor_doubles_a_page():
    result = vm_script.run("storage_vm.py", "refusals", "24")
    assert result["refused"] > 60
    assert (result["wrong"], result["most_offers"]) == ([], 2)


@in_vm
def test_a_trace_wears_the_flash_no_more_than_its_bytes():
    result = vm_script.run("flash_wear_vm.py", "trace", 300)
    assert result["dropped"] == 0
    assert result["erases"] <= 1.05 * result["bytes"] / 4096
    assert result["programmed"] <= 1.15 * result["bytes"]


@in_vm
def test_a_session_of_strokes_erases_at_most_once_in_ten_seconds():
    result = vm_script.run("flash_wear_vm.py", "strokes", 700)
    assert result["erases"] <= 70
    assert result["bytes"] / result["strokes"] < 60, "with the summaries of each second"


@in_vm
@pytest.mark.parametrize("times", [20, pytest.param(1000, marks=pytest.mark.exhaustive)])
def test_a_flash_that_is_full_for_ever_takes_every_page_at_its_price(times):
    found = vm_script.run("store_full_vm.py", times)
    assert found["written"] >= times * 64 * 4096
    assert (found["refused"], found["out_of_turn"]) == (0, 0)
    assert found["removed"] > found["removed_pulled"] > 2 * times
    assert found["least_free"] >= 10, "15 % of 64 blocks"
    assert found["full"]["p99"] <= 2 * found["empty"]["p99"]
