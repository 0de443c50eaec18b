# SPDX-License-Identifier: MIT
"""The page of the docs that lists what the doctor can find, with cause and cure, as the doctor itself says it.

python -m rolltools.doctor_page host_tools/docs/doctor.md        # make docs
"""

import sys
from pathlib import Path
from typing import Any

from rollcore import VERSION

from .archive import write_whole
from .diagnosis import OK, diagnose

HEALTHY: dict[str, Any] = {
    "version": [1, 24, 1, ""],
    "machine": "Generic ESP32 module with ESP32",
    "year": 2026,
    "total_bytes": 2_000_000,
    "free_bytes": 1_500_000,
    "free_heap": 100_000,
    "app": VERSION,
    "board": "thing_plus",
    "id": "246f28524c01",
    "faults": [],
    "addresses": [0x2A, 0x36, 0x5A, 0x6A],
    "battery": [3900, 780],
    "battery_rate_x10": -60,
    "motor_problem": None,
    "settings_problem": None,
    "calibrated": True,
    "calibration_problem": None,
}
_NO_APP: dict[str, Any] = {"app": None, "problem": "ImportError: no module named 'board'", "active": "a", "files": 60}
_NOTHING: dict[str, Any] = {"active": None, "files": 0, "other_slot": []}


def logged(texts: tuple[str, str, str], names: list[str]) -> str:
    """Return the fault log of a board that has just started, in hex, as `board_info` gives it."""
    from rollcore.faults import fault_code

    from .fault_log import firmware_class

    log = firmware_class()()
    log.start(texts)
    for name in names:
        log.add(fault_code(name), 0)
    return str(log.data().hex())


# What is wrong with a board: how its answer then differs from that of a healthy one.
CASES: dict[str, dict[str, Any]] = {
    "an old MicroPython": {"version": [1, 23, 0, ""]},
    "a damaged file system": {"total_bytes": None, "free_bytes": None},
    "a full flash": {"free_bytes": 8192},
    "a flash that is nearly full": {"free_bytes": 200_000},
    "a clock that was never set": {"year": 2000},
    "no app": _NO_APP | _NOTHING,
    "an app that does not load": _NO_APP | {"problem": "SyntaxError: invalid syntax"},
    "a slot that is not there": _NO_APP | {"active": "c", "files": 0, "other_slot": ["app.py", "storage.py"]},
    "an app older than the tools": {"app": "0.0.9"},
    "an app newer than the tools": {"app": "99.0.0"},
    "files missing in the app": {"missing": ["storage.py"], "files": 59},
    "files changed by hand, or damaged": {"changed": ["app.py"], "files": 60},
    "a deploy that was cut off": {"parts": ["app.py.part"], "files": 60},
    "no motion sensor": {"faults": ["imu"], "addresses": [0x2A, 0x36, 0x5A]},
    "another motion sensor": {"faults": ["imu_scale"]},
    "a broken motion sensor": {"faults": ["imu_test"]},
    "no force sensor": {"faults": ["force"]},
    "no motor driver": {"faults": ["haptic"]},
    "no battery gauge": {"faults": ["gauge"], "battery": None, "battery_rate_x10": None},
    "the app of another board": {"faults": ["imu"], "addresses": [0x68]},
    "a low battery": {"battery": [3400, 80]},
    "bad settings": {"settings_problem": "/settings.bad.json: not JSON (syntax error in JSON)"},
    "settings with a slip": {"settings_problem": "/settings.json: unknown setting 'limit': did you mean trace?"},
    "settings for a newer app": {"settings_problem": "/settings.json: unknown setting 'trace': did you mean cues?"},
    "a bad routine": {"routine_problem": "/routine.json: a routine has 0 steps: give 1 to 12"},
    "a bad calibration": {"calibration_problem": "/calibration.json: zero_counts is no whole number: calibrate again"},
    "no calibration": {"calibrated": False},
    "a bad calibration of the motor": {"motor_problem": "/motor.json: feedback is no whole number: calibrate again"},
    "a bad file from before": {"root": ["settings.json", "settings.bad.json"]},
    "the button held at boot": {"fault_log": logged(("power on", "the button was held at boot", ""), [])},
    "safe mode": {
        "fault_log": logged(
            ("watchdog", "the app failed 3 times in a row", "ImportError: no module named 'storage'"),
            ["task", "safe_mode"],
        )
    },
    "an app that died": {"fault_log": logged(("watchdog", "", "OSError: [Errno 116] ETIMEDOUT"), ["task"])},
    "a damaged fault log": {"fault_log": "00" * 172 + logged(("reset", "", ""), [])[344:]},
}
_INTRO = """
# What `roller doctor` can find

Made by `make docs` from the doctor's own words; a test compares. "problem" ends the command with exit code 1.
"""


def page() -> str:
    """Return the page as Markdown."""
    lines = ["| the board has | | the doctor says | cure |", "|---|---|---|---|"]
    for name, changes in CASES.items():
        for finding in diagnose(HEALTHY | changes):
            if finding.state != OK:
                says = f"{finding.what}: {finding.says}"
                lines.append(f"| {name} | {finding.state} | {says} | {finding.cure} |")
    return _INTRO.strip() + "\n\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    write_whole(Path(sys.argv[1]), page().encode())
