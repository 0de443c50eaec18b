# SPDX-License-Identifier: MIT
"""The app over the real board file, drivers and chip models: what a session leaves on the flash."""

import json

import pytest
from fakes.app_rig import WALL_S, pressed
from samples import SampleFile

from rollcore import VERSION
from rolltools import hand
from rolltools.log_replay import replay_log
from rolltools.recording import write_chip_samples
from rolltools.replay import replay
from rolltools.scoring import compare

SETTINGS = {"imu_to_head_mm": 100, "cue_level": 60, "session_gap_s": 20}
ONE_PRESS = [(2.0, 0.0), (1.0, 5.0), (1.0, 14.0), (1.0, 5.0), (2.0, 0.0)]


@pytest.fixture
def rolled(make_rig, tmp_path):
    """Return (rig, the modelled hand's session, the session on the flash) of a whole demo."""
    truth = hand.make("demo", 1)
    write_chip_samples(truth.recording, tmp_path / "samples")
    with (tmp_path / "samples").open("rb") as stream:
        rig = make_rig(SampleFile(stream), SETTINGS)
        rig.set_wall_clock()
        (rig.root / "calibration.json").write_text('{"zero_counts": 0, "counts_per_n": 43800}')
        rig.run(truth.recording.t_s[-1] + 25.0)
    assert rig.error is None
    return rig, truth, rig.session()


def test_a_session_of_the_modelled_hand_is_in_its_file(rolled):
    rig, truth, session = rolled
    assert (session.state, session.faults, session.gaps) == ("complete", [], [])
    found = rig.on_clock_of_the_samples(session)
    score = compare(found, truth.labels)
    assert score.f1 >= 0.9 and score.direction >= 0.9
    assert score.over_missed == 0
    # The settings, the calibration, the device, the battery and the clock of this board travel with it.
    assert {name: session.settings[name] for name in SETTINGS} == SETTINGS
    assert session.calibrated
    assert (session.device, session.firmware) == ("246f28524c01", VERSION)
    assert [(b.mv, b.percent) for b in session.battery] == [(3900, 78.0)] * 2
    assert session.battery[1].t_s - session.battery[0].t_s == pytest.approx(60.0, abs=0.1)
    assert session.started_utc.startswith("2026-08-")
    # And the chips, the bus and the tasks cost nothing against a replay of the same samples.
    expected = replay(truth.recording, SETTINGS)
    assert len(session.strokes) == pytest.approx(len(expected["strokes"]), abs=1)
    assert len(session.overpressure) == len(expected["overpressure"])


def test_the_motor_plays_the_cues_of_the_session_and_never_during_a_write(rolled):
    rig, _truth, session = rolled
    begun_s = rig.start_of(session)
    cues = [cue.t_s + begun_s for cue in session.cues]
    spans = rig.motor_spans()
    assert len(spans) >= len(cues) >= 2
    for cue in cues:
        assert any(-0.01 < start - cue < 0.03 for start, _ in spans), cue
    for start, end in spans:
        assert any(-0.01 < start - cue < 3.0 for cue in cues), start
        assert end - start < 0.5
    assert rig.written_with_motor and not any(rig.written_with_motor)


def test_only_the_sample_task_ever_starts_the_motor(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    board = rig.board()
    drive = board.motor
    callers = set()

    def watched(level):
        if level:
            callers.add(rig.asyncio.task_name())
        drive(level)

    board.motor = watched
    rig.at(3.0, lambda: rig.world.press(True))
    rig.at(3.2, lambda: rig.world.press(False))
    rig.run(14.0, board)
    assert rig.session().marks and rig.session().overpressure
    assert callers == {"_sample_task"}


def test_two_sessions_are_two_files_and_the_light_tells_them(make_rig):
    rig = make_rig(pressed([*ONE_PRESS, (8.0, 0.0), *ONE_PRESS, (8.0, 0.0)]))
    rig.run(32.0)
    first, second = rig.sessions()
    assert (first.session_no, second.session_no) == (1, 2)
    for session in (first, second):
        assert session.state == "complete"
        assert session.duration_s == pytest.approx(3.0, abs=0.15)
        assert session.over_s == pytest.approx(1.0, abs=0.1)
        assert [o.peak_n for o in session.overpressure] == [pytest.approx(14.0, abs=0.1)]
        assert len(session.battery) == 1
    assert [value for _, value in rig.lights()][-4:] == [1, 0, 1, 0]
    (on_s, _), (off_s, _) = rig.lights()[-4:-2]
    assert off_s - on_s == pytest.approx(3.0 + 5.0, abs=1.2)  # closed after the gap of the settings


def test_a_second_start_goes_on_counting(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    rig.run(14.0)
    again = make_rig(pressed(ONE_PRESS))
    again.root = rig.root
    again.run(14.0)
    assert [session.session_no for session in again.sessions()] == [1, 2]


def test_a_short_press_of_the_button_is_a_mark(make_rig):
    rig = make_rig(pressed(ONE_PRESS))
    for t_s in (3.0, 5.0):
        rig.at(t_s, lambda: rig.world.press(True))
        rig.at(t_s + 0.25, lambda: rig.world.press(False))
    rig.run(14.0)
    first, second = rig.session().marks
    assert second.t_s - first.t_s == pytest.approx(2.0, abs=0.06)
    assert "mark" in [cue.cue for cue in rig.session().cues]


def test_a_press_outside_a_session_does_nothing(make_rig):
    rig = make_rig(pressed([(6.0, 0.0)]))
    rig.at(2.0, lambda: rig.world.press(True))
    rig.at(2.2, lambda: rig.world.press(False))
    rig.run(5.0)
    assert rig.sessions() == [] and rig.motor_spans() == []


def test_a_long_press_ends_the_session_and_brings_it_to_the_flash(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (2.0, 5.0), (60.0, 0.0)]), {"session_gap_s": 600})
    rig.at(6.0, lambda: rig.world.press(True))
    rig.at(7.5, lambda: rig.world.press(False))
    kept = []
    rig.at(8.5, lambda: kept.extend(rig.sessions()))
    rig.run(9.0)
    assert [(s.state, s.marks, len(s.force) > 20) for s in kept] == [("complete", [], True)]


