# SPDX-License-Identifier: MIT
"""Everything that must hold between the facts and the firmware, in one call."""

from rollhardware.errors import HardwareError
from rollhardware.wiring import electrics, firmware_pins, gpio_rules, netlist
from rollhardware.wiring.facts import Facts
from rollhardware.wiring.netlist import Netlist


def checked(facts: Facts) -> list[Netlist]:
    """Return the netlists of all boards. HardwareError with every problem that the facts have."""
    netlists = [Netlist(facts, board) for board in facts.pins]
    found = firmware_pins.problems(facts)
    for each in netlists:
        found += gpio_rules.problems(each.board, each.pins, each.esp32.kind)
        found += netlist.problems(each) + electrics.problems(each)
    if found:
        raise HardwareError(*found)
    return netlists
