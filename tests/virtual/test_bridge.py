# SPDX-License-Identifier: MIT
"""The port of the virtual board as a serial line: it forgets, it never blocks the board, it dies with its process."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest
from fakes.virtual_boards import Terminal, mpremote, roller, until

from rolltools.virtual.process import run_board

FLOOD_THEN_LIGHT = """
import machine
for i in range(3000): print("x" * 100)
machine.Pin(13, machine.Pin.OUT).value(1)
"""

PORT_READER = """
import select, sys
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print("reads")
while True:
    while poll.poll(0): sys.stdin.buffer.read(1)
"""


@pytest.fixture(scope="module")
def board(vm64, tmp_path_factory):
    with run_board(tmp_path_factory.mktemp("blank")) as running:
        yield running


def lights(board):
    return [note["value"] for note in board.notes() if note["name"] == "led"]


def light_off(port):
    with Terminal(port) as terminal:
        terminal.prompt()
        terminal.ask("import machine; machine.Pin(13, machine.Pin.OUT).value(0); print(2 + 3)", b"5")


def vms(folder: Path) -> list[int]:
    """Return the processes that run an interpreter of this board."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(word.endswith(b"power_on.py") for word in words) and any(
            word.startswith(os.fsencode(folder)) for word in words
        ):
            found.append(int(path.parent.name))
    return found


def test_a_flood_that_nobody_reads_does_not_stop_the_board(board):
    light_off(board.port)
    mpremote(board.port, "resume", "exec", "--no-follow", FLOOD_THEN_LIGHT)
    until(lambda: lights(board)[-1:] == [1])
    light_off(board.port)


def test_a_program_that_has_the_port_open_and_does_not_read_does_not_stop_the_board(board):
    light_off(board.port)
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.type(f"exec({FLOOD_THEN_LIGHT!r})\r".encode())
        until(lambda: lights(board)[-1:] == [1])
        terminal.type(b"\x03")
    light_off(board.port)


def test_input_that_the_board_does_not_read_is_lost_and_ctrl_c_still_works(board):
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.ask("exec('print(6 * 7)\\nwhile True: pass')", b"42")
        terminal.type(b"x" * 300_000)
        terminal.type(b"\x03")
        terminal.hear(b"KeyboardInterrupt")
        terminal.prompt()


def test_what_comes_behind_ctrl_c_is_for_the_prompt(board):
    with Terminal(board.port) as terminal:
        terminal.prompt()
        terminal.ask(f"exec({PORT_READER!r})", b"reads")
        terminal.type(b"a\x03print(6 * 7)\r")
        terminal.hear(b"42")


def test_bytes_to_a_port_that_is_closed_at_once(board):
    random_bytes = random.Random(2)
    for _ in range(20):
        fd = os.open(board.port, os.O_RDWR | os.O_NOCTTY)
        # no Ctrl-A to Ctrl-E: they change the mode of the REPL
        os.write(fd, bytes(b for b in random_bytes.randbytes(200) if b > 5))
        os.close(fd)
    with Terminal(board.port) as terminal:
        terminal.type(b"\x03\x03\x02")
        terminal.prompt()


def test_opening_and_closing_the_port_fifty_times(board):
    for i in range(50):
        with Terminal(board.port) as terminal:
            terminal.type(b"\r")
            terminal.hear(b">>> ")
            if i % 10 == 0:
                terminal.ask(f"{i} * 3", str(i * 3).encode())


def test_two_boards_in_one_folder(board, tmp_path):
    folder = tmp_path / "one"
    with run_board(folder) as first:
        second = roller("virtual-board", "--dir", str(folder))
        assert second.returncode == 1
        assert second.stdout == ""
        assert second.stderr.splitlines() == [
            f"error: another virtual board runs in {folder}",
            "cure:  stop it, or name another folder with --dir",
        ]
        with Terminal(first.port) as terminal:
            terminal.prompt()  # the first one did not notice


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_interpreter_dies_with_the_board(vm64, tmp_path, how):
    with run_board(tmp_path) as board:
        pids = until(lambda: vms(tmp_path))
        board.process.send_signal(how)
        board.process.wait(10)
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
        assert not vms(tmp_path)
    with run_board(tmp_path) as again, Terminal(again.port) as terminal:  # whatever was left does not stop the next one
        terminal.prompt()


def test_a_board_whose_flash_image_has_another_size_is_refused(tmp_path):
    (tmp_path / "flash.img").write_bytes(b"\xff" * 100)
    done = roller("virtual-board", "--dir", str(tmp_path))
    assert done.returncode == 1
    assert "100 bytes and not 2097152" in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert (tmp_path / "flash.img").stat().st_size == 100


def test_a_broken_file_system_says_what_the_esp32_says_and_leaves_the_prompt(vm64, tmp_path):
    noise = random.Random(3).randbytes(512 * 4096)
    (tmp_path / "flash.img").write_bytes(noise)
    with run_board(tmp_path) as board:
        out = mpremote(board.port, "resume", "exec", "print(1 + 1)").stdout
        assert out.strip() == b"2"
    assert (tmp_path / "flash.img").read_bytes() == noise  # nothing was formatted over somebody's sessions


def test_an_idle_board_leaves_the_computer_alone(board):
    with Terminal(board.port) as terminal:
        terminal.prompt()
    before_s, end_s = cpu_s(board.process.pid), time.monotonic() + 0.5
    until(lambda: time.monotonic() > end_s)
    assert cpu_s(board.process.pid) - before_s < 0.1


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_port_is_the_first_line_and_there_at_once(vm64, tmp_path):
    with run_board(tmp_path) as board:
        assert board.port.startswith("/dev/") and not Path(board.port).is_symlink()
        assert subprocess.run(["test", "-c", board.port], check=False).returncode == 0
