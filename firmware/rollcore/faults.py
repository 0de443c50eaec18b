# SPDX-License-Identifier: MIT
"""Names of the faults that a session or the fault log records; the position in `FAULT_NAMES` is the code in the log.

A number is never used again for something else; new names go to the end.
"""

from micropython import const

FAULT_NAMES = (
    "other",
    "imu",
    "force",
    "haptic",
    "gauge",
    "store_full",
    "store_io",
    "task",
    "overrun",
    "low_battery",
    "settings",
    "force_unknown",
    "imu_scale",
    "imu_test",
    "force_stuck",
    "force_clipped",
    "force_unplugged",
    "force_noisy",
    "force_swapped",
    "force_drift",
    "watchdog",
    "safe_mode",
    "routine",
    "calibration",
    "motor",
)
FAULT_FORCE_UNKNOWN = const(11)


def fault_code(name):
    """Return the code of a fault's name; "other" for a name that is not in the table."""
    return FAULT_NAMES.index(name) if name in FAULT_NAMES else 0
