# SPDX-License-Identifier: MIT
"""Pulls from a board that tells the truth and from boards that lie: nothing is believed, nothing is lost."""

import json
from binascii import crc32
from pathlib import Path

import pytest
from fakes.line_board import LineBoard
from fakes.roll_files import write_roll
from fakes.virtual_boards import Flash, pull_all
from hypothesis import given, settings
from hypothesis import strategies as st

from rolltools.archive import UNREADABLE
from rolltools.clock_history import Contact
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.pulling import pull
from rolltools.session_log import read_session
from rolltools.session_source import Offered, StoppedBoard
from rolltools.virtual.process import run_board
from rolltools.virtual.wire import Faults


@pytest.fixture(scope="module")
def link(vm64, tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False) as opened:
        opened.folder = folder
        opened.exec("import os\nos.mkdir('/sessions')")
        yield opened


@pytest.fixture(autouse=True)
def no_sessions(request):
    if "link" in request.fixturenames:
        request.getfixturevalue("link").exec("for name in os.listdir('/sessions'): os.remove('/sessions/' + name)")


def put(link, tmp_path, name, **options):
    data = write_roll(tmp_path / "made", **options).read_bytes()
    link.write_file(f"/sessions/{name}.roll", data)
    return data


def marks(link):
    return sorted(name for name in Flash(link.folder).files("/sessions") if name.endswith(".pulled"))


def below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -- a board that tells the truth --------------------------------------------------------------------------------------


def test_sessions_come_over_with_a_table_beside_each_and_are_marked(link, tmp_path):
    data = {name: put(link, tmp_path, name, strokes=n) for name, n in (("s000002", 3), ("s000001", 40))}
    link.exec("open('/sessions/notes.txt', 'wb').close()\nopen('/sessions/s000003.roll', 'wb').close()")
    seen = []
    results = pull_all(link, tmp_path / "to", advance=seen.append)
    assert [(r.name, r.new, r.state, r.strokes) for r in results] == [
        ("s000001", True, "complete", 40),
        ("s000002", True, "complete", 3),
    ]
    files = below(tmp_path / "to")
    assert {name: files[f"{name}.roll"] for name in data} == data
    assert len(files) == 4
    assert files["s000002.strokes.csv"].count(b"\n") == 4
    assert marks(link) == ["/sessions/s000001.pulled", "/sessions/s000002.pulled"]
    assert sum(seen) >= sum(map(len, data.values()))


def test_the_contact_after_a_session_comes_beside_it_and_puts_its_start_right(link, tmp_path):
    set_ms = 1762197840000 - 3_600_000
    clock = {"set_ms": set_ms, "error_ms": 20, "drift_ppm": 0, "drift_error_ppm": 3333}
    put(link, tmp_path, "s000001", clock=clock)
    put(link, tmp_path, "s000002")
    contacts = [Contact(set_ms, None, None, 20), Contact(set_ms + 7_200_000, 9000, 7200, 30)]
    pull_all(link, tmp_path / "to", contacts=contacts)
    files = below(tmp_path / "to")
    assert json.loads(files["s000001.clock.json"]) == vars(contacts[1])
    assert "s000002.clock.json" not in files
    assert read_session(tmp_path / "to" / "s000001.roll").started_utc == "2025-11-03T19:23:55.505+00:00"
    assert read_session(tmp_path / "to" / "s000002.roll").started_uncertainty_s is None


def test_what_is_there_already_is_not_sent_again(link, tmp_path):
    put(link, tmp_path, "s000001")
    pull_all(link, tmp_path / "to")
    before = (tmp_path / "to" / "s000001.roll").stat().st_mtime_ns
    (tmp_path / "to" / "s000001.strokes.csv").unlink()
    results = pull_all(link, tmp_path / "to")
    assert [r.new for r in results] == [False]
    assert (tmp_path / "to" / "s000001.roll").stat().st_mtime_ns == before
    assert (tmp_path / "to" / "s000001.strokes.csv").exists()


