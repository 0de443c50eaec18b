# SPDX-License-Identifier: MIT
"""A parcel: all that makes a slot of the board what it is to be, as one deflated stream; `unpack.py` unpacks it there.

Lines of text, "WHAT SIZE PATH\n": first `remove` a file or make a `folder`, then what is to be in the slot: `keep` a
file, `copy` it from the other slot, or `file` with its SIZE bytes behind the line; `root` is one for the root of the
board. The last line is `end`.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

WINDOW_BITS = range(12, 16)  # the board holds 4 to 32 kB of what it inflated last
_SHORT = 8  # digits of a SHA-256 by which a board tells what it has


def sha256(data: bytes) -> str:
    """Return the SHA-256 of a file's content in hex, as boards give it."""
    return hashlib.sha256(data).hexdigest()


def short(data: bytes) -> str:
    """Return the first digits of a file's SHA-256, as a board lists its files."""
    return sha256(data)[:_SHORT]


def ordered(files: Mapping[str, bytes]) -> list[str]:
    """Return the paths of `files` as they lie in a parcel: machine code apart from bytecode, which deflates better.

    The third byte of a .mpy file is 0 or names the processor.
    """
    return sorted(files, key=lambda path: (files[path][2:3] if path.endswith(".mpy") else b"", path))


def seal(files: Mapping[str, bytes], order: Iterable[str]) -> str:
    """Return the SHA-256 in hex over names and digests of files in an order, as a board computes it."""
    lines = (f"{path} {sha256(files[path])}\n" for path in order)
    return sha256("".join(lines).encode())


def missing(files: Mapping[str, bytes], have: Mapping[str, str]) -> list[str]:
    """Return the paths of those `files` that a slot has not, which has {path: short digest}."""
    return [path for path in sorted(files) if have.get(path) != short(files[path])]


def pack(
    files: Mapping[str, bytes],
    have: Mapping[str, str],
    other: Mapping[str, str],
    root: Mapping[str, bytes],
    window_bits: int = WINDOW_BITS[0],
) -> bytes:
    """Return the parcel that makes a slot hold `files`, and the board's root the files `root`.

    The slot has `have` now, the one to copy from `other`: {path: short digest}. `window_bits` is one of WINDOW_BITS.
    """
    made = zlib.compressobj(9, zlib.DEFLATED, window_bits, 9)
    parts = [made.compress(f"remove 0 {path}\n".encode()) for path in have if path not in files]
    parts += [made.compress(f"folder 0 {folder}\n".encode()) for folder in _folders(files)]
    lacking = set(missing(files, have))
    sent = set(missing(files, other)) & lacking
    for path in ordered(files):
        what = "file" if path in sent else "copy" if path in lacking else "keep"
        size = len(files[path]) if path in sent else 0
        parts.append(made.compress(f"{what} {size} {path}\n".encode() + files[path][:size]))
    parts += [made.compress(f"root {len(data)} {path}\n".encode() + data) for path, data in root.items()]
    return b"".join([*parts, made.compress(b"end\n"), made.flush()])


def _folders(files: Mapping[str, bytes]) -> list[str]:
    """Return the folders of `files`, parents first."""
    return sorted({parent.as_posix() for path in files for parent in PurePosixPath(path).parents} - {"."})
