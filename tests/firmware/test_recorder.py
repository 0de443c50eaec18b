# SPDX-License-Identifier: MIT
"""The recorder: events into a session's file, the motor off ahead of every write."""

import json
from array import array

import pytest
import recorder

import storage
from rollcore import logformat as fmt
from rollcore.calibration import Calibration
from rollcore.events import CUE, MARK, ROW_LEN, SESSION_START, SESSION_STOP
from rollcore.sample import new_sample
from rollcore.settings import Settings
from rolltools.session_log import iter_trace, read_session

DEVICE = {"board": "bench", "device": "0badcafe", "firmware": "0.0", "reset": "power on"}


class Bench:
    """A board as far as the recorder knows one."""

    period_us = 4808

    def __init__(self):
        self.wall = None

    def unique_id(self):
        return DEVICE["device"]

    def unix_time(self):
        return self.wall


def event(kind, t_ms, *fields):
    return array("i", [kind, t_ms, *fields] + [0] * (ROW_LEN - 2 - len(fields)))


class Desk:
    """A recorder on a folder, and the order in which the motor stopped and the flash was written."""

    def __init__(self, root, monkeypatch, settings=None):
        self.root = root
        self.board = Bench()
        self.acts = []
        self.files = []
        self.disk_error = None
        monkeypatch.setattr(storage, "open", self._open, raising=False)
        settings = Settings.from_dict(settings or {})
        texts = {
            fmt.DEVICE: json.dumps(DEVICE),
            fmt.SETTINGS: json.dumps(settings.to_dict()),
            fmt.CALIBRATION: json.dumps(Calibration(5, 50000, True).to_dict()),
        }
        self.recorder = recorder.Recorder(self.board, texts, settings.trace, lambda: self.acts.append("off"), str(root))

    def _open(self, name, mode):
        self.acts.append("write")
        if self.disk_error:
            raise OSError(self.disk_error, "injected")
        self.files.append(open(name, mode))  # noqa: SIM115 - the store closes it
        return self.files[-1]

    def add(self, row, late_ms=0):
        self.recorder.add_event(row, row[1] + late_ms)

    def start(self, t_ms, late_ms=0):
        self.add(event(SESSION_START, t_ms, 1), late_ms)

    def end(self, t_ms):
        self.add(event(SESSION_STOP, t_ms, 1, t_ms, t_ms, t_ms, 0))

    def sessions(self):
        return [read_session(path) for path in sorted((self.root / "sessions").glob("*.roll"))]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    return Desk(tmp_path, monkeypatch)


def test_a_session_carries_who_recorded_it_and_when(desk):
    desk.board.wall = (1800000000, 250)
    desk.start(5000, late_ms=100)
    assert desk.recorder.active
    desk.add(event(CUE, 6000, 0, 80))
    desk.recorder.add_battery(6500, 3712, 423)
    desk.end(9000)
    desk.recorder.turn(9000, False)
    (session,) = desk.sessions()
    assert (session.state, session.device, session.firmware) == ("complete", "0badcafe", "0.0")
    assert session.started_utc.startswith("2027-01-15T08:00:00.150")
    assert session.calibrated
    assert session.settings == Settings().to_dict()
    assert [(c.t_s, c.level) for c in session.cues] == [(1.0, 80)]
    assert [(b.t_s, b.mv, b.percent) for b in session.battery] == [(1.5, 3712, 42.3)]
    assert not desk.recorder.active


def test_no_wall_time_no_date(desk):
    desk.start(0)
    desk.end(1000)
    desk.recorder.turn(1000, False)
    assert desk.sessions()[0].started_utc is None


def test_nothing_is_written_in_contact_and_the_motor_stops_before_every_write(desk):
    desk.start(0)
    for t_ms in range(0, 20000, 100):
        desk.add(event(MARK, t_ms, 1))
        desk.recorder.turn(t_ms, True)
    assert "write" not in desk.acts
    desk.end(20000)
    desk.recorder.turn(20000, True)  # the end of a session cannot wait for the hand
    assert desk.acts[:2] == ["off", "write"]
    assert len(desk.sessions()[0].marks) == 200
    assert desk.sessions()[0].sealed is None
    desk.recorder.turn(20050, True)
    assert desk.acts[2:] == ["off"], "the motor stops for the seal, too; the file is open already"
    assert desk.sessions()[0].sealed is True
    assert [stream.closed for stream in desk.files] == [True]  # a file left open would lose its end with the power


def test_what_waits_is_written_after_ten_quiet_seconds(desk):
    desk.start(0)
    desk.add(event(MARK, 100, 1))
    desk.recorder.turn(1000, True)
    desk.recorder.turn(9000, False)
    assert desk.acts == []
    desk.recorder.turn(11001, False)
    assert [s.state for s in desk.sessions()] == ["truncated"]


