# SPDX-License-Identifier: MIT
"""What is brought away before an erase: all of it or nothing is erased, and a later run puts back what waits."""

import json

import pytest
from fakes.roll_files import write_roll
from fakes.virtual_boards import Flash

from rolltools.errors import RollerError
from rolltools.flashing import backup, road
from rolltools.flashing.chip import Chip
from rolltools.link import Link
from rolltools.virtual.process import run_board

BOARD = "246f28524c01"  # of every virtual board
FILES = {
    "settings.json": b'{"over_limit_n": 8}',
    "calibration.json": b'{ "counts_per_n": 43000}\n',
    "motor.json": b"[1, 2",  # as it is, whatever it is
    "clock.json": b"[]",
    "routine.bad.json": b'{"steps": 0}',
}


@pytest.fixture(scope="module")
def link(vm64, tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    with run_board(folder, "--clock", "fast") as board, Link(board.port, restart=False) as opened:
        opened.folder = folder
        opened.exec("import os\nos.mkdir('/sessions')")
        yield opened


@pytest.fixture(autouse=True)
def empty(request, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    if "link" in request.fixturenames:
        wipe(request.getfixturevalue("link"))


def wipe(link):
    link.exec("for name in os.listdir('/sessions'): os.remove('/sessions/' + name)")
    link.exec("for name in os.listdir('/'):\n if name.endswith('.json'): os.remove('/' + name)")


def fill(link, files=FILES):
    for name, data in files.items():
        link.write_file("/" + name, data)


def json_files(link):
    return {path[1:]: data for path, data in Flash(link.folder).files().items() if path.endswith(".json")}


def note(folder):
    return json.loads((folder / backup.NOTE).read_text())


def test_files_and_sessions_come_over_as_they_are(link, tmp_path):
    session = write_roll(tmp_path / "made", strokes=4).read_bytes()
    link.write_file("/sessions/s000007.roll", session)
    fill(link)
    made = backup.make(link, tmp_path / "to")
    for name, data in FILES.items():
        assert (tmp_path / "to" / name).read_bytes() == data
    assert (tmp_path / "to" / "s000007.roll").read_bytes() == session
    assert (made.board, made.sessions, made.files) == (BOARD, 1, tuple(sorted(FILES)))
    assert note(tmp_path / "to")["is_back"] is False


def test_what_steers_the_board_goes_back_and_the_rest_does_not(link, tmp_path):
    fill(link)
    made = backup.make(link, tmp_path / "to")
    wipe(link)
    assert backup.waiting(tmp_path / "to", BOARD) == [made]
    assert backup.waiting(tmp_path / "to", "0" * 12) == [], "another board has nothing to do with it"
    assert backup.put_back(link, [made]) == ["settings.json", "calibration.json", "motor.json"]
    assert json_files(link) == {name: FILES[name] for name in ("settings.json", "calibration.json", "motor.json")}
    assert backup.waiting(tmp_path / "to", BOARD) == []


def test_a_board_that_holds_nothing(link, tmp_path):
    assert backup.make(link, tmp_path / "to") is None
    assert not (tmp_path / "to").exists()


def test_a_board_without_a_file_system(tmp_path):
    """It may hold sessions that somebody else can read: they are not erased unless the user says so."""
    with pytest.raises(RollerError, match="no file system: it is damaged"):
        backup.make(Lying({"id": BOARD, "sizes": None}), tmp_path / "to")


class Lying:
    """A board that lies about its files, and about nothing else."""

    def __init__(self, answer):
        self._answers = {"root_files": answer, "list_sessions": [], "which_board": {"named": "thing_plus"}}

    def run(self, snippet, **_args):
        return self._answers[snippet]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"id": BOARD},
        {"id": BOARD, "sizes": []},
        {"id": BOARD, "sizes": {"../x.json": 1}},
        {"id": BOARD, "sizes": {"settings.json": -1}},
        {"id": BOARD, "sizes": {"settings.json": True}},
        {"id": BOARD, "sizes": {"settings.json": 10**9}},
    ],
)
def test_a_board_that_lies(tmp_path, answer):
    with pytest.raises(RollerError, match="makes no sense"):
        backup.make(Lying(answer), tmp_path / "to")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fails_at", range(1, 1 + 2 * len(FILES)))  # a frame of data and a digest for each
def test_a_backup_that_was_cut_off_is_none(link, tmp_path, monkeypatch, fails_at):
    fill(link)
    real = link.frames

    def frames(ranges):
        for heard, frame in enumerate(real(ranges), 1):
            if heard == fails_at:
                raise RollerError("the board fell silent", "check the cable")
            yield frame

    monkeypatch.setattr(link, "frames", frames)
    with pytest.raises(RollerError, match="fell silent"):
        backup.make(link, tmp_path / "to")
    assert backup.waiting(tmp_path / "to", BOARD) == []
    monkeypatch.undo()
    assert backup.make(link, tmp_path / "to").files == tuple(sorted(FILES)), "the next run goes on in its folder"


