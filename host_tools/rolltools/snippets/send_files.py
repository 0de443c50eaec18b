# SPDX-License-Identifier: MIT
"""On the board, behind the firmware's `sender.py`: files in frames, as fast as the line takes them."""

import sys

from sender import Sender


def send(files, sender):
    """Send of each (path, start, end) of `files` those bytes; its place in the list is the number of the request."""
    for request, (path, start, end) in enumerate(files):
        try:
            sender.begin(request, open(path, "rb"), start, end)
        except OSError as error:
            sender.begin(request, None, start, end)
            sender.fail("error %s" % error.errno)
            continue
        while sender.turn():
            pass


def main(files, payload):
    """Send `files`; `write` waits for the port where its buffer is full."""
    send(files, Sender(sys.stdout.buffer.write, payload))
