# SPDX-License-Identifier: MIT
"""On the board: make a slot ready for the files that will be sent."""

import os


def copy_file(source, target, block):
    """Copy one file."""
    view = memoryview(block)
    with open(source, "rb") as old, open(target, "wb") as new:
        while True:
            n = old.readinto(block)
            if not n:
                return
            new.write(view[:n])


def main(folders, remove, copy):
    """Make `folders`, remove the files `remove`, copy each (source, target) of `copy`."""
    for folder in folders:
        try:
            os.mkdir(folder)
        except OSError:
            os.stat(folder)  # fine where it is there already
    for path in remove:
        os.remove(path)
    block = bytearray(1024)
    for source, target in copy:
        copy_file(source, target, block)
