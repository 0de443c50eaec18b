# SPDX-License-Identifier: MIT
"""Raw counts of the force sensor to mN, in integers that fit 30 bits."""

from micropython import const

# NAU7802 at gain 128 and 3.0 V with the TAL220B bar at 1 mV/V: about 43.8 counts per mN (computed, not measured).
NOMINAL_COUNTS_PER_N = const(43800)
_COARSE_BITS = const(6)  # counts are cut to 64ths first: 1.5 mN a step, below the noise, and 24 bits times 12 fit
_GAIN_BITS = const(10)


class Calibration:
    """Two-point calibration of a 24-bit force sensor.

    `zero_counts` is the reading without load, `counts_per_n` the slope (10,000 to 1,000,000);
    `calibrated` is False where the slope is the nominal one.
    """

    def __init__(self, zero_counts=0, counts_per_n=NOMINAL_COUNTS_PER_N, calibrated=False):
        if not 10000 <= counts_per_n <= 1000000:
            raise ValueError("counts_per_n %d is not in 10000..1000000" % counts_per_n)
        if not -8388608 <= zero_counts <= 8388607:
            raise ValueError("zero_counts %d is not a 24-bit number" % zero_counts)
        self.zero_counts = zero_counts
        self.counts_per_n = counts_per_n
        self.calibrated = calibrated
        self._gain = (1000 << (_COARSE_BITS + _GAIN_BITS)) // counts_per_n

    def to_dict(self):
        """Return it as it lies in its file."""
        return {
            "zero_counts": self.zero_counts,
            "counts_per_n": self.counts_per_n,
            "calibrated": self.calibrated,
        }

    def to_mn(self, counts):
        """Return the force in mN for a 24-bit reading. Allocates nothing."""
        return (((counts - self.zero_counts) >> _COARSE_BITS) * self._gain) >> _GAIN_BITS
