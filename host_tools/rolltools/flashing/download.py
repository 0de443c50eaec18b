# SPDX-License-Identifier: MIT
"""A file over https, kept in memory until it is proven: no more of it than there is room for, from nowhere else."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from urllib.parse import urlsplit

from ..errors import RollerError

_CHUNK = 64 * 1024
_SILENCE_S = 30.0
_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")  # where nobody sits between the two ends
_CURE = "check the connection, or download it with a browser and give the file"


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where a download may come from."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):
        check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def check(url: str) -> None:
    """Raise a RollerError for an address that a download may not come from."""
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_COMPUTER)
        named = bool(parts.hostname)
    except ValueError:
        safe = named = False
    if not (safe and named):
        raise RollerError(f"{url} is not an https address", "give one, or a file")


def download(url: str, largest: int, say: Callable[[float], None] | None = None) -> bytes:
    """Return the file at `url`, at most `largest` bytes; `say` hears the bytes that came more.

    RollerError when the address is not safe, nothing answers, it stops half-way, or there is more of it.
    """
    check(url)
    opener = urllib.request.build_opener(_SafeRedirects)
    data = bytearray()
    try:
        with opener.open(url, timeout=_SILENCE_S) as answer:
            promised = answer.headers.get("Content-Length")
            while chunk := answer.read(_CHUNK):
                data += chunk
                if len(data) > largest:
                    raise RollerError(
                        f"{url} has more than the {largest} bytes it may have", "take the ESP32_GENERIC .bin file"
                    )
                if say:
                    say(len(chunk))
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise RollerError(f"{url} cannot be downloaded: {reason}", _CURE) from error
    if promised and promised.isdigit() and len(data) != int(promised):
        raise RollerError(f"{url} stopped after {len(data)} of {promised} bytes", _CURE)
    return bytes(data)
