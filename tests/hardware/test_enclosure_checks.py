# SPDX-License-Identifier: MIT
"""The measures of the model on bodies whose answer is known; they need what `make hardware` installs."""

import numpy as np
import pytest

pytest.importorskip("build123d", reason="the CAD checks need build123d: make hardware installs it")
pytest.importorskip("pyvista", reason="the thickness of walls needs pyvista: make hardware installs it")

from rollhardware.enclosure import checks, mesh  # noqa: E402
from rollhardware.enclosure.shapes import box  # noqa: E402

CUBE = box((0, 10), (0, 10), (0, 10))
UP = np.array([0.0, 0.0, 1.0])


def test_a_missing_triangle_opens_three_edges():
    whole = mesh.of(CUBE)
    assert mesh.open_edges(whole) == 0
    assert mesh.open_edges(mesh.Mesh(whole.corners, whole.triangles[1:])) == 6  # each seen from either end


def test_the_thinnest_wall_of_a_cup():
    cup = CUBE - box((1, 9), (1, 9.5), (2, 11))
    wall, place = mesh.thinnest(mesh.of(cup))
    assert wall == pytest.approx(0.5, abs=0.01)
    assert place[1] > 9.4


def test_an_overhang_is_bridged_or_too_wide():
    table = box((0, 2), (0, 10), (0, 5)) + box((0, 30), (0, 10), (5, 7)) + box((28, 30), (0, 10), (0, 5))
    short, wide = (mesh.overhang(mesh.of(table), UP, longest) for longest in (14, 9))
    assert short.area_mm2 == pytest.approx(260)
    assert (short.too_wide_mm2, wide.too_wide_mm2) == (0, pytest.approx(260))
    assert mesh.overhang(mesh.of(table), -UP, 9).area_mm2 == 0


def test_shared_volume():
    assert checks.common_mm3(CUBE, box((9, 20), (0, 10), (0, 10))) == pytest.approx(100)
    assert checks.common_mm3(CUBE, box((10, 20), (0, 10), (0, 10))) == pytest.approx(0, abs=1e-6)
    assert checks.common_mm3(CUBE, box((11, 20), (0, 10), (0, 10))) == 0
