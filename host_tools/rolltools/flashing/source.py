# SPDX-License-Identifier: MIT
"""From what the user names, a file, an address or a release, to an image that is proven: before any port is opened."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import RollerError
from . import image
from .download import download
from .releases import Release, digest, known

_LARGEST_BYTES = image.LARGEST_FLASH - image.FLASH_START


@dataclass(frozen=True)
class Image:
    """A proven image: how it is called, its bytes, their SHA-256 in hex, and what it needs."""

    name: str
    data: bytes
    sha256: str
    layout: image.Layout


def proven(
    wanted: str,
    sha256: str | None = None,
    trust: bool = False,
    own_releases: Path | None = None,
    say: Callable[[float], None] | None = None,
) -> Image:
    """Return the image that `wanted` names: a file, an https address, or a release of the table.

    It has to be the file that `sha256` pins, else one of the table's; with `trust` a file, but no download, is taken
    by what it carries itself. `say` hears the bytes of a download. RollerError for anything else.
    """
    releases = known(own_releases)
    file = Path(wanted)
    if "://" in wanted:
        release = next((each for each in releases.values() if each.url == wanted), None)
    else:
        release = None if file.exists() else releases.get(wanted)
    pin = release.sha256 if release else None
    if sha256 is not None:
        pin = digest(sha256)
    if release or "://" in wanted:
        data = _downloaded(wanted, pin, release, say)
    else:
        data = _read(file, releases)
    found = hashlib.sha256(data).hexdigest()
    if pin and found != pin:
        raise RollerError(f"{wanted} is not the pinned file: its SHA-256 is {found}", "download it again, whole")
    if not pin and not trust and found not in {each.sha256 for each in releases.values()}:
        raise RollerError(
            f"{wanted} is not known, and nothing says which file it has to be",
            "give its SHA-256 from the download page with --sha256, or take it as it is with --trust",
        )
    return Image(wanted, data, found, image.check(data, wanted, trust))


def _downloaded(wanted: str, pin: str | None, release: Release | None, say: Callable[[float], None] | None) -> bytes:
    if not pin:
        raise RollerError("nothing says which file a download has to be", "give its SHA-256 with --sha256")
    if release:
        return download(release.url, min(release.size, _LARGEST_BYTES), say)
    return download(wanted, _LARGEST_BYTES, say)


def _read(path: Path, releases: dict[str, Release]) -> bytes:
    if not path.exists():
        names = ", ".join(releases) or "the table is empty"
        raise RollerError(
            f"there is no file {path}, and no release of that name",
            f"give the ESP32_GENERIC .bin file, its https address, or a release ({names})",
        )
    if path.stat().st_size > _LARGEST_BYTES:
        raise RollerError(f"{path} is larger than the flash", "take the ESP32_GENERIC .bin file")
    return path.read_bytes()
