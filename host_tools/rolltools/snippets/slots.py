# SPDX-License-Identifier: MIT
"""On the board: what lies in the two slots of the app, and which of them runs."""

import os


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


def main():
    """Return the active slot, the files of both and the free bytes, None where there is no file system."""
    stat = os.statvfs("/")
    free_bytes = stat[0] * stat[3] if stat[2] else None  # no blocks: nothing is mounted
    return {"active": active(), "slots": {slot: files("/" + slot) for slot in "ab"}, "free_bytes": free_bytes}
