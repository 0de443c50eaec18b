# SPDX-License-Identifier: MIT
"""The engine allocates nothing per sample, shown on a MicroPython with the ESP32's 31-bit integers."""

import subprocess
from pathlib import Path

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "firmware"


def test_10000_steps_run_with_the_heap_locked(vm32):
    command = [*vm32, str(HERE / "alloc_run.py"), str(FIRMWARE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    words = done.stdout.split()
    counts = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert counts["strokes"] >= 20
    assert counts["over"] >= 5
    assert counts["cues"] >= 5


def test_extreme_samples_stay_within_30_bits(vm32):
    command = [*vm32, str(HERE / "extreme_run.py"), str(FIRMWARE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["done"], done.stdout + done.stderr
