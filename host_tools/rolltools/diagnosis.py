# SPDX-License-Identifier: MIT
"""What is wrong with a board, in words: each finding has a cause and a cure."""

import re
from dataclasses import dataclass
from typing import Any

from rollcore import VERSION
from rollcore.settings import SCHEMA

from . import battery, boards, fault_log
from .errors import NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE

_OLDEST = (1, 24)
_FIRST_YEAR = 2026
_LOW_PERCENT = 15.0
_KEEP_FREE = 0.15
_FULL_BYTES = 4 * 4096  # nothing can be written any more, or almost
_NAMES_SAID = 3
_FAULTS_SAID = 5

OK, WARNING, PROBLEM = "ok", "warning", "problem"
_DEPLOY = "run `roller deploy`"

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
    """Return the findings for what `checkup.py` asks of a board."""
    if info["total_bytes"] is None:
        return [_micropython(info), Finding("file system", PROBLEM, NO_FILE_SYSTEM, NO_FILE_SYSTEM_CURE)]
    findings = [_micropython(info), _space(info), _clock(info), *_app(info), *_slots(info)]
    if info.get("app"):
        findings += [*_chips(info), _battery(info), *_motor(info), _settings(info), *_routine(info)]
        findings.append(_calibration(info))
    return [*findings, *_kept(info), *_starts(info)]


def _micropython(info: dict[str, Any]) -> Finding:
    version = ".".join(str(part) for part in info["version"][:3])
    if tuple(info["version"][:2]) < _OLDEST:
        return Finding("MicroPython", PROBLEM, f"{version} is too old", "flash 1.24 or newer with `roller flash`")
    return Finding("MicroPython", OK, f"{version} on {info['machine']}, {info['free_heap'] // 1024} kB of heap free")


def _space(info: dict[str, Any]) -> Finding:
    free, total = info["free_bytes"], info["total_bytes"]
    says = f"{free // 1024} of {total // 1024} kB free"
    if free < _FULL_BYTES:
        cure = "pull the sessions, then remove what is not ours: `mpremote fs tree`, `mpremote fs rm`"
        return Finding("space", PROBLEM, f"the flash is full: {says}, nothing more is kept", cure)
    if free < _KEEP_FREE * total:
        return Finding(
            "space", WARNING, says, "pull the sessions; the oldest pulled ones are then removed by themselves"
        )
    return Finding("space", OK, says)


def _clock(info: dict[str, Any]) -> Finding:
    if info["year"] < _FIRST_YEAR:
        return Finding(
            "clock",
            WARNING,
            "was never set: sessions from before do not know their date",
            "it is set now; pull as well",
        )
    return Finding("clock", OK, "is set")


def _app(info: dict[str, Any]) -> list[Finding]:
    app = info.get("app")
    if not app:
        return [Finding("firmware", PROBLEM, f"does not start: {_no_app(info)}", _DEPLOY)]
    found = f"{app} on {info['board']}, device {info['id']}"
    if _numbers(app) < _numbers(VERSION):
        return [Finding("firmware", WARNING, f"{found}: older than these tools ({VERSION})", _DEPLOY)]
    if _numbers(app) > _numbers(VERSION):
        says = f"{found}: newer than these tools ({VERSION})"
        return [Finding("firmware", WARNING, says, "update the tools")]
    return [Finding("firmware", OK, found)]


def _no_app(info: dict[str, Any]) -> str:
    problem = str(info.get("problem", "none is there"))
    if info.get("files") != 0:
        return problem
    if info["active"] in (None, "a", "b"):
        return "there is none on the board" if not info["other_slot"] else f"its slot is empty ({problem})"
    return f"/active names {info['active']!r}, which is no slot with an app ({problem})"


def _numbers(version: Any) -> list[int]:
    return [int(digits[:9]) for digits in re.findall(r"\d+", str(version))]


