# SPDX-License-Identifier: MIT
"""Makes the enclosure: the model, its checks, then every file that is derived from it."""

from collections.abc import Callable
from pathlib import Path

from rollhardware.enclosure import checks, drawings, export, pages, params, pictures
from rollhardware.enclosure.assembly import assemble
from rollhardware.errors import HardwareError

FOLDERS = ["enclosure/step", "enclosure/stl", "enclosure/drawings", "enclosure/pictures"]


def make(out: Path, say: Callable[[str], object]) -> None:
    """Write everything below `out`; `say` gets the measurements. HardwareError when a check does not hold."""
    made = assemble(params.load())
    report, meshes = checks.run(made)
    page = pages.check_page(report)
    say(page)
    if report.problems:
        raise HardwareError(*report.problems)
    docs = out / "docs"
    docs.mkdir(parents=True)
    (docs / "enclosure-check.md").write_text(page)
    (docs / "load-path.md").write_text(pages.load_path_page(made))
    export.write(made, meshes, out / "enclosure")
    drawings.write(made, out / "enclosure" / "drawings")
    pictures.write(made, out / "enclosure" / "pictures")
