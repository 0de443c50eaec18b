# SPDX-License-Identifier: MIT
"""Shaded pictures of meshes, drawn with NumPy alone.

A graphics driver compiles for the processor it finds, and another machine gives other bytes. Here every pixel comes
from single products and sums, so a picture is the same wherever it is made.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from rollhardware.enclosure.mesh import Floats, Mesh

WIDTH, HEIGHT = 1000, 750
_FINE = 2  # drawn so many times larger, then averaged
_EDGE_COS = 0.9  # faces that meet at more than this are one smooth face
_EDGE_BIAS = 0.4  # mm by which an edge may lie behind the face it bounds
Vector = tuple[float, float, float]
Colour = tuple[float, float, float]


def dot(a: Floats, b: Vector) -> Floats:
    """Return the products of vectors with one vector, added in a fixed order."""
    return a[..., 0] * b[0] + a[..., 1] * b[1] + a[..., 2] * b[2]


def unit(v: Vector) -> Vector:
    """Return a vector of length 1."""
    size = (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) ** 0.5
    return (v[0] / size, v[1] / size, v[2] / size)


def cross(a: Vector, b: Vector) -> Vector:
    """Return the vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


@dataclass(frozen=True)
class Camera:
    """Looks along parallel lines from `eye` (a direction) with `up` upward."""

    eye: Vector
    up: Vector = (0, 0, 1)

    def axes(self) -> tuple[Vector, Vector, Vector]:
        """Return what is right, up and toward the eye in the picture."""
        toward = unit(self.eye)
        right = unit(cross(self.up, toward))
        return right, cross(toward, right), toward


