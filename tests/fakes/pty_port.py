# SPDX-License-Identifier: MIT
"""A serial port with a scripted board behind it."""

import os
import pty
import select
import threading
import tty
from contextlib import contextmanager


@contextmanager
def port(answer):
    """Yield a pty's port; `answer(data)` returns what the other side says to each piece it reads, at first to b""."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    ended = threading.Event()

    def serve():
        os.set_blocking(master, False)
        say(answer(b""))
        while True:
            if select.select([master], [], [], 0.01)[0]:
                try:
                    say(answer(os.read(master, 4096)))
                except OSError:
                    return
            elif ended.is_set():  # and nothing is left that was sent before
                return

    def say(data):
        while data and not ended.is_set():
            try:
                data = data[os.write(master, data) :]
            except BlockingIOError:
                select.select([], [master], [], 0.01)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield name
    finally:
        ended.set()
        thread.join()
        os.close(master)
        os.close(slave)
