# SPDX-License-Identifier: MIT
"""The board's flash in a file: a block device whose every write is there at once and whose erases take their time."""

import pytest
from fakes import board_rig  # noqa: F401 - puts the modelled board's modules on the path
from hypothesis import given, settings
from hypothesis import strategies as st

from clock import FLASH_ERASE_US, Clock  # isort: skip
from flash import BLOCK_BYTES, BLOCK_COUNT, FileFlash  # isort: skip

SIZE = BLOCK_BYTES * BLOCK_COUNT


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    path = tmp_path_factory.mktemp("flash") / "flash.img"
    path.write_bytes(b"\xff" * SIZE)
    return path


@pytest.fixture
def flash(image):
    with image.open("r+b") as stream:
        stream.write(b"\xff" * SIZE)
        stream.flush()
        yield FileFlash(stream, Clock())


def read(flash, block, size, offset=0):
    buffer = bytearray(size)
    flash.readblocks(block, buffer, offset)
    return bytes(buffer)


def test_its_size_is_that_of_the_esp32s_partition(flash):
    assert flash.ioctl(4, 0) * flash.ioctl(5, 0) == 2 * 1024 * 1024
    assert flash.ioctl(3, 0) == 0
    assert flash.ioctl(99, 0) is None


def test_a_write_is_in_the_file_before_it_returns(flash, image):
    flash.writeblocks(3, b"hello", 100)
    assert image.read_bytes()[3 * BLOCK_BYTES + 100 :][:5] == b"hello"


def test_an_erase_takes_its_time_and_a_program_next_to_none(image):
    with image.open("r+b") as stream:
        clock = Clock()
        flash = FileFlash(stream, clock)
        flash.writeblocks(1, bytes(16), 0)
        assert clock.now_us() == 0
        assert flash.ioctl(6, 1) == 0
        assert clock.now_us() == FLASH_ERASE_US
        flash.writeblocks(1, bytes(2 * BLOCK_BYTES))  # without an offset: two blocks are erased first
        assert clock.now_us() == 3 * FLASH_ERASE_US
        assert (flash.erases, flash.programmed_bytes) == (3, 16 + 2 * BLOCK_BYTES)


def test_an_erase_touches_its_block_only(flash):
    for block in (4, 5, 6):
        flash.writeblocks(block, bytes([block]) * BLOCK_BYTES)
    flash.ioctl(6, 5)
    assert [read(flash, block, 1) for block in (4, 5, 6)] == [b"\x04", b"\xff", b"\x06"]
    assert read(flash, 5, BLOCK_BYTES) == b"\xff" * BLOCK_BYTES


def test_blank_is_a_first_block_that_was_never_written(flash):
    assert flash.blank()
    flash.writeblocks(9, b"x", 0)
    assert flash.blank()
    flash.writeblocks(0, b"x", BLOCK_BYTES - 1)
    assert not flash.blank()


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, BLOCK_BYTES - 64), st.binary(max_size=64), st.booleans()),
        max_size=20,
    )
)
def test_it_is_memory(image, writes):
    """Against a plain bytearray: any order of writes and erases leaves the same bytes."""
    with image.open("r+b") as stream:
        stream.write(b"\xff" * (8 * BLOCK_BYTES))
        stream.flush()
        flash, memory = FileFlash(stream, Clock()), bytearray(b"\xff" * (8 * BLOCK_BYTES))
        for block, offset, data, erase in writes:
            at = block * BLOCK_BYTES
            if erase:
                flash.ioctl(6, block)
                memory[at : at + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
            flash.writeblocks(block, data, offset)
            memory[at + offset : at + offset + len(data)] = data
        assert b"".join(read(flash, block, BLOCK_BYTES) for block in range(8)) == memory