def cut_off(monkeypatch, link, fails_at):
    """Let the link fall silent at a file that is written."""
    calls = []
    real = link.write_file

    def failing(path, data):
        calls.append(path)
        if len(calls) == fails_at:
            raise RollerError("the board fell silent", "check the cable")
        real(path, data)

    monkeypatch.setattr(link, "write_file", failing)


@pytest.mark.parametrize("fails_at", (1, 2, 3))
def test_a_putting_back_that_was_cut_off_is_finished_by_the_next(link, tmp_path, monkeypatch, fails_at):
    first, second = tmp_path / "roller-backup-1", tmp_path / "roller-backup-2"
    fill(link)
    backup.make(link, first)
    wipe(link)
    cut_off(monkeypatch, link, fails_at)
    with pytest.raises(RollerError, match="fell silent"):
        backup.put_back(link, backup.waiting(first, BOARD))
    monkeypatch.undo()
    backup.make(link, second)  # the next run: it brings away what there is, and erases
    wipe(link)
    backup.put_back(link, backup.waiting(second, BOARD))
    assert json_files(link) == {name: FILES[name] for name in ("settings.json", "calibration.json", "motor.json")}
    assert backup.waiting(second, BOARD) == []


def test_what_was_set_in_between_wins(link, tmp_path):
    first, second = tmp_path / "roller-backup-1", tmp_path / "roller-backup-2"
    fill(link)
    backup.make(link, first)
    wipe(link)
    fill(link, {"settings.json": b"{}"})
    backup.make(link, second)
    wipe(link)
    backup.put_back(link, backup.waiting(second, BOARD))
    assert json_files(link)["settings.json"] == b"{}"
    assert json_files(link)["calibration.json"] == FILES["calibration.json"]


def test_a_run_in_the_folder_of_the_cut_one_keeps_what_is_there(link, tmp_path):
    fill(link)
    link.write_file("/sessions/s000007.roll", write_roll(tmp_path / "made", strokes=4).read_bytes())
    backup.make(link, tmp_path / "to")
    wipe(link)
    fill(link, {"settings.json": b"{}"})
    again = backup.make(link, tmp_path / "to")
    assert again.sessions == 1, "the one that is there"
    assert again.files == tuple(sorted(FILES))
    assert (tmp_path / "to" / "settings.json").read_bytes() == b"{}"


@pytest.mark.parametrize("change", [{"board": "0" * 12}, {"is_back": True}])
def test_a_folder_with_another_backup_is_refused(link, tmp_path, change):
    fill(link)
    backup.make(link, tmp_path / "to")
    (tmp_path / "to" / backup.NOTE).write_text(json.dumps(note(tmp_path / "to") | change))
    with pytest.raises(RollerError, match="holds another backup"):
        backup.make(link, tmp_path / "to")
    assert note(tmp_path / "to") == note(tmp_path / "to") | change


@pytest.mark.parametrize("text", ["[", "[]", "{}", '{"files": 1}', '{"files": [], "board": "1"}'])
def test_a_note_that_is_none(tmp_path, text):
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / backup.NOTE).write_text(text)
    with pytest.raises(RollerError) as failed:
        backup.waiting(tmp_path / "to", BOARD)
    assert "by hand" in failed.value.cure


def test_a_failed_backup_says_what_to_do(vm64, tmp_path, monkeypatch):
    def failing(*_):
        raise RollerError("s000001.roll came over damaged", "try another cable")

    monkeypatch.setattr(backup, "make", failing)
    with run_board(tmp_path / "board", "--clock", "fast") as board, pytest.raises(RollerError) as failed:
        road.save(board.port, tmp_path / "to")
    assert failed.value.cause == "the backup failed, nothing was erased: s000001.roll came over damaged"
    assert failed.value.cure.startswith("try another cable") and "--no-backup" in failed.value.cure


def test_files_that_nobody_answers_for_are_not_erased(link, tmp_path):
    folder = tmp_path / "to"
    road.refuse_loss(Chip(BOARD, 4 << 20, holds_files=False), folder)
    with pytest.raises(RollerError) as failed:
        road.refuse_loss(Chip(BOARD, 4 << 20, holds_files=True), folder)
    assert "would be lost" in failed.value.cause and "--no-backup" in failed.value.cure
    fill(link)
    backup.make(link, folder)
    road.refuse_loss(Chip(BOARD, 4 << 20, holds_files=True), folder)  # they wait in the folder: a run was cut off
