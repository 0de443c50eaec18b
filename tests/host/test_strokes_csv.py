# SPDX-License-Identifier: MIT
import csv

from fakes.log_sessions import strokes_session

from rolltools.session_log import read_session
from rolltools.strokes_csv import write_strokes


def test_the_table_lies_beside_the_log_with_a_row_for_each_stroke(tmp_path):
    path = tmp_path / "s000001.roll"
    path.write_bytes(b"".join(strokes_session(12)))
    table = write_strokes(read_session(path))
    assert table == tmp_path / "s000001.strokes.csv"
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 12
    assert rows[2] == {
        "id": "3",
        "t_start_s": "2.2",
        "t_end_s": "2.86",
        "t_report_s": "3.0",
        "dir": "1",
        "kind": "knead",
        "length_cm": "15.0003",
        "mean_n": "4.003",
        "peak_n": "7.003",
        "peak_cm_s": "40.0003",
        "quality": "90",
        "doubt": "left",
    }


def test_newtons_of_a_sensor_that_nobody_calibrated_are_about(tmp_path):
    path = tmp_path / "s000001.roll"
    path.write_bytes(b"".join(strokes_session(3)))
    session = read_session(path)
    session.calibrated = False
    with write_strokes(session).open(newline="") as stream:
        assert [row["newtons"] for row in csv.DictReader(stream)] == ["about"] * 3


def test_a_session_without_strokes_has_the_names_only(tmp_path):
    path = tmp_path / "s000001.roll"
    path.write_bytes(b"".join(strokes_session(0)))
    assert write_strokes(read_session(path)).read_text().count("\n") == 1
