# SPDX-License-Identifier: MIT
"""Recorded sessions: CSV both ways, what is refused and how, and the integers that engine and chip models get."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollcore.sample import FORCE_UNKNOWN, MOTOR_OWN
from rolltools import hand, recording_csv
from rolltools.errors import RollerError
from rolltools.recording import Recording, engine_rows, finish, measure_rate, write_chip_samples, write_csv
from rolltools.recording_csv import read_csv

HEADER = "t,ax,ay,az,gx,gy,gz,force\n"


def row(t, force="1.0", **other):
    cells = {"t": t, "ax": 0, "ay": 0, "az": 1, "gx": 0, "gy": 0, "gz": 0, "force": force} | other
    return ",".join(str(cell) for cell in cells.values()) + "\n"


def rows(count=20, step=0.01):
    return [row(round(i * step, 6), force=1.0 + 0.01 * i) for i in range(count)]


def written(tmp_path, text):
    path = tmp_path / "in.csv"
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        path.write_text(text)
    return path


def refusal(tmp_path, text):
    with pytest.raises(RollerError) as refused:
        read_csv(written(tmp_path, text))
    assert refused.value.cause and refused.value.cure
    assert "\n" not in refused.value.cause + refused.value.cure
    return refused.value.cause


def plain(count=20, rate=100.0, **more):
    values = {"accel_g": np.zeros((count, 3)), "gyro_dps": np.zeros((count, 3)), "force_n": np.arange(count) * 0.1}
    return Recording("made", rate, np.arange(count) / rate, **(values | more))


def test_a_modelled_session_survives_the_file(tmp_path):
    made = hand.make("lra", 2, duration_s=5.0).recording
    stream = io.StringIO()
    write_csv(made, stream)
    back = read_csv(written(tmp_path, stream.getvalue()))
    assert back.rate_hz == pytest.approx(208.0, rel=1e-6)
    assert np.abs(engine_rows(back) - engine_rows(made)).max() <= 1
    assert not back.force_as_is and back.warnings == []


def test_columns_may_come_in_any_order_with_strangers_among_them(tmp_path):
    lines = "".join(f"x,{i / 100},{i / 10},0,0,1,5,0,0,{i % 2}\n" for i in range(20))
    back = read_csv(written(tmp_path, "note,t,force,ax,ay,az,gx,gy,gz,motor\n" + lines))
    assert back.accel_g[3].tolist() == [0, 0, 1]
    assert back.gyro_dps[3].tolist() == [5, 0, 0]
    assert back.force_n[3] == 0.3
    assert back.motor.tolist() == [0, 1] * 10


def test_an_empty_force_is_unknown_and_windows_files_are_fine(tmp_path):
    text = "\ufeff" + HEADER + "".join([row(0.0, ""), row(0.01, 2.0), row(0.02, " ")])
    back = read_csv(written(tmp_path, text.replace("\n", "\r\n").encode()))
    assert np.isnan(back.force_n).tolist() == [True, False, True]
    assert engine_rows(back)[:, 7].tolist() == [FORCE_UNKNOWN, 2000, FORCE_UNKNOWN]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the header is missing"),
        ("\n\n", "line 1: the header is missing"),
        ("t,ax,ay,gx,gy,gz\n", "line 1: column az, force is missing"),
        ("t,t,ax,ay,az,gx,gy,gz,force\n", "line 1: column t is there twice"),
        (HEADER, "no samples"),
        (HEADER + row(0.0), "1 samples"),
        (HEADER + row(0.0) + row(0.01, ax="nan"), "line 3, column ax: 'nan' is not a number"),
        (HEADER + row(0.0) + row(0.01, force="NaN"), "line 3, column force: 'NaN'"),
        (HEADER + row(0.0) + row(0.01, gy="-inf"), "line 3, column gy"),
        (HEADER + row(0.0) + row(0.01, gz="fast"), "line 3, column gz: 'fast'"),
        (HEADER + row(0.0) + row(0.01, gz="1_0"), "line 3, column gz"),
        (HEADER + row(0.0) + row(0.01, az=""), "line 3, column az: nothing is not a number"),
        (HEADER + row(0.0) + row(0.01, ax="\0"), "line 3, column ax"),
        (HEADER + row(0.0) + row(0.02) + "\n" + row(0.01), "line 5, column t: 0.01 s does not come after 0.02 s"),
        (HEADER + row(0.0) + row(0.0), "line 3, column t"),
        (HEADER + row(0.0) + "0.01,0,0\n", "line 3: 3 values under 8 columns"),
        (HEADER + row(0.0) + row(0.01)[:-1] + ",7\n", "line 3: 9 values under 8 columns"),
        (HEADER + row(0.0) + "1" * 5000 + "\n", "line 3: more than 4096 characters"),
        (HEADER + "".join(rows(20, step=1.0)), "1 samples a second in column t"),
        (HEADER + "".join(rows(20, step=0.002)), "500 samples a second in column t"),
        (HEADER + row(0.0) + row(1e7), "10000000 s in column t"),
        (b"\xff\xfe\x00\x80" * 100, "line 1"),
    ],
)
def test_what_is_wrong_is_refused_by_line_and_column(tmp_path, text, says):
    assert says in refusal(tmp_path, text)


@pytest.mark.parametrize("motor", ["2", "on", ""])
def test_a_motor_is_0_or_1(tmp_path, motor):
    text = HEADER.strip() + ",motor\n" + row(0.0).strip() + f",{motor}\n"
    assert "line 2, column motor" in refusal(tmp_path, text)


def test_a_file_that_claims_a_gigabyte_is_refused_before_it_is_read(tmp_path):
    path = written(tmp_path, HEADER)
    with path.open("r+b") as stream:
        stream.truncate(10**9)
    with pytest.raises(RollerError, match="too long: 1000 MB"):
        read_csv(path)


def test_too_many_rows_are_refused_while_reading(tmp_path, monkeypatch):
    monkeypatch.setattr(recording_csv, "MAX_ROWS", 10)
    assert "more than 10 samples" in refusal(tmp_path, HEADER + "".join(rows(12)))


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_after_a_header_are_read_or_refused_with_a_cure(tmp_path_factory, tail):
    path = tmp_path_factory.mktemp("fuzz") / "in.csv"
    path.write_bytes(HEADER.encode() + row(0.0).encode() + tail)
    try:
        assert len(read_csv(path)) >= 2
    except RollerError as refused:
        assert refused.cause and refused.cure


def test_the_rate_survives_whole_milliseconds_and_gaps():
    times = np.round(np.arange(2000) / 208.0, 3)
    times[1000:] += 3.0
    assert measure_rate(times) == pytest.approx(208.0, rel=2e-3)


@pytest.mark.parametrize(("rate", "warns"), [(18.74, True), (49.0, True), (52.0, False), (416.0, False), (418.0, True)])
def test_rates_that_the_engine_is_not_made_for_are_warned_of(rate, warns):
    assert any("samples a second" in text for text in finish(plain(rate=rate)).warnings) == warns


def test_a_force_that_never_changes_was_never_measured():
    assert finish(plain(force_n=np.full(20, 3.0))).force_as_is
    assert not finish(plain(force_n=np.full(20, np.nan))).force_as_is
    assert not finish(plain()).force_as_is


def test_samples_saturate_as_the_sensors_do_and_clipping_is_said():
    accel = np.array([[9.0, -9.0, 1.0]] * 20)
    gyro = np.array([[1200.0, -1200.0, 0.035]] * 20)
    made = finish(plain(accel_g=accel, gyro_dps=gyro, force_n=np.linspace(-900, 900, 20)))
    values = engine_rows(made)[0]
    assert values[1:7].tolist() == [32767, -32768, 8197, 32767, -32768, 1]
    assert values[7] == -191000
    assert values[8] == MOTOR_OWN
    assert sum("exceed the sensor's range" in text for text in made.warnings) == 2


def test_the_chip_file_holds_the_samples_in_small_units(tmp_path):
    path = tmp_path / "samples.bin"
    force = np.arange(20) * 0.1
    force[1] = np.nan
    write_chip_samples(plain(accel_g=np.full((20, 3), -0.5), gyro_dps=np.full((20, 3), 1.5), force_n=force), path)
    data = path.read_bytes()
    assert struct.unpack_from("<4sIII", data) == (b"RSMP", 1, 100000, 20)
    assert struct.unpack_from("<8i", data, 16 + 32) == (-500000,) * 3 + (1500,) * 3 + (FORCE_UNKNOWN, 0)
    assert struct.unpack_from("<8i", data, 16 + 64)[6] == 200
    assert len(data) == 16 + 20 * 32
