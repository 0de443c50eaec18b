# SPDX-License-Identifier: MIT
"""The page of the docs that draws the states of the roller, from the table that the firmware goes by.

python -m rolltools.states_page host_tools/docs/states.md        # make docs
"""

import sys
from pathlib import Path

from rollcore.fields import STATE_NAMES, TRANSITION_NAMES
from rollcore.lifecycle import TRANSITIONS

from .archive import write_whole

_INTRO = """
# States of the roller

Made by `make docs` from the table in `firmware/rollcore/lifecycle.py`; a test compares.

```mermaid
stateDiagram-v2
    [*] --> boot: power, reset
"""
_WHAT = {
    "boot": "settings, chips, first samples; the settings of a broken file are the defaults",
    "safe mode": "no app, the prompt of MicroPython, the blue light on; a reset is a new try",
    "awake": "feels for a contact and for motion; processor at 160 MHz, IMU and force sensor at their rates",
    "session": "strokes, alarms and cues, a log; processor at 240 MHz",
    "asleep": "deep sleep: processor and force sensor off, haptic driver in standby, the accelerometer alone at 52 Hz",
}
_OUTRO = """
In every state but *safe mode* and *asleep* Ctrl-C on the serial port ends the app: the motor is off, the session is
on the flash, and the prompt is there. Ctrl-D at the prompt starts the app again.
"""


def page() -> str:
    """Return the page: a diagram, what each state is, and what leads from one to another."""
    lines = [*_INTRO.strip().splitlines()]
    lines += [f"    {_id(a)} --> {_id(b)}: {TRANSITION_NAMES[why]}" for a, why, b in TRANSITIONS]
    lines += [f"    {_id(state)}: {name}" for state, name in enumerate(STATE_NAMES) if _id(state) != name]
    lines += ["```", "", "| state | what goes on |", "|---|---|"]
    lines += [f"| {name} | {_WHAT[name]} |" for name in STATE_NAMES]
    lines += ["", "| from | when | to |", "|---|---|---|"]
    lines += [f"| {STATE_NAMES[a]} | {TRANSITION_NAMES[why]} | {STATE_NAMES[b]} |" for a, why, b in TRANSITIONS]
    return "\n".join([*lines, _OUTRO])


def _id(state: int) -> str:
    """Return a state's name as the diagram wants it: one word."""
    return STATE_NAMES[state].replace(" ", "_")


if __name__ == "__main__":
    write_whole(Path(sys.argv[1]), page().encode())
