# SPDX-License-Identifier: MIT
"""MicroPython with 31-bit small integers, as on the ESP32: Debian's i386 package in a private folder.

Nothing of the host is touched: packages are unpacked, not installed, and where apt is needed it runs with folders of
its own. What was fetched once is kept in the user's cache and used from there.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path

VERSION = "1.25.0+ds-1"
_PACKAGES = (f"micropython={VERSION}", "libc6", "libffi8", "libmbedcrypto16", "libmbedtls21", "libmbedx509-7")
_SUITE = "trixie"
_POOL = {  # the same packages by name and SHA-256: no list of the archive is needed, which may be out of step
    "micropython/micropython_1.25.0+ds-1": "a72799821cb45442150f8a7f0757bc8e4f9a4b64abccbd837d694a20d6900bb5",
    "glibc/libc6_2.41-12+deb13u4": "67bb4b54cf4bb6a380449dfa1852cd9135659f85360caa0e41d312f4b30e573a",
    "libffi/libffi8_3.4.8-2": "8bafefb38c320ca27796070c881595ce04d900c3b534ac142a494daf1fe1db13",
    "mbedtls/libmbedcrypto16_3.6.6-0.1~deb13u1": "aa4698ed436eebf77e3dc9f5c514073bd554109d857d887db5a367dde9a5c377",
    "mbedtls/libmbedtls21_3.6.6-0.1~deb13u1": "eb1b20154ce9008aca1d036698ffc12019020a54985d2c5ae3dc1c1c39c9e995",
    "mbedtls/libmbedx509-7_3.6.6-0.1~deb13u1": "fe6ba192c9227d30a4cd05a3bdeccdf9ff30d55b27d8ff488126c16dcf727cce",
}
_TIMEOUT_S = 60
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
        if not _download(root / "packages"):
            _apt(root, "update")
            _apt(root, "download", *_PACKAGES)
        for package in sorted((root / "packages").glob("*.deb")):
            subprocess.run(["dpkg", "-x", package, root / "unpacked"], check=True)
        shutil.rmtree(folder, ignore_errors=True)
        (root / "unpacked").rename(folder)


def _download(folder: Path) -> bool:
    """Take the packages straight from the archive's pool; False where a library has moved on to another version."""
    for name, sha256 in _POOL.items():
        source, package = name.split("/")
        initial = source[:4] if source.startswith("lib") else source[0]
        address = f"{_archive().rstrip('/')}/pool/main/{initial}/{source}/{package}_i386.deb"
        try:
            with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:
                content = answer.read()
        except OSError:
            return False
        if hashlib.sha256(content).hexdigest() != sha256:
            return False
        (folder / f"{package}.deb").write_bytes(content)
    return True


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
