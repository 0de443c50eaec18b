# SPDX-License-Identifier: MIT
"""A virtual board in a folder: its flash image, the samples its sensors will show, and the port that it answers on."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import RollerError
from ..vm import micropython_command
from .bridge import Bridge, Vm
from .process import NOTES_NAME

FLASH_BYTES = 512 * 4096  # the `vfs` partition of ESP32_GENERIC on 4 MB of flash
HEAP = "8M"  # the models share the VM with the firmware; the firmware's own need is proven on the 32-bit VM
DEVICE_DIR = Path(__file__).parent / "device"


class VirtualBoard:
    """The board in `folder`; `samples` is a chip samples file or None for a board that lies still.

    `clock` is "real" or "fast", `board` one that is modelled; `holds_bytes` is the size of its input buffer. Raises
    RollerError when the folder is in use or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        samples: Path | None = None,
        clock: str = "real",
        board: str = "thing_plus",
        holds_bytes: int | None = None,
    ) -> None:
        self._start: dict[str, Any] = {
            "samples": str(samples.resolve()) if samples else None,
            "clock": clock,
            "board": board,
        }
        self._holds_bytes = holds_bytes
        self.on_baud: Callable[[int], None] = lambda _baud: None  # hears when the board changes the rate of its port
        self._folder = folder.resolve()
        self._lock_folder()
        self._make_flash()
        self._notes = (self._folder / NOTES_NAME).open("w")
        self._run_dir = self._folder / "run"
        shutil.rmtree(self._run_dir, ignore_errors=True)  # of a board that was killed
        self._run_dir.mkdir()
        self._channel = self._open_pipe("channel")
        self._interrupts = self._open_pipe("interrupts")
        self._bridge = Bridge(self._start_vm, self._channel, self._interrupts, self._note)
        self.port = self._bridge.port

    def serve(self) -> None:
        """Run the board until the process is killed."""
        self._bridge.serve()

    def close(self) -> None:
        """Switch it off and leave the folder."""
        self._bridge.close()
        self._notes.close()
        os.close(self._channel)
        os.close(self._interrupts)
        shutil.rmtree(self._run_dir, ignore_errors=True)
        self._lock.close()

    def _open_pipe(self, name: str) -> int:
        os.mkfifo(self._run_dir / name)
        # Opened for both directions: this end stays open when an interpreter ends and the next one starts.
        return os.open(self._run_dir / name, os.O_RDWR)

    def _lock_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self._folder / "lock").open("w")
        except OSError as error:
            raise RollerError(
                f"the board's folder {self._folder} cannot be used: {error.strerror}", "name another folder with --dir"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RollerError(
                f"another virtual board runs in {self._folder}", "stop it, or name another folder with --dir"
            ) from error

    def _make_flash(self) -> None:
        """Make a blank flash where there is none."""
        image = self._folder / "flash.img"
        if image.exists():
            if image.stat().st_size != FLASH_BYTES:
                raise RollerError(
                    f"{image} is {image.stat().st_size} bytes and not {FLASH_BYTES}",
                    "delete it, or name another folder",
                )
            return
        part = image.with_suffix(".part")
        part.write_bytes(b"\xff" * FLASH_BYTES)
        part.replace(image)

    def _start_vm(self, cause: int, state: dict[str, Any] | None, run_main: bool) -> Vm:
        run_dir = self._run_dir
        start = self._start | {
            "device": str(DEVICE_DIR),
            "channel": str(run_dir / "channel"),
            "interrupts": str(run_dir / "interrupts"),
            "flash": str(self._folder / "flash.img"),
            "cause": cause,
            "state": state,
            "run_main": run_main,
        }
        (run_dir / "start.json").write_text(json.dumps(start))
        command = [*micropython_command(), "-X", f"heapsize={HEAP}", "-i", str(DEVICE_DIR / "power_on.py")]
        return Vm([*command, str(run_dir / "start.json")], run_dir, self._holds_bytes)

    def _note(self, t_us: int, name: str, value: Any) -> None:
        if name == "baud":
            self.on_baud(value)
        self._notes.write(json.dumps({"t_s": t_us / 1e6, "name": name, "value": value}) + "\n")
        self._notes.flush()
