# SPDX-License-Identifier: MIT
"""Pictures as they are kept: PNG of few colours, which is a fifth of the size and the same on every run."""

from pathlib import Path

from PIL import Image


def shrink(path: Path, width_px: int, colours: int = 64):
    """Write a PNG again, at most `width_px` wide, with a palette."""
    with Image.open(path) as image:
        picture = image.convert("RGB")
    if picture.width > width_px:
        picture = picture.resize((width_px, round(picture.height * width_px / picture.width)), Image.Resampling.LANCZOS)
    picture.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
