# SPDX-License-Identifier: MIT
"""`roller routine`: files that are routines and files that are not, and a board that keeps one."""

import json

import pytest
from fakes.virtual_boards import roller

from rolltools import routine
from rolltools.errors import RollerError

FACE = {
    "steps": [
        {"name": "left cheek", "seconds": 20, "side": "left", "over_limit_n": 6},
        {"name": "forehead", "seconds": 10},
    ]
}


@pytest.fixture
def face(tmp_path):
    path = tmp_path / "face.json"
    path.write_text(json.dumps(FACE))
    return path


def test_a_routine_is_shown_as_a_table(face):
    done = roller("routine", "--check", str(face))
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "2 steps, 30 s of rolling"
    assert "left cheek" in done.stdout and "1 to 6" in done.stdout


@pytest.mark.parametrize("text", ["", "{", "[]", '{"steps": [{"name": "x"}]}', "\udc80", "[" * 100000])
def test_what_is_no_routine_is_refused_with_cause_and_cure(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(RollerError) as refused:
        routine.rows(routine.read(path))
    assert refused.value.cause and refused.value.cure


def test_a_routine_that_the_log_cannot_hold_is_refused(tmp_path):
    path = tmp_path / "long.json"
    step = {"name": "\N{FLEXED BICEPS}" * 24, "seconds": 10, "over_limit_n": 6.0, "band_low_n": 2.0}
    path.write_text(json.dumps({"steps": [step] * 12}))
    with pytest.raises(RollerError, match="too long"):
        routine.read(path)


@pytest.mark.parametrize("words", [("--check",), ("--off", "--check"), ("--off", "face.json")])
def test_contradicting_options_are_a_usage_error(words):
    assert roller("routine", *words).returncode == 2