def test_a_session_that_grew_replaces_its_beginning(link, tmp_path):
    whole = put(link, tmp_path, "s000001", strokes=200)
    to = tmp_path / "to"
    to.mkdir()
    (to / "s000001.roll").write_bytes(whole[:4080])
    results = pull_all(link, to)
    assert [(r.new, r.strokes) for r in results] == [(True, 200)]
    assert (to / "s000001.roll").read_bytes() == whole


@pytest.mark.parametrize("strokes", [6, 2])
def test_another_boards_session_of_the_same_name_is_never_written_over(link, tmp_path, strokes):
    put(link, tmp_path, "s000001")
    to = tmp_path / "to"
    to.mkdir()
    mine = write_roll(to / "s000001.roll", device="0badf00d", strokes=strokes).read_bytes()
    with pytest.raises(RollerError) as failed:
        pull_all(link, to)
    assert "is another session than s000001" in failed.value.cause
    assert "folder of its own" in failed.value.cure
    assert below(to) == {"s000001.roll": mine}
    assert marks(link) == []


def test_a_file_that_cannot_be_read_is_kept_and_does_not_hide_the_others(link, tmp_path):
    link.write_file("/sessions/s000001.roll", b"no session at all" * 50)
    put(link, tmp_path, "s000002")
    results = pull_all(link, tmp_path / "to")
    assert [(r.name, r.state, r.strokes) for r in results] == [("s000001", UNREADABLE, 0), ("s000002", "complete", 6)]
    assert (tmp_path / "to" / "s000001.roll").read_bytes() == b"no session at all" * 50


def test_the_mark_is_set_only_when_file_and_table_are_in_place(link, tmp_path):
    put(link, tmp_path, "s000001")
    to = tmp_path / "to"
    (to / "s000001.strokes.csv").mkdir(parents=True)  # the table cannot be written here
    (to / "s000001.strokes.csv" / "x").touch()
    with pytest.raises(RollerError, match="cannot be written"):
        pull_all(link, to)
    assert marks(link) == []


def test_a_folder_that_cannot_be_written(link, tmp_path):
    put(link, tmp_path, "s000001")
    (tmp_path / "file").write_text("")
    with pytest.raises(RollerError, match="cannot be written"):
        pull_all(link, tmp_path / "file" / "to")
    assert marks(link) == []


# -- boards that lie ---------------------------------------------------------------------------------------------------


class Liar:
    """A board at its prompt whose list is `answer`."""

    def __init__(self, answer):
        self._answer = answer
        self.frames = LineBoard({}).frames

    def run(self, snippet, **_args):
        assert snippet == "list_sessions"
        return self._answer


def offered(answer):
    return StoppedBoard(Liar(answer)).sessions()


NAMES = [
    "../../x.roll",
    "..\\x.roll",
    "/etc/passwd",
    "/sessions/s000001.roll",
    "s000001.roll/../../x",
    "s000001.roll\n",
    "s000001.roll\0",
    "S000001.roll",
    "s٠٠٠٠٠١.roll",
    "s000001",
    "s1.roll",
    "nul.roll",
    ".roll",
    "",
    "s" + "1" * 10_000 + ".roll",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_not_ours_get_no_further(name):
    with pytest.raises(RollerError) as failed:
        offered([[name, 4, False, 0]])
    assert len(failed.value.cause) < 300 and failed.value.cause.isprintable()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        5,
        "s000001.roll",
        {"s000001.roll": 4},
        [5],
        [[]],
        [["s000001.roll"]],
        [["s000001.roll", 4, False]],
        [["s000001.roll", 4, False, 1, 1]],
        [[5, 4, False, 0]],
        [["s000001.roll", -1, False, 0]],
        [["s000001.roll", 1 << 40, False, 0]],
        [["s000001.roll", True, False, 0]],
        [["s000001.roll", 4.0, False, 0]],
        [["s000001.roll", float("nan"), False, 0]],
        [["s000001.roll", "4", False, 0]],
        [["s000001.roll", None, False, 0]],
        [[["s000001.roll"], 4, False, 0]],
        [["s000001.roll", 4, False, -1]],
        [["s000001.roll", 4, False, 1 << 32]],
        [["s000001.roll", 4, False, 0], ["s000001.roll", 5, False, 0]],
    ],
)
def test_a_list_that_makes_no_sense(answer):
    with pytest.raises(RollerError) as failed:
        offered(answer)
    assert failed.value.cure


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
def test_any_list_is_sessions_of_ours_or_an_error(answer):
    try:
        found = offered(json.loads(json.dumps(answer)))
    except RollerError:
        return
    for entry in found:
        assert Path(entry.name).name == entry.name
        assert entry.name.isascii() and 0 <= entry.size <= 1 << 24


