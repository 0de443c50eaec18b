# SPDX-License-Identifier: MIT
"""The enclosure: parameters, printed and bought parts, the load path, checks, drawings and pictures.

A maker as rollhardware.makers has it. What it needs (build123d, pyvista) is loaded when it makes, not before.
"""

from collections.abc import Callable
from pathlib import Path

FOLDERS = ["enclosure/step", "enclosure/stl", "enclosure/drawings", "enclosure/pictures"]


def make(out: Path, say: Callable[[str], object]) -> None:
    """Make and check the enclosure; HardwareError with every check that does not hold."""
    from rollhardware.enclosure import making

    making.make(out, say)
