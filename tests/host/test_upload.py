# SPDX-License-Identifier: MIT
"""Files to the board over good and bad lines: whole in the end, whatever was lost, turned or doubled, both ways."""

import os
import random
import select
import subprocess

import pytest
from fakes.bad_line import CTRL_C, DOUBLED, LOST, BadLink
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rolltools import building, deploying, parcel
from rolltools.errors import RollerError
from rolltools.link import snippet_source
from rolltools.link.upload import BLOCK, escape, send

DATA = bytes(range(256)) * 4 + random.Random(3).randbytes(3 * BLOCK - 1000)
STDIN_RING = 256  # bytes that an ESP32 holds for a program that does not read
HEAP = "100K"


def upload(data, down=None, up=None, path=None):
    link = BadLink(down, up)
    seen = []
    link.upload(str(path), data, lambda done, total: seen.append((done, total)))
    with open(path, "rb") as stream:
        assert stream.read() == data
    assert seen == sorted(set(seen)) and (not data or seen[-1] == (len(data), len(data)))
    return link


@given(st.binary(max_size=400))
@example(b"\x10C\x10P\x03\x10\x10C")
def test_no_ctrl_c_travels_and_what_is_spelled_out_comes_back(data):
    """`receive.py` reads it as this test does."""
    line = escape(data)
    assert CTRL_C not in line
    assert line.replace(b"\x10C", b"\x03").replace(b"\x10P", b"\x10") == data
    assert b'.replace(b"\\x10C", b"\\x03").replace(b"\\x10P", b"\\x10")' in RECEIVE


RECEIVE = (deploying.FIRMWARE_DIR.parent / "host_tools/rolltools/snippets/receive.py").read_bytes()


@pytest.mark.parametrize("size", [0, 1, 107, 108, 109, 127, 128, 129, BLOCK - 1, BLOCK, BLOCK + 1, len(DATA)])
@pytest.mark.parametrize("kind", ["any", "ctrl-c", "escapes"])
def test_a_file_comes_over_a_good_line_in_one_go(tmp_path, size, kind):
    data = {"any": DATA, "ctrl-c": b"\x03" * len(DATA), "escapes": b"\x10C\x10P" * len(DATA)}[kind][:size]
    link = upload(data, path=tmp_path / "file")
    assert len(link.programs) == 1
    assert link.down.most <= STDIN_RING


def test_the_line_is_never_idle_within_a_block(tmp_path):
    """Two pieces are under way: while the board takes one, the next comes."""
    assert upload(DATA, path=tmp_path / "file").down.most == STDIN_RING


ANY_FAULT = st.sampled_from([LOST, DOUBLED]) | st.integers(0, 7).map(lambda bit: 1 << bit)
DOWN = st.dictionaries(st.integers(0, len(DATA) + 500), ANY_FAULT, max_size=3)
UP = st.dictionaries(st.integers(0, 60), ANY_FAULT, max_size=3)


@settings(max_examples=150, deadline=None)
@given(DOWN, UP)
@example({0: LOST}, {})
@example({3: 1}, {})  # the length in the head of a block
@example({10: 1}, {})  # its place
@example({700: LOST}, {})
@example({700: DOUBLED}, {})
@example({700: 1}, {})
@example({}, {2: LOST})
@example({}, {17: LOST})  # the answer to a block
@example({}, {17: DOUBLED})
@example({}, {17: 1})
def test_a_few_faults_cost_time_and_nothing_else(tmp_path_factory, down, up):
    upload(DATA, down, up, tmp_path_factory.getbasetemp() / "bad")


@pytest.mark.parametrize(
    ("at", "fault"),
    [(0, 8), (0, 0x40), (700, 0x40), (700, DOUBLED)],
    ids=["too long", "no number", "turned", "doubled"],
)
def test_a_damaged_block_is_sent_again_by_the_same_program(tmp_path, at, fault):
    link = upload(DATA, {at: fault}, path=tmp_path / "file")
    assert len(link.programs) == 1
    assert link.down.passed < len(escape(DATA)) + 2 * BLOCK


def test_after_a_lost_byte_it_goes_on_from_the_last_block(tmp_path):
    link = upload(DATA, {3 * BLOCK: LOST}, path=tmp_path / "file")
    assert len(link.programs) == 2
    assert link.programs[1].endswith(f", {2 * BLOCK}, {len(DATA)})")
    assert link.down.passed < len(escape(DATA)) + 2 * BLOCK


class Always(dict):
    """The same fault, at every so many bytes."""

    def __init__(self, every, fault):
        self.every, self.fault = every, fault

    def get(self, number):
        return self.fault if number % self.every == 0 else None


@pytest.mark.parametrize("fault", [LOST, DOUBLED, 1])
@pytest.mark.parametrize("way", ["down", "up"])
def test_a_line_that_leads_nowhere_is_given_up_with_a_cure(tmp_path, way, fault):
    every = 50 if way == "down" else 1
    if (way, fault) == ("up", DOUBLED):
        pytest.skip("what is said twice is understood")
    with pytest.raises(RollerError) as failed:
        upload(DATA, **{way: Always(every, fault)}, path=tmp_path / "file")
    assert "bytes get lost on the way to /dev/bad" in failed.value.cause and "cable" in failed.value.cure


def test_the_board_says_why_it_cannot_write(tmp_path):
    link = BadLink()
    with pytest.raises(RollerError, match="the board answered: .*No such file"):
        link.upload(str(tmp_path / "none" / "file"), DATA)
    assert len(link.programs) == 1


class Pipes:
    """A program on a MicroPython of the PC, as a port."""

    timeout = 10.0

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def begin(self):
        """Be a port."""

    def write(self, data):
        os.write(self.process.stdin.fileno(), data)

    def read(self, n):
        fd = self.process.stdout.fileno()
        return os.read(fd, n) if select.select([fd], [], [], 10)[0] else b""


def test_a_whole_firmware_goes_through_a_small_heap(vm32, tmp_path):
    """Taken and unpacked by the 32-bit MicroPython in less memory than the parcel itself would take."""
    files = building.compiled(deploying.firmware_for("thing_plus"), "x86")
    app = {path: data for path, data in files.items() if path != "main.py"}
    packed = parcel.pack(app, {}, {}, {})
    program = f"{snippet_source('receive')}\nmain('deploy.part', 0, {len(packed)})\n"
    program += f"{snippet_source('unpack')}\nswitch = print\n"
    program += f"print(main('deploy.part', 'a', 'b', {parcel.seal(app, parcel.ordered(app))!r}))"
    (tmp_path / "take.py").write_text(f"import os\nos.chdir({str(tmp_path)!r})\n{program}")
    port = Pipes([*vm32, "-X", f"heapsize={HEAP}", str(tmp_path / "take.py")])
    assert list(send(port, packed, 0, 10.0))[-1] == len(packed)
    said, _ = port.process.communicate(timeout=60)
    assert said.split() == [b"a", b"True"], said
    found = {path.relative_to(tmp_path / "a").as_posix(): path.read_bytes() for path in (tmp_path / "a").rglob("*.*")}
    assert found == app
    assert len(packed) > 80_000
