# SPDX-License-Identifier: MIT
"""Stock mpremote, as a program of its own, drives the virtual board with the firmware on it."""

import hashlib
import random
import subprocess

import pytest
from fakes.virtual_boards import Terminal, mpremote, pressed, until, with_firmware, write_samples

from rolltools.virtual.process import run_board

APP_STOPS = b"stopped: the session is on the flash"
CHIP = """
from machine import I2C, Pin
bus = I2C(0, scl=Pin(22), sda=Pin(21), freq=400000)
print([bus.readfrom_mem(0x5A, reg, 1)[0] for reg in (0x01, 0x0C)], Pin(4).value())
"""
CAUSE = "import machine; print(machine.reset_cause())"
PWRON, HARD, WDT, DEEPSLEEP, SOFT = 1, 2, 3, 4, 5


@pytest.fixture(scope="module", params=["real", "fast"])
def board(request, firmware_image, tmp_path_factory):
    folder = with_firmware(firmware_image, tmp_path_factory.mktemp(request.param))
    with run_board(folder, "--clock", request.param) as running:
        yield running


def said(*args, **options):
    return mpremote(*args, **options).stdout.decode()


def boots(board):
    """Return how often an app has begun to sample."""
    return sum(note["name"] == "samples" for note in board.notes())


def app_runs(board, after):
    """Wait until the app runs once more than `after` times, then interrupt it; it says so only when it ran."""
    until(lambda: boots(board) > after)
    with Terminal(board.port) as terminal:
        terminal.type(b"\x03")
        terminal.hear(APP_STOPS)
        terminal.hear(b">>> ")


def test_files_go_both_ways_unharmed(board, tmp_path):
    data = random.Random(1).randbytes(100_000)
    (tmp_path / "up").write_bytes(data)
    mpremote(board.port, "fs", "cp", str(tmp_path / "up"), ":big")
    assert hashlib.sha256(data).hexdigest() in said(board.port, "fs", "sha256sum", "big")
    listing = said(board.port, "fs", "ls")
    assert "100000 big" in listing and "main.py" in listing and " a/" in listing
    mpremote(board.port, "fs", "cp", ":big", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == data
    mpremote(board.port, "fs", "rm", ":big")
    assert "big" not in said(board.port, "fs", "ls")


def test_exec_eval_run_and_df(board, tmp_path):
    assert said(board.port, "exec", "print(6 * 7)") == "42\n"
    assert said(board.port, "eval", "sum(range(10))").strip() == "45"
    (tmp_path / "hello.py").write_text("import sys\nprint('hello from', sys.implementation.name)\n")
    assert "hello from micropython" in said(board.port, "run", str(tmp_path / "hello.py"))
    assert "2097152" in said(board.port, "df")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        mpremote(board.port, "exec", "1 / 0")
    assert b"ZeroDivisionError" in failed.value.stdout + failed.value.stderr


def test_a_mounted_folder_can_be_imported_from(board, tmp_path):
    (tmp_path / "mounted_one.py").write_text("ANSWER = 'from the PC'\n")
    out = said(board.port, "mount", str(tmp_path), "exec", "import mounted_one; print(mounted_one.ANSWER)")
    assert "from the PC" in out


def test_the_computers_files_are_out_of_reach(board):
    out = said(board.port, "exec", "import os\nprint(os.listdir('/'))")
    assert "etc" not in out and "main.py" in out


def test_after_reset_the_app_runs_again(board):
    mpremote(board.port, "resume", "exec", "kept = 5")
    assert said(board.port, "resume", "eval", "kept").strip() == "5"
    before = boots(board)
    mpremote(board.port, "reset")
    app_runs(board, before)
    assert said(board.port, "resume", "exec", CAUSE).strip() == str(HARD)
    with pytest.raises(subprocess.CalledProcessError):
        mpremote(board.port, "resume", "eval", "kept")


def test_after_soft_reset_the_app_runs_at_the_next_prompt(board):
    """At the raw REPL mpremote resets softly and there MicroPython leaves main.py out, here as on the ESP32."""
    mpremote(board.port, "soft-reset")
    assert said(board.port, "resume", "exec", CAUSE).strip() == str(SOFT)
    before = boots(board)
    with Terminal(board.port) as terminal:
        terminal.type(b"\x02\x04")
        terminal.hear(b"soft reboot")
    app_runs(board, before)
    assert said(board.port, "resume", "exec", CAUSE).strip() == str(SOFT)


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("import machine; machine.reset()", HARD),
        ("import machine; machine.soft_reset()", SOFT),
        ("import machine; machine.deepsleep(200)", DEEPSLEEP),
        ("import machine, time; machine.WDT(timeout=100); time.sleep(5)", WDT),
    ],
)
def test_reset_causes(board, line, cause):
    before = boots(board)
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.type(line.encode() + b"\r")
        app_runs(board, before)
    assert said(board.port, "resume", "exec", CAUSE).strip() == str(cause)


