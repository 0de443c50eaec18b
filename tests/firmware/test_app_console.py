# SPDX-License-Identifier: MIT
"""What a host may ask while the app runs, and that nothing else it sends does anything."""

import json
import random
import subprocess
from pathlib import Path

import pytest
from fakes.app_rig import pressed

from rollcore.faults import FAULT_NAMES
from rollcore.fields import BAND_NAMES, CUE_NAMES, STATE_NAMES
from rolltools import FIRMWARE_DIR

ONE_PRESS = [(2.0, 0.0), (4.0, 5.0), (20.0, 0.0)]


@pytest.fixture
def talk(make_rig, capsys):
    """Return a function that runs with lines sent at their times (s) and returns the rig and the answers."""

    def run(lines, until_s=8.0, samples=None, **options):
        rig = make_rig(pressed(samples or ONE_PRESS), **options)
        for t_s, line in lines.items():
            rig.at(t_s, lambda line=line: rig.serial.waiting.extend(line))
        rig.run(until_s)
        assert rig.error is None
        said = capsys.readouterr().out.splitlines()
        return rig, [json.loads(line[1:]) for line in said if line.startswith("@")]

    return run


def test_status_tells_how_it_is(talk):
    rig, (idle, rolling) = talk({1.8: b"@status\n", 4.0: b"@status\r\n"})
    assert STATE_NAMES[idle["status"]["state"]] == "awake" and not idle["status"]["contact"]
    status = rolling["status"]
    assert STATE_NAMES[status["state"]] == "session" and status["contact"]
    assert BAND_NAMES[status["band"]] == "in_band"
    assert (status["battery_mv"], status["percent_x10"]) == (3900, 780)
    assert status["rate_x10"] == pytest.approx(-60, abs=3)
    assert (status["board"], status["faults"], status["force_fault"]) == ("thing_plus", [], 0)
    assert (status["limits_mn"], status["about"]) == ([1000, 7000, 10000, 25000], True)
    assert status["device"] == rig.session().device


def test_status_names_what_is_wrong(make_rig, capsys):
    rig = make_rig(pressed(ONE_PRESS))
    rig.set_settings("no settings")
    rig.world.chips["gauge"].present = False
    rig.at(4.0, lambda: rig.serial.waiting.extend(b"@status\n"))
    rig.run(6.0)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("@")]
    status = json.loads(line[1:])["status"]
    assert status["faults"] == ["gauge", "settings"]
    assert status["battery_mv"] is status["rate_x10"] is None


def test_status_tells_the_limits_of_the_settings_and_of_the_step_of_now(make_rig, capsys):
    rig = make_rig(pressed(ONE_PRESS), settings={"over_limit_n": 12})
    step = {"name": "face", "seconds": 60, "over_limit_n": 2, "band_low_n": 0.5, "band_firm_n": 1.5, "ceiling_n": 6}
    (rig.root / "routine.json").write_text(json.dumps({"name": "short", "steps": [step]}))
    (rig.root / "calibration.json").write_text('{"zero_counts": 0, "counts_per_n": 43800, "calibrated": true}')
    for t_s in (1.8, 4.0):
        rig.at(t_s, lambda: rig.serial.waiting.extend(b"@status\n"))
    rig.run(6.0)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("@")]
    idle, rolling = (json.loads(line[1:])["status"] for line in lines)
    assert idle["limits_mn"] == [1000, 7000, 12000, 25000]
    assert rolling["limits_mn"] == [500, 1500, 2000, 6000]
    assert not idle["about"]


def test_status_names_what_keeps_the_force_unknown(make_rig, capsys):
    rig = make_rig(pressed(ONE_PRESS), force={"failure": "open", "fails_at_us": 3000000})
    rig.at(5.0, lambda: rig.serial.waiting.extend(b"@status\n"))
    rig.run(6.0)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("@")]
    assert FAULT_NAMES[json.loads(line[1:])["status"]["force_fault"]] == "force_unplugged"


def test_live_values_come_twenty_times_a_second_until_they_are_not_wanted(talk):
    _rig, said = talk({3.0: b"@live on\n", 5.0: b"@live off\n"})
    assert said[0] == {"live": True} and said[-1] == {"live": False}
    rows = [answer["live"] for answer in said[1:-1]]
    assert 36 <= len(rows) <= 42
    assert all(len(json.dumps({"live": row})) < 126 for row in rows)  # what a port takes without waiting, "@" and "\n"
    t_ms, force_mn, _band, contact, *stroke, session = zip(*rows, strict=True)
    assert list(t_ms) == sorted(set(t_ms))
    assert force_mn[-1] == pytest.approx(5000, abs=100) and set(contact) == set(session) == {1}
    assert stroke == [(0,) * len(rows)] * 4


