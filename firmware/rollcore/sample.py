# SPDX-License-Identifier: MIT
"""One sample of the roller: the layout and units of the array that runs through the whole firmware.

A sample is ``array("i", 8)``, made once and overwritten. The axes are the handle frame: x along the handle toward
the roller head, y the roller axle, z = x cross y. At rest the accelerometer shows +1 g upward (specific force).
"""

from array import array

from micropython import const

# 0 to 2: acceleration along x, y, z: int16 at +-4 g, 122 ug an LSB; 3 to 5: turning about them: int16 at +-1000 deg/s,
# 35 mdps an LSB (the LSM6DSOX's; `rollcore.fields` has both numbers for readers)
AZ = const(2)
FORCE = const(6)  # mN as the sensor reads (head weight and offset included) or FORCE_UNKNOWN
MOTOR = const(7)  # MOTOR_OWN, or 0/1 from a recording that knows when the motor ran
SAMPLE_LEN = const(8)

FORCE_UNKNOWN = const(-536870912)  # -(1 << 29): no force is known for this sample
MOTOR_OWN = const(-1)  # the engine's own motor state counts


def new_sample():
    """Return a sample at rest: no motion, force unknown, the motor state the engine's own."""
    return array("i", [0, 0, 0, 0, 0, 0, FORCE_UNKNOWN, MOTOR_OWN])