def _slots(info: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with the files of the app; those of another version are other files."""
    found = []
    same = info.get("app") in (None, VERSION)
    if info.get("missing") and info["files"] and same:
        found.append(Finding("files", PROBLEM, f"missing in the app: {_some(info['missing'])}", _DEPLOY))
    if info.get("changed") and same:
        found.append(Finding("files", WARNING, f"not as these tools send them: {_some(info['changed'])}", _DEPLOY))
    other = info.get("other_slot")
    names = {name.rpartition(".")[0] for name in other or ()}  # app.py or app.mpy
    if info.get("parts") or (names and not {"app", "storage"} <= names):
        says = "a deploy was cut off: the app from before it runs"
        found.append(Finding("deploy", WARNING, says, _DEPLOY))
    return found


def _some(names: list[Any]) -> str:
    more = f" and {len(names) - _NAMES_SAID} more" if len(names) > _NAMES_SAID else ""
    return ", ".join(str(name) for name in names[:_NAMES_SAID]) + more


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
    mv, percent, rate_x10 = info["battery"][0], info["battery"][1] / 10, info.get("battery_rate_x10")
    says = battery.Charge(mv / 1000, percent, None if rate_x10 is None else rate_x10 / 10).says()
    if percent < _LOW_PERCENT:
        return Finding("battery", WARNING, says, "charge it, attended, at 10 to 40 degC")
    return Finding("battery", OK, says)


def _motor(info: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with the motor's calibration: without one it runs well enough."""
    problem = info["motor_problem"]
    if not problem:
        return []
    return [Finding("motor", PROBLEM, f"{problem}", f"calibrate it again, or remove {_file(problem, '/motor')}")]


def _settings(info: dict[str, Any]) -> Finding:
    problem = info["settings_problem"]
    if not problem:
        return Finding("settings", OK, "are valid")
    unknown = re.search(r"unknown setting '([^']*)'", problem)
    file = _file(problem, "/settings")
    cure = f"correct or remove {file}: `roller settings reset`, then `roller settings set`"
    if unknown and unknown[1] in [row[0] for row in SCHEMA]:
        cure = f"they are for a newer firmware: {_DEPLOY}, then correct or remove {file}"
    elif unknown:
        cure = f"a slip, or for a newer firmware (update the tools, deploy); else {cure}"
    return Finding("settings", PROBLEM, f"the defaults hold: {problem}", cure)


def _routine(info: dict[str, Any]) -> list[Finding]:
    """Return what is wrong with the routine: most boards have none."""
    problem = info.get("routine_problem")
    cure = "send it again with `roller routine FILE`, or remove it with `roller routine --off`"
    return [Finding("routine", PROBLEM, f"goes on without it: {problem}", cure)] if problem else []


def _file(problem: str, path: str) -> str:
    """Return where the bad file lies: where it was written, or where a boot keeps it aside."""
    return path + (".bad.json" if path + ".bad.json" in problem else ".json")


def _calibration(info: dict[str, Any]) -> Finding:
    if info["calibration_problem"]:
        problem = f"{info['calibration_problem']}"
        return Finding(
            "calibration", PROBLEM, problem, f"calibrate again, or correct or remove {_file(problem, '/calibration')}"
        )
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


def _kept(info: dict[str, Any]) -> list[Finding]:
    """Return the files that a boot kept aside and a good one has taken the place of since."""
    names = [name for name in info.get("root", []) if name.endswith(".bad.json")]
    done = [name for name in names if name.replace(".bad.json", ".json") in info["root"]]
    cure = "look at it with `mpremote fs cat :NAME`, remove it with `mpremote fs rm :NAME`"
    says = f"a bad file from before is kept: {_some(done)}"
    return [Finding("kept aside", WARNING, says, cure)] if done else []


def _starts(info: dict[str, Any]) -> list[Finding]:
    """Return what the board wrote of its last start and its faults; nothing where it has never written."""
    if not info.get("fault_log"):
        return []
    log = fault_log.read(bytes.fromhex(info["fault_log"]))
    found = [_last_start(log)]
    if log.died_of and any(fault.name == "task" and fault.starts_ago == 0 for fault in log.faults):
        cure = f"{_DEPLOY}; if it comes back, report it with this line"
        found.append(Finding("app", WARNING, f"died before the last start: {log.died_of}", cure))
    if log.damaged:
        cure = "nothing to do: it goes on; if it comes back, the flash is worn: replace the board"
        found.append(Finding("fault log", WARNING, f"{log.damaged} of its entries are damaged and left out", cure))
    said = "; ".join(fault.says() for fault in reversed(log.faults[-_FAULTS_SAID:]))
    return [*found, Finding("faults", OK, said or "none so far")]


def _last_start(log: fault_log.FaultLog) -> Finding:
    says = f"{log.starts} so far, the last by {log.cause or 'an unknown cause'}"
    if "button" in log.refused:
        cure = "let go of the button and press reset; if nobody held it, look for a short at the button"
        return Finding("starts", WARNING, f"{says}, into safe mode: {log.refused}", cure)
    if log.refused:
        why = f"{log.refused} ({log.died_of})" if log.died_of else log.refused
        return Finding("starts", PROBLEM, f"{says}, into safe mode: {why}", f"{_DEPLOY}, then doctor again")
    return Finding("starts", OK, says)