def test_live_values_know_the_newest_stroke(talk, make_rig, tmp_path, capsys):
    from samples import SampleFile

    from rolltools import hand
    from rolltools.recording import write_chip_samples

    truth = hand.make("kneads", 3, duration_s=12.0)
    write_chip_samples(truth.recording, tmp_path / "samples")
    with (tmp_path / "samples").open("rb") as stream:
        rig = make_rig(SampleFile(stream))
        rig.at(1.0, lambda: rig.serial.waiting.extend(b"@live on\n"))
        rig.run(truth.recording.t_s[-1] + 8.0)
    lines = [json.loads(line[1:]) for line in capsys.readouterr().out.splitlines() if line.startswith('@{"live": [')]
    newest = rig.session().strokes[-1]
    number, way, length_um, _doubt, _session = lines[-1]["live"][4:]
    assert (way, length_um) == (newest.dir, round(newest.length_cm * 10000))
    assert number == len(rig.session().strokes) > 5


def test_a_mark_of_the_host_is_a_mark_in_the_log_and_needs_a_session(talk):
    rig, said = talk({1.8: b"@mark\n", 4.0: b"@mark\n"}, 14.0)
    assert said == [{"mark": False}, {"mark": True}]
    assert len(rig.session().marks) == 1


def test_a_step_needs_a_routine(talk):
    _rig, said = talk({4.0: b"@step\n"})
    assert said == [{"step": False}]


def test_a_step_of_the_host_leads_the_routine_on(make_rig, capsys):
    rig = make_rig(pressed(ONE_PRESS))
    steps = [{"name": "neck", "seconds": 60}, {"name": "arm", "seconds": 60}]
    (rig.root / "routine.json").write_text(json.dumps({"name": "short", "steps": steps}))
    rig.at(4.0, lambda: rig.serial.waiting.extend(b"@step\n"))
    rig.run(14.0)
    assert '@{"step": true}' in capsys.readouterr().out
    assert [step.step for step in rig.session().steps][:2] == [1, 2]


@pytest.mark.parametrize("name", CUE_NAMES)
def test_every_cue_can_be_tried(talk, name):
    rig, said = talk({1.5: b"@cue %d\n" % CUE_NAMES.index(name)}, 4.5, [(9.0, 0.0)])
    assert said == [{"cue": True}]
    spans = rig.motor_spans()
    assert spans and 1.4 < spans[0][0] < 1.7 and spans[-1][1] < 4.6


@pytest.mark.parametrize("line", [b"@cue", b"@cue over", b"@cue 10", b"@cue -1", b"@cue 1 2", b"@cue 99999999999"])
def test_a_cue_that_is_none_is_answered_with_what_there_is(talk, line):
    rig, said = talk({1.5: line + b"\n"}, 4.5, [(9.0, 0.0)])
    assert said == [{"cue": "a number of 0 to 9"}] and rig.motor_spans() == []


@pytest.mark.parametrize(
    "line",
    [b"", b"@", b"@@status", b" @status", b"status", b"@statuses", b"@STATUS", b"@\xff\xfe", b"@" + b"x" * 300, b"@ "],
)
def test_what_is_no_request_is_ignored_and_the_next_one_is_heard(talk, line):
    _rig, said = talk({1.5: line + b"\n@mark\n"}, 4.5, [(9.0, 0.0)])
    assert said == [{"mark": False}]


def test_a_request_may_come_in_pieces(talk):
    _rig, said = talk({1.5: b"@ma", 2.0: b"rk", 2.5: b"\n"}, 4.5, [(9.0, 0.0)])
    assert said == [{"mark": False}]


def test_a_flood_of_anything_costs_no_sample(make_rig, capsys):
    rig = make_rig(pressed([(2.0, 0.0), *[(1.0, 5.0), (0.5, 0.0)] * 6]))
    chance = random.Random(1)
    noise = bytes(b for b in chance.randbytes(50000) if b != 3)
    rig.at(1.5, lambda: rig.serial.waiting.extend(noise))
    rig.run(20.0)
    assert rig.error is None and rig.session().gaps == []
    assert len(rig.serial.waiting) < len(noise) - 320 * 18  # and it was read all the while


@pytest.mark.parametrize("vm", ["vm32", "vm64"])
def test_a_million_bytes_of_noise_leave_nothing_in_the_heap(vm, request, tmp_path):
    chance = random.Random(2)
    quiet = bytes(b for b in chance.randbytes(20000) if b not in b"\x03@")
    noise = bytes(b for b in chance.randbytes(1000000) if b != 3)
    (tmp_path / "noise").write_bytes(quiet + noise)
    command = [*request.getfixturevalue(vm), str(Path(__file__).parent / "console_vm.py"), str(FIRMWARE_DIR)]
    with (tmp_path / "noise").open("rb") as stream:
        done = subprocess.run(command, stdin=stream, capture_output=True, text=True, timeout=120)
    count, locked, before, after = json.loads(done.stdout.splitlines()[-1])
    assert count == len(quiet + noise) and 10000 <= locked < len(quiet)
    assert after == before
