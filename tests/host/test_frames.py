# SPDX-License-Identifier: MIT
"""Frames are found in any noise and any pieces, and no noise is taken for one."""

import io

from hypothesis import given
from hypothesis import strategies as st
from sender import Sender

from rolltools.link.frames import DATA, END, FAILED, PAYLOAD, FrameReader

NOISE = st.binary(max_size=40) | st.sampled_from([b"\xa5", b"\xa5R", b"\xa5RD\x00\x00", b"\xa5\xa5R", b"\x04\x04>"])


def frames_of(data, payload=PAYLOAD, start=0, request=3):
    """Return the frames, each by itself, in which the firmware sends `data` from `start` on."""
    out = []
    sender = Sender(lambda view: out.append(bytes(view)), payload)
    sender.begin(request, io.BytesIO(data), start, len(data))
    while sender.turn():
        pass
    return [frame for frame in out if frame != b"."]


def fed(reader, data, step):
    found = []
    for at in range(0, len(data), step):
        found += reader.feed(data[at : at + step])
    return found


@given(st.binary(max_size=400), st.integers(1, 50), st.lists(NOISE, min_size=1, max_size=6), st.integers(1, 90))
def test_every_frame_is_found_between_any_noise_in_any_pieces(data, payload, noise, step):
    frames = frames_of(data, payload)
    line = b"".join(frame + noise[i % len(noise)] for i, frame in enumerate(frames))
    reader = FrameReader()
    found = fed(reader, noise[0] + line, step) + reader.end()
    assert b"".join(f.payload for f in found if f.kind == DATA) == data
    assert [f.offset for f in found] == [*range(0, len(data), payload), len(data)]
    assert (found[-1].kind, found[-1].request) == (END, 3)


@given(st.binary(max_size=60), st.integers(0, 10_000), st.integers(1, 255))
def test_a_damaged_frame_is_no_frame_and_hides_no_other(data, place, change):
    frames = frames_of(data)
    bad = bytearray(frames[0])
    bad[place % len(bad)] ^= change
    reader = FrameReader()
    found = reader.feed(bytes(bad) + frames[-1]) + reader.end()
    assert found == FrameReader().feed(frames[-1])


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_noise_is_text(noise, step):
    reader = FrameReader()
    assert fed(reader, noise, step) + reader.end() == []
    assert reader.text() == noise


def test_a_frame_that_claims_more_than_there_can_be_is_text():
    (frame,) = frames_of(b"")
    lie = frame[:9] + (PAYLOAD + 1).to_bytes(2, "little") + bytes(5000)
    reader = FrameReader()
    assert reader.feed(lie + frame) == FrameReader().feed(frame)


def test_what_comes_before_the_start_is_in_the_digest_only():
    data = bytes(range(200))
    found = FrameReader().feed(b"".join(frames_of(data, 64, start=150)))
    assert [(f.kind, f.offset, len(f.payload)) for f in found] == [(DATA, 150, 50), (END, 200, 32)]
    assert found[-1].payload == FrameReader().feed(b"".join(frames_of(data)))[-1].payload


def test_a_file_that_cannot_be_read_is_told():
    class Broken(io.BytesIO):
        def readinto(self, _view):
            raise OSError(5, "EIO")

    out = bytearray()
    sender = Sender(out.extend, 64)
    sender.begin(7, Broken(b"x"), 0, 1)
    assert not sender.turn()
    (frame,) = FrameReader().feed(bytes(out))
    assert (frame.kind, frame.request, frame.payload) == (FAILED, 7, b"error 5")
