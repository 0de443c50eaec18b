# SPDX-License-Identifier: MIT
"""A recorded session: the samples of a roller in physical units, and their way into engine and chip models.

The CSV form has the header `t,ax,ay,az,gx,gy,gz,force` and optionally `motor`: s, g with gravity included, deg/s, N,
0/1, in the handle frame. An empty force is unknown.
"""

import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from rollcore.fields import ACCEL_UG_PER_LSB, GYRO_MDPS_PER_LSB
from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN, SAMPLE_LEN

from .errors import RollerError

RATE_LOW_HZ, RATE_HIGH_HZ = 15.0, 420.0  # refused outside
RATE_LOW_GOOD_HZ, RATE_HIGH_GOOD_HZ = 50.0, 416.0  # the engine is made for these; a warning outside
FORCE_MAX_MN = 191000  # what 24 bits of the load cell's converter can say, and more than it survives
LONGEST_S = 200 * 3600  # the engine's clock counts ms below 2^30
GAP_PERIODS = 3.0  # a longer step between two samples is a gap and tells nothing about the rate

CHIP_MAGIC, CHIP_VERSION = b"RSMP", 1
_HAIR = 1e-6  # of a step: more than the error of a float, less than any sensor's noise

Array = NDArray[np.float64]


@dataclass
class Recording:
    """Samples in the order of time. A force of NaN is unknown; `motor` is None where nobody recorded it.

    `accel_g` and `gyro_dps` are (n, 3). `force_as_is`: the force column never changed, so it was never measured and is
    taken as the contact force. `warnings` says in whole sentences what a reader should know.
    """

    name: str
    rate_hz: float
    t_s: Array
    accel_g: Array
    gyro_dps: Array
    force_n: Array
    motor: NDArray[np.int8] | None = None
    force_as_is: bool = False
    warnings: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.t_s)


def measure_rate(t_s: Array) -> float:
    """Return the rate in Hz that time stamps in s show; gaps do not count, nor does rounding to whole ms."""
    steps = np.diff(t_s)
    usual = float(np.median(steps))
    return 1.0 / float(steps[steps <= GAP_PERIODS * usual].mean())


def finish(recording: Recording) -> Recording:
    """Check what concerns a whole recording: length, rate, ranges, a force that never changed; note the warnings.

    Raises RollerError when no engine can run on it.
    """
    if len(recording) < 2:
        raise RollerError(
            f"{recording.name} holds {len(recording)} samples", "give a recording of at least two samples"
        )
    if recording.t_s[-1] - recording.t_s[0] > LONGEST_S:
        raise RollerError(
            f"{recording.name} spans {recording.t_s[-1] - recording.t_s[0]:.0f} s in column t",
            f"give t in seconds, and at most {LONGEST_S // 3600} hours in one file",
        )
    rate = recording.rate_hz = measure_rate(recording.t_s)
    if not RATE_LOW_HZ <= round(rate, 2) <= RATE_HIGH_HZ:
        raise RollerError(
            f"{recording.name} has {rate:.6g} samples a second in column t",
            f"give t in seconds, and {RATE_LOW_HZ:.0f} to {RATE_HIGH_HZ:.0f} samples a second",
        )
    if not RATE_LOW_GOOD_HZ <= round(rate, 1) <= RATE_HIGH_GOOD_HZ:
        recording.warnings.append(
            f"{rate:.1f} samples a second is outside {RATE_LOW_GOOD_HZ:.0f}-{RATE_HIGH_GOOD_HZ:.0f}: "
            "strokes may be missed"
        )
    recording.force_as_is = bool(np.all(recording.force_n == recording.force_n[0]))
    if recording.force_as_is:
        recording.warnings.append(
            f"force is {recording.force_n[0]:g} N all the time: taken as the contact force, as it stands"
        )
    _warn_of_clipping(recording)
    return recording


def _warn_of_clipping(recording: Recording) -> None:
    for what, values, unit in (("acceleration", recording.accel_g, 4.0), ("rotation", recording.gyro_dps, 1000.0)):
        share = float((np.abs(values) > unit).any(axis=1).mean())
        if share > 0.001:
            recording.warnings.append(f"{100 * share:.1f} % of the samples exceed the sensor's range of {what}")


def _round(values: Array) -> Array:
    """Return the nearest whole numbers, halves up as the chips' models do it, whatever the last bit of a float says."""
    return np.floor(values + (0.5 + _HAIR))


def _to_lsb(values: Array, lsb_per_unit: float) -> Array:
    return np.clip(_round(values * lsb_per_unit), -32768, 32767)


def _force_mn(recording: Recording) -> Array:
    known = np.clip(np.rint(np.nan_to_num(recording.force_n) * 1000.0), -FORCE_MAX_MN, FORCE_MAX_MN)
    return np.where(np.isnan(recording.force_n), FORCE_UNKNOWN, known)


def engine_rows(recording: Recording) -> NDArray[np.int32]:
    """Return rows of t_ms (from the first sample) and one engine sample each, n x 9.

    The scaling is the driver's: 16 bit, +-4 g, +-1000 deg/s, saturating.
    """
    rows = np.zeros((len(recording), 1 + SAMPLE_LEN), dtype=np.int32)
    rows[:, 0] = np.rint((recording.t_s - recording.t_s[0]) * 1000.0)
    rows[:, 1:4] = _to_lsb(recording.accel_g, 1e6 / ACCEL_UG_PER_LSB)
    rows[:, 4:7] = _to_lsb(recording.gyro_dps, 1e3 / GYRO_MDPS_PER_LSB)
    rows[:, 7] = _force_mn(recording)
    rows[:, 8] = MOTOR_OWN if recording.motor is None else recording.motor
    return rows


def write_csv(recording: Recording, stream: IO[str]) -> None:
    """Write a recording in the CSV form; `t` to a microsecond, forces to 0.1 mN."""
    stream.write("t,ax,ay,az,gx,gy,gz,force" + (",motor" if recording.motor is not None else "") + "\n")
    for i, t in enumerate(recording.t_s):
        cells = [f"{t:.6f}"]
        cells += [f"{a:.6f}" for a in recording.accel_g[i]]
        cells += [f"{g:.4f}" for g in recording.gyro_dps[i]]
        cells.append("" if np.isnan(recording.force_n[i]) else f"{recording.force_n[i]:.4f}")
        if recording.motor is not None:
            cells.append(str(int(recording.motor[i])))
        stream.write(",".join(cells) + "\n")


def write_chip_samples(recording: Recording, path: Path) -> None:
    """Write the file that the virtual board's chip models sample: 8 int32 a row, at the recording's rate.

    ug, mdps, mN, and 1 where the recording holds its motor; what the sensors' ranges make of it is up to the models.
    """
    rows = np.zeros((len(recording), 8), dtype="<i4")
    limit = float(2**30)
    # Half a step of the accelerometer is a whole number of ug: a value rounded here would be rounded twice, and the
    # chip model would not give the sample that `engine_rows` gives.
    rows[:, 0:3] = np.clip(np.floor(recording.accel_g * 1e6 + ACCEL_UG_PER_LSB * _HAIR), -limit, limit)
    rows[:, 3:6] = np.clip(_round(recording.gyro_dps * 1e3), -limit, limit)
    rows[:, 6] = _force_mn(recording)
    rows[:, 7] = recording.motor is not None
    header = struct.pack("<4sIII", CHIP_MAGIC, CHIP_VERSION, round(recording.rate_hz * 1000), len(recording))
    path.write_bytes(header + rows.tobytes())
