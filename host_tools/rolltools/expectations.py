# SPDX-License-Identifier: MIT
"""What the readings of a healthy board are expected to be, and where each expectation comes from.

Marks of the sources: V read in a data sheet or a vendor's schematic, C computed, M from memory. Nothing was measured.
"""

from collections.abc import Iterable
from dataclasses import dataclass

NUMBER, WHOLE, HEX = ".6g", "d", "#04x"


@dataclass(frozen=True)
class Expectation:
    """One line: the board's `key` for it, its range (both ends included), and the `step` of bringup.md it belongs to.

    `part` is whose fault it is when it is not read; `form` is how its value is written.
    """

    key: str
    part: str
    name: str
    unit: str
    low: float
    high: float
    source: str
    mark: str
    step: str
    form: str = NUMBER

    def wanted(self) -> str:
        """Return the range in words."""
        low, high = self.written(self.low), self.written(self.high)
        return low if self.low == self.high else f"{low} to {high}"

    def written(self, value: float) -> str:
        """Return a value as this line writes it."""
        return format(value, self.form)


@dataclass(frozen=True)
class Board:
    """What a board is expected to read: the I2C addresses of a scan (where from, in which step), then its lines."""

    addresses: tuple[int, ...]
    source: str
    mark: str
    step: str
    lines: tuple[Expectation, ...]

    def scan(self, found: Iterable[int] | None = None) -> str:
        """Return addresses as a line writes them: those of the board, or those `found`."""
        return " ".join(f"0x{address:02x}" for address in sorted(self.addresses if found is None else found))


def _flag(key: str, part: str, name: str, wanted: int, source: str, mark: str, step: str) -> Expectation:
    return Expectation(key, part, name, "", wanted, wanted, source, mark, step, WHOLE)


def _identity(key: str, part: str, name: str, low: int, high: int, mark: str, step: str) -> Expectation:
    return Expectation(key, part, name, "", low, high, "data sheet", mark, step, HEX)


def _self_tests() -> tuple[Expectation, ...]:
    source = "self-test limits of the data sheet"
    accel = [
        Expectation(f"accel_test_{axis}_mg", "imu", f"self-test accel {axis}", "mg", 50, 1700, source, "V", "6a", ".1f")
        for axis in "xyz"
    ]
    gyro = [
        Expectation(
            f"gyro_test_{axis}_dps", "imu", f"self-test gyro {axis}", "deg/s", 150, 700, source, "V", "6a", ".1f"
        )
        for axis in "xyz"
    ]
    return (*accel, *gyro)


