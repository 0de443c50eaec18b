# SPDX-License-Identifier: MIT
"""The chip in its boot loader, through esptool: found, looked at, erased, written, read back by its MD5.

Everything that can be refused is refused before the erase. What fails at the fast rate is done again at the slow one.
"""

import contextlib
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RollerError
from .image import FLASH_START
from .source import Image

_CHIP = "ESP32"
_FAST_BAUD, _SLOW_BAUD = 921600, 115200
_SILENCE_S = 3.0
_CONFUSED = (IndexError, ValueError, struct.error)  # what esptool raises, besides its own, at answers of a wrong shape
_PTY = re.compile(r"/dev/pts/\d+|/dev/ttys\d+")  # of Linux and of macOS: they have no DTR and no RTS
_FILES_AT = (0x200000, 0x201000)  # the two superblocks of the file system of ESP32_GENERIC
_LITTLEFS = b"littlefs"
_LITTLEFS_AT = 8
_CURE = "hold its BOOT button while it starts, check the cable, run it again: it begins anew"


@dataclass(frozen=True)
class Chip:
    """The chip that answers: its MAC address in hex, and whether MicroPython's file system is on its flash."""

    mac: str
    flash_bytes: int
    holds_files: bool


@dataclass(frozen=True)
class Written:
    """What was done: the rate that worked, on which chip."""

    chip: Chip
    baud: int


def write(
    image: Image,
    port: str,
    may_erase: Callable[[Chip], None] | None = None,
    say: Callable[[int, int], None] | None = None,
) -> Written:
    """Erase the flash of the ESP32 on `port`, write the image and verify it; the chip is started at the end.

    `may_erase` is asked right before the erase and refuses by a RollerError; `say` hears (bytes sent, bytes in all).
    RollerError when no ESP32 answers, its flash is too small, or what it holds in the end is not the image.
    """
    import esptool

    try:
        with _quietly(say):
            try:
                return _written(image, port, _FAST_BAUD, may_erase)
            except _RateError:
                return _written(image, port, _SLOW_BAUD, may_erase)
    except (esptool.FatalError, OSError, _RateError, *_CONFUSED) as error:
        said = "its answer makes no sense" if isinstance(error, _CONFUSED) else str(error).strip()
        raise RollerError(f"the ESP32 could not be flashed: {(said or 'no answer').splitlines()[0]}", _CURE) from error


class _RateError(Exception):
    """The chip was there, and something failed from the change of the rate on."""


def _written(image: Image, port: str, baud: int, may_erase: Callable[[Chip], None] | None) -> Written:
    import esptool

    with _loader(port) as esp:
        try:
            if baud != _SLOW_BAUD:
                esp.change_baud(baud)
            esptool.attach_flash(esp)
            chip = _look(esp)
            _check_flash(chip, image)
            if may_erase:
                may_erase(chip)
            esptool.write_flash(esp, [(FLASH_START, image.data)], erase_all=True)
            esptool.verify_flash(esp, [(FLASH_START, image.data)])
            return Written(chip, baud)
        except (esptool.FatalError, OSError, *_CONFUSED) as error:
            raise _RateError(str(error)) from error


@contextlib.contextmanager
def _loader(port: str) -> Iterator[Any]:
    """Give esptool's own program on the ESP32 at `port`, at the slow rate; RollerError for another chip.

    In the end the chip is started anew, also one that was refused: it runs what it ran before.
    """
    import esptool

    has_no_lines = _has_no_lines(port)
    rom = esptool.connect_esp(port, before="no-reset" if has_no_lines else "default-reset")
    with rom:
        esp = rom
        try:
            if rom.CHIP_NAME != _CHIP:
                raise RollerError(
                    f"the chip on {port} is an {rom.CHIP_NAME}, not an {_CHIP}", "connect a board with an ESP32"
                )
            rom._port.timeout = _SILENCE_S  # esptool itself waits for ever for a program in RAM that does not start
            esp = esptool.run_stub(rom)
            yield esp
        finally:
            with contextlib.suppress(esptool.FatalError, OSError, *_CONFUSED):
                esptool.reset_chip(esp, "no-reset" if has_no_lines else "hard-reset")


def _look(esp: Any) -> Chip:
    """Return what there is to know of a chip before it is erased."""
    from esptool.cmds import detect_flash_size
    from esptool.util import flash_size_bytes

    size = flash_size_bytes(detect_flash_size(esp)) or 0
    blocks = [esp.read_flash(at, _LITTLEFS_AT + len(_LITTLEFS)) for at in _FILES_AT if at < size]
    return Chip(bytes(esp.read_mac()).hex(), size, any(block[_LITTLEFS_AT:] == _LITTLEFS for block in blocks))


def _check_flash(chip: Chip, image: Image) -> None:
    if not chip.flash_bytes:
        raise RollerError("the flash of the ESP32 does not answer", "take another board: its flash chip is not known")
    if chip.flash_bytes < image.layout.flash_bytes:
        mb = 1024 * 1024
        has, needs = chip.flash_bytes // mb, image.layout.flash_bytes // mb
        raise RollerError(f"the ESP32 has {has} MB of flash, the image needs {needs}", "take an image for this board")


def _has_no_lines(port: str) -> bool:
    """Tell whether a port is a pty, which cannot reset a chip: one behind it waits in its boot loader already."""
    return bool(_PTY.fullmatch(str(Path(port).resolve())))


@contextlib.contextmanager
def _quietly(say: Callable[[int, int], None] | None) -> Iterator[None]:
    """Keep esptool's words from the user for the length of a block; pass on how far it is."""
    from esptool.logger import EspLog, EspLogBase

    class Quiet(EspLogBase):
        def print(self, *args: Any, **kwargs: Any) -> None:
            pass

        err = warn = note = hint = debug = set_verbosity = print

        def progress_bar(self, cur_iter: int, total_iters: int, *args: Any, **kwargs: Any) -> None:
            if say:
                say(cur_iter, total_iters)

    before = EspLog.instance
    EspLog.instance = Quiet()
    try:
        yield
    finally:
        EspLog.instance = before
