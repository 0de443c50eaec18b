# SPDX-License-Identifier: MIT
"""On the board: give a file that has arrived its name, if it is what was sent."""

import os

from sha256 import digest


def main(part, path, wanted):
    """Return whether the SHA-256 of `part` is `wanted`, in hex; if so it is `path` now."""
    whole = digest(part, bytearray(1024)) == wanted
    if whole:
        os.rename(part, path)
    return whole