class Picture:
    """Takes shapes one after the other; `image` gives the picture."""

    def __init__(self, camera: Camera, bounds: list[Floats], margin: int = 120):
        self._right, self._up, self._toward = camera.axes()
        points = np.concatenate(bounds)
        across, along = dot(points, self._right), dot(points, self._up)
        wide, high = WIDTH * _FINE, HEIGHT * _FINE
        room_x, room_y = wide - 2 * margin * _FINE, high - 90 * _FINE
        self._scale = min(room_x / float(np.ptp(across)), room_y / float(np.ptp(along)))
        self._mid = (float(across.max() + across.min()) / 2, float(along.max() + along.min()) / 2)
        self._depth = np.full(wide * high, -np.inf)
        self._colour = np.full((wide * high, 3), 255, np.uint8)
        self._owner = np.full(wide * high, -1, np.int32)
        self._size = (wide, high)
        self._edges: list[Floats] = []

    def _place(self, points: Floats) -> Floats:
        """Return points as (column, row, nearness) of the large picture."""
        wide, high = self._size
        x = (dot(points, self._right) - self._mid[0]) * self._scale + wide / 2
        y = high / 2 - (dot(points, self._up) - self._mid[1]) * self._scale
        return np.stack([x, y, dot(points, self._toward)], axis=-1)

    def add(self, mesh: Mesh, colour: Colour, owner: int, shift: Vector = (0, 0, 0)) -> None:
        """Draw a mesh, moved by `shift` mm; `owner` tells its pixels later."""
        corners = mesh.corners + np.array(shift)
        facing = dot(mesh.normals, self._toward)
        front = np.flatnonzero(facing > 0)
        pixel, depth, triangle = self._fragments(self._place(corners)[mesh.triangles[front]])
        order = np.lexsort((depth, pixel))
        pixel, depth, triangle = pixel[order], depth[order], triangle[order]
        nearest = np.flatnonzero(np.append(pixel[1:] != pixel[:-1], True)) if len(pixel) else np.zeros(0, int)
        pixel, depth, triangle = pixel[nearest], depth[nearest], triangle[nearest]
        seen = depth > self._depth[pixel]
        pixel, triangle = pixel[seen], front[triangle[seen]]
        self._depth[pixel] = depth[seen]
        self._owner[pixel] = owner
        self._colour[pixel] = (self._shade(mesh.normals[triangle])[:, None] * np.array(colour) * 255).astype(np.uint8)
        self._edges.append(_edges(mesh, facing) + np.array(shift))

    def _shade(self, normals: Floats) -> Floats:
        """Return the brightness of faces: a light from the upper left of the eye and one from the right."""
        r, u, t = self._right, self._up, self._toward
        first = unit(tuple(t[i] + 0.8 * u[i] - 0.5 * r[i] for i in range(3)))  # type: ignore[arg-type]
        second = unit(tuple(0.3 * t[i] + r[i] for i in range(3)))  # type: ignore[arg-type]
        bright = 0.5 + 0.42 * np.maximum(0, dot(normals, first)) + 0.12 * np.maximum(0, dot(normals, second))
        return np.round(np.minimum(1, bright) * 40) / 40

    def _fragments(self, spots: Floats) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
        """Return pixel, nearness and triangle of all that triangles in the picture's plane cover."""
        wide, high = self._size
        order = np.argsort(spots[:, :, 1], axis=1, kind="stable")
        low, mid, top = (np.take_along_axis(spots, order[:, k, None, None], axis=1)[:, 0] for k in range(3))
        first = np.clip(np.ceil(low[:, 1] - 0.5), 0, high).astype(np.int64)
        rows = np.maximum(np.clip(np.ceil(top[:, 1] - 0.5), 0, high).astype(np.int64) - first, 0)
        which = np.repeat(np.arange(len(spots)), rows)
        row = _counted(rows) + first[which]
        y = row.astype(np.float64) + 0.5
        long = _between(low, top, which, y)
        short = np.where(y < mid[which, 1], _between(low, mid, which, y), _between(mid, top, which, y))
        left = np.clip(np.ceil(np.minimum(long, short) - 0.5), 0, wide).astype(np.int64)
        columns = np.maximum(np.clip(np.ceil(np.maximum(long, short) - 0.5), 0, wide).astype(np.int64) - left, 0)
        span = np.repeat(np.arange(len(row)), columns)
        column = _counted(columns) + left[span]
        triangle, row = which[span], row[span]
        a, b, c = spots[:, 0], spots[:, 1], spots[:, 2]
        e, f = b - a, c - a
        area = e[:, 0] * f[:, 1] - e[:, 1] * f[:, 0]
        area = np.where(area == 0, 1e-30, area)
        slope_x = (e[:, 2] * f[:, 1] - f[:, 2] * e[:, 1]) / area
        slope_y = (f[:, 2] * e[:, 0] - e[:, 2] * f[:, 0]) / area
        dx, dy = column + 0.5 - a[triangle, 0], row + 0.5 - a[triangle, 1]
        depth = a[triangle, 2] + slope_x[triangle] * dx + slope_y[triangle] * dy
        return row * wide + column, depth, triangle

    def _draw_edges(self) -> None:
        """Draw the edges that no face hides."""
        wide, high = self._size
        ends = self._place(np.concatenate(self._edges))
        steps = np.ceil(np.abs(ends[:, 1, :2] - ends[:, 0, :2]).max(axis=1)).astype(np.int64) + 1
        which = np.repeat(np.arange(len(ends)), steps)
        part = _counted(steps) / steps[which]
        spots = ends[which, 0] + (ends[which, 1] - ends[which, 0]) * part[:, None]
        for dx, dy in ((0, 0), (1, 0), (0, 1)):
            column, row = spots[:, 0].astype(np.int64) + dx, spots[:, 1].astype(np.int64) + dy
            inside = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
            pixel, depth = row[inside] * wide + column[inside], spots[inside, 2]
            self._colour[pixel[depth > self._depth[pixel] - _EDGE_BIAS]] = 45

    def anchor(self, owner: int) -> tuple[float, float] | None:
        """Return a place in the picture where a part shows, near the middle of what shows of it."""
        wide, _ = self._size
        pixels = np.flatnonzero(self._owner == owner)
        if not len(pixels):
            return None
        x, y = pixels % wide, pixels // wide
        far = np.abs(x - int(np.median(x))) + np.abs(y - int(np.median(y)))
        best = int(np.argmin(far))
        return float(x[best]) / _FINE, float(y[best]) / _FINE

    def spot(self, point: Vector) -> tuple[float, float]:
        """Return where a point of the handle frame is in the picture."""
        x, y, _ = self._place(np.array(point, float))
        return float(x) / _FINE, float(y) / _FINE

    def image(self) -> Image.Image:
        """Return the picture so far."""
        self._draw_edges()
        wide, high = self._size
        fine = self._colour.reshape(high // _FINE, _FINE, wide // _FINE, _FINE, 3).astype(np.uint16)
        return Image.fromarray((fine.sum(axis=(1, 3)) // (_FINE * _FINE)).astype(np.uint8))


def _counted(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, .. for each of the counts, one behind the other."""
    return np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)


def _between(a: Floats, b: Floats, which: NDArray[np.int64], y: Floats) -> Floats:
    """Return the column at which the lines from a to b cross the rows y."""
    high = b[:, 1] - a[:, 1]
    slope = (b[:, 0] - a[:, 0]) / np.where(high == 0, 1, high)
    return a[which, 0] + slope[which] * (y - a[which, 1])


def _edges(mesh: Mesh, facing: Floats) -> Floats:
    """Return the lines of a mesh where it has an edge, or turns away from the eye."""
    ends = np.concatenate([mesh.triangles[:, [i, (i + 1) % 3]] for i in range(3)])
    triangle = np.tile(np.arange(len(mesh.triangles)), 3)
    key = ends.min(axis=1) * len(mesh.corners) + ends.max(axis=1)
    order = np.argsort(key, kind="stable")
    first, second = order[0::2], order[1::2]
    a, b = triangle[first], triangle[second]
    n, m = mesh.normals[a], mesh.normals[b]
    sharp = n[:, 0] * m[:, 0] + n[:, 1] * m[:, 1] + n[:, 2] * m[:, 2] < _EDGE_COS
    turns = (facing[a] > 0) != (facing[b] > 0)
    return mesh.corners[ends[first[sharp | turns]]]


def label(image: Image.Image, title: str, notes: list[tuple[str, tuple[float, float]]]) -> Image.Image:
    """Write the title, and notes in the margins with a line to what they mean; return the picture in few colours."""
    draw = ImageDraw.Draw(image)
    draw.text((WIDTH / 2, 24), title, (20, 20, 20), ImageFont.load_default(22), anchor="mm")
    font = ImageFont.load_default(19)
    for left in (True, False):
        side = sorted((spot[1], spot[0], text) for text, spot in notes if (spot[0] < WIDTH / 2) == left)
        last = 40.0
        heights = []
        for i, (y, _, _) in enumerate(side):
            last = max(last + 27, min(y, HEIGHT - 25 - 27 * (len(side) - 1 - i)))
            heights.append(last)
        for (y, x, text), high in zip(side, heights, strict=True):
            edge = 12 if left else WIDTH - 12
            end = edge + (draw.textlength(text, font) + 6) * (1 if left else -1)
            draw.line([(end, high), (x, y)], (200, 30, 30), 1)
            draw.ellipse([x - 3, y - 3, x + 3, y + 3], fill=(200, 30, 30))
            draw.text((edge, high), text, (150, 10, 10), font, anchor="lm" if left else "rm")
    return image.quantize(48, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def arrow(image: Image.Image, start: tuple[float, float], end: tuple[float, float], text: str) -> None:
    """Draw a thick arrow, with a text beside its start."""
    draw = ImageDraw.Draw(image)
    along = np.subtract(end, start) / np.hypot(*np.subtract(end, start))
    across = np.array((-along[1], along[0]))
    neck = np.array(end) - 18 * along
    draw.line([start, tuple(neck)], (20, 60, 180), 7)
    draw.polygon([tuple(neck + 12 * across), tuple(neck - 12 * across), end], (20, 60, 180))
    beside = tuple(np.array(start) - 20 * across)
    draw.text(beside, text, (20, 60, 180), ImageFont.load_default(24), anchor="lm")
