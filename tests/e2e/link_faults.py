# SPDX-License-Identifier: MIT
"""What can go wrong between a PC and a board, each provoked: python tests/e2e/link_faults.py [page to write].

A fault has a name for the page, a command that meets it, and a function that makes it and yields the port to name: None
for no --port. What is said of it is what the command line prints.
"""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    TESTS = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(TESTS), str(TESTS.parent / "firmware")]

import rolltools  # noqa: E402, F401 - makes the firmware's stand-ins importable

# isort: split
import pytest  # noqa: E402
from fakes import esp32_images  # noqa: E402
from fakes.loader_port import LoaderPort  # noqa: E402
from fakes.nor_flash import NorFlash  # noqa: E402
from fakes.pty_port import port  # noqa: E402
from fakes.roll_files import write_roll  # noqa: E402
from fakes.rom_loader import ESP32_S3, Esp32  # noqa: E402
from fakes.scripted_repl import Script, said  # noqa: E402
from fakes.virtual_boards import add_sessions, blank_flash, pressed, until, with_firmware, write_samples  # noqa: E402

from rolltools import cli, console  # noqa: E402
from rolltools.deploying import deploy, firmware_files  # noqa: E402
from rolltools.fetching import Fetch  # noqa: E402
from rolltools.link import AppLink, Link  # noqa: E402
from rolltools.virtual.line import Line  # noqa: E402
from rolltools.virtual.process import run_board  # noqa: E402
from rolltools.virtual.wire import Faults  # noqa: E402

TRACE = b'Traceback (most recent call last):\r\n  File "<stdin>", line 1\r\nOSError: [Errno 5] EIO\r\n'
SLOTS = {
    "active": "a",
    "slots": {"a": [{}, ""], "b": [{}, ""]},
    "root": None,
    "free_bytes": 10**6,
    "mpy": 6,
    "window_bits": 12,
}


@dataclass
class Said:
    """What the command line said: exit code, cause, cure, and in how many seconds."""

    code: int
    cause: str
    cure: str
    seconds: float
    stdout: str


@dataclass
class Rig:
    """Where faults are made: a folder, the flash of a board with the firmware, and what undoes patches."""

    folder: Path
    firmware_image: Path
    patches: pytest.MonkeyPatch
    names: dict[str, str] = field(default_factory=dict)

    def ports(self, *devices: str) -> None:
        """Let these be the serial ports of the PC."""
        found = [type("Port", (), {"device": device, "vid": 0x10C4}) for device in devices]
        self.patches.setattr("rolltools.link.port.list_ports.comports", lambda: found)

    def image(self, data: bytes) -> None:
        """Let IMAGE be a file with these bytes, and SHA256 its digest."""
        path = self.folder / "image.bin"
        path.write_bytes(data)
        self.names |= {"IMAGE": str(path), "SHA256": hashlib.sha256(data).hexdigest()}


@dataclass(frozen=True)
class Fault:
    """One fault: what the page calls it, the command that meets it, and what makes it."""

    name: str
    command: str
    make: Callable[[Rig], Any]

    @property
    def is_scripted(self) -> bool:
        """Tell whether what answers is no board but a script, which answers at once or never."""
        return "run_board" not in self.make.__code__.co_names and "_bare_board" not in self.make.__code__.co_names

    def provoke(self, rig: Rig) -> Said:
        """Make it, run the command and return what was said, with the names of files and ports as the page has them."""
        rig.names |= {"TO": str(rig.folder / "to")}
        with contextlib.contextmanager(self.make)(rig) as name:
            if name:
                rig.names["PORT"] = name
            words = [rig.names.get(word, word) for word in self.command.split()]
            return _run(words + (["--port", name] if name else []), rig.names)


FAULTS: list[Fault] = []


def fault(name: str, command: str) -> Callable[[Callable[[Rig], Iterator[str | None]]], Any]:
    """Take a function that makes a fault, which a command meets."""

    def take(make: Callable[[Rig], Iterator[str | None]]) -> Any:
        FAULTS.append(Fault(name, command, make))
        return make

    return take


def _run(words: list[str], names: dict[str, str]) -> Said:
    out, err = io.StringIO(), io.StringIO()
    start_s = time.monotonic()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = console.run(lambda: cli.app(words, prog_name="roller"))
    took_s = time.monotonic() - start_s
    text = err.getvalue()
    for name, value in sorted(names.items(), key=lambda item: -len(item[1])):
        text = text.replace(value, name)
    lines = [line for line in text.splitlines() if line.startswith(("error: ", "cure:  "))]
    cause, cure = (line[7:] for line in lines) if len(lines) == 2 else (text, "")
    return Said(code, cause, cure, took_s, out.getvalue())


# -- the port ----------------------------------------------------------------------------------------------------------


