# SPDX-License-Identifier: MIT
"""The facts of hardware/ with something changed."""

import shutil
from pathlib import Path

from rollhardware.made import HARDWARE
from rollhardware.wiring.facts import Facts, facts

FILES = ("pins.yaml", "parts.yaml", "nets.yaml")


def changed_facts(folder: Path, file: str, old: str, new: str, count: int = 1) -> Facts:
    """Return the facts after `old` became `new` in the first `count` places of a file, copied into `folder`."""
    for name in FILES:
        shutil.copyfile(HARDWARE / name, folder / name)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, "the test changes what is not there"
    (folder / file).write_text(text.replace(old, new, count), encoding="utf-8")
    return facts(folder)