def test_close_brings_everything_to_the_flash(desk):
    desk.start(0)
    for t_ms in range(0, 60000, 100):
        desk.add(event(MARK, t_ms, 1))
    desk.recorder.close()
    assert len(desk.sessions()[0].marks) == 600
    assert desk.sessions()[0].state == "truncated"
    for k, act in enumerate(desk.acts):
        assert act == "off" or desk.acts[k - 1] == "off"


def test_close_without_a_session_writes_nothing(desk):
    desk.recorder.close()
    assert "write" not in desk.acts
    assert not (desk.root / "sessions").exists()


def test_a_session_that_begins_before_the_last_was_written_loses_neither(desk):
    desk.start(0)
    desk.add(event(MARK, 100, 1))
    desk.end(1000)
    desk.start(1100)
    desk.add(event(MARK, 1300, 2))
    desk.add(event(MARK, 1400, 3))
    desk.recorder.close()
    assert [(s.state, len(s.marks)) for s in desk.sessions()] == [("complete", 1), ("truncated", 2)]


def test_events_outside_a_session_are_nobodys(desk):
    desk.add(event(MARK, 10, 1))
    desk.recorder.add_battery(10, 3700, 500)
    desk.recorder.turn(30000, False)
    desk.recorder.close()
    assert "write" not in desk.acts


@pytest.mark.parametrize(("errno", "fault"), [(28, "store_full"), (5, "store_io")])
def test_a_flash_that_fails_is_named_and_nothing_raises(desk, errno, fault):
    desk.disk_error = errno
    desk.start(0)
    desk.end(1000)
    desk.recorder.turn(1000, False)
    assert desk.recorder.fault == fault
    desk.disk_error = None
    desk.start(2000)
    desk.end(3000)
    desk.recorder.turn(3000, False)
    assert desk.recorder.fault == ""
    assert [s.state for s in desk.sessions()] == ["complete"] * 2, "the refused page was kept until it went"


def test_a_page_that_the_flash_refuses_is_tried_again_every_two_seconds(desk):
    desk.disk_error = 5
    desk.start(0)
    desk.end(1000)
    for t_ms in range(1000, 6000, 50):
        desk.recorder.turn(t_ms, False)
    assert desk.acts.count("off") == 3, "once each time"
    desk.disk_error = None
    desk.recorder.turn(7000, False)
    assert [s.state for s in desk.sessions()] == ["complete"]


def test_a_session_that_began_while_the_flash_could_not_be_read_is_kept(desk, monkeypatch):
    def unreadable(path):
        raise OSError(5, "injected")

    with monkeypatch.context() as broken:
        broken.setattr(storage.os, "listdir", unreadable)
        desk.start(0)
    assert desk.recorder.fault == "store_io"
    desk.add(event(MARK, 100, 1))
    desk.end(1000)
    desk.recorder.turn(1000, False)
    assert [(s.name, s.state, len(s.marks)) for s in desk.sessions()] == [("s000001", "complete", 1)]
    assert desk.recorder.fault == ""


def test_what_the_flash_refuses_at_the_end_is_given_up(desk):
    desk.disk_error = 5
    desk.start(0)
    desk.end(1000)
    desk.recorder.close()
    desk.disk_error = None
    desk.start(2000)
    desk.end(3000)
    desk.recorder.close()
    assert [s.state for s in desk.sessions()] == ["complete"]


def test_the_last_page_may_use_the_reserve_of_a_full_flash(desk, monkeypatch):
    full = (4096, 4096, 100, 15, 15, 0, 0, 0, 0, 255)  # 15 of 100 blocks free: the reserve
    monkeypatch.setattr(storage.os, "statvfs", lambda path: full)
    desk.start(0)
    desk.end(1000)
    desk.recorder.turn(1000, False)
    assert [s.state for s in desk.sessions()] == ["complete"]


@pytest.mark.parametrize("trace", ["compact", "full"])
def test_the_trace_holds_the_samples_of_the_session_only(tmp_path, monkeypatch, trace):
    desk = Desk(tmp_path, monkeypatch, {"trace": trace})
    sample = new_sample()
    for k in range(300):
        if k == 100:
            desk.start(k * 5)
        if k == 200:
            desk.end(k * 5)
        sample[0] = k * 16
        desk.recorder.add_sample(k * 5, sample)
        desk.recorder.turn(k * 5, False)
    samples = list(iter_trace(tmp_path / "sessions" / "s000001.roll"))
    assert [sample.sample[0] for sample in samples] == [k * 16 for k in range(100, 200)]