def test_full_pages_go_to_the_flash_out_of_contact_while_the_session_goes_on(make_rig):
    """With a trace there is more than RAM holds; what a power cut finds is all but the last pages."""
    rig = make_rig(pressed([(2.0, 0.0), (3.0, 5.0), (0.5, 0.0)] * 6), {"trace": "full", "session_gap_s": 60})
    found = []
    rig.at(32.0, lambda: found.append(rig.session()))
    rig.run(35.0)
    assert found[0].state == "truncated"
    assert found[0].force[-1].t_s > 10.0
    assert rig.session().state == "complete"
    assert len(rig.written_with_motor) > 3 and not any(rig.written_with_motor)


def hold(rig, from_s, to_s):
    """Press the button for a while."""
    rig.at(from_s, lambda: rig.world.press(True))
    rig.at(to_s, lambda: rig.world.press(False))


def test_a_long_press_is_taken_while_the_button_is_down_and_felt(make_rig):
    rig = make_rig(pressed([(9.0, 0.0)]))
    hold(rig, 2.0, 6.0)
    rig.run(8.0)
    (span,) = rig.motor_spans()
    assert 3.0 < span[0] < 3.15
    assert rig.lights()[0] == (pytest.approx(3.1, abs=0.1), 1)


def test_a_long_press_begins_a_session_without_a_contact_that_ends_like_any_other(make_rig):
    rig = make_rig(pressed([(20.0, 0.0)]))
    hold(rig, 2.0, 3.2)
    rig.run(15.0)
    session = rig.session()
    assert (session.state, session.contact_s, session.strokes) == ("complete", 0.0, [])
    assert [cue.cue for cue in session.cues] == ["mark"]
    assert [value for _, value in rig.lights()] == [1, 0]
    assert rig.lights()[1][0] == pytest.approx(3.05 + 5.0, abs=1.2)


def test_what_a_long_press_ended_in_contact_stays_ended_until_the_next_contact(make_rig):
    rig = make_rig(pressed([(2.0, 0.0), (6.0, 5.0), (1.0, 0.0), (2.0, 5.0), (8.0, 0.0)]))
    hold(rig, 3.5, 4.8)
    rig.run(19.0)
    first, second = rig.sessions()
    assert (first.state, second.state) == ("complete", "complete")
    assert first.duration_s == pytest.approx(2.1, abs=0.1)  # the samples begin 0.45 s after power-on
    assert second.duration_s == pytest.approx(2.0, abs=0.3)


def test_a_long_press_in_a_trace_is_replayed(make_rig):
    settings = {"trace": "full", "session_gap_s": 60}
    rig = make_rig(pressed([(2.0, 0.0), (20.0, 0.0), (2.0, 5.0), (2.0, 12.0), (4.0, 0.0)]), settings)
    hold(rig, 2.0, 3.2)
    hold(rig, 26.0, 27.3)
    rig.run(29.0)
    (path,) = (rig.root / "sessions").glob("*.roll")
    found = replay_log(path)
    assert found.events > 20 and found.different == 0


def test_a_session_knows_how_long_ago_its_clock_was_set(make_rig):
    rig = make_rig(pressed([(1.0, 0.0), (1.0, 5.0)]))
    rig.set_wall_clock()
    set_ms = (WALL_S + 946684800 - 3600) * 1000
    clock = {"set_ms": set_ms, "error_ms": 20, "drift_ppm": 0, "drift_error_ppm": 3333}
    (rig.root / "clock.json").write_text(json.dumps({"session": clock}))
    rig.run(9.0)
    session = rig.session()
    assert session.clock == clock
    assert session.started_uncertainty_s == pytest.approx(12.02, abs=0.05)
