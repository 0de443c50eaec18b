# SPDX-License-Identifier: MIT
"""Files through lines that lose, turn and double bytes, or are cut: whole and right, or not there."""

import hashlib
import json
import random

import pytest
from fakes.line_board import LineBoard
from hypothesis import given, settings
from hypothesis import strategies as st

from rolltools.errors import RollerError
from rolltools.fetching import Fetch, digests, fetch
from rolltools.link.frames import DATA, END, PAYLOAD, Frame
from rolltools.virtual.wire import Faults


def some(size, seed=1):
    return random.Random(seed).randbytes(size)


def run(board, tmp_path, **known):
    """Fetch all files of a board; return what `fetch` told of, in its order, and the new bytes it heard of."""
    done, heard = [], []
    files = [Fetch(path, len(data), tmp_path / path[1:], known.get(path[1:], 0)) for path, data in board.files.items()]
    fetch(board, files, heard.append, lambda file: done.append(file.path))
    return done, sum(heard), files


def below(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_files_come_in_one_go_over_a_good_line(tmp_path):
    board = LineBoard({"/a": some(5000), "/b": some(1, 2), "/c": b""})
    done, new, _ = run(board, tmp_path)
    assert done == ["/a", "/b", "/c"]
    assert below(tmp_path) == {"a": some(5000), "b": some(1, 2), "c": b""}
    assert new >= 5001
    assert board.sent < 5001 + 6 * 47


@settings(max_examples=150)
@given(
    st.lists(st.integers(0, 9000), min_size=1, max_size=3),
    st.floats(0, 2e-3),
    st.floats(0, 2e-3),
    st.floats(0, 2e-3),
    st.integers(0, 1 << 30),
)
def test_whatever_a_line_does_a_file_is_right_or_not_there(tmp_path_factory, sizes, lost, flipped, doubled, seed):
    tmp_path = tmp_path_factory.mktemp("to")
    files = {f"/{i}": some(size, i) for i, size in enumerate(sizes)}
    try:
        run(LineBoard(files, Faults(lost, flipped, doubled, seed=seed)), tmp_path)
    except RollerError as error:
        assert "noise" in error.cause
    found = below(tmp_path)
    for i, size in enumerate(sizes):
        assert found.get(str(i), some(size, i)) == some(size, i)
    assert all(name[0] == "." for name in found if not name.isdigit())


def test_a_damaged_frame_costs_that_frame_alone(tmp_path):
    board = LineBoard({"/a": some(40_000)}, Faults(flipped=1 / 20_000, seed=4))
    _, _, files = run(board, tmp_path)
    assert files[0].resent == 0
    assert 1 <= board.faults.harmed <= 5
    assert board.sent < 40_000 * 1.02 + board.faults.harmed * (PAYLOAD + 200)


def test_a_cable_pulled_at_every_offset_leaves_the_rest_to_the_next_time(tmp_path):
    data = some(5000)
    whole = LineBoard({"/a": data})
    run(whole, tmp_path / "whole")
    for cut in range(whole.sent):
        to = tmp_path / str(cut)
        board = LineBoard({"/a": data}, Faults(cut_after=cut))
        with pytest.raises(RollerError):
            run(board, to)
        assert "a" not in below(to)
        again = LineBoard({"/a": data})
        _, new, files = run(again, to)
        assert below(to) == {"a": data}
        assert files[0].resent == 0
        assert board.sent + again.sent < whole.sent + 4096


def test_what_came_behind_a_hole_is_kept_for_the_next_time(tmp_path):
    data = some(20_000)
    board = LineBoard({"/a": data}, Faults(flipped=1 / 4000, cut_after=15_000, seed=3))
    with pytest.raises(RollerError):
        run(board, tmp_path)
    holes = json.loads((tmp_path / ".a.holes").read_text())
    there = (tmp_path / ".a.part").stat().st_size
    missing = sum(end - start for start, end in holes) + len(data) - there
    assert holes and there > holes[-1][1]
    again = LineBoard({"/a": data})
    _, new, files = run(again, tmp_path)
    assert below(tmp_path) == {"a": data}
    assert files[0].resent == 0 and new == missing + 1  # and the digest


@pytest.mark.parametrize(
    "holes", [b"", b"{", b"[[1]]", b"[]", b"[[5, 1]]", b"[[-5, 100]]", b"[[0, 99999]]", b'[["a", 1]]']
)
def test_holes_that_make_no_sense_are_one_hole(tmp_path, holes):
    (tmp_path / ".a.part").write_bytes(b"x" * 3000)
    (tmp_path / ".a.holes").write_bytes(holes)
    run(LineBoard({"/a": some(5000)}), tmp_path)
    assert below(tmp_path) == {"a": some(5000)}


def test_a_part_that_was_spoilt_begins_anew(tmp_path):
    (tmp_path / ".a.part").write_bytes(b"x" * 3000)
    run(LineBoard({"/a": some(5000)}), tmp_path)
    assert below(tmp_path) == {"a": some(5000)}


@pytest.mark.parametrize("size", [5001, 100_000])
def test_a_part_that_is_longer_than_the_file_begins_anew(tmp_path, size):
    (tmp_path / ".a.part").write_bytes(some(size))
    run(LineBoard({"/a": some(5000)}), tmp_path)
    assert below(tmp_path) == {"a": some(5000)}


def test_only_what_is_new_of_a_known_file_is_sent(tmp_path):
    data = some(60_000)
    (tmp_path / "a").write_bytes(data[:50_000])
    board = LineBoard({"/a": data})
    run(board, tmp_path, a=50_000)
    assert below(tmp_path) == {"a": data}
    assert 10_000 < board.sent < 10_000 + 500


def test_a_file_that_the_board_does_not_have(tmp_path):
    board = LineBoard({"/a": some(10)})
    board.files = {}
    with pytest.raises(RollerError) as failed:
        fetch(board, [Fetch("/a", 10, tmp_path / "a")], lambda _: None, lambda _: None)
    assert "does not send /a: error 2" in failed.value.cause and failed.value.cure


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "to").write_text("")
    with pytest.raises(RollerError, match="cannot be written"):
        fetch(LineBoard({}), [Fetch("/a", 10, tmp_path / "to" / "a")], lambda _: None, lambda _: None)