def test_sessions_come_in_the_order_of_their_numbers():
    names = ["s1000000.roll", "s000002.roll", "s999999.roll"]
    assert [entry.name for entry in offered([[name, 1, False, 0] for name in names])] == [
        "s000002",
        "s999999",
        "s1000000",
    ]


def test_a_session_without_a_page_yet_is_left_alone(tmp_path):
    board = LineBoard({})
    assert pull(board, offered([["s000001.roll", 0, False, 0]]), tmp_path) == []
    assert below(tmp_path) == {} and board.marked == []


# -- what is sent ------------------------------------------------------------------------------------------------------


class Counting(LineBoard):
    """A board with session files, which it offers."""

    def sessions(self):
        return [Offered(path[10:-5], len(data), False, crc32(data[-64:])) for path, data in sorted(self.files.items())]


def counting(tmp_path, *strokes):
    files = {}
    for number, count in enumerate(strokes, 1):
        data = write_roll(tmp_path / "made", strokes=count, sealed=True).read_bytes()
        files[f"/sessions/s{number:06}.roll"] = data
    return Counting(files)


def test_a_known_and_sealed_session_costs_nothing(tmp_path):
    board = counting(tmp_path, 300, 20)
    pull(board, board.sessions(), tmp_path / "to")
    first, board.sent = board.sent, 0
    results = pull(board, board.sessions(), tmp_path / "to")
    assert [r.new for r in results] == [False, False]
    assert board.sent == 0 and first > 10_000
    assert board.marked == ["s000001", "s000002"] * 2


def test_a_sealed_session_that_was_spoilt_here_is_compared_by_its_digest(tmp_path):
    board = counting(tmp_path, 300)
    pull(board, board.sessions(), tmp_path / "to")
    path = tmp_path / "to" / "s000001.roll"
    data = bytearray(path.read_bytes())
    data[300] ^= 1
    path.write_bytes(data)
    with pytest.raises(RollerError, match="another session"):
        pull(board, board.sessions(), tmp_path / "to")
    assert path.read_bytes() == bytes(data)


def test_only_the_new_session_behind_many_is_sent(tmp_path):
    board = counting(tmp_path, *[100] * 12, 10)
    new = board.files.pop("/sessions/s000013.roll")
    pull(board, board.sessions(), tmp_path / "to")
    board.files["/sessions/s000013.roll"] = new
    board.sent = 0
    results = pull(board, board.sessions(), tmp_path / "to")
    assert [r.new for r in results] == [False] * 12 + [True]
    assert board.sent < len(new) + 100


def test_a_cut_between_two_sessions_keeps_the_first_and_marks_nothing(tmp_path):
    board = counting(tmp_path, 100, 100)
    first = len(board.files["/sessions/s000001.roll"])
    board.faults = Faults(cut_after=first + 1000)
    with pytest.raises(RollerError):
        pull(board, board.sessions(), tmp_path / "to")
    assert (tmp_path / "to" / "s000001.roll").read_bytes() == board.files["/sessions/s000001.roll"]
    assert not (tmp_path / "to" / "s000002.roll").exists()
    assert board.marked == []
