# SPDX-License-Identifier: MIT
"""The table of known releases: version -> where the file lies and which file it is. `releases.toml` says its format."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import RollerError

SHIPPED = Path(__file__).with_name("releases.toml")
_SHA256_DIGITS = 64
_CURE = "give every release its url, sha256 and size, as releases.toml of the tools describes it"


@dataclass(frozen=True)
class Release:
    """A file that is known; `size` in bytes, `sha256` in lower-case hex."""

    version: str
    url: str
    sha256: str
    size: int


def known(own: Path | None = None) -> dict[str, Release]:
    """Return the releases of the shipped table and of the user's own, which goes first; RollerError for a bad one."""
    found = _read(SHIPPED)
    return found | _read(own) if own else found


def digest(text: str) -> str:
    """Return a SHA-256 as it is compared: lower case; RollerError when it is none."""
    wanted = text.lower().strip()
    if len(wanted) != _SHA256_DIGITS or set(wanted) - set("0123456789abcdef"):
        raise RollerError("the given SHA-256 is not 64 hexadecimal digits", "copy it whole from the download page")
    return wanted


def _read(path: Path) -> dict[str, Release]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RollerError(f"{path} is not TOML: {str(error).splitlines()[0]}", _CURE) from error
    return {version: _release(path, version, line) for version, line in table.items()}


def _release(path: Path, version: str, line: Any) -> Release:
    if not isinstance(line, dict) or {name: type(value) for name, value in line.items()} != {
        "url": str,
        "sha256": str,
        "size": int,
    }:
        raise RollerError(f"{path}: {version} is no release", _CURE)
    try:
        return Release(version, line["url"], digest(line["sha256"]), line["size"])
    except RollerError as error:
        raise RollerError(f"{path}: the SHA-256 of {version} is not 64 hexadecimal digits", _CURE) from error