@fault("No board is connected", "pull --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    rig.ports()
    yield None


@fault("Two boards are connected", "pull --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    rig.ports("/dev/ttyUSB0", "/dev/ttyUSB1")
    yield None


@fault("There is no such port", "pull --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    rig.ports()
    yield "/dev/ttyUSB99"


@fault("The port is a file", "deploy")
def _(rig: Rig) -> Iterator[str | None]:
    (rig.folder / "file").write_text("x")
    yield str(rig.folder / "file")


@fault("Another program has the port", "live --json")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(Script()) as name, open(name) as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        yield name


@fault("The user may not open the port", "doctor")
def _(rig: Rig) -> Iterator[str | None]:

    def denied(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied")

    rig.patches.setattr("rolltools.link.port.SerialTransport", denied)
    rig.patches.setattr("os.access", lambda path, mode: False)  # these tests may run as root, who may everything
    with port(Script()) as name:
        yield name


# -- what answers there ------------------------------------------------------------------------------------------------


@fault("Nothing answers: no power, no board, or it sleeps", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(lambda _data: b"") as name:
        yield name


@fault("What answers is no MicroPython, and never stops talking", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(lambda _data: b"spam " * 20000) as name:
        yield name


@fault("The board waits in its boot loader", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with LoaderPort(Esp32(NorFlash(4 << 20))) as board:
        yield board.port


@fault("There is no MicroPython on the board", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(lambda _data: b"invalid header: 0xffffffff\r\n" * 20) as name:
        yield name


@fault("MicroPython crashes at every start", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(lambda _data: b"Guru Meditation Error: Core  1 panic'ed (LoadProhibited).\r\n") as name:
        yield name


@fault("No app runs on the board", "live --json")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(lambda data: data and data + b"\r\nTraceback (most recent call last):\r\nSyntaxError\r\n>>> ") as name:
        yield name


@fault("The file system of the board is damaged", "pull --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    board = rig.folder / "board"
    board.mkdir()
    (board / "flash.img").write_bytes(b"\x55" * (512 * 4096))
    with run_board(board, "--clock", "fast") as running:
        yield running.port


@fault("MicroPython on the board is too old", "deploy")
def _(rig: Rig) -> Iterator[str | None]:
    rig.patches.setattr("rolltools.clock_contact.make", lambda _link: [])
    with port(_answers({"named": "thing_plus"}, SLOTS | {"version": [1, 23]})) as name:
        yield name


@fault("The flash of the board is full", "deploy")
def _(rig: Rig) -> Iterator[str | None]:
    rig.patches.setattr("rolltools.clock_contact.make", lambda _link: [])
    with port(_answers({"named": "thing_plus"}, SLOTS | {"version": [1, 24], "mpy": MPY, "free_bytes": 4096})) as name:
        yield name


@fault("A program fails on the board", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(Script(said(error=TRACE))) as name:
        yield name


@fault("The board falls silent in the middle of an answer", "doctor")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(Script(b"half an ans")) as name:
        yield name


@fault("There is no such board", "deploy --board toothbrush")
def _(_rig: Rig) -> Iterator[str | None]:
    yield "/dev/ttyUSB0"


# -- what it says ------------------------------------------------------------------------------------------------------


@fault("The board's list of sessions is none", "pull --stop --to TO")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(_answers([["s000001.roll", -1, False, 0]])) as name:
        yield name


@fault("The board offers a file that leads out of the folder", "pull --stop --to TO")
def _(_rig: Rig) -> Iterator[str | None]:
    with port(_answers([["../../.bashrc", 5, False, 0]])) as name:
        yield name


@fault("The folder has a session of another board with the same name", "pull --stop --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    with _bare_board(rig, {"s000001.roll": write_roll(rig.folder / "made").read_bytes()}) as name:
        (rig.folder / "to").mkdir()
        write_roll(rig.folder / "to" / "s000001.roll", device="0badf00d", strokes=2)
        yield name


@fault("The roller is in contact", "pull --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    samples = write_samples(rig.folder / "samples.csv", pressed(0.5, 5.0, 60.0))
    board = with_firmware(rig.firmware_image, rig.folder / "board")
    with run_board(board, "--samples", str(samples)) as running:
        with AppLink(running.port) as app:
            until(lambda: _in_contact(app), 20, 0.05)
        yield running.port


# -- the line ----------------------------------------------------------------------------------------------------------


@fault("The cable comes out in the middle of a pull", "pull --stop --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    with _bare_board(rig, {"s000001.roll": os.urandom(20_000)}) as name, _line(name, up=Faults(cut_after=9000)) as line:
        yield line


@fault("The cable comes out in the middle of a deploy", "deploy")
def _(rig: Rig) -> Iterator[str | None]:
    with _bare_board(rig, {}) as name, _line(name, down=Faults(cut_after=25_000)) as line:
        yield line


@fault("The cable comes out while the roller is watched", "live --json")
def _(rig: Rig) -> Iterator[str | None]:
    board = with_firmware(rig.firmware_image, rig.folder / "board")
    with run_board(board) as running:
        with AppLink(running.port) as app:
            until(lambda: _in_contact(app) is not None, 20, 0.05)
        with _line(running.port, up=Faults(cut_after=3000)) as line:
            yield line


@fault("The line is so bad that hardly anything comes through", "pull --stop --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    with _bare_board(rig, {"s000001.roll": os.urandom(20_000)}) as name, _line(name, up=Faults(flipped=0.05)) as line:
        yield line


# -- the PC ------------------------------------------------------------------------------------------------------------


@fault("The disk of the PC is full", "pull --stop --to TO")
def _(rig: Rig) -> Iterator[str | None]:

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    rig.patches.setattr(Fetch, "_fill", full)
    with _bare_board(rig, {"s000001.roll": os.urandom(2000)}) as name:
        yield name


@fault("The folder for the sessions cannot be made", "pull --stop --to TO")
def _(rig: Rig) -> Iterator[str | None]:
    (rig.folder / "to").write_text("a file")
    with _bare_board(rig, {"s000001.roll": os.urandom(2000)}) as name:
        yield name


# -- the image ---------------------------------------------------------------------------------------------------------


@fault("Nobody says which image it must be", "flash IMAGE")
def _(rig: Rig) -> Iterator[str | None]:
    rig.image(esp32_images.combined())
    yield "/dev/ttyUSB0"


@fault("One bit of the image is another", "flash IMAGE --sha256 SHA256")
def _(rig: Rig) -> Iterator[str | None]:
    data = bytearray(esp32_images.combined())
    rig.image(bytes(data))
    data[1000] ^= 1
    Path(rig.names["IMAGE"]).write_bytes(data)
    yield "/dev/ttyUSB0"


@fault("The image is not whole", "flash IMAGE --trust")
def _(rig: Rig) -> Iterator[str | None]:
    rig.image(esp32_images.combined()[:-1000])
    yield "/dev/ttyUSB0"


@fault("The image is for another chip", "flash IMAGE --trust")
def _(rig: Rig) -> Iterator[str | None]:
    rig.image(esp32_images.combined(boot=esp32_images.part([(0x40078000, bytes(400))], chip=9)))
    yield "/dev/ttyUSB0"


@fault("The file is no image", "flash IMAGE --trust")
def _(rig: Rig) -> Iterator[str | None]:
    rig.image(b"# a text\n" * 1000)
    yield "/dev/ttyUSB0"


@fault("There is no such file, and no such release", "flash 9.99")
def _(_rig: Rig) -> Iterator[str | None]:
    yield "/dev/ttyUSB0"


@fault("The address of the image is no https", "flash http://example.org/x.bin --sha256 " + "0" * 64)
def _(_rig: Rig) -> Iterator[str | None]:
    yield "/dev/ttyUSB0"


@fault("The chip at the port is no ESP32", "flash IMAGE --trust --no-backup")
def _(rig: Rig) -> Iterator[str | None]:
    rig.image(esp32_images.combined())
    with LoaderPort(Esp32(NorFlash(4 << 20), ESP32_S3)) as board:
        yield board.port


# -- helpers -----------------------------------------------------------------------------------------------------------

MPY = 6 | 3 << 8 | 10 << 10  # what an ESP32 says that it can load: version 6.3, xtensawin


def _answers(*values: object) -> Script:
    """Return a board at its prompt that answers its programs with these values."""
    return Script(*(said(json.dumps(value).encode() + b"\r\n") for value in values))


@contextlib.contextmanager
def _bare_board(rig: Rig, sessions: dict[str, bytes]) -> Iterator[str]:
    folder = rig.folder / "board"
    folder.mkdir()
    blank_flash(folder)
    add_sessions(folder, sessions)
    with run_board(folder, "--clock", "fast") as running:
        yield running.port


@contextlib.contextmanager
def _line(name: str, up: Faults | None = None, down: Faults | None = None) -> Iterator[str]:
    with Line(name, 2_000_000, up, down) as line:
        yield line.port


def _in_contact(app: AppLink) -> bool | None:
    try:
        return bool(app.ask("status")["contact"])
    except Exception:  # noqa: BLE001 - it starts
        return None


# -- the page ----------------------------------------------------------------------------------------------------------


def provoke_all(folder: Path, firmware_image: Path) -> Iterator[tuple[Fault, Said]]:
    """Provoke one fault after the other."""
    for number, each in enumerate(FAULTS):
        place = folder / str(number)
        place.mkdir()
        with pytest.MonkeyPatch.context() as patches:
            yield each, each.provoke(Rig(place, firmware_image, patches))


def row(each: Fault, what: Said) -> str:
    """Return the row of the page."""
    return f"| {each.name} | `roller {each.command}` | {what.cause} | {what.cure} | {what.code} |"


HEAD = """\
# What can go wrong between a PC and a board

Made by `python tests/e2e/link_faults.py PAGE`, which provokes each of them; a test does, too, and compares. Exit code 1
is a failure, 75 is no failure: the same command works in a moment. PORT, IMAGE, TO are what the command was given.

| what | met by | error | cure | exit code |
|---|---|---|---|---|
"""


def main() -> None:
    """Provoke all, say how long each took, and write the page where one is named."""
    folder = Path(tempfile.mkdtemp())
    with run_board(folder / "deployed", "--clock", "fast") as board, Link(board.port, restart=False) as link:
        deploy(link, firmware_files())
    rows = []
    for each, what in provoke_all(folder, folder / "deployed" / "flash.img"):
        rows.append(row(each, what))
        print(f"{what.seconds:5.1f} s  {rows[-1]}", flush=True)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(HEAD + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
