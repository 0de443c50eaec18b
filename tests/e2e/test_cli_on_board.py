# SPDX-License-Identifier: MIT
"""A new user's way with a board: deploy, roll, doctor, pull, and what the files say then."""

import csv
import json

import pytest
from fakes.virtual_boards import Flash, pressed, roller, until, with_firmware, write_samples

from rolltools import hand
from rolltools.checkup import checkup
from rolltools.diagnosis import PROBLEM
from rolltools.link import Link
from rolltools.recording import write_csv
from rolltools.virtual.process import run_board


def ok(*words):
    done = roller(*words)
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" and "\x1b" not in done.stdout
    return done.stdout


def failed(*words):
    done = roller(*words)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert [line[:7] for line in lines] == ["error: ", "cure:  "] and "Traceback" not in done.stdout
    return lines


@pytest.fixture(scope="module")
def way(vm64, tmp_path_factory):
    """Go the whole way once, and return what was said on it."""
    tmp = tmp_path_factory.mktemp("way")
    samples = tmp / "samples.csv"
    with samples.open("w") as stream:
        write_csv(hand.make("kneads", 1, duration_s=20.0).recording, stream)
    said = {"folder": tmp, "samples": samples}
    with run_board(tmp / "board", "--samples", str(samples), "--clock", "fast") as board:
        said["blank"] = failed("doctor", "--port", board.port)
        said["nothing"] = ok("pull", "--port", board.port, "--to", str(tmp / "to"))
        said["deploy"] = ok("deploy", "--port", board.port)
        until(lambda: [n["value"] for n in board.notes() if n["name"] == "led"][-1:] == [1], 30)
        until(lambda: [n["value"] for n in board.notes() if n["name"] == "led"][-1:] == [0], 60)
        said["again"] = json.loads(ok("deploy", "--port", board.port, "--json"))
        said["doctor"] = ok("doctor", "--port", board.port)
        said["pull"] = ok("pull", "--port", board.port, "--to", str(tmp / "to"))
        said["json"] = json.loads(ok("pull", "--port", board.port, "--to", str(tmp / "to"), "--json"))
    return said


def test_a_blank_board_is_told_to_deploy(way):
    assert "1 to mend: does not start" in way["blank"][0]
    assert way["blank"][1] == "cure:  run `roller deploy`"
    assert way["nothing"] == "no sessions on the board\n"


def test_deploy_says_what_it_sent_and_nothing_is_sent_twice(way):
    assert "files sent" in way["deploy"] and "the new app runs" in way["deploy"]
    assert way["again"]["sent"] == [] and way["again"]["switched"] is False


def test_the_doctor_finds_a_deployed_board_well(way):
    lines = way["doctor"].splitlines()
    assert not any("problem" in line for line in lines)
    for what in ("MicroPython", "space", "clock", "firmware", "chips", "battery", "settings", "calibration"):
        assert any(line.startswith(what) for line in lines)


def test_pull_brings_the_session_once(way):
    assert "s000001" in way["pull"] and "complete" in way["pull"] and "new" in way["pull"]
    (session,) = way["json"]["sessions"]
    assert session["new"] is False and session["strokes"] > 5


def test_what_was_pulled_can_be_listed_decoded_reported_and_compared(way):
    to = way["folder"] / "to"
    file = str(to / "s000001.roll")
    listed = json.loads(ok("sessions", str(to), "--json"))["sessions"]
    decoded = json.loads(ok("decode", file))
    table = list(csv.DictReader(ok("decode", file, "--csv").splitlines()))
    beside = list(csv.DictReader((to / "s000001.strokes.csv").open()))
    assert table == beside and len(table) == len(decoded["strokes"]) == way["json"]["sessions"][0]["strokes"]
    assert len(listed) == 1
    ok("report", file, "--out", str(way["folder"] / "page.html"))
    assert (way["folder"] / "page.html").read_text().lower().startswith("<!doctype html")
    ok("replay", str(way["samples"]), "--out", str(way["folder"] / "replay.json"))
    replayed = json.loads((way["folder"] / "replay.json").read_text())
    assert len(replayed["strokes"]) == len(table)


def test_the_board_knows_that_its_session_is_safe(way):
    assert "/sessions/s000001.pulled" in Flash(way["folder"] / "board").files("/sessions")


@pytest.fixture(scope="module")
def board(firmware_image, tmp_path_factory):
    with run_board(with_firmware(firmware_image, tmp_path_factory.mktemp("b")), "--clock", "fast") as running:
        yield running


def boot_with(board, path, data):
    """Write a file, and wait until the app has started with it."""

    def started():
        return sum(note["name"] == "samples" for note in board.notes())

    with Link(board.port) as link:
        before = started()
        link.write_file(path, data)
    until(lambda: started() > before)


def test_the_doctor_names_broken_settings_and_the_app_runs_with_the_defaults(board):
    boot_with(board, "/settings.json", b'{"over_limit": 10}')
    line, cure = failed("doctor", "--port", board.port)
    assert "over_limit" in line and "/settings.bad.json" in cure
    answer = json.loads(roller("doctor", "--port", board.port, "--json").stdout)
    assert [f["what"] for f in answer["findings"] if f["state"] == PROBLEM] == ["settings"]
    ok("settings", "reset", "--port", board.port)
    ok("doctor", "--port", board.port)


@pytest.mark.parametrize(
    ("chip", "says"), [("imu", "motion sensor"), ("force", "force sensor"), ("haptic", "vibration")]
)
def test_the_doctor_names_a_chip_that_is_missing(board, chip, says):
    with Link(board.port, restart=False) as link:
        link.exec(f"import machine\nmachine.world().chips[{chip!r}].present = False")
        problems = [finding for finding in checkup(link) if finding.state == PROBLEM]
    assert len(problems) == 1 and says in problems[0].says and problems[0].cure


