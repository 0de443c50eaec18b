# SPDX-License-Identifier: MIT
"""Virtual boards for tests: with the firmware on them, with samples made to order, and a port to type at."""

import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from littlefs import LittleFS, UserContext

from rolltools.link import Link
from rolltools.pulling import Pulled, pull
from rolltools.session_source import StoppedBoard
from rolltools.virtual.board import FLASH_BYTES

BLOCK_BYTES = 4096
RATE_HZ = 208.0
HEADER = "t,ax,ay,az,gx,gy,gz,force\n"


def until(what: Callable[[], object], timeout_s: float = 10.0, pause_s: float = 0.003) -> object:
    """Return the first true `what()`; AssertionError after `timeout_s`."""
    end = time.monotonic() + timeout_s
    while not (value := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(pause_s)
    return value


def mpremote(port: str, *words: str, timeout_s: float = 30.0) -> subprocess.CompletedProcess[bytes]:
    """Run stock mpremote on a port; CalledProcessError when it fails."""
    command = [sys.executable, "-m", "mpremote", "connect", port, *words]
    return subprocess.run(command, check=True, capture_output=True, timeout=timeout_s)


def roller(*words: str, timeout_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run the command line and return how it ended."""
    command = [sys.executable, "-m", "rolltools", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)


def with_firmware(image: Path, folder: Path) -> Path:
    """Make `folder` the folder of a board with this flash, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(image, folder / "flash.img")
    return folder


class Flash:
    """The files in a board's flash image, read by another littlefs than the board's own."""

    def __init__(self, folder: Path) -> None:
        data = (folder / "flash.img").read_bytes()
        context = UserContext(len(data))
        context.buffer = bytearray(data)
        self._fs = LittleFS(context, block_size=BLOCK_BYTES, block_count=len(data) // BLOCK_BYTES, mount=False)
        self._fs.mount()

    def files(self, path: str = "/") -> dict[str, bytes]:
        """Return every file below a folder by its whole path; none where there is no such folder."""
        found = {}
        for folder, _, names in self._fs.walk(path):
            for name in names:
                whole = f"{folder.rstrip('/')}/{name}"
                with self._fs.open(whole, "rb") as stream:
                    found[whole] = stream.read()
        return found


def blank_flash(folder: Path) -> None:
    """Give a board's folder a flash with an empty file system."""
    context = UserContext(FLASH_BYTES)
    LittleFS(context, block_size=BLOCK_BYTES, block_count=FLASH_BYTES // BLOCK_BYTES).unmount()
    (folder / "flash.img").write_bytes(bytes(context.buffer))


def add_sessions(folder: Path, sessions: dict[str, bytes]) -> None:
    """Put session files onto a board's flash while it is off."""
    image = folder / "flash.img"
    data = image.read_bytes()
    context = UserContext(len(data))
    context.buffer = bytearray(data)
    fs = LittleFS(context, block_size=BLOCK_BYTES, block_count=len(data) // BLOCK_BYTES)
    fs.makedirs("/sessions", exist_ok=True)
    for name, content in sessions.items():
        with fs.open(f"/sessions/{name}", "wb") as stream:
            stream.write(content)
    fs.unmount()
    image.write_bytes(bytes(context.buffer))


def session_bytes(folder: Path, name: str) -> bytes:
    """Return a session's file as it is on the flash now; empty while there is none, or while the flash is written."""
    try:
        return Flash(folder).files("/sessions").get(f"/sessions/{name}.roll", b"")
    except Exception:  # noqa: BLE001 - the board writes while this reads: any state of it may be torn
        return b""


def write_samples(path: Path, forces: list[float], az_g: int = 1) -> Path:
    """Write samples of a roller that does not move and is pressed: one force in N a sample."""
    rows = (f"{i / RATE_HZ:.6f},0,0,{az_g},0,0,0,{force:.4f}\n" for i, force in enumerate(forces))
    path.write_text(HEADER + "".join(rows))
    return path


def write_rows(path: Path, rows: list[tuple[float, float, float, float]]) -> Path:
    """Write samples: rows of (seconds, az in g, ay in g, newtons as the sensor reads)."""
    text, t = HEADER, 0
    for seconds, az, ay, force in rows:
        for _ in range(round(seconds * RATE_HZ)):
            text += f"{t / RATE_HZ:.6f},0,{ay},{az},0,0,0,{force}\n"
            t += 1
    path.write_text(text)
    return path


def pressed(rest_s: float, force_n: float, press_s: float) -> list[float]:
    """Return forces: at rest (the head weighs 1.47 N), then pressed within 0.1 s and held, with a little noise."""
    noise = [0.002 * (i * 7 % 5 - 2) for i in range(round((rest_s + press_s) * RATE_HZ))]
    ramp = 0.1 * RATE_HZ
    return [n - 1.47 + force_n * min(1.0, max(0.0, (i - rest_s * RATE_HZ) / ramp)) for i, n in enumerate(noise)]


def pull_all(link: Link, folder: Path, **options: Any) -> list[Pulled]:
    """Pull every session of a board at its prompt."""
    board = StoppedBoard(link)
    return pull(board, board.sessions(), folder, **options)


class Terminal:
    """A program that has the port open and types at it; a context manager."""

    def __init__(self, port: str) -> None:
        self._fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self.said = b""

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)

    def type(self, data: bytes) -> None:
        """Send bytes."""
        while data:
            data = data[os.write(self._fd, data) :]

    def hear(self, text: bytes, timeout_s: float = 10.0) -> bytes:
        """Read until `text` has come and return all up to it; AssertionError with what came instead."""
        end = time.monotonic() + timeout_s
        while text not in self.said:
            left = end - time.monotonic()
            assert left > 0, self.said[-500:]
            if select.select([self._fd], [], [], left)[0]:
                self.said += os.read(self._fd, 4096)
        head, _, self.said = self.said.partition(text)
        return head + text

    def prompt(self) -> None:
        """Interrupt whatever runs and reach the friendly REPL.

        What is typed while MicroPython on a PC goes from a program to its prompt is thrown away, so this asks again.
        """
        self.type(b"\x03\x02")
        for patience_s in (0.3, 1.0, 3.0, 10.0):
            self.type(b"\r1+1\r")
            try:
                self.hear(b"\r\n2", patience_s)
                return self.ask("'settled' + '.'", b"'settled.'")
            except AssertionError:
                continue
        raise AssertionError(self.said[-500:])

    def ask(self, line: str, answer: bytes) -> None:
        """Type a line at the REPL and hear its answer."""
        self.type(line.encode() + b"\r")
        self.hear(b"\r\n" + answer)
