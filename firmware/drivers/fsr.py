# SPDX-License-Identifier: MIT
"""FSR 402, a force-sensing resistor between 3.3 V and an ADC pin that 1 kOhm pulls to ground.

    force = FSR(ADC(Pin(34), atten=ADC.ATTN_11DB))
    counts = force.counts()           # 43800 for about a newton, as a load cell at its nominal slope

It tells pressed from pressed too hard, never newtons: one part differs from the next, and from itself an hour ago, by
about 25 %. The curve from conductance to force is the maker's typical one, from memory: a part has to be fitted.

A short reads near the supply (`shorted`). An open wire reads as no load, and nothing in this circuit can tell the two
apart: the engine sees a sensor that never moves.
"""

from array import array

from micropython import const

_SUPPLY_MV = const(3300)
_LEAST_MV = const(150)  # below, the ESP32's ADC shows about this, whatever is there: 0.3 N
_SHORT_MV = const(3000)  # 10 mS: no hand presses that hard
_READS = const(4)  # averaged: the ADC is noisier than the sensor

# Conductance in units of 10 nS over 1 kOhm: 1000 at 33 mV. One step of the table is twice the one before.
_FIRST = const(1000)
_STEPS = const(10)
_AT_1_N = const(11600)
_EXPONENT = 1.22


class FSR:
    """The sensor on `adc`, which has read_uv()."""

    def __init__(self, adc):
        self._adc = adc
        self.shorted = False  # as the last `counts` found it
        self._curve_mn = array("i", [int(1000 * ((_FIRST << k) / _AT_1_N) ** _EXPONENT) for k in range(_STEPS + 1)])

    def counts(self) -> int:
        """Return the force in counts of about 1/43800 N, 0 without load. No allocation."""
        total_uv = 0
        for _ in range(_READS):
            total_uv += self._adc.read_uv()
        mv = total_uv // (1000 * _READS)
        self.shorted = mv >= _SHORT_MV
        if self.shorted or mv <= _LEAST_MV:
            return 0
        return self._about_mn(mv * 100000 // (_SUPPLY_MV - mv)) * 219 // 5

    def _about_mn(self, conductance):
        """Return the force in mN at a conductance in 10 nS: straight lines between the steps of the table."""
        step = _FIRST
        k = 0
        while k < _STEPS - 1 and conductance >= step << 1:
            step <<= 1
            k += 1
        low = self._curve_mn[k]
        return low + ((self._curve_mn[k + 1] - low) * (((conductance - step) << 10) // step) >> 10)

    def sleep(self):
        """Do nothing: the resistors draw what they draw."""
