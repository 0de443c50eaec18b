# SPDX-License-Identifier: MIT
"""main.py from power-on to its end, on real MicroPython with its own asyncio and littlefs."""

import json
import subprocess
from pathlib import Path

import pytest

import rolltools
from rolltools import FIRMWARE_DIR
from rolltools.session_log import read_session

HERE = Path(__file__).parent
DEVICE = Path(rolltools.__file__).parent / "virtual" / "device"


@pytest.fixture
def boot(vm64):
    def boot(happening, slot="a"):
        arguments = [HERE / "boot_vm.py", DEVICE, FIRMWARE_DIR, HERE.parent, happening, slot]
        done = subprocess.run([*vm64, "-X", "heapsize=8M", *arguments], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        *printed, seen = done.stdout.splitlines()
        return printed, json.loads(seen)

    return boot


def motor_ends(seen):
    """Return when the motor was last switched off, in us, after making sure that it was on before and is off now."""
    assert (seen["pin"], seen["motor"]) == (0, 0)
    changes = [(t_us, value) for t_us, name, value in seen["notes"] if name == "motor"]
    assert any(value > 0 for _, value in changes)
    return [t_us for t_us, value in changes if value <= 0 and value == changes[-1][1]][-1]


def only_session(seen, folder):
    ((name, text),) = seen["sessions"].items()
    (folder / name).write_bytes(bytes.fromhex(text))
    return read_session(folder / name)


@pytest.mark.parametrize("slot", ["a", "b"])
def test_ctrl_c_in_an_alarm_stops_the_motor_and_leaves_the_prompt(boot, tmp_path, slot):
    printed, seen = boot("ctrl-c", slot)
    assert printed == ["stopped: the session is on the flash"]
    assert seen["how"] == "end"
    assert seen["app"].startswith(f"/{slot}/")
    (_, _, motor_then) = next(note for note in seen["notes"] if note[1] == "now")
    assert motor_then > 0
    assert motor_ends(seen) <= 3140000 + 5000 + 15000  # the chip brakes for 10 ms and a little
    session = only_session(seen, tmp_path)
    assert (session.state, session.faults) == ("complete", [])
    assert len(session.overpressure) == 1


def test_a_task_that_dies_ends_main_with_its_error_and_the_motor_off(boot, tmp_path):
    _printed, seen = boot("task")
    assert seen["how"] == "RuntimeError: injected"
    assert seen["ended_us"] < 4000000
    assert motor_ends(seen) < 3140000 + 80000
    session = only_session(seen, tmp_path)
    assert (session.state, [fault.code for fault in session.faults]) == ("complete", ["task"])


def test_the_motor_is_off_even_when_the_app_cannot_stop_itself(boot):
    _printed, seen = boot("stop")
    assert seen["how"] == "RuntimeError: no way out"
    assert motor_ends(seen) <= 3140000 + 20000


@pytest.mark.parametrize(
    ("happening", "failures"), [("ctrl-c", 0), ("task", 1), ("task again", 3), ("stop", 1), ("held", 0)]
)
def test_what_ends_the_app_is_counted_as_a_failure_or_not(boot, happening, failures):
    assert boot(happening)[1]["kept"][:2] == [ord("F"), failures]


@pytest.mark.parametrize(("happening", "error"), [("ctrl-c", ""), ("task", "RuntimeError: injected")])
def test_the_error_that_ends_the_app_is_kept_for_the_next_start(boot, happening, error):
    assert bytes(boot(happening)[1]["kept"][2:]).decode() == error


def test_an_app_that_failed_three_times_in_a_row_is_not_started_until_the_next_reset(boot):
    printed, seen = boot("failed")
    assert printed[0].startswith("safe mode: the app failed 3 times in a row")
    assert (seen["app"], seen["pin"], seen["motor"]) == (None, 0, 0)
    assert [note[2] for note in seen["notes"] if note[1] == "led"] == [1]
    assert seen["kept"] == [ord("F"), 0]


def test_the_button_that_wakes_a_sleeper_is_not_one_held_at_boot(boot):
    printed, seen = boot("woken")
    assert not any("safe mode" in line for line in printed)
    assert seen["sessions"], "the app ran"


def test_the_button_held_at_boot_is_safe_mode(boot):
    printed, seen = boot("held")
    assert "safe mode" in printed[0]
    assert seen["how"] == "end"
    assert seen["app"] is None
    assert (seen["pin"], seen["motor"], seen["sessions"]) == (0, 0, {})
    assert [note[2] for note in seen["notes"] if note[1] == "led"] == [1]
    assert seen["ended_us"] < 2000000
