# SPDX-License-Identifier: MIT
"""sessions, report and decode on real session files: what they print, what they write, how they fail."""

import csv
import io
import json
import re
import shlex
from pathlib import Path

import pytest
from fakes.roll_files import write_roll

from rolltools import console
from rolltools.cli import COMMANDS, app


@pytest.fixture
def run(capsys):
    """Return a function that runs a command line in this process and gives its exit code, stdout and stderr."""

    def run_it(*args: object) -> tuple[int, str, str]:
        code = console.run(lambda: app([str(a) for a in args], prog_name="roller"))
        return code, *capsys.readouterr()

    return run_it


@pytest.fixture
def folder(tmp_path) -> Path:
    """Return a folder of sessions: one complete, one cut off, one damaged, one that is no session at all."""
    write_roll(tmp_path / "s000001.roll", 8)
    write_roll(tmp_path / "s000002.roll", 4, ended=False)
    data = bytearray(write_roll(tmp_path / "s000003.roll", 300).read_bytes())
    data[5000] ^= 0xFF
    (tmp_path / "s000003.roll").write_bytes(data)
    (tmp_path / "s000004.roll").write_bytes(bytes(range(256)) * 40)
    return tmp_path


def test_sessions_lists_every_file_with_its_state(run, folder):
    code, out, err = run("sessions", folder)
    assert (code, err) == (0, "")
    rows = {line.split()[0]: line.rstrip() for line in out.splitlines() if line.startswith("s0000")}
    assert " ".join(rows["s000001"].split()) == "s000001 2025-11-03 19:24 UTC ? 8.0 s 8 75 % 0.3 s – complete"
    assert rows["s000002"].endswith("truncated")
    assert rows["s000003"].endswith("damaged")
    assert rows["s000004"].split() == ["s000004", *"–––––––", "unreadable"]
    assert "\x1b" not in out


def test_sessions_as_json(run, folder):
    code, out, _ = run("sessions", folder, "--json")
    told = json.loads(out)
    assert code == 0
    assert [s["state"] for s in told["sessions"]] == ["complete", "truncated", "damaged", "unreadable"]
    assert told["sessions"][0] == {
        "name": "s000001",
        "path": str(folder / "s000001.roll"),
        "state": "complete",
        "started_utc": told["sessions"][0]["started_utc"],
        "started_uncertainty_s": None,
        "duration_s": 8.0,
        "contact_s": 6.4,
        "in_band_s": 4.8,
        "over_s": 0.3,
        "strokes": 8,
        "overpressure": 1,
        "alarms": {
            "delay_s": {"median": 0.104, "p99": 0.104},
            "command_s": {"median": 0.109, "p99": 0.109},
            "back_under_s": {"median": 0.196, "p99": 0.196},
            "peak_n": {"median": 12.5, "p99": 12.5},
            "impulse_ns": {"median": 0.3, "p99": 0.3},
        },
        "about": False,
        "battery": None,
    }
    assert told["sessions"][0]["started_utc"].startswith("2025-11-03T19:24:00")
    assert told["sessions"][3]["strokes"] is None


def test_sessions_of_an_empty_folder_and_of_none(run, tmp_path):
    assert run("sessions", tmp_path)[:2] == (0, f"no sessions in {tmp_path}\n")
    assert json.loads(run("sessions", tmp_path, "--json")[1])["sessions"] == []
    code, out, err = run("sessions", tmp_path / "nowhere")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: .*nowhere.*\ncure:  .+\n", err)


