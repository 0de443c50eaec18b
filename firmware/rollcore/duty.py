# SPDX-License-Identifier: MIT
"""How long the motor may run: a cap for any minute and one for the session, so that a hand is not numbed."""

from array import array

from micropython import const

_SPAN_MS = const(5000)
_SPANS = const(13)  # a minute, and the part of a span that has begun


class Duty:
    """Books the time the motor runs; caps in s."""

    def __init__(self, cue_s_per_min, cue_s_per_session):
        self._minute_ms = cue_s_per_min * 1000
        self._session_ms = cue_s_per_session * 1000
        self._spans = array("i", [0] * _SPANS)
        self._span = 0
        self._in_minute_ms = 0
        self._in_session_ms = 0

    def begin(self):
        """Forget what the session before has used; the minute goes on."""
        self._in_session_ms = 0

    def take(self, t_ms, on_ms, exempt):
        """Book `on_ms` from `t_ms` on if the caps leave as much, or for an exempt cue; return whether it may run.

        Allocates nothing.
        """
        span = t_ms // _SPAN_MS
        if span - self._span > _SPANS:
            self._span = span - _SPANS
        while self._span < span:
            self._span += 1
            at = self._span % _SPANS
            self._in_minute_ms -= self._spans[at]
            self._spans[at] = 0
        minute_ms = self._in_minute_ms + on_ms
        session_ms = self._in_session_ms + on_ms
        if not exempt and (minute_ms > self._minute_ms or session_ms > self._session_ms):
            return False
        self._spans[self._span % _SPANS] += on_ms
        self._in_minute_ms = minute_ms
        self._in_session_ms = min(session_ms, self._session_ms)
        return True
