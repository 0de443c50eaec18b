# SPDX-License-Identifier: MIT
"""A parcel: all that makes a slot of the board what it is to be, as one deflated stream; `unpack.py` unpacks it there.

Lines of text, "WHAT SIZE PATH\n", in this order: `remove` a file, make a `folder`, then every file of the slot by its
name: `keep` it, `copy` it from the other slot, or `file` with its SIZE bytes behind the line. The last line is `end`.
"""

import hashlib
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

WINDOW_BITS = 12  # the board holds 4 kB of what it inflated last
_SHORT = 12  # digits of a SHA-256 by which a board tells what it has


def sha256(data: bytes) -> str:
    """Return the SHA-256 of a file's content in hex, as boards give it."""
    return hashlib.sha256(data).hexdigest()


def short(data: bytes) -> str:
    """Return the first digits of a file's SHA-256, as a board lists its files."""
    return sha256(data)[:_SHORT]


def seal(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 in hex over the names and digests of a slot's files, as a board computes it."""
    lines = (f"{path} {sha256(files[path])}\n" for path in sorted(files))
    return sha256("".join(lines).encode())


def missing(files: Mapping[str, bytes], have: Mapping[str, str]) -> list[str]:
    """Return the paths of those `files` that a slot has not, which has {path: short digest}."""
    return [path for path in sorted(files) if have.get(path) != short(files[path])]


def pack(files: Mapping[str, bytes], have: Mapping[str, str], other: Mapping[str, str]) -> bytes:
    """Return the parcel that makes a slot hold `files`, where it has `have` and the slot to copy from has `other`."""
    made = zlib.compressobj(9, zlib.DEFLATED, WINDOW_BITS, 9)
    parts = [made.compress(f"remove 0 {path}\n".encode()) for path in have if path not in files]
    parts += [made.compress(f"folder 0 {folder}\n".encode()) for folder in _folders(files)]
    lacking = set(missing(files, have))
    sent = set(missing(files, other)) & lacking
    for path in sorted(files):
        what = "file" if path in sent else "copy" if path in lacking else "keep"
        size = len(files[path]) if path in sent else 0
        parts.append(made.compress(f"{what} {size} {path}\n".encode() + files[path][:size]))
    return b"".join([*parts, made.compress(b"end\n"), made.flush()])


def _folders(files: Mapping[str, bytes]) -> list[str]:
    """Return the folders of `files`, parents first."""
    return sorted({parent.as_posix() for path in files for parent in PurePosixPath(path).parents} - {"."})
