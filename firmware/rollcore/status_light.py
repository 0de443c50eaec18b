# SPDX-License-Identifier: MIT
"""The status light: the band of force as colour, the state of the roller as pattern.

A table and a pure function; the shell shows what comes out when it changes.
"""

OFF = (0, 0, 0)
# In the order of the bands: unknown, apart, too light, in band, firm, over. Dim: the light is next to the eyes of who
# rolls a neck. Magenta is no force at all: it is not to look like "ok".
_COLOURS = ((24, 0, 24), (4, 4, 4), (0, 0, 32), (0, 28, 0), (28, 14, 0), (48, 0, 0))


def light(t_ms, band, in_session, fault, low_battery, deaf):
    """Return (red, green, blue), 0-255 each, that the light shows at `t_ms`. Allocates nothing.

    The pattern is that of the worst: deaf (no samples: it can neither feel nor warn), low battery, a fault of the
    board, a session, or nothing going on.
    """
    period_ms, lit_ms = 4000, 100
    if deaf:
        period_ms, lit_ms = 250, 125
    elif low_battery:
        period_ms, lit_ms = 2000, 1000
    elif fault:
        period_ms, lit_ms = 1000, 500
    elif in_session:
        period_ms = lit_ms = 1000
    return _COLOURS[band] if t_ms % period_ms < lit_ms else OFF
