# SPDX-License-Identifier: MIT
"""On the board: SHA-256 of the beginning of a file."""

import hashlib
from binascii import hexlify


def main(path, size):
    """Return the SHA-256 in hex of the first `size` bytes of the file at `path`."""
    total = hashlib.sha256()
    with open(path, "rb") as stream:
        while size:
            block = stream.read(min(1024, size))
            if not block:
                break
            total.update(block)
            size -= len(block)
    return hexlify(total.digest()).decode()
