# SPDX-License-Identifier: MIT
"""A flashing that is cut off: in a process of its own that is killed, or by a cable or a supply that goes."""

import multiprocessing
import os
import signal

from fakes.esp32_images import combined
from fakes.loader_port import LoaderPort
from fakes.nor_flash import NorFlash
from fakes.rom_loader import Esp32

from rolltools.errors import RollerError
from rolltools.flashing import chip, image
from rolltools.flashing.source import Image

USED = bytes(range(1, 256)) * 2100  # what an old flash holds: no byte of it is erased


def proven(data: bytes | None = None) -> Image:
    """Return an image as the command hands it on."""
    data = combined() if data is None else data
    return Image("test.bin", data, "", image.check(data, "test.bin"))


def used_chip(**options) -> Esp32:
    """Return a chip whose flash was in use before, all over the part that an image takes."""
    return Esp32(NorFlash(content=USED), **options)


def write_and_die(board: LoaderPort, taken: Image, after_commands: int) -> bool:
    """Flash in a process that is killed when the chip has got so many commands; return whether it was."""
    process = multiprocessing.get_context("fork").Process(target=_write, args=(board, taken))
    killed = []

    def kill(count: int) -> None:
        if count == after_commands:
            os.kill(process.pid, signal.SIGKILL)
            killed.append(count)

    board.chip.commands.clear()
    board.chip.on_command = kill
    process.start()
    process.join()
    board.wait_until_closed()
    board.chip.on_command = lambda count: None
    return bool(killed)


def _write(board: LoaderPort, taken: Image) -> None:
    board.leave_to_the_parent()
    chip.write(taken, board.port)


def write_and_fail(board: LoaderPort, taken: Image) -> RollerError | None:
    """Flash; return the error if there was one."""
    try:
        chip.write(taken, board.port)
    except RollerError as error:
        return error
    return None
