# SPDX-License-Identifier: MIT
"""Everything that is made, in the order in which it is made.

A maker is a module with `FOLDERS`, the folders below hardware/ that hold nothing but what it makes, and
`make(out, say)`, which writes its files below `out` as they lie below hardware/, reports its measurements with
`say(text)`, and raises HardwareError when a check does not hold.
"""

from types import ModuleType

from rollhardware import enclosure

MAKERS: dict[str, ModuleType] = {"enclosure": enclosure}
