# SPDX-License-Identifier: MIT
"""On the board: what the haptic driver measures while its motor buzzes, and what its diagnosis says of the motor."""

import time

from machine import Pin

_STATUS, _MODE, _GO, _VBAT, _PERIOD = 0x00, 0x01, 0x0C, 0x21, 0x22
_DIAGNOSE = 0x06
_RING_MS = 150  # the motor is at full amplitude after 15 to 25 ms
_BRAKE_MS = 50
_DIAGNOSIS_MS = 1500
_VBAT_MV = 5600 / 255
_PERIOD_US = 98.46


def lra(bus, board, values):
    """Buzz for a moment through the trigger wire, then let the chip look at its motor. The motor is off at the end."""
    from drivers.drv2605l import DRV2605L
    from drivers.registers import Registers

    regs = Registers(bus, board.ADDRESS_HAPTIC, "DRV2605L")
    haptic = DRV2605L(bus, board.ADDRESS_HAPTIC, time.sleep_ms, Pin(board.PIN_HAPTIC, Pin.OUT, value=0))
    try:
        buzz(haptic, regs, values)
        diagnose(regs, values)
    finally:
        haptic.stop()
        haptic.sleep()


def buzz(haptic, regs, values):
    """Read supply and period while the motor runs: at other times neither is measured."""
    haptic.play(100)
    time.sleep_ms(_RING_MS)
    values["trigger_playing"] = regs.read(_GO) & 1
    values["haptic_supply_v"] = regs.read(_VBAT) * _VBAT_MV / 1000
    period_us = regs.read(_PERIOD) * _PERIOD_US
    haptic.play(0)
    time.sleep_ms(_BRAKE_MS)
    values["trigger_released"] = regs.read(_GO) & 1
    values["lra_period_ms"] = period_us / 1000
    values["lra_resonance_hz"] = 1e6 / period_us if period_us else 0


def diagnose(regs, values):
    """Let the chip drive its motor for a moment and judge it; reading the status clears what was there before."""
    regs.read(_STATUS)
    regs.write(_MODE, _DIAGNOSE)
    regs.write(_GO, 1)
    regs.wait(_GO, 1, 0, _DIAGNOSIS_MS, time.sleep_ms)
    status = regs.read(_STATUS)
    values["motor_failed"] = status >> 3 & 1
    values["haptic_hot_or_short"] = status & 0x03
