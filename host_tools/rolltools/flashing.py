# SPDX-License-Identifier: MIT
"""MicroPython onto a bare ESP32, through esptool; nothing is erased before the file is proven to be the right one."""

import contextlib
import hashlib
import io
from pathlib import Path

from .errors import RollerError

FLASH_ADDRESS = 0x1000  # where the combined ESP32_GENERIC image begins
_BAUD = 921600
_IMAGE_MAGIC = 0xE9
_CHIP_ID_AT = 12
_ESP32_CHIP_ID = 0
_HEADER_BYTES = 24
_LARGEST_BYTES = 4 * 1024 * 1024 - FLASH_ADDRESS
_SHA256_DIGITS = 64


def checked_image(path: Path, sha256: str) -> bytes:
    """Return the image in `path`; RollerError unless its SHA-256 is the pinned one and it is made for an ESP32."""
    wanted = sha256.lower().strip()
    if len(wanted) != _SHA256_DIGITS or set(wanted) - set("0123456789abcdef"):
        raise RollerError("the given SHA-256 is not 64 hexadecimal digits", "copy it whole from the download page")
    if path.stat().st_size > _LARGEST_BYTES:
        raise RollerError(f"{path} is larger than the flash", "take the ESP32_GENERIC .bin file")
    image = path.read_bytes()
    found = hashlib.sha256(image).hexdigest()
    if found != wanted:
        raise RollerError(f"{path} is not the pinned file: its SHA-256 is {found}", "download it again, whole")
    if len(image) < _HEADER_BYTES or image[0] != _IMAGE_MAGIC:
        raise RollerError(f"{path} is no ESP32 image", "take the ESP32_GENERIC .bin file")
    chip = int.from_bytes(image[_CHIP_ID_AT : _CHIP_ID_AT + 2], "little")
    if chip != _ESP32_CHIP_ID:
        raise RollerError(f"{path} is made for another chip (id {chip}), not for the ESP32", "take ESP32_GENERIC")
    return image


def flash(image: bytes, port: str | None) -> str:
    """Write a proven image to the ESP32 on `port` (None: the one that answers), verify it, return the port."""
    import esptool

    said = io.StringIO()
    try:
        with (
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),  # its warnings are about the code that calls it
            esptool.connect_esp(port, chip="esp32") as rom,
        ):
            esp = esptool.run_stub(rom)
            with contextlib.suppress(esptool.NotImplementedInROMError):
                esp.change_baud(_BAUD)
            esptool.attach_flash(esp)
            esptool.write_flash(esp, [(FLASH_ADDRESS, image)], erase_all=True)
            esptool.verify_flash(esp, [(FLASH_ADDRESS, image)])
            esptool.reset_chip(esp, "hard-reset")
            return str(esp.serial_port)
    except (esptool.FatalError, OSError) as error:
        last = (str(error).strip().splitlines() or ["no answer"])[0]
        raise RollerError(
            f"the ESP32 could not be flashed: {last}",
            "hold its BOOT button while it starts, check the cable, run it again",
        ) from error