def test_a_disk_that_is_full_is_told_and_leaves_nothing_half(tmp_path, monkeypatch):
    file = Fetch("/a", 5000, tmp_path / "a")

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Fetch, "_fill", full)
    with pytest.raises(RollerError, match="a cannot be written: No space left"):
        fetch(LineBoard({"/a": some(5000)}), [file], lambda _: None, lambda _: None)
    assert not (tmp_path / "a").exists()


class Liar:
    """A board that answers everything with the same frames, again and again."""

    def __init__(self, *frames):
        self._frames = frames

    def frames(self, _ranges):
        yield from self._frames


@pytest.mark.parametrize(
    ("frames", "cause"),
    [
        ([], "noise"),
        ([Frame(DATA, 9, 0, b"x" * 10), Frame(END, 9, 10, bytes(32))], "noise"),
        ([Frame(DATA, 0, 10, b"x" * 10)], "noise"),
        ([Frame(b"?", 0, 0, b"x" * 10)], "noise"),
        ([Frame(DATA, 0, 0, b"x" * 10), Frame(END, 0, 9, bytes(32))], "noise"),
        ([Frame(DATA, 0, 0, b"x" * 10), Frame(END, 0, 10, bytes(32))], "not what the board says"),
        ([Frame(DATA, 0, 0, b"x" * 10), Frame(END, 0, 10, b"")], "not what the board says"),
    ],
)
def test_a_board_that_lies_about_a_file(tmp_path, frames, cause):
    with pytest.raises(RollerError) as failed:
        fetch(Liar(*frames), [Fetch("/a", 10, tmp_path / "a")], lambda _: None, lambda _: None)
    assert cause in failed.value.cause
    assert not (tmp_path / "a").exists()


def test_a_board_that_leaves_a_hole_between_any_two_bytes(tmp_path):
    frames = [Frame(DATA, 0, at, b"x") for at in range(0, 100_000, 2)]
    with pytest.raises(RollerError, match="loses more than it brings"):
        fetch(Liar(*frames), [Fetch("/a", 100_000, tmp_path / "a")], lambda _: None, lambda _: None)


@given(st.binary(max_size=3000), st.integers(0, 3000), st.integers(0, 1 << 30))
def test_digests_of_beginnings_come_through_a_bad_line(data, size, seed):
    size = min(size, len(data))
    board = LineBoard({"/a": data}, Faults(flipped=5e-3, seed=seed))
    try:
        (digest,) = digests(board, [("/a", size)])
    except RollerError as error:
        assert "noise" in error.cause
        return
    assert digest == hashlib.sha256(data[:size]).digest()
