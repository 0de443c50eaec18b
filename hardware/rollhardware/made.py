# SPDX-License-Identifier: MIT
"""The files that are made: put beside what the repository holds, and compared byte by byte."""

import shutil
from pathlib import Path

HARDWARE = Path(__file__).parents[1]


def compare(made: Path, kept: Path, folders: list[str]) -> list[str]:
    """Return one line for each file of `made` that `kept` lacks or holds otherwise, and for each that is left over.

    A file is left over when it lies in one of the `folders` below `kept`, which hold nothing but made files.
    """
    fresh = {path.relative_to(made) for path in made.rglob("*") if path.is_file()}
    there = {path.relative_to(kept) for name in folders for path in (kept / name).rglob("*") if path.is_file()}
    lines = []
    for name in sorted(fresh | there):
        if name not in fresh:
            lines.append(f"{name.as_posix()}: nothing makes it any more")
        elif not (kept / name).is_file():
            lines.append(f"{name.as_posix()}: is new")
        elif (made / name).read_bytes() != (kept / name).read_bytes():
            lines.append(f"{name.as_posix()}: is stale")
    return lines


def put(made: Path, kept: Path, folders: list[str]):
    """Bring `kept` to what `made` holds: new and changed files are copied, left-over ones removed."""
    for line in compare(made, kept, folders):
        name = line.partition(":")[0]
        if not (made / name).is_file():
            (kept / name).unlink()
            continue
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made / name, kept / name)