def test_ctrl_c_ends_the_running_app_and_a_tight_loop(board):
    before = boots(board)
    mpremote(board.port, "reset")
    app_runs(board, before)
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.ask("exec('print(6 * 7)\\nwhile True: pass')", b"42")
        terminal.type(b"\x03")
        terminal.hear(b"KeyboardInterrupt")
        terminal.ask("3 * 5", b"15")


def test_the_watchdog_of_the_app_leaves_a_host_alone(firmware_image, tmp_path):
    """Thirty times its 2 s at the prompt, on the fast clock, after Ctrl-C and a soft reset: nothing starts anew."""
    folder = with_firmware(firmware_image, tmp_path)
    with run_board(folder, "--clock", "fast") as board:
        app_runs(board, 0)
        mpremote(board.port, "exec", "import time; time.sleep(60)")
        assert said(board.port, "resume", "exec", CAUSE).strip() == str(SOFT)
        assert boots(board) == 1


# -- the motor ---------------------------------------------------------------------------------------------------------


def motor(board):
    return [note["value"] for note in board.notes() if note["name"] == "motor"]


def motor_runs(board):
    return motor(board)[-1:] not in ([], [0])


def chip_is_off(port):
    return said(port, "resume", "exec", CHIP).strip() in ("[2, 0] 0",)


@pytest.fixture
def buzzing(firmware_image, tmp_path):
    """Run a board that is pressed far too hard: from 1 s on the strongest cue plays, 400 ms on and 60 ms off."""
    samples = write_samples(tmp_path / "samples.csv", pressed(1.0, 32.0, 60.0))
    folder = with_firmware(firmware_image, tmp_path / "board")
    with run_board(folder, "--samples", str(samples)) as running:
        until(lambda: motor_runs(running))
        yield running


def test_ctrl_c_in_the_middle_of_a_cue_stops_the_motor(buzzing):
    with Terminal(buzzing.port) as terminal:
        terminal.type(b"\x03")
        terminal.hear(APP_STOPS)
    assert motor(buzzing) == [100, 0] or not motor_runs(buzzing)
    notes = [note for note in buzzing.notes() if note["name"] == "motor"]
    assert notes[-1]["t_s"] - notes[-2]["t_s"] < 0.35  # sooner than the cue would have ended
    assert chip_is_off(buzzing.port)
    assert motor(buzzing)[-1] == 0


def test_soft_reset_in_the_middle_of_a_cue_stops_the_motor(buzzing):
    mpremote(buzzing.port, "soft-reset")
    assert not motor_runs(buzzing)
    assert chip_is_off(buzzing.port)


def test_a_hard_reset_lets_go_of_the_motor(board):
    """The pin floats in a reset, and its resistor stops the motor: no code has to run for it, there is none here."""
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.ask("import os; os.rename('/main.py', '/off.py'); print('mo' + 'ved')", b"moved")
        terminal.ask("import sys; sys.path.insert(0, '/b'); sys.path.insert(0, '/a')", b"")
        terminal.ask("from boards.thing_plus import Board; b = Board(); print('ready', 1)", b"ready 1")
        changes = len(motor(board))
        # in one line: on the fast clock the pulse's own 2 s may be over before a second one arrives
        terminal.type(b"import machine; b.motor(100); machine.reset()\r")
        until(lambda: len(motor(board)) >= changes + 2)
        terminal.prompt()
        assert motor(board)[changes:] == [100, 0]
        terminal.ask("import os; os.rename('/off.py', '/main.py'); print('ba' + 'ck')", b"back")
    notes = [note for note in board.notes() if note["name"] == "motor"]
    assert notes[-1]["t_s"] - notes[-2]["t_s"] < 0.5
    assert chip_is_off(board.port)


def test_a_power_cut_in_the_middle_of_a_cue(buzzing, tmp_path):
    buzzing.process.kill()
    buzzing.process.wait()
    with run_board(tmp_path / "board") as again:
        app_runs(again, 0)
        assert motor(again) == [] or not motor_runs(again)
        assert said(again.port, "resume", "exec", CAUSE).strip() == str(PWRON)
        assert chip_is_off(again.port)