_WIRES = (
    _flag("button_level", "wires", "BUTTON, not pressed", 1, "100 k to 3V3", "C", "4a"),
    _flag(
        "haptic_level",
        "wires",
        "HAPTIC, as an input",
        0,
        "100 k to ground; low where nothing is soldered, too",
        "C",
        "4a",
    ),
)
_THING_PLUS = (
    *_WIRES,
    _identity("gauge_version", "gauge", "MAX17048 version", 0x10, 0x1F, "V", "4"),
    Expectation(
        "battery_v", "gauge", "battery", "V", 3.2, 4.25, "floor of the firmware, and a full cell", "M", "4b", ".3f"
    ),
    _identity("imu_id", "imu", "LSM6DSOX WHO_AM_I", 0x6C, 0x6C, "V", "4"),
    _flag("int1_reset_level", "imu", "IMU_INT1 after a reset", 0, "the chip drives it low; 100 k to ground", "V", "4a"),
    _flag("int1_waiting_level", "imu", "IMU_INT1, samples waiting", 1, "watermark of its FIFO", "V", "4a"),
    Expectation(
        "gravity_g",
        "imu",
        "acceleration at rest",
        "g",
        0.95,
        1.05,
        "offsets of 20 mg and 1 % of scale; an LSM6DSO32 shows 0.5",
        "M",
        "6",
        ".3f",
    ),
    *_self_tests(),
    Expectation("imu_rate_hz", "imu", "rate by FREQ_FINE", "Hz", 187, 229, "208 within 10 %", "M", "6b", ".1f"),
    Expectation("imu_counted_hz", "imu", "rate counted", "Hz", 187, 229, "208 within 10 %", "M", "6b", ".1f"),
    Expectation(
        "imu_drift_percent",
        "imu",
        "counted off FREQ_FINE",
        "%",
        -1.5,
        1.5,
        "a sample more or less in a second of the ESP32's crystal",
        "C",
        "6b",
        ".2f",
    ),
    _identity("force_revision", "force", "NAU7802 revision", 0x0F, 0x0F, "V", "4"),
    _flag("force_error_bit", "force", "calibration error bit", 0, "data sheet", "V", "7"),
    Expectation(
        "force_rate_hz",
        "force",
        "conversions a second",
        "Hz",
        304,
        336,
        "320, its clock within 3 % and a little",
        "V",
        "7",
        ".1f",
    ),
    Expectation(
        "drdy_percent",
        "force",
        "DRDY says what the register says",
        "%",
        95,
        100,
        "the chip drives it",
        "V",
        "4a",
        ".1f",
    ),
    Expectation(
        "force_mean_counts",
        "force",
        "force, mean",
        "counts",
        -285000,
        285000,
        "zero of the bar within 5 N, and 150 g of head",
        "C",
        "7",
        ".0f",
    ),
    Expectation(
        "force_noise_counts",
        "force",
        "force, noise rms",
        "counts",
        20,
        440,
        "about 220, from the chip's noise",
        "C",
        "7",
        ".0f",
    ),
    Expectation(
        "force_noise_mn",
        "force",
        "force, noise rms",
        "mN",
        0.5,
        10,
        "about 5, at 43,800 counts a newton",
        "C",
        "7",
        ".2f",
    ),
    _flag("force_clipped", "force", "conversions at an end", 0, "codes of 24 bits", "V", "7"),
    _flag("haptic_id", "haptic", "DRV2605L id", 7, "data sheet", "V", "4"),
    _flag("trigger_playing", "haptic", "GO while HAPTIC is high", 1, "level trigger", "M", "4a"),
    _flag("trigger_released", "haptic", "GO when HAPTIC has fallen", 0, "level trigger", "M", "4a"),
    Expectation(
        "haptic_supply_v", "haptic", "its supply, driving", "V", 3.1, 3.45, "3.3 V; VBAT x 5.6/255 V", "M", "4b", ".2f"
    ),
    Expectation(
        "lra_period_ms",
        "haptic",
        "period of the LRA",
        "ms",
        5.26,
        6.25,
        "160 to 190 Hz; register x 98.46 us",
        "C",
        "M1a",
        ".2f",
    ),
    Expectation(
        "lra_resonance_hz",
        "haptic",
        "resonance of the LRA",
        "Hz",
        160,
        190,
        "175 Hz, its maker's tolerance",
        "M",
        "M1a",
        ".0f",
    ),
    _flag("motor_failed", "haptic", "diagnosis of the motor", 0, "data sheet: 1 is open, short or no LRA", "V", "M1a"),
    _flag("haptic_hot_or_short", "haptic", "too hot (2), over-current (1)", 0, "data sheet", "V", "M1a"),
)
_DEVKIT_FSR = (
    *_WIRES,
    _identity("imu_id", "imu", "MPU-6050 WHO_AM_I", 0x68, 0x68, "M", "B1"),
    Expectation(
        "gravity_g",
        "imu",
        "acceleration at rest",
        "g",
        0.88,
        1.12,
        "offsets of 80 mg and 3 % of scale",
        "M",
        "B2",
        ".3f",
    ),
    Expectation("imu_counted_hz", "imu", "rate counted", "Hz", 194, 206, "1 kHz over 5, within 3 %", "M", "B9", ".1f"),
    Expectation(
        "fsr_mv", "force", "FSR without load", "mV", 142, 150, "the converter sees nothing below", "V", "B3", ".1f"
    ),
    Expectation("fsr_noise_mv", "force", "FSR, noise rms", "mV", 0, 15, "noise of the converter", "M", "B3", ".2f"),
)

_INTRO = """\
# What `roller readings` expects

Made by `make docs` from the table that the command judges by; a test compares. Steps are those of
[bring-up](../../hardware/docs/bringup.md). V read in a data sheet or a vendor's schematic, C computed, M from memory.
Nothing was measured yet.
"""

EXPECTED = {
    "thing_plus": Board((0x2A, 0x36, 0x5A, 0x6A), "data sheets", "V", "4", _THING_PLUS),
    "devkit_fsr": Board((0x68,), "data sheet", "M", "B1", _DEVKIT_FSR),
}


def page() -> str:
    """Return the page of the docs that lists them, as Markdown."""
    text = _INTRO
    for name, board in EXPECTED.items():
        text += f"\n## {name}\n\n| step | reading | expected | unit | source | |\n|---|---|---|---|---|---|\n"
        text += f"| {board.step} | I2C addresses | {board.scan()} | | {board.source} | {board.mark} |\n"
        for line in board.lines:
            text += f"| {line.step} | {line.name} | {line.wanted()} | {line.unit} | {line.source} | {line.mark} |\n"
    return text
