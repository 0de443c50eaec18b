# SPDX-License-Identifier: MIT
"""A board behind a line as slow as a real one: rates that both sides change, and those that one of them cannot."""

import ast
import hashlib
import json
import random

import pytest
from fakes.virtual_boards import add_sessions, blank_flash, mpremote, roller

from rolltools import FIRMWARE_DIR
from rolltools.errors import RollerError
from rolltools.link import FileRange, Link, compact
from rolltools.link.frames import DATA
from rolltools.link.programs import _SNIPPETS
from rolltools.virtual.process import run_board

DATA_BYTES = 30_000


@pytest.fixture(scope="module")
def board(vm64, tmp_path_factory):
    """Run a bare board with one session behind a line."""
    folder = tmp_path_factory.mktemp("line")
    blank_flash(folder)
    data = random.Random(4).randbytes(DATA_BYTES)
    add_sessions(folder, {"s000001.roll": data})
    with run_board(folder, "--line") as running:
        running.data = data
        yield running


def baud_notes(board):
    return [note["value"] for note in board.notes() if note["name"] == "baud"]


def fetched(board, baud):
    """Return the file as it came at a rate, and what the board's rate was on the way."""
    before = len(baud_notes(board))
    with Link(board.port, restart=False, baud=baud) as link:
        frames = list(link.frames([FileRange("/sessions/s000001.roll", 0, DATA_BYTES)]))
        assert link.exec("print(6 * 7)").strip() == b"42"
    came = {frame.offset: frame.payload for frame in frames if frame.kind == DATA}
    return b"".join(came[offset] for offset in sorted(came)), baud_notes(board)[before:]


@pytest.mark.parametrize("baud", [230400, 921600])
def test_both_sides_change_the_rate_and_change_it_back(board, baud):
    data, rates = fetched(board, baud)
    assert data == board.data
    assert [pytest.approx(rate, rel=0.01) for rate in (baud, 115200)] == rates


def test_an_adapter_that_cannot_leaves_the_line_as_it_was(board):
    """The model of the adapter knows four rates; the board finds that nobody is there, and so does the PC."""
    data, rates = fetched(board, 300_000)
    assert data == board.data
    assert [pytest.approx(rate, rel=0.01) for rate in (300_000, 115200)] == rates


def test_a_clock_that_cannot_be_divided_so_leaves_the_line_as_it_was(board):
    data, rates = fetched(board, 60_000_000)
    assert data == board.data and rates == []


def test_a_pull_at_a_fast_rate(board, tmp_path):
    done = roller("pull", "--stop", "--baud", "921600", "--port", board.port, "--to", str(tmp_path), "--json")
    assert done.returncode == 0, done.stderr
    (session,) = json.loads(done.stdout)["sessions"]
    assert session["bytes"] == DATA_BYTES and (tmp_path / "s000001.roll").read_bytes() == board.data
    assert max(baud_notes(board)) > 900_000 and baud_notes(board)[-1] < 120_000


@pytest.mark.parametrize("baud", [115200, 921600, 300_000])
def test_a_file_goes_to_the_board_at_any_rate(board, baud):
    data = random.Random(baud).randbytes(7000)
    with Link(board.port, restart=False, baud=baud) as link:
        link.write_file("/up", data)
        assert link.digests(["/up"]) == {"/up": hashlib.sha256(data).hexdigest()}


def test_a_file_that_the_board_cannot_write_is_told_at_a_fast_rate_too(board):
    with (
        Link(board.port, restart=False, baud=921600) as link,
        pytest.raises(RollerError, match="the board answered: OSError"),
    ):
        link.upload("/no/such/folder", b"x" * 5000)


def test_a_program_that_does_not_read_loses_what_its_ring_does_not_hold(board):
    count = """
import select, sys, time
sys.stdout.buffer.write(b"go")
time.sleep(0.4)
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
n = 0
while poll.poll(50):
    n += len(sys.stdin.buffer.read(1))
sys.stdout.buffer.write(b"%d." % n)
"""
    with Link(board.port, restart=False) as link, link.talk(count) as port:
        assert port.read(2) == b"go"
        port.write(b"x" * 1000)
        assert port.read(4) == b"259."


def test_stock_mpremote_works_over_the_line(board):
    out = mpremote(board.port, "fs", "sha256sum", ":/sessions/s000001.roll").stdout.decode()
    assert hashlib.sha256(board.data).hexdigest() in out


@pytest.mark.parametrize(
    "path", [FIRMWARE_DIR / "sender.py", *sorted(_SNIPPETS.glob("*.py"))], ids=lambda path: path.name
)
def test_what_is_left_out_of_a_program_does_nothing(path):
    source = path.read_text()
    small = compact(source)
    trees = [ast.parse(text) for text in (source, small)]
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and isinstance(node.body[0], ast.Expr):
                assert isinstance(node.body[0].value, ast.Constant)
                node.body = node.body[1:]
    assert ast.unparse(trees[0]) == ast.unparse(trees[1])
    assert len(small) < 0.9 * len(source)
