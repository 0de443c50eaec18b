# SPDX-License-Identifier: MIT
"""On the board: its session files."""

import os


def main():
    """Return [[file name, size in bytes, whether a PC has it], ...]."""
    try:
        names = os.listdir("/sessions")
    except OSError:
        return []
    sessions = [name for name in names if name.endswith(".roll")]
    return [[name, os.stat("/sessions/" + name)[6], name[:-5] + ".pulled" in names] for name in sessions]
