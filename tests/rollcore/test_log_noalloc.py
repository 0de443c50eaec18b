# SPDX-License-Identifier: MIT
import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
FIRMWARE = HERE.parents[1] / "firmware"


def test_the_writer_allocates_nothing_for_events_and_samples(vm32):
    script = HERE / "log_noalloc_vm.py"
    path = {**os.environ, "MICROPYPATH": str(FIRMWARE)}
    run = subprocess.run([*vm32, str(script)], env=path, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    words = run.stdout.split()
    assert (words[0], int(words[1])) == ("samples", 10000)
    assert int(words[3]) > 10, "pages were closed under the locked heap"
    assert int(words[5]) > 100, "so was the way of a full ring"
