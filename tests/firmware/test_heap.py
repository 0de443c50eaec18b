# SPDX-License-Identifier: MIT
"""The whole firmware in the heap of an ESP32 without PSRAM, on a MicroPython with the same word size."""

import subprocess
from pathlib import Path

import heap_report
import pytest

from rolltools import FIRMWARE_DIR, hand
from rolltools.recording import Recording
from rolltools.session_log import iter_trace, read_session

HERE = Path(__file__).parent


def rows(recording: Recording, path: Path) -> Path:
    heap_report.write_rows(recording, path)
    return path


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return (samples, seconds until the session of the demo is closed with a gap of 15 s)."""
    recording = hand.make("demo", 1).recording
    return rows(recording, tmp_path_factory.mktemp("heap") / "samples"), round(recording.t_s[-1]) + 18


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    return heap_report.compiled(tmp_path_factory.mktemp("compiled"))


def fits(vm, demo, root, limit_kb, firmware, record_property, asked=b""):
    """Run the demo in `limit_kb` and what the stand-ins take, with a host that has `asked`; check what is left."""
    samples, seconds = demo
    stand_ins_kb = heap_report.kb(heap_report.run(vm, samples, root / "roomy", 1, firmware=firmware, asked=asked))
    (root / "small").mkdir()
    (root / "small" / "settings.json").write_text('{"session_gap_s": 15}')
    figures = heap_report.run(vm, samples, root / "small", seconds, limit_kb + stand_ins_kb, firmware, asked)
    assert figures is not None, f"more than {limit_kb} KB; see `python tests/firmware/heap_report.py`"
    print(heap_report.describe(figures))
    record_property("heap", figures)
    assert figures["faults"] == []
    assert figures["samples"] > 60 * 208
    session = read_session(root / "small" / "sessions" / "s000001.roll")
    assert (session.state, session.gaps, session.faults) == ("complete", [], [])
    assert session.duration_s > 50
    assert len(session.strokes) > 20
    assert len(session.overpressure) >= 3
    assert figures["pulses"] >= len(session.cues) >= 3


def test_a_session_runs_in_110_kb(vm32, demo, compiled, tmp_path, record_property):
    fits(vm32, demo, tmp_path, heap_report.HEAP_KB, compiled, record_property)


def test_a_session_runs_while_a_host_watches_it(vm32, demo, compiled, tmp_path, record_property):
    fits(vm32, demo, tmp_path, heap_report.WATCHED_KB, compiled, record_property, heap_report.WATCHED)


def test_a_session_runs_from_sources(vm32, demo, tmp_path, record_property):
    fits(vm32, demo, tmp_path, heap_report.SOURCES_KB, None, record_property)


def test_the_heap_does_not_grow_in_six_minutes_of_nothing(vm32, tmp_path):
    idle = hand.make("idle", 1, duration_s=10.0).recording
    figures = heap_report.run(vm32, rows(idle, tmp_path / "samples"), tmp_path, 365)
    left = figures["left"]  # after every 32nd collection: about every half minute
    assert len(left) >= 11
    assert max(left[1:]) - min(left[1:]) <= 32
    assert figures["samples"] > 360 * 207
    assert not list(tmp_path.glob("sessions/*"))


@pytest.mark.parametrize("trace", ["off", "compact", "full"])
def test_from_the_bus_to_the_log_and_the_motor_nothing_is_allocated(vm32, tmp_path, trace):
    hard = hand.make("overpressure", 1, duration_s=62.0)
    rows(hard.recording, tmp_path / "samples")
    (tmp_path / "settings.json").write_text(f'{{"trace": "{trace}"}}')
    arguments = [HERE / "app_noalloc_vm.py", FIRMWARE_DIR, HERE.parent, tmp_path / "samples", tmp_path]
    done = subprocess.run([*vm32, "-X", "heapsize=1M", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    locked, pulses = [int(word) for word in done.stdout.split()[-2:]]
    assert locked >= 10000
    session = read_session(tmp_path / "sessions" / "s000001.roll")
    assert pulses > 5
    assert len(session.strokes) >= 10
    assert len(session.overpressure) >= 3
    if trace == "off":
        assert len(session.force) > 450
    else:
        assert len(list(iter_trace(session.path))) > 400  # until the ring was full: nothing is written here
