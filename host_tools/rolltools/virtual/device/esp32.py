# SPDX-License-Identifier: MIT
"""Stand-in for the module `esp32`: wake sources of deep sleep."""

import machine

WAKEUP_ALL_LOW = False
WAKEUP_ANY_HIGH = True
_RTC_GPIOS = (0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39)


def _add(reason, pins, level):
    for pin in pins:
        if pin.gpio not in _RTC_GPIOS:
            raise ValueError("invalid pin")
    sources = machine.sleep_sources
    sources[:] = [source for source in sources if source[0] != reason]
    if pins:
        sources.append((reason, [pin.gpio for pin in pins], int(level)))


def wake_on_ext0(pin=None, level=WAKEUP_ALL_LOW):
    """Wake when one RTC pin has the level; None takes the source back."""
    _add(machine.PIN_WAKE, (pin,) if pin else (), level)


def wake_on_ext1(pins=None, level=WAKEUP_ALL_LOW):
    """Wake when any of the RTC pins is high, or all are low; None takes the source back."""
    _add(machine.EXT1_WAKE, pins or (), level)


def gpio_deep_sleep_hold(enable):
    """Accept: the modelled pins are let go in deep sleep, the board's resistors decide."""
