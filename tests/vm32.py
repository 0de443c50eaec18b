# SPDX-License-Identifier: MIT
"""MicroPython with 31-bit small integers, as on the ESP32: Debian's i386 package in a private folder.

Nothing of the host is touched: apt runs with folders of its own and packages are unpacked, not installed. What was
fetched once is kept in the user's cache and used from there.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

VERSION = "1.25.0+ds-1"
_PACKAGES = (f"micropython={VERSION}", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
_SUITE = "trixie"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LIBRARIES = Path("usr/lib/i386-linux-gnu")
_APT_CONF = """
Dir::State "{root}/state"; Dir::State::status "{root}/status"; Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/sources.list"; Dir::Etc::sourceparts "-"; Dir::Etc::Trusted "{keyring}";
APT::Architecture "i386"; APT::Architectures {{ "i386"; }}; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Check-Valid-Until "false";
"""


class UnavailableError(Exception):
    """The 32-bit MicroPython cannot be had on this computer; the text says why."""


def cache_dir() -> Path:
    """Return the folder that keeps it between runs; $ROLLER_CACHE moves it."""
    base = os.environ.get("ROLLER_CACHE") or Path.home() / ".cache" / "massage-roller"
    return Path(base) / f"vm32-{VERSION}"


def command() -> list[str]:
    """Return the start of a command line that runs it, fetched first where needed; UnavailableError where it cannot."""
    folder = cache_dir()
    binary = folder / "usr/bin/micropython"
    if not binary.exists():
        _fetch(folder)
    libraries = folder / _LIBRARIES
    found = [str(libraries / "ld-linux.so.2"), "--library-path", str(libraries), str(binary)]
    try:
        subprocess.run([*found, "-c", "import sys; assert sys.maxsize == 2**31 - 1"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise UnavailableError(f"it does not run here: {error}") from error
    return found


def _fetch(folder: Path) -> None:
    if not shutil.which("apt-get") or not _KEYRING.exists():
        raise UnavailableError("it is taken from a Debian package, and this is not Debian")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        root = Path(name)
        for part in ("state/lists/partial", "cache/archives/partial", "packages", "unpacked"):
            (root / part).mkdir(parents=True)
        (root / "status").touch()
        (root / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {_archive()} {_SUITE} main\n")
        (root / "apt.conf").write_text(_APT_CONF.format(root=root, keyring=_KEYRING))
        _apt(root, "update")
        _apt(root, "download", *_PACKAGES)
        for package in sorted((root / "packages").glob("*.deb")):
            subprocess.run(["dpkg", "-x", package, root / "unpacked"], check=True)
        shutil.rmtree(folder, ignore_errors=True)
        (root / "unpacked").rename(folder)


def _apt(root: Path, *words: str) -> None:
    environment = os.environ | {"APT_CONFIG": str(root / "apt.conf")}
    done = subprocess.run(
        ["apt-get", "-q", *words], cwd=root / "packages", env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise UnavailableError(f"apt-get {words[0]} failed: {(done.stderr.strip().splitlines() or ['no text'])[-1]}")


def _archive() -> str:
    """Return the address of the Debian archive that this host itself uses."""
    texts = [Path("/etc/apt/sources.list"), *sorted(Path("/etc/apt/sources.list.d").glob("*"))]
    for path in texts:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        for line in path.read_text().splitlines():
            match = re.match(r"(?:deb\s+(?:\[[^]]*\]\s+)?|URIs:\s*)(\S+/debian/?)(?:\s|$)", line)
            if match:
                return match[1]
    raise UnavailableError("the host names no Debian archive in its apt sources")
