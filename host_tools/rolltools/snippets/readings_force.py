# SPDX-License-Identifier: MIT
"""On the board: rate, mean and noise of the force sensor, with nothing on it."""

import gc
import math
import time

from machine import ADC, Pin

_CONVERSIONS = 960  # 3 s
_SETTLING = 16  # thrown away
_SILENT_MS = 200
_HIGHEST, _LOWEST = 8388607, -8388608
_CALIBRATION_ERROR = 3
_REVISION = 0x0F
_SAID = 320
_FSR_READS = 500


class Spread:
    """Mean and noise of whole numbers. Sums stay exact: the floats of an ESP32 have 24 bits, as the converter has."""

    def __init__(self, first):
        self._first = first
        self._count = self._sum = self._squares = 0

    def take(self, value):
        """Take one more."""
        value -= self._first
        self._count += 1
        self._sum += value
        self._squares += value * value

    def mean(self):
        """Return the mean."""
        return self._first + self._sum / self._count

    def rms(self):
        """Return the root of the mean square around the mean."""
        return math.sqrt(max(0, self._squares * self._count - self._sum * self._sum)) / self._count


def next_us(adc):
    """Wait for the next conversion; return when it was found."""
    for _ in range(_SILENT_MS):
        if adc.ready():
            return time.ticks_us()
        time.sleep_ms(1)
    raise OSError("it gives no conversions")


def load_cell(bus, board, values):
    """Read the converter of the load cell, and its wire DRDY, which has to say what the register says."""
    from drivers.nau7802 import NAU7802
    from drivers.registers import Registers

    regs = Registers(bus, board.ADDRESS_FORCE, "NAU7802")
    try:
        adc = NAU7802(bus, board.ADDRESS_FORCE, time.sleep_ms)
    finally:
        if values.get("force_revision") == _REVISION:  # read where the driver gives up, but of no other chip
            values["force_error_bit"] = regs.read(0x02) >> _CALIBRATION_ERROR & 1
    wire = Pin(board.PIN_FORCE_READY, Pin.IN)
    gc.collect()
    for _ in range(_SETTLING):
        next_us(adc)
        first = adc.counts()
    spread = Spread(first)
    clipped = agreed = 0
    start_us = end_us = next_us(adc)
    for i in range(_CONVERSIONS):
        end_us = next_us(adc)
        ready = wire.value()
        counts = adc.counts()
        agreed += ready and not wire.value()
        clipped += counts in (_HIGHEST, _LOWEST)
        spread.take(counts)
        if i % _SAID == 0:
            print()  # the link gives up a board that is silent for long
    values["force_rate_hz"] = (_CONVERSIONS - 1) * 1e6 / time.ticks_diff(end_us, start_us)
    values["force_mean_counts"] = spread.mean()
    values["force_noise_counts"] = spread.rms()
    values["force_clipped"] = clipped
    values["drdy_percent"] = 100 * agreed / _CONVERSIONS
    adc.sleep()


def fsr(bus, board, values):
    """Read the ESP32's own converter at the FSR."""
    adc = ADC(Pin(board.PIN_FORCE), atten=ADC.ATTN_11DB)
    spread = Spread(adc.read_uv())
    for _ in range(_FSR_READS):
        spread.take(adc.read_uv())
        time.sleep_ms(1)
    values["fsr_mv"] = spread.mean() / 1000
    values["fsr_noise_mv"] = spread.rms() / 1000
