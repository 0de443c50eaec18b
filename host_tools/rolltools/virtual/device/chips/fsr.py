# SPDX-License-Identifier: MIT
"""Model of an FSR 402 between 3.3 V and an ADC pin with 1 kOhm to ground, as the ESP32's own converter sees it.

The recording says what force the sensor believes in (its creep and hysteresis included); here it becomes a voltage by
the maker's typical curve and the part's own slope, then a reading by a converter that is not straight.
"""

from array import array

from micropython import const
from samples import FORCE, FORCE_UNKNOWN

from chips.chip import Chip

_SUPPLY_UV = const(3300000)
_US_AT_1_N = 116.0  # typical conductance; both figures from memory of the data sheet's curve
_EXPONENT = 0.82
_OHM = 1000.0

_STRAIGHT_UV = const(2450000)  # above, the converter at 11 dB falls behind ...
_BENT_PERCENT = const(76)  # ... and shows 3.1 V at the supply
_LSB_UV = const(806)
_WAVE_LSB = const(512)
_WAVE_DEEP_LSB = const(12)
_NOISE_LSB = const(6)


class Fsr(Chip):
    """The sensor; `slope_permille` is the part's own, `strays_uv` the converter's offset after its calibration.

    Set `opened` or `shorted` to break its wires.
    """

    def __init__(self, clock, samples, slope_permille=1080, strays_uv=15000):
        super().__init__(clock, None, 0)
        self._samples = samples
        self._row = array("i", [0] * 7)
        self._slope = slope_permille / 1000
        self._strays_uv = strays_uv
        self._force_mn = 0
        self.opened = self.shorted = False

    def pin_uv(self, t_us):
        """Return the voltage at the pin in uV."""
        if self.shorted:
            return _SUPPLY_UV
        self._samples.at(t_us, self._row)
        if self._row[FORCE] != FORCE_UNKNOWN:
            self._force_mn = max(0, self._row[FORCE])
        if self.opened or self._force_mn == 0:
            return 0
        conductance = _US_AT_1_N * 1e-6 * self._slope * (self._force_mn / 1000) ** _EXPONENT
        return int(_SUPPLY_UV * _OHM / (_OHM + 1 / conductance))

    def seen_uv(self, t_us):
        """Return what the converter makes of it: offset, a wave of 12 LSB, noise, and bent near the supply."""
        uv = self.pin_uv(t_us) + self._strays_uv
        phase = uv // _LSB_UV % _WAVE_LSB
        wave = abs(2 * phase - _WAVE_LSB) * 2 * _WAVE_DEEP_LSB // _WAVE_LSB - _WAVE_DEEP_LSB
        noise = t_us * 7919 % (2 * _NOISE_LSB + 1) - _NOISE_LSB
        uv += (wave + noise) * _LSB_UV
        if uv > _STRAIGHT_UV:
            uv = _STRAIGHT_UV + (uv - _STRAIGHT_UV) * _BENT_PERCENT // 100
        return uv
