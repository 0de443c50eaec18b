# SPDX-License-Identifier: MIT
"""The triangles of a part: what its STL holds, and what is measured on them. Lengths in mm."""

import struct
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rollhardware.enclosure.shapes import Part

TOLERANCE = 0.03  # between a curve and its chords
ANGLE = 0.3  # rad, likewise
_GRID = 1e-4  # corners nearer than that are one corner
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mesh:
    """Corners (n, 3), and for each triangle its three corners (m, 3)."""

    corners: Floats
    triangles: NDArray[np.int64]

    @cached_property
    def spans(self) -> Floats:
        """The triangles as (m, 3, 3) coordinates."""
        return self.corners[self.triangles]

    @cached_property
    def crosses(self) -> Floats:
        """The outward normal of each triangle, twice its area long."""
        a, b, c = self.spans[:, 0], self.spans[:, 1], self.spans[:, 2]
        return np.cross(b - a, c - a)

    @cached_property
    def areas(self) -> Floats:
        """The area of each triangle in mm2."""
        return np.linalg.norm(self.crosses, axis=1) / 2

    @cached_property
    def normals(self) -> Floats:
        """The outward unit normal of each triangle."""
        return self.crosses / (2 * self.areas[:, None])


def of(part: Part) -> Mesh:
    """Return the mesh of a solid, with the corners that its faces share made one."""
    points, faces = part.tessellate(TOLERANCE, ANGLE)
    raw = np.array([[v.X, v.Y, v.Z] for v in points])
    keys = np.round(raw / _GRID).astype(np.int64)
    _, first, where = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    triangles = where.reshape(-1)[np.array(faces, dtype=np.int64)]
    a, b, c = triangles.T
    return Mesh(raw[first], triangles[(a != b) & (b != c) & (a != c)])


def open_edges(mesh: Mesh) -> int:
    """Return how many edges do not lie between exactly two triangles that run along it in opposite ways."""
    ends = np.concatenate([mesh.triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    size = len(mesh.corners)
    forth, back = ends[:, 0] * size + ends[:, 1], ends[:, 1] * size + ends[:, 0]
    _, uses = np.unique(forth, return_counts=True)
    return int(np.sum(uses != 1) + len(np.setxor1d(forth, back)))


def stl(mesh: Mesh, name: str) -> bytes:
    """Return a binary STL."""
    records = np.zeros(len(mesh.triangles), dtype=[("n", "<f4", 3), ("v", "<f4", (3, 3)), ("x", "<u2")])
    records["n"] = mesh.normals.astype("<f4") + np.float32(0)  # +0: no negative zeros
    records["v"] = mesh.spans
    return name.encode().ljust(80)[:80] + struct.pack("<I", len(records)) + records.tobytes()


def samples(mesh: Mesh, spacing: float) -> tuple[Floats, Floats]:
    """Return points spread over all triangles, about `spacing` apart, and the normals there."""
    points, normals = [], []
    for corners, normal, area in zip(mesh.spans, mesh.normals, mesh.areas, strict=True):
        count = min(60, 1 + int(np.sqrt(2 * area) / spacing))
        steps = (np.arange(count) + 1 / 3) / count
        u, v = (axis.reshape(-1) for axis in np.meshgrid(steps, steps))
        u, v = u[u + v < 1], v[u + v < 1]
        a, b, c = corners
        points.append(a + u[:, None] * (b - a) + v[:, None] * (c - a))
        normals.append(np.repeat(normal[None], len(u), axis=0))
    return np.concatenate(points), np.concatenate(normals)


def thinnest(mesh: Mesh) -> tuple[float, Floats]:
    """Return the thinnest wall and where it is: rays go inward until they meet a face that looks the other way."""
    surface = _surface(mesh)
    points, normals = samples(mesh, 1.5)
    best, place = np.inf, points[0]
    for point, normal in zip(points, normals, strict=True):
        hits, cells = surface.ray_trace(point - normal * 1e-3, point - normal * 6)
        for hit, cell in zip(hits, cells, strict=True):
            far = float(np.linalg.norm(hit - point))
            # A wall has two faces; the flank of an edge or the rim of a hole is not one.
            if far > 0.02 and mesh.normals[cell] @ normal < -0.94:
                if far < best - 1e-6:
                    best, place = far, point
                break
    return float(best), place


def _surface(mesh: Mesh):
    """Return the mesh as PyVista has it."""
    import pyvista

    faces = np.column_stack([np.full(len(mesh.triangles), 3), mesh.triangles])
    return pyvista.PolyData(mesh.corners, faces.reshape(-1))


@dataclass(frozen=True)
class Overhang:
    """What hangs over in print: the area of all of it, and of the patches that are too wide to be bridged."""

    area_mm2: float
    too_wide_mm2: float
    widest_mm: float


def overhang(mesh: Mesh, up: Floats, longest: float) -> Overhang:
    """Return what is flatter than 45 degrees from below when printed with `up` upward, the bed's face left out.

    A patch is bridged when the shorter side of it is not above `longest`: strands are laid across.
    """
    height = mesh.corners @ up
    slope = mesh.normals @ up
    on_bed = (mesh.spans @ up).max(axis=1) < height.min() + 0.02
    hanging = np.flatnonzero((slope < -0.7072) & ~on_bed)
    total = wide = widest = 0.0
    for patch in _patches(mesh.triangles[hanging]):
        chosen = hanging[patch]
        corners = mesh.spans[chosen].reshape(-1, 3)
        axes = _flat_axes(up)
        across = float(min(np.ptp(corners @ axis) for axis in axes))
        area = float(mesh.areas[chosen].sum())
        total, widest = total + area, max(widest, across)
        wide += area if across > longest else 0
    return Overhang(total, wide, widest)


def _flat_axes(up: Floats) -> list[Floats]:
    """Return the two axes of the frame that lie flat on the bed."""
    return [axis for axis in np.eye(3) if abs(axis @ up) < 0.5]


def _patches(triangles: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the triangles grouped by shared corners."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(triangles):
        return []
    names, where = np.unique(triangles, return_inverse=True)
    corner = where.reshape(-1, 3)
    count = len(names)
    rows, columns = corner[:, [0, 1]].reshape(-1), corner[:, [1, 2]].reshape(-1)
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    _, group = connected_components(graph, directed=False)
    of_triangle = group[corner[:, 0]]
    return [np.flatnonzero(of_triangle == name) for name in np.unique(of_triangle)]
