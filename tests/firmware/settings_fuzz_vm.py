# SPDX-License-Identifier: MIT
"""Runs on MicroPython: every file of a pack (u32 length, bytes, ...) through the loader of the settings.

Arguments: firmware folder, pack, a path to write each file to. Prints one JSON object: how many were accepted and
refused, and of how many neither is true.
"""

import json
import struct
import sys

sys.path.insert(0, sys.argv[1])

from config import load_settings  # noqa: E402 - it lies on the path just made

from rollcore.settings import Settings  # noqa: E402

DEFAULTS = Settings().to_dict()


def verdict(path):
    """Return "accepted" for settings that hold as they are, "refused" for the defaults and a reason, or "wrong"."""
    try:
        settings, problem = load_settings("loadcell", path)
        values = settings.to_dict()
        if problem:
            return "refused" if values == DEFAULTS else "wrong"
        return "accepted" if Settings.from_dict(values).to_dict() == values else "wrong"
    except Exception as error:
        sys.print_exception(error, sys.stderr)
        return "wrong"


def main(pack, path):
    found = {"accepted": 0, "refused": 0, "wrong": 0}
    with open(pack, "rb") as stream:
        head = stream.read(4)
        while head:
            with open(path, "wb") as file:
                file.write(stream.read(struct.unpack("<I", head)[0]))
            found[verdict(path)] += 1
            head = stream.read(4)
    print(json.dumps(found))


main(*sys.argv[2:])
