# SPDX-License-Identifier: MIT
"""A board with one port: its boot loader while it is flashed, the virtual board while it runs, one flash for both.

The file system of the virtual board is the `vfs` partition of the modelled flash: what is erased there is gone for
MicroPython, and what MicroPython wrote is there for the boot loader. What runs is not the image but the virtual board,
and only where the flash holds this image whole.
"""

import contextlib
import os
import threading
import tty
from collections.abc import Callable
from pathlib import Path

from fakes.esp32_images import FLASH_START, on_flash
from fakes.loader_port import LoaderPort
from fakes.nor_flash import NorFlash
from fakes.rom_loader import Esp32

from rolltools.virtual.process import run_board

_VFS_AT = 0x200000
_LONGEST_SIGN = 64  # bytes that `on_heard` hears again, so that nothing it looks for is cut in two
_SYNC_BEGINS = b"\xc0\x00\x08\x24\x00"  # what esptool says first to a chip that it has just reset


class WholeBoard(LoaderPort):
    """A board with MicroPython, `image`, whose file system is `folder`/flash.img; bare without an image."""

    def __init__(self, folder: Path, image: bytes, bare: bool = False) -> None:
        super().__init__(Esp32(NorFlash(content=b"" if bare else on_flash(image))))
        self._folder = folder
        self._image = image
        self.on_heard: Callable[[bytes], None] = lambda data: None
        self._heard_last = b""
        self._app = contextlib.ExitStack()
        self._app_fd: int | None = None
        self.chip.on_reboot = self._start
        if not bare:
            self.chip.flash.data[_VFS_AT:] = (folder / "flash.img").read_bytes()
            self._start()

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._stop()

    def _boots(self) -> bool:
        return bytes(self.chip.flash.data[FLASH_START : FLASH_START + len(self._image)]) == self._image

    def _start(self) -> None:
        """Run what is on the flash; without a whole image the chip stays where it is."""
        if not self._boots():
            return
        self._folder.mkdir(exist_ok=True)
        (self._folder / "flash.img").write_bytes(self.chip.flash.data[_VFS_AT:])
        app = self._app.enter_context(run_board(self._folder, "--clock", "fast"))
        self._app_fd = os.open(app.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._app_fd)
        self._pumping = threading.Thread(target=self._pump, args=(self._app_fd,), daemon=True)
        self._pumping.start()

    def _pump(self, app_fd: int) -> None:
        """Pass on what the app says until it is gone."""
        with contextlib.suppress(OSError):
            while data := os.read(app_fd, 4096):
                self._send(data)

    def _stop(self) -> None:
        """Reset: what ran is gone, what it wrote stays."""
        if self._app_fd is None:
            return
        app_fd, self._app_fd = self._app_fd, None
        self._app.close()
        self._pumping.join()
        os.close(app_fd)
        self.chip.flash.data[_VFS_AT:] = (self._folder / "flash.img").read_bytes()

    def _heard(self, data: bytes) -> None:
        self.on_heard(self._heard_last + data)
        self._heard_last = data[-_LONGEST_SIGN:]
        if self._app_fd is not None and _SYNC_BEGINS in data:
            self._stop()
            self.chip.restart()
        if self._app_fd is None:
            super()._heard(data)
        else:
            os.write(self._app_fd, data)

    def _hung_up(self) -> None:
        if self._app_fd is None:
            super()._hung_up()
