# SPDX-License-Identifier: MIT
"""Everything that is made, in the order in which it is made.

A maker is a module with `FOLDERS`, the folders below hardware/ that hold nothing but what it makes, and
`make(out, say)`, which writes its files below `out` as they lie below hardware/, reports its measurements with
`say(text)`, and raises HardwareError when a check does not hold. It is imported when it is used: each needs tools of
its own.
"""

from importlib import import_module
from types import ModuleType

MAKERS = {
    "wiring": "rollhardware.wiring.maker",
    "schematic": "rollhardware.schematic.maker",
    "enclosure": "rollhardware.enclosure.maker",
    "bom": "rollhardware.bom.maker",
}


def maker(name: str) -> ModuleType:
    """Return the maker of this name."""
    return import_module(MAKERS[name])
