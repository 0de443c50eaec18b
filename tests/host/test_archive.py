# SPDX-License-Identifier: MIT
from pathlib import Path

import pytest
from fakes.log_sessions import strokes_session

from rolltools import archive
from rolltools.archive import UNREADABLE, find_session, list_sessions, safe_session_name, write_whole
from rolltools.errors import RollerError


def put(folder: Path, name: str, pages: list[bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.roll").write_bytes(b"".join(pages))


def test_names_of_the_board_are_let_in():
    assert safe_session_name("s000001.roll") == "s000001"
    assert safe_session_name("s123456789.roll") == "s123456789"


@pytest.mark.parametrize(
    "name",
    [
        "../../x.roll",
        "/etc/s000001.roll",
        "s000001.roll/..",
        "..\\s000001.roll",
        "s000001.roll\n",
        "s000001.roll\0",
        "S000001.roll",
        "s00001.roll",
        "s000001.roll.exe",
        "s٠٠٠٠٠١.roll",
        "nul.roll",
        "",
        "s000001",
        "s" + "1" * 10 + ".roll",
    ],
)
def test_any_other_name_is_refused(name):
    with pytest.raises(RollerError) as caught:
        safe_session_name(name)
    assert caught.value.cure


def test_the_list_tells_the_states_apart(tmp_path):
    pages = strokes_session(50)
    put(tmp_path, "s000001", pages)
    put(tmp_path, "s000002", pages[:-1])
    put(tmp_path, "s000003", [pages[0], pages[2]])
    put(tmp_path, "s000004", [b"nothing"])
    put(tmp_path / "other-board", "s000005", pages)
    (tmp_path / "notes.txt").write_text("x")
    found = list_sessions(tmp_path)
    readable = [entry.session for entry in found if entry.session]
    assert all(session.started_utc for session in readable)
    assert sorted((entry.name, len(entry.session.strokes) if entry.session else 0, entry.state) for entry in found) == [
        ("s000001", 50, "complete"),
        ("s000002", 40, "truncated"),
        ("s000003", 30, "damaged"),
        ("s000004", 0, UNREADABLE),
        ("s000005", 50, "complete"),
    ]
    assert {session.duration_s for session in readable if session.state == "complete"} == {50.0}


def test_a_folder_that_is_none_is_an_error(tmp_path):
    with pytest.raises(RollerError):
        list_sessions(tmp_path / "none")


def test_a_session_is_found_by_name(tmp_path):
    put(tmp_path, "s000001", strokes_session(10))
    assert len(find_session(tmp_path, "s000001").strokes) == 10
    assert len(find_session(tmp_path, "s000001.roll").strokes) == 10
    with pytest.raises(RollerError, match="no session"):
        find_session(tmp_path, "../s000001")


def test_a_name_of_two_boards_must_be_told_apart(tmp_path):
    put(tmp_path / "a", "s000001", strokes_session(10))
    put(tmp_path / "b", "s000001", strokes_session(10))
    with pytest.raises(RollerError, match="2 sessions"):
        find_session(tmp_path, "s000001")


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    path = tmp_path / "new" / "s000001.roll"
    write_whole(path, b"first")
    assert path.read_bytes() == b"first"

    def no_space(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", no_space)
    with pytest.raises(RollerError, match="No space left"):
        write_whole(path, b"second")
    assert path.read_bytes() == b"first"
    assert [item.name for item in path.parent.iterdir()] == ["s000001.roll"]


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RollerError, match="cannot be written"):
        write_whole(tmp_path / "file" / "s000001.roll", b"x")
