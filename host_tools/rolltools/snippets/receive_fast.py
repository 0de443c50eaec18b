# SPDX-License-Identifier: MIT
"""On the board: take a file at a faster rate of the port."""

from rate import at_rate
from receive import take_file


def main(path, done, size, baud):
    """Take a file as `receive.py` does, at another rate."""
    at_rate(baud, lambda: take_file(path, done, size))
