# SPDX-License-Identifier: MIT
"""How long the motor may run: a cap for any minute and one for the session, so that a hand is not numbed."""

from array import array

from micropython import const

_SPAN_MS = const(5000)
_SPANS = const(13)  # a minute, and the part of a span that has begun


class Duty:
    """Books the time the motor runs; caps in s."""

    def __init__(self, minute_s, session_s):
        self._minute_ms = minute_s * 1000
        self._session_ms = session_s * 1000
        self._spans = array("i", [0] * _SPANS)
        self._span = 0
        self._in_minute_ms = 0
        self._in_session_ms = 0

    def new_session(self):
        """Forget what the session before has used; the minute goes on."""
        self._in_session_ms = 0

    def allows(self, t_ms, on_ms):
        """Tell whether the caps leave `on_ms` more. Allocates nothing."""
        self._move_to(t_ms // _SPAN_MS)
        return self._in_minute_ms + on_ms <= self._minute_ms and self._in_session_ms + on_ms <= self._session_ms

    def book(self, t_ms, on_ms):
        """Count `on_ms` from `t_ms` on, allowed or not. Allocates nothing."""
        self._move_to(t_ms // _SPAN_MS)
        self._spans[self._span % _SPANS] += on_ms
        self._in_minute_ms += on_ms
        self._in_session_ms = min(self._in_session_ms + on_ms, self._session_ms)

    def _move_to(self, span):
        if span - self._span > _SPANS:
            self._span = span - _SPANS
        while self._span < span:
            self._span += 1
            at = self._span % _SPANS
            self._in_minute_ms -= self._spans[at]
            self._spans[at] = 0
