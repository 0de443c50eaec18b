# SPDX-License-Identifier: MIT
"""The same board, drivers and models give the same samples on CPython and on both MicroPythons; nothing allocates."""

import subprocess
from pathlib import Path

import chips_vm
import pytest

import rolltools

TESTS = Path(__file__).parents[1]
DEVICE = Path(rolltools.__file__).parent / "virtual" / "device"


BOARDS = ("thing_plus", "devkit_fsr")


def in_vm(vm, script, heap, board):
    arguments = [script, DEVICE, rolltools.FIRMWARE_DIR, TESTS, board]
    done = subprocess.run([*vm, "-X", f"heapsize={heap}", *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("vm", ["vm64", "vm32"])
def test_every_interpreter_decodes_the_same_samples(vm, board, request):
    lines = in_vm(request.getfixturevalue(vm), TESTS / "virtual" / "chips_vm.py", "4M", board)
    expected = chips_vm.run(board)
    assert len(expected) > 250
    assert lines == expected


@pytest.mark.parametrize("board", BOARDS)
def test_sampling_and_cues_allocate_nothing(vm32, board):
    lines = in_vm(vm32, TESTS / "drivers" / "no_alloc_vm.py", "2M", board)
    print("\n".join(lines))
    assert lines[-1] == "ok"
