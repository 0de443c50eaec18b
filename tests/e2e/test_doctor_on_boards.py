# SPDX-License-Identifier: MIT
"""The doctor on a healthy board and on broken ones: the cause and the cure of each, and nothing else.

One virtual board runs; each case breaks it, asks, and mends it.
"""

import json
from typing import NamedTuple

import pytest
from fakes.virtual_boards import roller, with_firmware

from rolltools import clock_contact
from rolltools.checkup import checkup
from rolltools.diagnosis import OK, PROBLEM, WARNING
from rolltools.link import Link
from rolltools.virtual.process import run_board

CALIBRATION = b'{"zero_counts": 0, "counts_per_n": 43800}'
FRESH = """
import sys, os, machine
for name in list(sys.modules):
    if name.split(".")[0] in ("board", "boards", "config", "drivers", "rollcore", "faultlog"):
        del sys.modules[name]
sys.path[:] = ["", ".frozen", "/lib"]
"""
TOOLS = """
def put(path, data):
    with open(path, "wb") as stream:
        stream.write(data)
def fill(blocks_left):
    stream = open('/big', 'wb')
    for _ in range(os.statvfs('/')[3] - blocks_left):
        stream.write(bytes(4085))  # a block holds its share of pointers, too
        print()  # the link gives up a board that is silent for long
    stream.close()
def chip(name):
    return machine.world().chips[name]
def log(*texts):
    sys.path.insert(0, "/" + SLOT)
    import faultlog
    faultlog.start(texts, ["task", "safe_mode"] if texts[1] else [])
"""


class Broken(NamedTuple):
    """What to do to a board and how to undo it, in its own Python; what the doctor then finds."""

    harm: str
    mend: str
    what: str
    state: str
    says: str
    cure: str


BOARDS = {
    "old MicroPython": Broken(
        "class Old: pass\nreal = sys\nfake = Old()\nfake.path = sys.path\nfake.implementation = Old()\n"
        "fake.implementation.version = (1, 23, 0, '')\nfake.implementation._machine = 'an ESP32'\n"
        "fake.implementation.name = 'micropython'\nfake.modules = sys.modules\n"
        "fake.stdin, fake.stdout = sys.stdin, sys.stdout\n"
        "sys.modules['sys'] = fake",
        "sys = sys.modules['sys'] = real",
        "MicroPython",
        PROBLEM,
        "1.23.0 is too old",
        "roller flash",
    ),
    "flash full": Broken(
        "fill(2)",
        "os.remove('/big')",
        "space",
        PROBLEM,
        "the flash is full",
        "pull the sessions",
    ),
    "flash nearly full": Broken(
        "fill(os.statvfs('/')[2] // 10)",
        "os.remove('/big')",
        "space",
        WARNING,
        "kB free",
        "pull the sessions",
    ),
    "clock never set": Broken(
        "machine.world().rtc.set_us(0)",
        "",
        "clock",
        WARNING,
        "never set",
        "set now",
    ),
    "no motion sensor": Broken(
        "chip('imu').present = False", "chip('imu').present = True", "chips", PROBLEM, "motion sensor", "0x6A"
    ),
    "no force sensor": Broken(
        "chip('force').present = False", "chip('force').present = True", "chips", PROBLEM, "force sensor", "0x2A"
    ),
    "no motor driver": Broken(
        "chip('haptic').present = False", "chip('haptic').present = True", "chips", PROBLEM, "no vibration", "0x5A"
    ),
    "no gauge": Broken(
        "chip('gauge').present = False", "chip('gauge').present = True", "chips", PROBLEM, "battery gauge", "board"
    ),
    "battery low": Broken(
        "chip('gauge').percent_x10 = 80", "chip('gauge').percent_x10 = 780", "battery", WARNING, "8 %", "charge it"
    ),
    "syntax error": Broken(
        "os.rename('/a/board.py', '/a/kept'); put('/a/board.py', b'def (')",
        "os.remove('/a/board.py'); os.rename('/a/kept', '/a/board.py')",
        "firmware",
        PROBLEM,
        "SyntaxError",
        "roller deploy",
    ),
    "file missing": Broken(
        "os.rename('/a/storage.mpy', '/kept')",
        "os.rename('/kept', '/a/storage.mpy')",
        "files",
        PROBLEM,
        "storage.mpy",
        "roller deploy",
    ),
    "file changed": Broken(
        "os.rename('/a/app.mpy', '/kept'); put('/a/app.mpy', b'M')",
        "os.remove('/a/app.mpy'); os.rename('/kept', '/a/app.mpy')",
        "files",
        WARNING,
        "app.mpy",
        "roller deploy",
    ),
    "source beside a compiled file": Broken(
        "put('/a/app.py', b'pass')", "os.remove('/a/app.py')", "files", WARNING, "app.py", "roller deploy"
    ),
    "older app": Broken(
        "os.rename('/a/rollcore/__init__.mpy', '/kept'); put('/a/rollcore/__init__.py', b'VERSION = \"0.0.9\"')",
        "os.remove('/a/rollcore/__init__.py'); os.rename('/kept', '/a/rollcore/__init__.mpy')",
        "firmware",
        WARNING,
        "older than these tools",
        "roller deploy",
    ),
    "newer app": Broken(
        "os.rename('/a/rollcore/__init__.mpy', '/kept'); put('/a/rollcore/__init__.py', b'VERSION = \"9.0.0\"')",
        "os.remove('/a/rollcore/__init__.py'); os.rename('/kept', '/a/rollcore/__init__.mpy')",
        "firmware",
        WARNING,
        "newer than these tools",
        "update the tools",
    ),
    "no such slot": Broken(
        "put('/active', b'x')", "put('/active', b'a')", "firmware", PROBLEM, "/active names 'x'", "roller deploy"
    ),
    "half a deploy": Broken(
        "os.mkdir('/b'); put('/b/app.py.part', b'x')",
        "os.remove('/b/app.py.part'); os.rmdir('/b')",
        "deploy",
        WARNING,
        "cut off",
        "roller deploy",
    ),
    "settings bad": Broken(
        "put('/settings.bad.json', b'{')",
        "os.remove('/settings.bad.json')",
        "settings",
        PROBLEM,
        "/settings.bad.json: not JSON",
        "/settings.bad.json",
    ),
    "settings of a newer app": Broken(
        "put('/settings.bad.json', b'{\"glow\": 5}')",
        "os.remove('/settings.bad.json')",
        "settings",
        PROBLEM,
        "unknown setting 'glow'",
        "newer firmware",
    ),
    "bad file of before": Broken(
        "put('/settings.json', b'{}'); put('/settings.bad.json', b'{')",
        "os.remove('/settings.json'); os.remove('/settings.bad.json')",
        "kept aside",
        WARNING,
        "settings.bad.json",
        "mpremote fs",
    ),
    "routine bad": Broken(
        "put('/routine.json', b'{\"steps\": []}')",
        "os.remove('/routine.json')",
        "routine",
        PROBLEM,
        "0 steps",
        "roller routine",
    ),
    "calibration bad": Broken(
        "os.rename('/calibration.json', '/calibration.bad.json'); put('/calibration.bad.json', b'7')",
        f"put('/calibration.json', {CALIBRATION!r}); os.remove('/calibration.bad.json')",
        "calibration",
        PROBLEM,
        "zero_counts",
        "/calibration.bad.json",
    ),
    "no calibration": Broken(
        "os.remove('/calibration.json')",
        f"put('/calibration.json', {CALIBRATION!r})",
        "calibration",
        WARNING,
        "about right",
        "roller calibrate",
    ),
    "motor file bad": Broken(
        "put('/motor.json', b'7')", "os.remove('/motor.json')", "motor", PROBLEM, "compensation", "/motor.json"
    ),
    "safe mode by the button": Broken(
        "log('power on', 'the button was held at boot', '')",
        "log('reset', '', '')",
        "starts",
        WARNING,
        "the button was held",
        "let go",
    ),
    "fault log damaged": Broken(
        "kept = open('/faults.bin', 'rb').read(); put('/faults.bin', bytes(172) + kept[172:])",
        "put('/faults.bin', kept)",
        "fault log",
        WARNING,
        "1 of its entries",
        "goes on",
    ),
}


