# SPDX-License-Identifier: MIT
"""Which images pass: a flip anywhere, a cut anywhere, and parts that are whole but of the wrong kind."""

import random

import pytest
from esptool.bin_image import LoadFirmwareImage
from fakes.esp32_images import APP_AT, DEFAULT_TABLE, FACTORY, NVS, PHY, TABLE_AT, combined, part, table

from rolltools.errors import RollerError
from rolltools.flashing.image import Layout, check

IMAGE = combined()
BOOT = [(0x40080400, b"boot loader")]
APP = [(0x400D0020, b"application!")]
HEADER_BITS = [8 * start + bit for start in (0, APP_AT) for bit in range(8 * 32)]
TABLE_BITS = range(8 * TABLE_AT, 8 * (TABLE_AT + 6 * 32))  # its lines, its MD5, and a line behind them


def flipped(bit: int, image: bytes = IMAGE) -> bytes:
    data = bytearray(image)
    data[bit >> 3] ^= 1 << (bit & 7)
    return bytes(data)


def refused(image: bytes, trust: bool = True) -> str:
    with pytest.raises(RollerError) as failed:
        check(image, "x.bin", trust)
    assert failed.value.cure
    return failed.value.cause


def test_a_whole_image_passes():
    assert check(IMAGE, "x.bin") == Layout(flash_bytes=4 * 1024 * 1024, hashed=True)
    assert check(IMAGE + b"\xff" * 100, "x.bin").hashed, "padding behind it does no harm"


@pytest.mark.parametrize("start", [0, APP_AT])
def test_the_images_of_the_tests_are_what_esptool_takes_for_one(start):
    read = LoadFirmwareImage("esp32", IMAGE[start:])
    assert read.chip_id == 0 and read.append_digest and read.stored_digest == read.calc_digest
    assert read.checksum == read.calculate_checksum()


def test_one_bit_of_the_headers_or_the_table():
    for bit in (*HEADER_BITS, *TABLE_BITS):
        refused(flipped(bit))


def test_one_bit_anywhere():
    for bit in random.Random(1).sample(range(8 * len(IMAGE)), 2000):
        refused(flipped(bit))


@pytest.mark.exhaustive
def test_every_bit():
    for bit in range(8 * len(IMAGE)):
        refused(flipped(bit))


def test_cut_off_anywhere():
    for size in (*range(40), *random.Random(2).sample(range(len(IMAGE)), 500), *range(APP_AT, APP_AT + 40)):
        refused(IMAGE[:size])


@pytest.mark.exhaustive
def test_cut_off_at_every_byte():
    for size in range(len(IMAGE)):
        refused(IMAGE[:size])


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        (b"", "is no ESP32 image"),
        (b"\x7fELF" + IMAGE[4:], "is no ESP32 image"),
        (combined(boot=part(BOOT, chip=9)), "boot loader is made for another chip (id 9)"),
        (combined(app=part(APP, chip=9)), "application is made for another chip (id 9)"),
        (combined(boot=part(BOOT, chip=0x0500)), "made for another chip"),
        (combined(boot=part(BOOT, hashed=2)), "the header of its boot loader is damaged"),
        (combined(boot=part([])), "the header of its boot loader is damaged"),
        (combined(boot=part([(0x40080400, bytes(TABLE_AT))])), "its boot loader is cut off"),
        (part(APP), "its partition table is cut off"),  # an application without the rest
        (combined(app=b"\xff" * 64), "there is no application where it should be"),
        (combined(app=part(APP) + b"more"), "in the gap at 0xf050"),
        (combined(partitions=table()[:-1] + b"\0"), "behind the end of its partition table"),
        (combined(partitions=table((*DEFAULT_TABLE, (1, 2, 0x400000, 0x1000, b"far")))), "makes no sense"),
        (combined(partitions=table(((*FACTORY, b"a"), (*FACTORY, b"b")))), "makes no sense"),
        (combined(partitions=table(((1, 2, 0x9100, 0x1000, b"odd"), (*FACTORY, b"app")))), "makes no sense"),
        (combined(partitions=table(((1, 2, 0x8000, 0x1000, b"self"), (*FACTORY, b"app")))), "makes no sense"),
        (combined(partitions=table(((1, 2, 0x9000, 0, b"none"), (*FACTORY, b"app")))), "makes no sense"),
        (combined(partitions=table(((*NVS, b"nvs"), (*PHY, b"phy")))), "has no application"),
        (combined(partitions=table(((0, 0, 0x10000, 0x40, b"small"),))), "application is cut off"),
        (combined(boot=part(BOOT, flash_size=1)), "makes no sense"),  # the boot loader knows 2 MB, the table has 4
    ],
)
def test_whole_but_not_right(image, cause):
    assert cause in refused(image)


def test_a_part_without_a_hash_needs_trust():
    for image in (combined(boot=part(BOOT, hashed=False)), combined(app=part(APP, hashed=False))):
        assert "carries no SHA-256 of its own" in refused(image, trust=False)
        assert check(image, "x.bin", trust=True) == Layout(4 * 1024 * 1024, hashed=False)
        assert "the checksum" in refused(
            flipped(8 * image.index(b"oot lo" if b"oot lo" in image else b"pplica"), image)
        )


def test_the_first_of_two_applications_where_there_is_no_factory():
    lines = [(0, 0x11, 0x180000, 0x170000, b"ota_1"), (0, 0x10, 0x10000, 0x170000, b"ota_0")]
    assert check(combined(partitions=table(lines)), "x.bin").flash_bytes == 0x2F0000
