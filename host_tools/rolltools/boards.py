# SPDX-License-Identifier: MIT
"""The boards that the firmware has a file for: what tells them apart, and where their parts are connected."""

from dataclasses import dataclass

from .errors import RollerError


@dataclass(frozen=True)
class Board:
    """One board.

    `force_sensor` is the kind that the settings name; `imu_addresses` are those of its motion sensor on the I2C bus: no
    two boards share one. `chips_ok` says what a healthy board has shown, `cures` what to do about a fault of its parts.
    """

    force_sensor: str
    imu_addresses: tuple[int, ...]
    chips_ok: str
    cures: dict[str, str]
    has_gauge: bool


DEFAULT = "thing_plus"
BOARDS = {
    "thing_plus": Board(
        "loadcell",
        (0x6A, 0x6B),
        "motion, force, motor and gauge answer",
        {
            "imu": "check its cable; its address is 0x6A",
            "imu_scale": "is it an LSM6DSOX? lay the roller still, run it again",
            "force": "check its cable; its address is 0x2A",
            "haptic": "check its cable; its address is 0x5A",
        },
        True,
    ),
    "devkit_fsr": Board(
        "fsr",
        (0x68, 0x69),
        "the motion sensor answers; force sensor and motor are wires, which cannot answer",
        {
            "imu": "check its cable; its address is 0x68",
            "imu_scale": "is it an MPU-6050? lay the roller still, run it again",
            "force": "look for a short between GPIO 34 and 3V3",
            "haptic": "look at GPIO 4",
        },
        False,
    ),
}


def known(name: str) -> str:
    """Return the name of a board as it stands; RollerError when there is no such board."""
    if name not in BOARDS:
        raise RollerError(f"there is no board {name!r}", f"choose one of {', '.join(BOARDS)}")
    return name


def seen(addresses: list[int]) -> str | None:
    """Return the board whose motion sensor is among the I2C `addresses`; None when that is not just one."""
    found = [name for name, board in BOARDS.items() if set(board.imu_addresses) & set(addresses)]
    return found[0] if len(found) == 1 else None
