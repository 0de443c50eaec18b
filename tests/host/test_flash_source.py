# SPDX-License-Identifier: MIT
"""What pins an image: a digest, a table of releases, or the user's trust; and what a download may do."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fakes.esp32_images import combined, part

from rolltools.errors import RollerError
from rolltools.flashing import releases, source
from rolltools.flashing.download import check as check_address
from rolltools.flashing.download import download

IMAGE = combined()
SIZE = len(IMAGE)
DIGEST = hashlib.sha256(IMAGE).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "firmware.bin"
    path.write_bytes(IMAGE)
    return path


class Server(BaseHTTPRequestHandler):
    """Serves what `answers` say: (status, headers, body) by path."""

    answers: dict = {}

    def do_GET(self):  # noqa: N802 - the name that http.server calls
        status, headers, body = self.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    address = f"http://127.0.0.1:{httpd.server_address[1]}"
    Server.answers = {
        "/image.bin": (200, {"Content-Length": len(IMAGE)}, IMAGE),
        "/cut.bin": (200, {"Content-Length": len(IMAGE)}, IMAGE[:-1]),
        "/endless.bin": (200, {}, bytes(17 * 1024 * 1024)),
        "/moved.bin": (302, {"Location": f"{address}/image.bin"}, b""),
        "/elsewhere.bin": (302, {"Location": "http://example.invalid/image.bin"}, b""),
        "/a-file.bin": (302, {"Location": "file:///etc/hostname"}, b""),
    }
    yield address
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def table(tmp_path, text):
    path = tmp_path / "releases.toml"
    path.write_text(text)
    return path


def line(url="https://example.invalid/x.bin", sha256=DIGEST, size=SIZE, version="1.2.3"):
    return f'["{version}"]\nurl = "{url}"\nsha256 = "{sha256}"\nsize = {size}\n'


def refused(*args, **kwargs) -> RollerError:
    with pytest.raises(RollerError) as failed:
        source.proven(*args, **kwargs)
    return failed.value


def test_the_pinned_file_passes(file):
    taken = source.proven(str(file), DIGEST)
    assert (taken.data, taken.sha256, taken.layout.flash_bytes) == (IMAGE, DIGEST, 4 * 1024 * 1024)
    assert source.proven(str(file), f" {DIGEST.upper()}\n") == taken


def test_another_file_than_the_pinned_one(file):
    error = refused(str(file), OTHER)
    assert "not the pinned file" in error.cause and DIGEST in error.cause and "again" in error.cure
    assert "not the pinned file" in refused(str(file), OTHER, trust=True).cause, "trust is no way around a digest"


def test_an_unknown_file_needs_a_digest_or_trust(file):
    error = refused(str(file))
    assert "is not known" in error.cause and "--sha256" in error.cure and "--trust" in error.cure
    assert source.proven(str(file), trust=True).data == IMAGE


def test_the_right_digest_does_not_make_an_image(file):
    for data in (b"", combined(app=part([(0x400D0020, b"s3")], chip=9)), IMAGE[:-1]):
        file.write_bytes(data)
        assert str(file) in refused(str(file), hashlib.sha256(data).hexdigest()).cause


def test_a_part_without_a_hash_passes_with_trust_and_a_digest(file):
    file.write_bytes(combined(app=part([(0x400D0020, b"plain")], hashed=False)))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert "no SHA-256 of its own" in refused(str(file), digest).cause
    assert not source.proven(str(file), digest, trust=True).layout.hashed


@pytest.mark.parametrize("digest", ["", "abc", "g" * 64, "a" * 63, "a" * 65, "ａ" * 64])
def test_a_digest_that_is_none(file, digest):
    assert refused(str(file), digest).cause == "the given SHA-256 is not 64 hexadecimal digits"


def test_a_file_larger_than_any_flash(file):
    with file.open("r+b") as stream:
        stream.truncate(16 * 1024 * 1024)
    assert "larger than the flash" in refused(str(file), trust=True).cause


def test_no_such_file(tmp_path):
    error = refused("1.2.3", own_releases=table(tmp_path, line(version="1.2.4")))
    assert error.cause == "there is no file 1.2.3, and no release of that name" and "(1.2.4)" in error.cure


def test_the_shipped_table_claims_nothing():
    assert releases.known() == {}, "a digest in it has to be verified by somebody who flashed that file"


def test_a_file_that_the_table_knows(file, tmp_path):
    assert source.proven(str(file), own_releases=table(tmp_path, line())).data == IMAGE
    assert "is not known" in refused(str(file), own_releases=table(tmp_path, line(sha256=OTHER))).cause


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("[", "is not TOML"),
        ("x = 1", "x is no release"),
        (line().replace("size", "bytes"), "1.2.3 is no release"),
        (line(size='"1"'), "1.2.3 is no release"),
        (line(sha256="abc"), "the SHA-256 of 1.2.3 is not 64 hexadecimal digits"),
    ],
)
def test_a_bad_table(file, tmp_path, text, cause):
    error = refused(str(file), DIGEST, own_releases=table(tmp_path, text))
    assert cause in error.cause and "releases.toml" in error.cure


def test_a_download(server):
    heard = []
    assert source.proven(f"{server}/image.bin", DIGEST, say=heard.append).data == IMAGE
    assert sum(heard) == len(IMAGE)
    assert source.proven(f"{server}/moved.bin", DIGEST).data == IMAGE


def test_a_release_of_the_table(server, tmp_path):
    known = table(tmp_path, line(url=f"{server}/image.bin"))
    assert source.proven("1.2.3", own_releases=known).data == IMAGE
    assert source.proven(f"{server}/image.bin", own_releases=known).data == IMAGE
    assert "not the pinned file" in refused("1.2.3", OTHER, own_releases=known).cause
    larger = table(tmp_path, line(url=f"{server}/image.bin", size=len(IMAGE) - 1))
    assert "more than" in refused("1.2.3", own_releases=larger).cause


def test_a_download_needs_a_digest(server):
    assert refused(f"{server}/image.bin").cause == "nothing says which file a download has to be"
    assert "--sha256" in refused(f"{server}/image.bin", trust=True).cure


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("nothing.bin", "cannot be downloaded"),
        ("cut.bin", f"stopped after {len(IMAGE) - 1} of {len(IMAGE)} bytes"),
        ("endless.bin", "has more than the"),
        ("elsewhere.bin", "is not an https address"),
        ("a-file.bin", "cannot be downloaded"),
    ],
)
def test_a_download_that_goes_wrong(server, path, cause):
    error = refused(f"{server}/{path}", DIGEST)
    assert cause in error.cause and error.cure


def test_nobody_answers():
    with pytest.raises(RollerError, match="cannot be downloaded"):
        download("http://127.0.0.1:1/x.bin", 100)


@pytest.mark.parametrize(
    "url",
    ["http://example.invalid/x", "ftp://localhost/x", "file:///x", "https://", "https://[x", "http://localhost.evil/x"],
)
def test_addresses_that_are_not_safe(url):
    with pytest.raises(RollerError, match="is not an https address"):
        check_address(url)


def test_addresses_that_are():
    for url in ("https://example.invalid/x.bin", "http://localhost:8000/x.bin"):
        check_address(url)
