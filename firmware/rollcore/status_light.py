# SPDX-License-Identifier: MIT
"""The status light: the band of force as colour, the state of the roller as pattern.

Two tables and a pure function; the shell shows what comes out when it changes.
"""

from micropython import const

STATE_IDLE = const(0)  # on, no session
STATE_SESSION = const(1)
STATE_FAULT = const(2)  # something on the board failed
STATE_BATTERY = const(3)  # low battery
STATE_DEAF = const(4)  # no samples: it can neither feel nor warn

OFF = (0, 0, 0)
# Dim: the light is next to the eyes of who rolls a neck. Magenta is no force at all: it is not to look like "ok".
COLOURS = ((24, 0, 24), (4, 4, 4), (0, 0, 32), (0, 28, 0), (28, 14, 0), (48, 0, 0))  # in the order of the bands
# (period in ms, lit in ms from its start): steady in a session, a short breath when idle, the worse the faster.
PATTERNS = ((4000, 100), (1000, 1000), (1000, 500), (2000, 1000), (250, 125))  # in the order of the states


def colour(t_ms, band, state):
    """Return (red, green, blue), 0-255 each, that the light shows at `t_ms`. Allocates nothing."""
    period_ms, lit_ms = PATTERNS[state]
    return COLOURS[band] if t_ms % period_ms < lit_ms else OFF