def test_report_writes_the_page_beside_the_file_or_where_told(run, folder):
    code, out, _ = run("report", folder / "s000001.roll")
    assert (code, out) == (0, f"report: {folder / 's000001.html'}\n")
    html = (folder / "s000001.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "8 strokes in 8.0 s, 75 % of the contact inside the band, pressed too hard once." in html
    assert "from crossing to alarm, once; back under after 196 ms" in html
    code, out, _ = run("report", folder / "s000001.roll", "--out", folder / "x.html", "--json")
    assert json.loads(out) == {"report": str(folder / "x.html"), "state": "complete"}
    assert (folder / "x.html").read_bytes() == (folder / "s000001.html").read_bytes()


@pytest.mark.parametrize(("name", "said"), [("s000002", "The end of this session"), ("s000003", "could not be read")])
def test_report_of_an_imperfect_file_says_so(run, folder, name, said):
    assert run("report", folder / f"{name}.roll")[0] == 0
    assert said in (folder / f"{name}.html").read_text(encoding="utf-8")


def test_decode_gives_json_under_the_names_of_the_replay(run, folder):
    code, out, err = run("decode", folder / "s000001.roll", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["session"]["strokes"] == 8
    assert {"id", "t_start", "t_end", "t_report", "dir", "kind", "length_cm", "mean_n", "peak_n", "quality"} <= set(
        told["strokes"][0]
    )
    assert [o["t_on"] for o in told["overpressure"]] == [2.404]
    assert told["cues"] == [{"t": 2.404, "cue": "over", "level": 80}]
    assert run("decode", folder / "s000001.roll")[1] == out


def test_decode_gives_the_strokes_as_csv(run, folder):
    code, out, _ = run("decode", folder / "s000001.roll", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [int(row["id"]) for row in rows] == list(range(1, 9))
    assert float(rows[2]["peak_n"]) == 12.5
    assert {row["kind"] for row in rows} == {"lift", "knead"}


def test_decode_writes_a_file_and_keeps_stdout_clean(run, folder):
    to_pipe = run("decode", folder / "s000002.roll", "--csv")[1]
    code, out, err = run("decode", folder / "s000002.roll", "--csv", "--out", folder / "t.csv")
    assert (code, out) == (0, "")
    assert err == f"truncated: {folder / 't.csv'}\n"
    assert (folder / "t.csv").read_text() == to_pipe


def test_decode_wants_one_form(run, folder):
    code, out, err = run("decode", folder / "s000001.roll", "--csv", "--json")
    assert (code, out) == (2, "")
    assert "choose one of --json and --csv" in err


@pytest.mark.parametrize("command", [["report"], ["decode", "--json"], ["decode", "--csv"]])
@pytest.mark.parametrize("what", ["s000004.roll", "missing.roll", "."])
def test_what_is_no_session_is_one_cause_and_one_cure(run, folder, command, what):
    code, out, err = run(command[0], folder / what, *command[1:])
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: .+\ncure:  .+\n", err)
    assert "bug" not in err


def test_a_place_that_cannot_be_written_is_one_cause_and_one_cure(run, folder):
    (folder / "file").write_text("in the way")
    for args in (["report"], ["decode"]):
        code, _, err = run(*args, folder / "s000001.roll", "--out", folder / "file" / "x")
        assert code == 1
        assert re.fullmatch(r"error: .*file.*\ncure:  .+\n", err)
    assert (folder / "file").read_text() == "in the way"


def test_a_hostile_board_does_not_reach_the_terminal(run, tmp_path):
    write_roll(tmp_path / "s000001.roll", device="\x1b[31m<b>&")
    assert "\x1b" not in run("sessions", tmp_path)[1]
    assert "\x1b" not in run("decode", tmp_path / "s000001.roll")[1]
    run("report", tmp_path / "s000001.roll")
    assert "<b>&" not in (tmp_path / "s000001.html").read_text()


@pytest.mark.parametrize("name", ["sessions", "report", "decode"])
def test_the_examples_of_the_help_run(run, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for folder in ("sessions", "my-sessions"):
        Path(folder).mkdir()
        write_roll(Path(folder) / "s000001.roll")
    example = re.search(rf"^\s*(roller {name} .+)$", COMMANDS[name].__doc__.split("Example:")[1], re.MULTILINE)
    assert run(*shlex.split(example[1])[1:])[0] == 0
