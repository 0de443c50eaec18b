# SPDX-License-Identifier: MIT
"""The fault log of a board, read with the firmware's own code and put into words."""

import importlib.util
from dataclasses import dataclass
from typing import Any

from rollcore.faults import FAULT_NAMES

from . import FIRMWARE_DIR

WORDS = {
    "other": "a fault without a name",
    "imu": "the motion sensor did not answer",
    "force": "the force sensor did not answer",
    "haptic": "the motor driver did not answer",
    "gauge": "the battery gauge did not answer",
    "store_full": "the flash was full",
    "store_io": "the flash took no write",
    "task": "the app died of an error",
    "overrun": "samples were lost",
    "low_battery": "the battery was nearly empty",
    "settings": "the settings were bad",
    "force_unknown": "the force was unknown",
    "imu_scale": "the motion sensor did not show 1 g at rest",
    "imu_test": "the motion sensor failed its self-test",
    "force_stuck": "the force sensor was stuck",
    "force_clipped": "the force sensor was at its end",
    "force_unplugged": "the force sensor was unplugged",
    "force_noisy": "the force sensor was noisy",
    "force_swapped": "the wires of the force sensor are swapped",
    "force_drift": "the force sensor drifted",
    "watchdog": "the app hung until the watchdog came",
    "safe_mode": "the app failed three times in a row",
    "routine": "the routine was bad",
    "calibration": "the calibration was bad",
    "motor": "the calibration of the motor was bad",
}


@dataclass(frozen=True)
class Logged:
    """One fault: how many starts ago (0: the last one), when after it, and how often."""

    name: str
    starts_ago: int
    t_s: float
    times: int

    def says(self) -> str:
        """Return it in words."""
        words = WORDS.get(self.name, "a fault that this version does not know")
        when = {0: "in the last start", 1: "one start before"}.get(self.starts_ago, f"{self.starts_ago} starts before")
        often = f", {self.times} times" if self.times > 1 else ""
        return f"{words} ({when}, {self.t_s:.0f} s after it{often})"


@dataclass(frozen=True)
class FaultLog:
    """What the file holds: `refused` says why the app was not started, `died_of` what ended it last."""

    starts: int
    cause: str
    refused: str
    died_of: str
    damaged: int
    faults: list[Logged]  # oldest first


def read(data: bytes) -> FaultLog:
    """Return the fault log in the bytes of `/faults.bin`, whatever they are."""
    log = firmware_class()(data)
    faults = []
    for _, start, t_ms, code, times in log.faults:
        name = FAULT_NAMES[code] if code < len(FAULT_NAMES) else f"code {code}"
        faults.append(Logged(name, max(0, log.count - start), t_ms / 1000, times))
    cause, refused, died_of = log.texts
    return FaultLog(log.count, cause, refused, died_of, log.lost, faults)


def firmware_class() -> Any:
    """Return the firmware's `FaultLog`, which alone knows the bytes."""
    spec = importlib.util.spec_from_file_location("rolltools._faultlog", FIRMWARE_DIR / "faultlog.py")
    if spec is None or spec.loader is None:
        raise ImportError("the firmware's faultlog.py is missing beside the tools")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FaultLog
