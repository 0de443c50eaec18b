# SPDX-License-Identifier: MIT
"""On the board: what lies in the two slots of the app, which of them runs, and what this MicroPython can load."""

import gc
import hashlib
import os
import sys
from binascii import hexlify

from sha256 import digest

_BESIDE = 24576  # bytes that unpacking needs beside its window
_SHORT = 8  # digits of a digest that tell one file from another; what is proven is proven by all of them


def files(folder):
    """Return the paths of all files below a folder; none where there is no such folder."""
    found: list[str] = []
    try:
        entries = list(os.ilistdir(folder))
    except OSError:
        return found
    for entry in entries:
        path = folder + "/" + entry[0]
        if entry[1] & 0x4000:
            found += files(path)
        else:
            found.append(path)
    return found


def active():
    """Return the name of the slot that main.py starts, by its own rule; None where there is no app in that by default.

    A deploy must never write into the slot that runs.
    """
    try:
        with open("/active") as stream:
            return stream.read(1)
    except (OSError, ValueError):
        return "a" if files("/a") else None


def content(slot, block):
    """Return [{path in the slot: the first digits of its SHA-256}, the SHA-256 of "PATH DIGEST\n" of all, sorted]."""
    short = {}
    total = hashlib.sha256()
    for path in sorted(files(slot)):
        name, found = path[len(slot) + 1 :], digest(path, block) or ""
        total.update(("%s %s\n" % (name, found)).encode())
        short[name] = found[:_SHORT]
        print()  # a board that says nothing for long is taken for gone
    return [short, hexlify(total.digest()).decode()]


def window_bits():
    """Return how much of what it inflates this board can keep at hand, as a power of two: up to 32 kB."""
    gc.collect()
    for bits in (15, 14, 13):
        try:
            bytearray((1 << bits) + _BESIDE)
        except MemoryError:
            continue
        return bits
    return 12


def main(remove):
    """Return all that a deploy wants to know before it begins; no free bytes where there is no file system.

    The files `remove` are removed first, where they are.
    """
    for path in remove:
        try:
            os.remove(path)
        except OSError:
            pass
    stat = os.statvfs("/")
    block = bytearray(1024)
    return {
        "active": active(),
        "slots": {slot: content("/" + slot, block) for slot in "ab"},
        "root": digest("/main.py", block),
        "free_bytes": stat[0] * stat[3] if stat[2] else None,  # no blocks: nothing is mounted
        "version": list(sys.implementation.version)[:2],
        "window_bits": window_bits(),
        "mpy": getattr(sys.implementation, "_mpy", 0),
    }
