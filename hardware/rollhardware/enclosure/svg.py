# SPDX-License-Identifier: MIT
"""A sheet of line drawings as SVG, in mm of paper; y falls."""

from typing import NamedTuple
from xml.sax.saxutils import escape

Point = tuple[float, float]


class Box(NamedTuple):
    """A view on the sheet: its lower left corner and its size, mm of paper."""

    x: float
    y: float
    wide: float
    high: float


class Sheet:
    """Collects lines and text; `scale` is mm of paper for one mm of the part."""

    def __init__(self, scale: float):
        self._scale = scale
        self._parts: list[str] = []

    def lines(self, lines: list[list[Point]], corner: Point, place: Point, hidden: bool = False) -> None:
        """Draw lines of a part so that its `corner` comes to `place`."""
        paths = set()
        for line in lines:
            spots = [
                (place[0] + (x - corner[0]) * self._scale, place[1] - (y - corner[1]) * self._scale) for x, y in line
            ]
            shown = [f"{x + 0.0:.2f} {y + 0.0:.2f}" for x, y in spots]
            paths.add("M" + "L".join(min(shown, shown[::-1])))
        style = (
            'stroke="#999" stroke-width="0.15" stroke-dasharray="1 0.7"'
            if hidden
            else 'stroke="#000" stroke-width="0.3"'
        )
        self._parts.append(f'<path fill="none" {style} d="{"".join(sorted(paths))}"/>')

    def text(self, x: float, y: float, text: str, size: float, anchor: str = "start", turn: bool = False) -> None:
        """Write a text; `turn` has it read from below upward."""
        turned = f' transform="rotate(-90 {x:.2f} {y:.2f})"' if turn else ""
        self._parts.append(
            f'<text x="{x:.2f}" y="{y:.2f}" font-size="{size:g}" text-anchor="{anchor}"{turned}>{escape(text)}</text>'
        )

    def dimensions(self, box: Box, wide: float, high: float) -> None:
        """Write width and height of a view, below it and on its left."""
        below, left = box.y + 5, box.x - 5
        self._measure((box.x, below), (box.x + box.wide, below))
        self.text(box.x + box.wide / 2, below + 4, f"{round(wide, 2):g}", 3.2, "middle")
        self._measure((left, box.y), (left, box.y - box.high))
        self.text(left - 1.5, box.y - box.high / 2, f"{round(high, 2):g}", 3.2, "middle", turn=True)

    def _measure(self, a: Point, b: Point) -> None:
        """Draw a line with a stroke at either end."""
        self._line(a, b)
        dx, dy = (0, 1.5) if a[1] == b[1] else (1.5, 0)
        for x, y in (a, b):
            self._line((x - dx, y - dy), (x + dx, y + dy))

    def _line(self, a: Point, b: Point) -> None:
        """Draw a thin line."""
        self._parts.append(f'<path stroke="#36c" stroke-width="0.2" d="M{a[0]:.2f} {a[1]:.2f}L{b[0]:.2f} {b[1]:.2f}"/>')

    def balloons(self, spots: list[tuple[str, float, float]], x: float, lowest: float) -> None:
        """Draw a column of references at `x`, each with a line to its spot."""
        side = sorted(spots, key=lambda spot: (spot[2], spot[0]))
        y = 14.0
        for i, (ref, to_x, to_y) in enumerate(side):
            y = max(y + 9.5, min(to_y, lowest - 9.5 * (len(side) - 1 - i)))
            end = x + (4.5 if to_x > x else -4.5)
            self._line((end, y), (to_x, to_y))
            self._parts.append(
                f'<circle cx="{x:.2f}" cy="{y:.2f}" r="4.5" fill="#fff" stroke="#36c" stroke-width="0.3"/>'
            )
            self._parts.append(f'<circle cx="{to_x:.2f}" cy="{to_y:.2f}" r="0.7" fill="#36c"/>')
            self.text(x, y + 1.2, ref, 3.4, "middle")

    def render(self, wide: float, high: float, title: str, note: str) -> str:
        """Return the sheet with its title."""
        self.text(14, 11, title, 5.5)
        self.text(14, 17, note, 3.2)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}mm" height="{high:.0f}mm"'
            f' viewBox="0 0 {wide:.0f} {high:.0f}" font-family="sans-serif">\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n' + "\n".join(self._parts) + "\n</svg>\n"
        )
