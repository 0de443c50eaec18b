# SPDX-License-Identifier: MIT
"""Requests of a host on the serial port while the app runs: one line each, as `@status`. What there is: answers.py.

All else that comes is ignored. Ctrl-C is not seen here: MicroPython itself takes it, and ends the app.
"""

from micropython import const

_MOST = const(32)  # bytes a turn: what more a line sends waits, and in the end is lost, before samples are
_LONGEST = const(48)  # of a line; one that is longer is ignored to its end
_REQUEST = const(64)  # "@"
_ENDS = b"\r\n"


class Console:
    """Hears requests for `app` (see app.py); `step` it every 50 ms. `live` speaks by itself while it is wanted."""

    def __init__(self, app):
        self._app = app
        self._bytes = bytearray(_MOST)
        self._line = bytearray(_LONGEST)
        self._length = 0
        self.live = None

    def step(self, now_ms):
        """Take what has come, and answer; allocates nothing while nothing of it is a request."""
        data = self._bytes
        for i in range(self._app.board.serial.read(data)):
            byte = data[i]
            if byte in _ENDS:
                if 1 < self._length < _LONGEST and self._line[0] == _REQUEST:
                    self._answer(bytes(self._line[1 : self._length]), now_ms)
                self._length = 0
            elif self._length < _LONGEST:
                self._line[self._length] = byte
                self._length += 1
        if self.live:
            self.live.step(now_ms)

    def _answer(self, line, now_ms):
        from answers import answer  # 2 KB that only a roller at a host needs

        text = answer(line, self._app, now_ms)
        if text:
            self._app.upkeep.busy = True
            print("@" + text)
