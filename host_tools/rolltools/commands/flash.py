# SPDX-License-Identifier: MIT
"""`roller flash`: MicroPython onto a bare ESP32."""

from pathlib import Path
from typing import Annotated

import typer

from .. import console


def flash(
    image: Annotated[Path, typer.Argument(metavar="IMAGE.bin", help="MicroPython for ESP32_GENERIC.", exists=True)],
    sha256: Annotated[str, typer.Option("--sha256", help="The SHA-256 that the image must have.")],
    port: Annotated[str | None, typer.Option("--port", help="The board's port; found by itself otherwise.")] = None,
) -> None:
    """Put MicroPython onto a bare ESP32.

    The file is checked before anything is erased; the flash is erased, written and verified.

    Sessions on the board are lost: pull them first. Afterwards `roller deploy` brings the firmware.

    \b
    Example:
      roller flash ESP32_GENERIC.bin --sha256 6f0c...e1 --port /dev/ttyUSB0
    """
    from .. import flashing

    data = flashing.checked_image(image, sha256)
    with console.progress(f"Flashing {image.name}"):
        where = flashing.flash(data, port)
    console.say(f"MicroPython is on the board at {where} and verified; next: roller deploy --port {where}")
