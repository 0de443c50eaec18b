# SPDX-License-Identifier: MIT
"""Closed sessions to a host while the firmware runs, over its console, in modelled time."""

import json
import struct
from binascii import crc32

import pytest
from fakes.app_rig import pressed

from rolltools.link.frames import DATA, END, FAILED, FrameReader

TWO_PRESSES = [(2.0, 0.0), (4.0, 5.0), (12.0, 0.0), (4.0, 5.0), (30.0, 0.0)]  # two sessions, 5 s of rest close each
BOTH_CLOSED_S = 32.0
ONE_CLOSED_S = 15.0
IN_CONTACT_S = 20.0


@pytest.fixture
def talk(make_rig, capsysbinary):
    """Return a function that runs with lines sent at their times (s); it returns the rig, the answers, the frames."""

    def run(lines, until_s=40.0, samples=TWO_PRESSES, **options):
        rig = make_rig(pressed(samples), **options)
        rig.set_wall_clock()
        for t_s, line in lines.items():
            rig.at(t_s, lambda line=line: rig.serial.waiting.extend(line))
        rig.run(until_s)
        assert rig.error is None
        reader = FrameReader()
        frames = reader.feed(capsysbinary.readouterr().out)
        said = reader.text().split(b"\n")
        return rig, [json.loads(line[line.index(b"@{") + 1 :]) for line in said if b"@{" in line], frames

    return run


def joined(frames, number):
    """Return what the frames of one request bring, in order and without a hole, and how it ended."""
    mine = [frame for frame in frames if frame.request == number]
    data = b""
    for frame in mine[:-1]:
        assert (frame.kind, frame.offset) == (DATA, len(data))
        data += frame.payload
    return data, mine[-1]


def file(rig, number):
    return (rig.root / "sessions" / f"s{number:06}.roll").read_bytes()


def test_closed_sessions_come_whole_and_nothing_is_lost_meanwhile(talk):
    rig, answers, frames = talk(
        {BOTH_CLOSED_S: b"@sessions 7\n", 34.0: b"@send 1 0 99999 8\n", 36.0: b"@send 2 100 300 9\n"}
    )
    assert answers == [{"sessions": True}, {"send": True}, {"send": True}]
    listed, end = joined(frames, 7)
    assert end.kind == END
    rows = list(struct.iter_unpack("<IIBI", listed))
    assert rows == [(n, len(file(rig, n)), 0, crc32(file(rig, n)[-64:])) for n in (1, 2)]
    data, end = joined(frames, 8)
    assert data == file(rig, 1) and end.kind == END
    part = [frame.payload for frame in frames if frame.request == 9]
    assert b"".join(part[:-1]) == file(rig, 2)[100:300]
    assert [session.gaps for session in rig.sessions()] == [[], []]


def test_a_frame_fits_into_the_buffer_of_the_port_and_leaves_it_time(talk, monkeypatch):
    import sending

    sent = []
    write = sending._sender._write
    monkeypatch.setattr(sending._sender, "_write", lambda frame: (sent.append(len(frame)), write(frame)))
    rig, _answers, frames = talk({BOTH_CLOSED_S: b"@send 1 0 99999 8\n"})
    assert max(sent) <= 128 and len(sent) > 5
    assert len(joined(frames, 8)[0]) == len(file(rig, 1))


def test_in_contact_it_refuses_with_the_reason(talk):
    _rig, answers, frames = talk(
        {IN_CONTACT_S: b"@sessions 1\n", IN_CONTACT_S + 1: b"@send 1 0 9 2\n", IN_CONTACT_S + 2: b"@pulled 1\n"}
    )
    assert answers == [{"sessions": "contact"}, {"send": "contact"}, {"pulled": "contact"}]
    assert frames == []


def test_a_contact_in_the_middle_ends_the_sending_with_the_reason(talk):
    samples = [(2.0, 0.0), (40.0, 5.0), (10.0, 0.0), (4.0, 5.0), (20.0, 0.0)]
    rig, _answers, frames = talk({51.9: b"@send 1 0 99999 3\n"}, 70.0, samples, settings={"trace": "full"})
    data, end = joined(frames, 3)
    assert (end.kind, end.payload) == (FAILED, b"contact")
    assert 0 < len(data) < len(file(rig, 1)) and file(rig, 1).startswith(data)
    assert [session.gaps for session in rig.sessions()] == [[], []]


def test_the_open_session_is_not_offered(talk):
    samples = [*TWO_PRESSES[:-1], (2.0, 0.0), (6.0, 5.0), (20.0, 0.0)]
    _rig, answers, frames = talk({23.0: b"@sessions 1\n", 23.5: b"@send 2 0 9 2\n"}, samples=samples)
    listed, _end = joined(frames, 1)
    assert [row[0] for row in struct.iter_unpack("<IIBI", listed)] == [1]
    assert answers[1] == {"send": "open"}


def test_a_session_that_a_host_has_is_marked_and_listed_so(talk):
    rig, answers, frames = talk({BOTH_CLOSED_S: b"@pulled 2\n", 34.0: b"@sessions 7\n"})
    assert answers[0] == {"pulled": True}
    assert (rig.root / "sessions" / "s000002.pulled").read_bytes() == b""
    assert [row[2] for row in struct.iter_unpack("<IIBI", joined(frames, 7)[0])] == [0, 1]
    assert not any(rig.written_with_motor)


@pytest.mark.parametrize(
    "line", [b"@send", b"@send 1 2 3", b"@send a b c d", b"@send 9 0 9 1", b"@sessions", b"@pulled 9", b"@pulled x"]
)
def test_what_makes_no_sense_is_answered_and_nothing_is_sent(talk, line):
    rig, answers, frames = talk({BOTH_CLOSED_S: line + b"\n"})
    (answer,) = [answer[line.split()[0][1:].decode()] for answer in answers]
    assert "Error" in answer and frames == []
    assert not list(rig.root.glob("sessions/*.pulled"))


def test_a_new_request_takes_the_place_of_the_one_before(talk):
    rig, _answers, frames = talk({BOTH_CLOSED_S: b"@send 1 0 99999 3\n@send 2 0 99999 4\n"})
    assert joined(frames, 4)[0] == file(rig, 2)
    assert {frame.kind for frame in frames if frame.request == 3} <= {DATA}


def test_the_clock_and_its_last_contacts_can_be_asked_for(talk):
    _rig, answers, frames = talk({3.5: b"@clock\n", BOTH_CLOSED_S: b"@send 0 0 999 5\n"})
    assert answers[0]["clock"] == pytest.approx((840000000 + 946684800 + 3.5) * 1000, abs=100)
    assert "Error" in answers[1]["send"] and frames == []
