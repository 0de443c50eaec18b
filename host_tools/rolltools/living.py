# SPDX-License-Identifier: MIT
"""`roller live`: listen to a running app while it goes on, and show what it says as a screen or as lines of JSON."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from .errors import RollerError
from .live_state import Felt, LiveStroke, Said, Seen, Status, understood

if TYPE_CHECKING:
    from rich.console import Console

    from .link import AppLink

SILENCE_S = 2.0  # a board that says nothing for so long is given up
_STATUS_S = 2.0  # how often it is asked how it is
_SOON_S = 0.25  # ... at most, when a session begins or the force is lost
_AGAIN_S = 0.5  # without live values they are asked for anew: the board may have started again
_MOMENT_S = 0.05
_FRAME_S = 0.04  # live values come every 50 ms
Clock = Callable[[], float]


@contextlib.contextmanager
def live_values(link: "AppLink", now_s: Clock = time.monotonic) -> Iterator[Iterator[Said | None]]:
    """Have the app send live values for the length of a with-block; yields what it says, None for a quiet moment.

    RollerError when the port is gone, nothing comes for `SILENCE_S`, or nothing of that is live values; NoAppError when
    it is the prompt or another program that speaks.
    """
    try:
        yield _Ear(link, now_s).values()
    finally:
        with contextlib.suppress(RollerError):
            link.send("live off")


class _Ear:
    """Hears an app, asks it for what is due, and notices when it is none."""

    def __init__(self, link: "AppLink", now_s: Clock) -> None:
        self._link = link
        self._now_s = now_s
        self._felt: Felt | None = None
        self._felt_s = self._wanted_s = self._asked_s = now_s()
        self._bytes = link.bytes_heard
        self._objects = 0  # since the last live values
        self._due_s = _STATUS_S

    def values(self) -> Iterator[Said | None]:
        self._link.send("live on")
        self._link.send("status")
        while True:
            for said in self._link.lines(_MOMENT_S):
                self._objects += 1
                yield self._take(understood(said))
            yield self._take(None)

    def _take(self, said: Said | None) -> Said | None:
        now_s = self._now_s()
        if isinstance(said, Felt):
            self._heed(said, now_s)
        elif now_s - self._felt_s > SILENCE_S:
            raise self._silence()
        elif now_s - max(self._felt_s, self._wanted_s) > _AGAIN_S:
            self._wanted_s = now_s
            self._link.send("live on")
        if now_s - self._asked_s > self._due_s:
            self._asked_s, self._due_s = now_s, _STATUS_S
            self._link.send("status")
        return said

    def _heed(self, felt: Felt, now_s: float) -> None:
        """Take live values; ask soon how it is when something has changed that the limits or faults may go with."""
        before = self._felt
        self._felt, self._felt_s = felt, now_s
        self._bytes, self._objects = self._link.bytes_heard, 0
        if before and (before.in_session, before.force_n is None) != (felt.in_session, felt.force_n is None):
            self._due_s = _SOON_S

    def _silence(self) -> RollerError:
        port = self._link.port
        if self._objects:
            return RollerError(f"the app on {port} sends no live values that make sense", "run `roller deploy`")
        if self._link.bytes_heard > self._bytes:
            return self._link.no_app()
        return RollerError(
            f"the board on {port} has said nothing for {SILENCE_S:.0f} s",
            "press its button, in case it sleeps; check the cable; `roller doctor` tells more",
        )


def print_lines(link: "AppLink") -> None:
    """Print what the app says as JSON, one object a line, until Ctrl-C; errors as `live_values`."""
    seen = Seen()
    with live_values(link) as values:
        for said in values:
            if said is None:
                continue
            seen = seen.after(said)
            told = as_json(seen, said)
            if told is not None:
                print(json.dumps(told, allow_nan=False), flush=True)


def as_json(seen: Seen, said: Said) -> dict[str, Any] | None:
    """Return `said`, which is the last that `seen` has heard, as plain data; None for what is no answer to a script."""
    if isinstance(said, Felt):
        return {
            "t_s": said.t_s,
            "force_n": said.force_n,
            "band": said.band,
            "contact": said.contact,
            "session": said.in_session,
            "stroke": _stroke(seen.strokes[0]) if seen.strokes else None,
            "strokes": {"live": seen.live_strokes, "session": seen.session_strokes if said.in_session else None},
        }
    if isinstance(said, Status):
        return {"status": _status(said)}
    return None


def _stroke(stroke: LiveStroke) -> dict[str, Any]:
    return asdict(stroke) | {"doubt": [stroke.doubt] if stroke.doubt else []}


def _status(status: Status) -> dict[str, Any]:
    told = asdict(status)
    charge = told.pop("charge")
    battery = charge and charge | {"left_h": status.charge and status.charge.left_h}
    return told | {"state": status.state or None, "battery": battery, "faults": list(status.faults)}


def show(link: "AppLink", console: "Console") -> None:
    """Draw what the app says on a terminal until q or Ctrl-C; m makes a mark. Errors as `live_values`."""
    from rich.live import Live

    from .live_screen import LiveScreen
    from .terminal_keys import pressed_keys

    with (
        live_values(link) as values,
        pressed_keys() as key,
        Live(LiveScreen(Seen(), link.port), console=console, screen=True, auto_refresh=False) as screen,
    ):
        try:
            for seen in _frames(values):
                pressed = key()
                if pressed == "q":
                    return
                if pressed == "m":
                    link.send("mark")
                screen.update(LiveScreen(seen, link.port), refresh=True)
        finally:
            console.clear()  # a terminal that was resized may fold what it shows into the lines before it


def _frames(values: Iterator[Said | None]) -> Iterator[Seen]:
    """Yield all that was said so far whenever it is time to draw it, however fast it comes."""
    seen, drawn_s = Seen(), 0.0
    for said in values:
        if said is not None:
            seen = seen.after(said)
        if time.monotonic() - drawn_s >= _FRAME_S:
            drawn_s = time.monotonic()
            yield seen
