# SPDX-License-Identifier: MIT
"""Combined ESP32 images for tests, built from the description of the format: small, and whole in every part."""

import hashlib
import random
import struct

FLASH_START = 0x1000
TABLE_AT = 0x7000
APP_AT = 0xF000
NVS, PHY, FACTORY, VFS = (1, 2, 0x9000, 0x6000), (1, 1, 0xF000, 0x1000), (0, 0, 0x10000, 0x1F0000), (1, 0x81, 0x200000)
DEFAULT_TABLE = ((*NVS, b"nvs"), (*PHY, b"phy_init"), (*FACTORY, b"factory"), (*VFS, 0x200000, b"vfs"))


def part(segments, chip=0, flash_size=2, hashed=True, entry=0x40080400):
    """Return a boot loader or an application: `segments` are (load address, content)."""
    # magic, segments, mode, size and frequency, entry; wp pin, drives; chip, revisions; reserved, hash
    head = struct.pack("<BBBBI", 0xE9, len(segments), 2, flash_size << 4, entry)
    head += struct.pack("<BBBBHBHH4xB", 0xEE, 0, 0, 0, chip, 0, 0, 0xFFFF, hashed)
    body = b"".join(struct.pack("<II", address, len(data)) + data for address, data in segments)
    checksum = 0xEF
    for _, data in segments:
        for byte in data:
            checksum ^= byte
    whole = head + body
    whole += bytes(15 - len(whole) % 16) + bytes([checksum])
    return whole + hashlib.sha256(whole).digest() if hashed else whole


def table(lines=DEFAULT_TABLE):
    """Return a partition table, with its MD5, padded to its room."""
    entries = b"".join(
        struct.pack("<HBBII16sI", 0x50AA, kind, subtype, offset, size, name, 0)
        for kind, subtype, offset, size, name in lines
    )
    whole = entries + b"\xeb\xeb" + b"\xff" * 14 + hashlib.md5(entries).digest()
    return whole + b"\xff" * (0xC00 - len(whole))


def combined(boot=None, partitions=None, app=None, noise=7, app_bytes=3000):
    """Return a combined image as ESP32_GENERIC has it; `app_bytes` of its application do not compress."""
    noisy = random.Random(noise).randbytes
    boot = boot or part([(0x3FFF0030, noisy(300)), (0x40078000, noisy(1200)), (0x40080400, noisy(404))])
    app = app or part([(0x3F400020, noisy(app_bytes // 2)), (0x400D0020, noisy(app_bytes - app_bytes // 2))])
    whole = boot.ljust(TABLE_AT, b"\xff") + (partitions or table())
    return whole.ljust(APP_AT, b"\xff") + app


def on_flash(image, flash_bytes=4 * 1024 * 1024):
    """Return what a flash holds that was erased and then got the image."""
    return (b"\xff" * FLASH_START + image).ljust(flash_bytes, b"\xff")