def test_an_interrupted_session_is_whole(firmware_image, tmp_path):
    """A pull in the middle of a session ends it in good order: nothing that was felt is lost."""
    samples = write_samples(tmp_path / "samples.csv", pressed(1.0, 12.0, 30.0))
    folder = with_firmware(firmware_image, tmp_path / "board")
    with run_board(folder, "--samples", str(samples)) as board:
        until(lambda: any(note["name"] == "motor" and note["value"] for note in board.notes()))
        answer = json.loads(ok("pull", "--stop", "--port", board.port, "--to", str(tmp_path / "to"), "--json"))
    (session,) = answer["sessions"]
    assert session["state"] == "complete"
    decoded = json.loads(ok("decode", str(tmp_path / "to" / "s000001.roll")))
    assert len(decoded["overpressure"]) == 1


def samples_of_a_load_cell(path, pressed_n):
    """Write what a load cell reads that shows 10 % too much, 0.3 N too high, on its back with the roller up."""
    noise = (0.002 * (i * 7 % 5 - 2) for i in range(400))
    return write_samples(path, [1.1 * (1.47 + pressed_n) + 0.3 + n for n in noise], az_g=-1)


def test_two_points_calibrate_a_board_and_newtons_are_no_longer_about(firmware_image, tmp_path):
    folder = with_firmware(firmware_image, tmp_path / "board")
    empty = samples_of_a_load_cell(tmp_path / "empty.csv", 0.0)
    with run_board(folder, "--samples", str(empty), "--clock", "fast") as board:
        assert "not read yet" in failed("calibrate", "weight", "1000", "--port", board.port)[0]
        zero = json.loads(ok("calibrate", "zero", "--port", board.port, "--json"))
        assert "about" in ok("doctor", "--port", board.port)
    assert zero["calibrated"] is False
    loaded = samples_of_a_load_cell(tmp_path / "loaded.csv", 9.80665)
    with run_board(folder, "--samples", str(loaded), "--clock", "fast") as board:
        assert ok("calibrate", "weight", "1000", "--port", board.port).startswith("calibrated:")
        answer = json.loads(ok("doctor", "--port", board.port, "--json"))
    assert {f["what"]: f["state"] for f in answer["findings"]}["calibration"] == "ok"
    file = json.loads(Flash(folder).files()["/calibration.json"])
    assert file["counts_per_n"] == pytest.approx(1.1 * 43800, rel=0.003)
    assert file["zero_counts"] == pytest.approx(0.3 * 43800, abs=400)
    assert "/calibration.json.part" not in Flash(folder).files()


def test_a_board_keeps_shows_and_forgets_a_routine(board, tmp_path):
    face = {"steps": [{"name": "left cheek", "seconds": 20, "side": "left", "over_limit_n": 6}]}
    (tmp_path / "face.json").write_text(json.dumps(face))
    port = ("--port", board.port)
    assert ok("routine", *port).startswith("no routine")
    assert "left cheek" in ok("routine", str(tmp_path / "face.json"), *port)
    assert json.loads(ok("routine", *port, "--json")) == face
    with Link(board.port, restart=False) as link:  # a boot would keep it aside
        link.write_file("/routine.json", b'{"steps": 5}')
    assert "no routine" in failed("routine", *port)[0]
    assert "routine" in failed("doctor", *port)[0]
    (tmp_path / "firm.json").write_text('{"steps": [{"name": "firm", "seconds": 20, "band_low_n": 7}]}')
    ok("routine", str(tmp_path / "firm.json"), *port)
    line, cure = failed("settings", "set", "over_limit_n=6", *port)
    assert "the routine on the board does not fit" in line and "--off" in cure
    assert ok("routine", "--off", *port) == "the routine is off\n"
    assert ok("routine", "--off", *port) == "there was no routine\n"


def test_settings_are_shown_changed_exported_and_forgotten(board, tmp_path):
    port = ("--port", board.port)
    assert ok("settings", *port).splitlines()[0].startswith("0 set")
    assert "over_limit_n *" in ok("settings", "set", "over_limit_n=8", "trace=compact", *port)
    assert json.loads(ok("settings", "export", *port)) == {"over_limit_n": 8, "trace": "compact"}
    assert json.loads(ok("settings", "get", "over_limit_n", "ceiling_n", *port, "--json")) == {
        "over_limit_n": 8.0,
        "ceiling_n": 25.0,
    }
    assert "band_firm_n" not in ok("settings", "diff", *port)
    line, cure = failed("settings", "set", "over_limit_n=80", *port)
    assert "over_limit_n" in line and "0.5 to 45" in cure
    ok("settings", "export", "--file", str(tmp_path / "mine.json"), *port)
    assert json.loads(ok("settings", "reset", "trace", *port, "--json")) == {"over_limit_n": 8}
    ok("settings", "set", "--file", str(tmp_path / "mine.json"), *port)
    with Link(board.port, restart=False) as link:
        link.write_file("/settings.json", b"{")
    assert "damaged" in failed("settings", *port)[0]
    boot_with(board, "/settings.json", b"{")
    assert "damaged" in failed("settings", *port)[0]  # kept aside, and nothing in its place
    assert ok("settings", "reset", *port).splitlines()[0].startswith("0 set")


@pytest.mark.parametrize(("words", "says"), [(("weight",), "missing"), (("zero", "5"), "without a weight")])
def test_a_point_and_its_grams_belong_together(words, says):
    assert says in failed("calibrate", *words)[0]
