# SPDX-License-Identifier: MIT
"""What is wrong with a board, in words: each finding has a cause and a cure."""

from dataclasses import dataclass
from typing import Any

from . import boards

_OLDEST = (1, 24)
_FIRST_YEAR = 2026
_LOW_PERCENT = 15.0
_KEEP_FREE = 0.15

OK, WARNING, PROBLEM = "ok", "warning", "problem"

# fault of the board: (what it means, what to do)
# (where it depends on how the board is wired: see boards.py)
_FAULTS = {
    "imu": ("the motion sensor does not answer: no strokes", ""),
    "imu_scale": ("the motion sensor does not show 1 g at rest", ""),
    "imu_test": ("the motion sensor fails its self-test", "replace it"),
    "force": ("the force sensor does not answer: no pressure, no strokes", ""),
    "haptic": ("the motor driver does not answer: no vibration", ""),
    "gauge": ("the battery gauge does not answer", "nothing to do for rolling; check the board"),
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's answer; `cure` is empty where nothing is wrong."""

    what: str
    state: str
    says: str
    cure: str = ""


def diagnose(info: dict[str, Any]) -> list[Finding]:
    """Return the findings for what `snippets/board_info.py` says of a board."""
    findings = [_micropython(info), _space(info), _clock(info), *_app(info)]
    if info.get("app"):
        findings += [*_chips(info), _battery(info), *_motor(info), _settings(info), *_routine(info)]
        findings.append(_calibration(info))
    return findings


def _micropython(info: dict[str, Any]) -> Finding:
    version = ".".join(str(part) for part in info["version"][:3])
    if tuple(info["version"][:2]) < _OLDEST:
        return Finding("MicroPython", PROBLEM, f"{version} is too old", "flash 1.24 or newer with `roller flash`")
    return Finding("MicroPython", OK, f"{version} on {info['machine']}, {info['free_heap'] // 1024} kB of heap free")


def _space(info: dict[str, Any]) -> Finding:
    free, total = info["free_bytes"], info["total_bytes"]
    says = f"{free // 1024} of {total // 1024} kB free"
    if free < _KEEP_FREE * total:
        return Finding(
            "space", WARNING, says, "pull the sessions; the oldest pulled ones are then removed by themselves"
        )
    return Finding("space", OK, says)


def _clock(info: dict[str, Any]) -> Finding:
    if info["year"] < _FIRST_YEAR:
        return Finding(
            "clock", WARNING, "was never set: sessions will not know their date", "any pull or deploy sets it"
        )
    return Finding("clock", OK, "is set")


def _app(info: dict[str, Any]) -> list[Finding]:
    if info.get("app"):
        return [Finding("firmware", OK, f"{info['app']} on {info['board']}, device {info['id']}")]
    return [
        Finding("firmware", PROBLEM, f"does not start: {info.get('problem', 'none is there')}", "run `roller deploy`")
    ]


def _chips(info: dict[str, Any]) -> list[Finding]:
    board = _board(info)
    if not info["faults"]:
        return [Finding("chips", OK, board.chips_ok)]
    other = boards.seen(info["addresses"])
    if "imu" in info["faults"] and other not in (None, info["board"]):
        says = f"this looks like a {other}, and the app on it is for {info['board']}"
        return [Finding("chips", PROBLEM, says, f"run `roller deploy --board {other}`")]
    return [_fault(fault, board) for fault in info["faults"]]


def _fault(name: str, board: boards.Board) -> Finding:
    if name not in _FAULTS:
        return Finding("chips", PROBLEM, "reports a fault that this version does not know", "update the tools")
    says, cure = _FAULTS[name]
    return Finding("chips", PROBLEM, says, board.cures.get(name, cure))


def _board(info: dict[str, Any]) -> boards.Board:
    """Return what is known of the board that the app is for; a newer one is taken for the reference board."""
    return boards.BOARDS.get(info["board"], boards.BOARDS[boards.DEFAULT])


def _battery(info: dict[str, Any]) -> Finding:
    if not info["battery"] and not _board(info).has_gauge:
        return Finding("battery", OK, "this board has no gauge")
    if not info["battery"]:
        return Finding("battery", WARNING, "unknown: there is no gauge", "")
    mv, percent = info["battery"][0], info["battery"][1] / 10
    says = f"{percent:.0f} %, {mv / 1000:.2f} V"
    if percent < _LOW_PERCENT:
        return Finding("battery", WARNING, says, "charge it, attended, at 10 to 40 degC")
    return Finding("battery", OK, says)


def _motor(info: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with the motor's calibration: without one it runs well enough."""
    problem = info["motor_problem"]
    return [Finding("motor", PROBLEM, problem, "calibrate it again, or remove /motor.json")] if problem else []


def _settings(info: dict[str, Any]) -> Finding:
    problem = info["settings_problem"]
    if problem:
        return Finding("settings", PROBLEM, f"the defaults hold: {problem}", "correct or remove /settings.json")
    return Finding("settings", OK, "are valid")


def _routine(info: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with the routine: most boards have none."""
    problem = info.get("routine_problem")
    cure = "send it again with `roller routine FILE`, or remove it with `roller routine --off`"
    return [Finding("routine", PROBLEM, f"goes on without it: {problem}", cure)] if problem else []


def _calibration(info: dict[str, Any]) -> Finding:
    if info["calibration_problem"]:
        return Finding("calibration", PROBLEM, info["calibration_problem"], "correct or remove /calibration.json")
    if not info["calibrated"]:
        if info.get("force_kind") == "fsr":
            return Finding("calibration", OK, "an FSR has none: every newton is about")
        return Finding(
            "calibration",
            WARNING,
            "none: every newton is about right only",
            "run `roller calibrate zero`, then `weight`; see hardware/docs/bringup.md",
        )
    return Finding("calibration", OK, "is there")
