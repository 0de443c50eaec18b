# SPDX-License-Identifier: MIT
"""The whole way on each board: deploy, a session, pull, report; a wrong board; and a motor that is never left on."""

import json
from types import SimpleNamespace

import pytest
from fakes.virtual_boards import Flash, Terminal, mpremote, pressed, roller, until, with_firmware, write_samples

from rolltools import demonstration, hand
from rolltools.boards import BOARDS
from rolltools.deploying import firmware_for
from rolltools.link import Link
from rolltools.recording import write_csv
from rolltools.scoring import compare
from rolltools.session_log import read_session
from rolltools.virtual.process import run_board

OTHER = {"thing_plus": "devkit_fsr", "devkit_fsr": "thing_plus"}
COUNTS_PER_N = {"thing_plus": 43800, "devkit_fsr": 48000}  # of the models
GATE = "import machine; w = machine.world(); print('gate', w.motor, w.level(4), w.net(4).share_u16)"


def ok(*words):
    done = roller(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def lights(board):
    return [note["value"] for note in board.notes() if note["name"] == "led"]


def motor(board):
    return [note["value"] for note in board.notes() if note["name"] == "motor"]


@pytest.fixture(scope="module", params=list(BOARDS))
def way(request, vm64, tmp_path_factory):
    """Go the whole way on a board once; return what was said and kept on it."""
    name = request.param
    tmp = tmp_path_factory.mktemp(name)
    truth = hand.make("overpressure", 1, duration_s=20.0, force_sensor=BOARDS[name].force_sensor)
    with (tmp / "samples.csv").open("w") as stream:
        write_csv(truth.recording, stream)
    (tmp / "calibration.json").write_text(json.dumps({"zero_counts": 0, "counts_per_n": COUNTS_PER_N[name]}))
    options = ("--board", name, "--samples", str(tmp / "samples.csv"), "--clock", "fast")
    way = SimpleNamespace(name=name, truth=truth, folder=tmp / "board")
    with run_board(way.folder, *options) as board:
        mpremote(board.port, "fs", "cp", str(tmp / "calibration.json"), ":calibration.json")
        way.deployed = json.loads(ok("deploy", "--port", board.port, "--json"))
        until(lambda: lights(board)[-1:] == [1], 30)
        until(lambda: lights(board)[-1:] == [0], 60)
        ok("pull", "--port", board.port, "--to", str(tmp / "to"))
        way.doctor = ok("doctor", "--port", board.port)
        way.notes = board.notes()
        with Link(board.port) as link:
            link.write_file("/a/board.py", firmware_for(OTHER[name])["board.py"])
        way.wrong = roller("doctor", "--port", board.port)
        way.mended = json.loads(ok("deploy", "--port", board.port, "--board", name, "--json"))
    way.session = read_session(tmp / "to" / "s000001.roll")
    ok("report", str(way.session.path), "--out", str(tmp / "page.html"))
    way.page = (tmp / "page.html").read_text()
    return way


def test_a_bare_board_is_known_by_its_chips(way):
    assert way.deployed["board"] == way.name
    assert way.session.settings["force_sensor"] == BOARDS[way.name].force_sensor


def test_strokes_and_alarms_are_those_of_the_hand(way):
    assert (way.session.state, way.session.faults, way.session.gaps) == ("complete", [], [])
    score = compare(demonstration.on_clock_of(way.session, way.notes), way.truth.labels)
    print(f"{way.name}: F1 {score.f1:.3f}, {score.over_true - score.over_missed} of {score.over_true} alarms")
    assert score.f1 > 0.7
    assert score.over_true >= 2 and score.over_missed == 0 and score.over_false == 0
    assert any(note["name"] == "motor" and note["value"] > 0 for note in way.notes)


def test_the_doctor_finds_the_board_well(way):
    assert "problem" not in way.doctor
    assert BOARDS[way.name].chips_ok in way.doctor


def test_newtons_of_an_fsr_are_always_about(way):
    """A calibration makes the newtons of a load cell; those of an FSR it only brings nearer."""
    assert way.session.calibrated
    assert ("about" in way.page) == (way.name == "devkit_fsr")


def test_the_app_of_another_board_is_a_fault_with_a_cure(way):
    assert way.wrong.returncode == 1 and "Traceback" not in way.wrong.stderr
    line, cure = way.wrong.stderr.splitlines()
    assert f"looks like a {way.name}, and the app on it is for {OTHER[way.name]}" in line
    assert f"roller deploy --board {way.name}" in cure
    assert way.mended["sent"] == ["board.py"]


@pytest.fixture
def buzzing(way, tmp_path):
    """Run the board while it is pressed far too hard: the strongest cue plays."""
    samples = write_samples(tmp_path / "samples.csv", pressed(1.0, 34.0, 60.0))
    folder = with_firmware(way.folder / "flash.img", tmp_path / "board")
    with run_board(folder, "--board", way.name, "--samples", str(samples)) as board:
        until(lambda: motor(board)[-1:] > [0])
        yield board


def test_ctrl_c_in_a_cue_stops_the_motor(buzzing):
    with Terminal(buzzing.port) as terminal:
        terminal.type(b"\x03")
        terminal.hear(b"stopped: the session is on the flash")
        terminal.prompt()
        terminal.ask(GATE, b"gate 0 0 0")
    assert motor(buzzing)[-1] <= 0


def test_soft_reset_in_a_cue_stops_the_motor(buzzing):
    mpremote(buzzing.port, "soft-reset")
    with Terminal(buzzing.port) as terminal:
        terminal.prompt()
        terminal.ask(GATE, b"gate 0 0 0")
    assert motor(buzzing)[-1] <= 0


def test_the_motors_calibration_is_kept_and_given_back_at_the_start(way, tmp_path):
    folder = with_firmware(way.folder / "flash.img", tmp_path)
    with run_board(folder, "--board", way.name, "--clock", "fast") as board:
        with Link(board.port) as link:
            answer = link.run("calibrate_motor")
        if way.name == "devkit_fsr":
            assert answer == {"problem": "this motor needs none"}
            return
        assert answer == {"results": [0x0B, 0x72, 0xB6]}
        boots = len([note for note in board.notes() if note["name"] == "samples"])
        until(lambda: len([note for note in board.notes() if note["name"] == "samples"]) > boots)
        with Link(board.port, restart=False) as link:
            regs = link.exec("import machine; print(list(machine.world().chips['haptic'].regs[0x18:0x1B]))")
            assert json.loads(regs) == [0x0B, 0x72, 0xB6]
            link.exec("machine.world().chips['haptic'].motor_open = True")
            assert "no motor answers" in link.run("calibrate_motor")["problem"]
    files = Flash(folder).files()
    assert json.loads(files["/motor.json"]) == {"compensation": 0x0B, "back_emf": 0x72, "feedback": 0xB6}
    assert "/motor.json.part" not in files
