# SPDX-License-Identifier: MIT
"""Pulls from a board that tells the truth and from boards that lie: nothing is believed, nothing is lost."""

import hashlib
import json
from pathlib import Path

import pytest
from fakes.virtual_boards import Flash
from hypothesis import given, settings
from hypothesis import strategies as st
from roll_files import write_roll

from rolltools.archive import UNREADABLE
from rolltools.clock_history import Contact
from rolltools.errors import RollerError
from rolltools.link import Link
from rolltools.pulling import Offered, offered, pull
from rolltools.session_log import read_session
from rolltools.virtual.process import run_board


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
    results = pull(link, tmp_path / "to", lambda name, more: seen.append((name, more)))
    assert [(r.name, r.new, r.state, r.strokes) for r in results] == [
        ("s000001", True, "complete", 40),
        ("s000002", True, "complete", 3),
    ]
    files = below(tmp_path / "to")
    assert {name: files[f"{name}.roll"] for name in data} == data
    assert len(files) == 4
    assert files["s000002.strokes.csv"].count(b"\n") == 4
    assert marks(link) == ["/sessions/s000001.pulled", "/sessions/s000002.pulled"]
    for name, whole in data.items():
        assert sum(more for who, more in seen if who == name) == len(whole)


def test_the_contact_after_a_session_comes_beside_it_and_puts_its_start_right(link, tmp_path):
    set_ms = 1762197840000 - 3_600_000
    clock = {"set_ms": set_ms, "error_ms": 20, "drift_ppm": 0, "drift_error_ppm": 3333}
    put(link, tmp_path, "s000001", clock=clock)
    put(link, tmp_path, "s000002")
    contacts = [Contact(set_ms, None, None, 20), Contact(set_ms + 7_200_000, 9000, 7200, 30)]
    pull(link, tmp_path / "to", contacts=contacts)
    files = below(tmp_path / "to")
    assert json.loads(files["s000001.clock.json"]) == vars(contacts[1])
    assert "s000002.clock.json" not in files
    assert read_session(tmp_path / "to" / "s000001.roll").started_utc == "2025-11-03T19:23:55.505+00:00"
    assert read_session(tmp_path / "to" / "s000002.roll").started_uncertainty_s is None


def test_what_is_there_already_is_not_sent_again(link, tmp_path):
    put(link, tmp_path, "s000001")
    pull(link, tmp_path / "to")
    before = (tmp_path / "to" / "s000001.roll").stat().st_mtime_ns
    (tmp_path / "to" / "s000001.strokes.csv").unlink()
    seen = []
    results = pull(link, tmp_path / "to", lambda name, more: seen.append(more))
    assert [r.new for r in results] == [False] and seen == []
    assert (tmp_path / "to" / "s000001.roll").stat().st_mtime_ns == before
    assert (tmp_path / "to" / "s000001.strokes.csv").exists()


def test_a_session_that_grew_replaces_its_beginning(link, tmp_path):
    whole = put(link, tmp_path, "s000001", strokes=200)
    to = tmp_path / "to"
    to.mkdir()
    (to / "s000001.roll").write_bytes(whole[:4080])
    results = pull(link, to)
    assert [(r.new, r.strokes) for r in results] == [(True, 200)]
    assert (to / "s000001.roll").read_bytes() == whole


@pytest.mark.parametrize("strokes", [6, 2])
def test_another_boards_session_of_the_same_name_is_never_written_over(link, tmp_path, strokes):
    put(link, tmp_path, "s000001")
    to = tmp_path / "to"
    to.mkdir()
    mine = write_roll(to / "s000001.roll", device="0badf00d", strokes=strokes).read_bytes()
    with pytest.raises(RollerError) as failed:
        pull(link, to)
    assert "is another session than s000001" in failed.value.cause
    assert "folder of its own" in failed.value.cure
    assert below(to) == {"s000001.roll": mine}
    assert marks(link) == []


def test_a_file_that_cannot_be_read_is_kept_and_does_not_hide_the_others(link, tmp_path):
    link.write_file("/sessions/s000001.roll", b"no session at all" * 50)
    put(link, tmp_path, "s000002")
    results = pull(link, tmp_path / "to")
    assert [(r.name, r.state, r.strokes) for r in results] == [("s000001", UNREADABLE, 0), ("s000002", "complete", 6)]
    assert (tmp_path / "to" / "s000001.roll").read_bytes() == b"no session at all" * 50


def test_the_mark_is_set_only_when_file_and_table_are_in_place(link, tmp_path):
    put(link, tmp_path, "s000001")
    to = tmp_path / "to"
    (to / "s000001.strokes.csv").mkdir(parents=True)  # the table cannot be written here
    (to / "s000001.strokes.csv" / "x").touch()
    with pytest.raises(RollerError, match="cannot be written"):
        pull(link, to)
    assert marks(link) == []


def test_a_folder_that_cannot_be_written(link, tmp_path):
    put(link, tmp_path, "s000001")
    (tmp_path / "file").write_text("")
    with pytest.raises(RollerError, match="cannot be written"):
        pull(link, tmp_path / "file" / "to")
    assert marks(link) == []


# -- boards that lie ---------------------------------------------------------------------------------------------------


class Liar:
    """A board whose list is `answer`; it has `files`, and would give any file for any name."""

    def __init__(self, answer, files=None):
        self._answer = answer
        self._files = files or {}
        self.programs = []

    def run(self, snippet, **_args):
        assert snippet == "list_sessions"
        return self._answer

    def digests(self, paths):
        return {path: hashlib.sha256(self._files.get(path, b"")).hexdigest() for path in paths}

    def read_file(self, path, size, progress=None):
        return self._files.get(path, b"evil")

    def exec(self, code):
        self.programs.append(code)


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
def test_names_that_are_not_ours_write_nothing(name, tmp_path):
    (tmp_path / "to").mkdir()
    board = Liar([[name, 4, False]])
    with pytest.raises(RollerError) as failed:
        pull(board, tmp_path / "to")
    assert len(failed.value.cause) < 300 and failed.value.cause.isprintable()
    assert below(tmp_path) == {} and board.programs == []


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
        [["s000001.roll", 4, False, 1]],
        [[5, 4, False]],
        [["s000001.roll", -1, False]],
        [["s000001.roll", 1 << 40, False]],
        [["s000001.roll", True, False]],
        [["s000001.roll", 4.0, False]],
        [["s000001.roll", float("nan"), False]],
        [["s000001.roll", "4", False]],
        [["s000001.roll", None, False]],
        [[["s000001.roll"], 4, False]],
    ],
)
def test_a_list_that_makes_no_sense(answer):
    with pytest.raises(RollerError) as failed:
        offered(Liar(answer))
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
        found = offered(Liar(json.loads(json.dumps(answer))))
    except RollerError:
        return
    for entry in found:
        assert Path(entry.name).name == entry.name
        assert entry.name.isascii() and 0 <= entry.size <= 1 << 24


def test_sessions_come_in_the_order_of_their_numbers():
    names = ["s1000000.roll", "s000002.roll", "s999999.roll"]
    assert [entry.name for entry in offered(Liar([[name, 1, False] for name in names]))] == [
        "s000002",
        "s999999",
        "s1000000",
    ]


def test_a_session_without_a_page_yet_is_left_alone(tmp_path):
    board = Liar([["s000001.roll", 0, False]])
    assert pull(board, tmp_path) == []
    assert offered(board) == [Offered("s000001", 0, False)]
    assert below(tmp_path) == {} and board.programs == []
