# SPDX-License-Identifier: MIT
"""STEP and STL files, and the list of parts."""

import csv
import io
import re
from pathlib import Path

from build123d import Compound, Shape, export_step

from rollhardware.enclosure import mesh
from rollhardware.enclosure.assembly import KINDS, Assembly
from rollhardware.enclosure.mesh import Mesh

COLUMNS = ["ref", "name", "kind", "quantity", "volume_cm3", "mass_g", "size_mm", "material"]
_REAL = re.compile(r"(?<![\w'#.])-?\d+\.\d*(?:E[-+]?\d+)?")
_STAMP = "2000-01-01T00:00:00"  # of all STEP files: the day they were made would make each of them differ


def write(made: Assembly, meshes: dict[str, Mesh], folder: Path) -> None:
    """Write STEP of each printed part and of the assembly, STL of each printed part, and parts.csv."""
    step, stl = folder / "step", folder / "stl"
    step.mkdir(parents=True)
    stl.mkdir()
    for ref, surface in meshes.items():
        (item,) = made.of(ref)
        name = file_name(ref)
        _step(item.solid.solid(), step / f"{name}.step")
        (stl / f"{name}.stl").write_bytes(mesh.stl(surface, f"massage roller {name}, mm"))
    _step(_whole(made), step / "assembly.step")
    (folder / "parts.csv").write_text(parts_csv(made))


def _step(shape: Shape, path: Path) -> None:
    """Write a STEP file with nine decimals: the twelfth depends on the processor (it has FMA or not)."""
    export_step(shape, path, write_pcurves=False, timestamp=_STAMP)
    path.write_text(_REAL.sub(lambda real: _short(float(real[0])), path.read_text()))


def _short(real: float) -> str:
    return f"{round(real, 9) + 0.0:.9f}".rstrip("0")  # adding 0 makes a 0 of a -0


def file_name(ref: str) -> str:
    """Return the name of a part's files, without the ending."""
    return f"{ref}-{KINDS[ref].name.partition(',')[0].replace(' ', '-')}"


def _whole(made: Assembly) -> Compound:
    """Return the assembly with its references as labels."""
    solids = []
    for item in made.items:
        solid = item.solid.solid()
        solid.label = item.ref
        solids.append(solid)
    return Compound(label="massage roller", children=solids)


def parts_csv(made: Assembly) -> str:
    """Return the list of parts: one row for each reference, volume, mass and size of one piece."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for ref, kind in KINDS.items():
        items = made.of(ref)
        # A part lies in space as it is built in: its size is that of its own box, biggest first.
        size = sorted(items[0].solid.bounding_box().size, reverse=True)
        rows.writerow(
            [
                ref, kind.name, kind.kind, len(items), f"{items[0].solid.volume / 1000:.2f}",
                f"{made.mass_g(items[0]):.1f}", " x ".join(f"{s:.1f}" for s in size), kind.material,
            ]
        )  # fmt: skip
    return text.getvalue()
