# SPDX-License-Identifier: MIT
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rollcore.trace import COMPACT, FULL
from rolltools import FIRMWARE_DIR

SCRIPT = Path(__file__).parent / "log_noalloc_vm.py"
ON_CPYTHON = "import rolltools, runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])"


def words(command: list[str], mode: int) -> list[str]:
    path = {**os.environ, "MICROPYPATH": str(FIRMWARE_DIR)}
    run = subprocess.run([*command, SCRIPT, str(mode)], env=path, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.split()


@pytest.mark.parametrize("mode", [COMPACT, FULL])
def test_the_writer_allocates_nothing_and_writes_the_same_everywhere(vm32, vm64, mode):
    found = words(vm32, mode)
    assert (found[0], int(found[1])) == ("samples", 10000)
    assert int(found[3]) > 10, "pages were closed under the locked heap"
    assert int(found[5]) > 100, "so was the way of a full ring"
    assert words([sys.executable, "-c", ON_CPYTHON], mode) == found
    assert words(vm64, mode) == found