@pytest.fixture(scope="module")
def link(firmware_image, tmp_path_factory):
    """Return a link to a healthy board: calibrated, its clock set, its app started once."""
    folder = with_firmware(firmware_image, tmp_path_factory.mktemp("doctor"))
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False, silence_s=20) as link:
        clock_contact.make(link)
        link.write_file("/calibration.json", CALIBRATION)
        link.exec(FRESH + TOOLS)
        link.exec("SLOT = open('/active').read()\nif SLOT != 'a': os.rename('/' + SLOT, '/a'); put('/active', b'a')")
        link.exec("SLOT = 'a'\nlog('power on', '', '')")
        yield link


def findings(link):
    link.exec(FRESH)
    found = checkup(link)
    link.exec(FRESH)
    return found


def test_a_healthy_board_has_nothing_to_cure(link):
    found = findings(link)
    assert [finding for finding in found if finding.state != OK or finding.cure] == []
    assert {"starts", "faults", "firmware", "chips"} <= {finding.what for finding in found}


@pytest.mark.parametrize("name", BOARDS)
def test_a_broken_board_is_told_its_cause_and_its_cure(link, name):
    broken = BOARDS[name]
    link.exec(broken.harm)
    try:
        found = findings(link)
    finally:
        link.exec(broken.mend)
    finding = next(finding for finding in found if finding.what == broken.what)
    assert finding.state == broken.state
    assert broken.says in finding.says and broken.cure in finding.cure
    also = {"no gauge": {"battery"}, "syntax error": {"files"}}.get(name, set())
    assert {finding.what for finding in found if finding.state != OK} <= {broken.what} | also


def test_a_board_with_sources_is_as_well_as_one_with_compiled_files(firmware_image, tmp_path):
    folder = with_firmware(firmware_image, tmp_path)
    with run_board(folder, "--clock", "fast") as board:
        sent = json.loads(roller("deploy", "--source", "--port", board.port, "--json").stdout)
        assert sent["switched"] and "app.py" in sent["sent"]
        answer = json.loads(roller("doctor", "--port", board.port, "--json").stdout)
        assert {finding["state"] for finding in answer["findings"] if finding["what"] in ("files", "firmware")} == {OK}
        with Link(board.port, restart=False) as link:
            link.write_file(f"/{sent['slot']}/app.py", b"pass")
            assert "app.py" in next(finding.says for finding in checkup(link) if finding.what == "files")


def test_a_board_without_its_file_system_is_told_to_be_flashed(vm64, tmp_path):
    (tmp_path / "flash.img").write_bytes(b"\x5a" * 512 * 4096)
    with run_board(tmp_path, "--clock", "fast") as board:
        for command in ("doctor", "deploy"):
            done = roller(command, "--port", board.port)
            assert done.returncode == 1
            cause, cure = done.stderr.splitlines()
            assert "damaged" in cause and "roller flash" in cure
        answer = json.loads(roller("doctor", "--port", board.port, "--json").stdout)
    assert [finding["what"] for finding in answer["findings"]] == ["MicroPython", "file system"]
