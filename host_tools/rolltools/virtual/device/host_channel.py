# SPDX-License-Identifier: MIT
"""What the board's process tells the PC's beside the serial port: one JSON line each, through a pipe.

``ready`` (input may come), ``reset`` (kill me and start again, as a reset line would), ``state`` (the chips
keep their power over a reset: hand this back at the next start). ``note`` is what a probe on the board would show.
"""

import json


class HostChannel:
    """The writing end of the pipe; nothing is buffered, so a kill loses nothing that was said."""

    def __init__(self, stream):
        self._stream = stream

    def _say(self, what, value):
        self._stream.write((json.dumps([what, value]) + "\n").encode())

    def ready(self):
        """Say that the serial port is served from now on."""
        self._say("ready", None)

    def state(self, state):
        """Hand over the state that outlives a reset."""
        self._say("state", state)

    def reset(self, cause):
        """Ask to be killed and started again; `cause` is what `machine.reset_cause()` will say then."""
        self._say("reset", cause)

    def note(self, t_us, name, value):
        """Report a change that a probe would see."""
        self._say("note", [t_us, name, value])
